"""A copy of an image in another size, as sharp as that allows."""

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


def stretched(image: Image.Image, shape: tuple[int, int], long_edge: int | None) -> Image.Image:
    """The image in the proportions of ``shape``, which is also the most; its long edge at most ``long_edge``."""
    from PIL import Image

    scale = min(1.0, (long_edge or max(shape)) / max(shape))
    size = (max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
