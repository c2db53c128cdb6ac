"""A picture of a number, to find out whether somebody sees."""

from __future__ import annotations

import io

from grokdesk.model import Picture


def number_picture(number: int) -> Picture:
    """Large dark digits on white."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (480, 200), "white")
    draw = ImageDraw.Draw(image)
    draw.text((240, 100), str(number), fill=(20, 20, 60), font=ImageFont.load_default(120), anchor="mm")
    file = io.BytesIO()
    image.save(file, "PNG")
    return Picture("number.png", file.getvalue())
