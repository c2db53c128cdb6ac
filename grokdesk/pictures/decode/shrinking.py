"""A smaller copy of an image, as sharp as its size allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


def shrunk(image: Image.Image, long_edge: int, shape: tuple[int, int] | None = None) -> Image.Image:
    """The image with its long edge at most ``long_edge`` pixels; itself when it fits.

    ``shape`` is the size whose proportions count, where the image was decoded smaller and so rounded.
    """
    if max(image.size) <= long_edge:
        return image
    from PIL import Image

    width, height = shape or image.size
    scale = long_edge / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
