"""A small copy of a picture that leaves, for the screen; other threads go on while it is made."""

from __future__ import annotations

from io import BytesIO

from grokdesk.model import Pixels, PreparedImage


def thumbnail(image: PreparedImage, width: int, height: int) -> Pixels:
    """As large as fits. Qt would decode the whole picture in one piece, and the windows would stand still."""
    from PIL import Image

    with Image.open(BytesIO(image.data), formats=("PNG", "JPEG")) as opened:
        # Without a gap a JPEG is decoded nearly as small as it is wanted.
        opened.draft("RGB", (width * 2, height * 2))
        small = opened.convert("RGB")
    small.thumbnail((width, height), Image.Resampling.BICUBIC, reducing_gap=1.5)
    return Pixels(small.tobytes("raw", "BGRX"), small.width, small.height)
