"""Real picture files for tests of the pictures room, made with Pillow."""

from __future__ import annotations

import random
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as image:
        image.load()
        return image


def quarters(width: int = 32, height: int = 16) -> Image.Image:
    """Red, green above blue, white: no turn or flip of it looks like another."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    image.paste((0, 255, 0), (width // 2, 0, width, height // 2))
    image.paste((0, 0, 255), (0, height // 2, width // 2, height))
    return image


def photo(width: int = 400, height: int = 300) -> Image.Image:
    """Soft shapes with grain, with as many colours as a photo has; the same every time."""
    chance = random.Random(1)  # noqa: S311 - not for secrets
    small = (max(2, width // 40), max(2, height // 40))
    shapes = Image.frombytes("RGB", small, chance.randbytes(small[0] * small[1] * 3))
    grain = Image.frombytes("L", (width, height), chance.randbytes(width * height))
    return Image.blend(shapes.resize((width, height), Image.Resampling.BICUBIC), grain.convert("RGB"), 0.08)


def page_of_text(
    lines: list[str], size: int = 16, ink: str = "#1a1a1a", paper: str = "#ffffff", width: int = 900
) -> Image.Image:
    """The lines one below the other in Pillow's own typeface; an empty one makes a gap."""
    typeface, step = ImageFont.load_default(size), round(size * 1.4)
    image = Image.new("RGB", (width, 40 + step * len(lines)), paper)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((30, 20 + step * number), line, ink, typeface)
    return image
