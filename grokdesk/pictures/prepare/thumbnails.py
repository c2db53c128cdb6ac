"""A small copy of a picture for the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grokdesk.model import Pixels
from grokdesk.pictures.decode.raw_pixels import pixels_of

if TYPE_CHECKING:
    from PIL import Image

WIDTH, HEIGHT = 320, 200
"""The most that a thumbnail has: a quarter of a megabyte."""


def thumbnail(image: Image.Image, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """As large as fits, never larger than it was; other threads go on while it is made."""
    from PIL import Image

    scale = min(width / image.width, height / image.height)
    if scale >= 1:
        return pixels_of(image)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return pixels_of(image.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.5))
