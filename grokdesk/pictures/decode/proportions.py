"""Pixels that are not square: fax machines, scanners and some cameras store them, and say so by a density."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grokdesk.pictures.decode.file_facts import exif_of

if TYPE_CHECKING:
    from PIL import Image

_X_RESOLUTION, _Y_RESOLUTION, _ORIENTATION = 282, 283, 274
_FIRST_ON_ITS_SIDE = 5
_LEAST, _MOST = 1.02, 8.0
"""Below, it is a rounded number; above, a wrong one."""


def true_size(image: Image.Image, most_pixels: int) -> tuple[int, int]:
    """The size with square pixels: the shorter side of a pixel stays as it is, so that no detail is lost.

    ``image`` before it is loaded. A fax of 204 x 98 dots an inch becomes about twice as high.
    """
    width, height = image.size
    across, down = _density(image)
    if not (_is_positive(across) and _is_positive(down)):
        return image.size
    ratio = across / down
    if not _LEAST < max(ratio, 1 / ratio) <= _MOST:
        return image.size
    size = (width, round(height * ratio)) if ratio > 1 else (round(width / ratio), height)
    return size if size[0] * size[1] <= most_pixels else image.size


def _density(image: Image.Image) -> tuple[float, float]:
    """Dots across and down in any unit; zeros where nothing is said."""
    info: dict[Any, Any] = image.info
    tags = getattr(image, "tag_v2", None)
    if tags is not None:
        pair = (tags.get(_X_RESOLUTION), tags.get(_Y_RESOLUTION))
        # Pillow turns a TIFF by itself, and tells its size turned even before; the tags stay as they were.
        return _numbers(pair[::-1] if tags.get(_ORIENTATION, 1) >= _FIRST_ON_ITS_SIDE else pair)
    for name in ("jfif_density", "aspect", "dpi"):
        if name in info and (name != "dpi" or "jfif" in info or "exif" not in info):
            return _numbers(info[name])
    if "exif" not in info:  # to look for it behind the pixels would decode a PNG
        return 0.0, 0.0
    exif = exif_of(image)  # Pillow makes one number of these two
    return _numbers((exif.get(_X_RESOLUTION), exif.get(_Y_RESOLUTION)))


def _numbers(pair: Any) -> tuple[float, float]:
    try:
        return float(pair[0]), float(pair[1])
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return 0.0, 0.0


def _is_positive(value: float) -> bool:
    return math.isfinite(value) and value > 0
