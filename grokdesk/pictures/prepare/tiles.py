"""A large picture as several overlapping ones in full sharpness, where shrinking would leave its text too small."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from grokdesk.errors import PictureError
from grokdesk.model import ImageLimits, Picture, Pixels, Region
from grokdesk.pictures.decode.opened import SIZE_ALONE, Opener
from grokdesk.pictures.decode.raw_pixels import pixels_of
from grokdesk.pictures.prepare.covering import whole_image
from grokdesk.translation import _

OVERLAP = 96
"""Pixels that neighbours share, so that each line of text is whole in one of them."""
_ROWS = {1: ("",), 2: ("top", "bottom"), 3: ("top", "middle", "bottom")}
_COLUMNS = {1: ("",), 2: ("left", "right"), 3: ("left", "centre", "right")}


def tiles(width: int, height: int, long_edge: int) -> tuple[tuple[Region, str], ...]:
    """The fewest equal parts that need no shrinking, row by row, each with its place in words.

    One part: the picture fits as it is.
    """
    overlap = min(OVERLAP, long_edge // 4)
    across, down = _count(width, long_edge, overlap), _count(height, long_edge, overlap)
    rows, columns = _ROWS.get(down), _COLUMNS.get(across)
    parts = []
    for row in range(down):
        for column in range(across):
            x, right = _span(column, across, width, overlap)
            y, bottom = _span(row, down, height, overlap)
            where = [rows[row] if rows else f"row {row + 1}", columns[column] if columns else f"column {column + 1}"]
            parts.append((Region(x, y, right - x, bottom - y), " ".join(filter(None, where))))
    return tuple(parts)


def tile_count(width: int, height: int, long_edge: int) -> int:
    return len(tiles(width, height, long_edge))


def in_tiles(picture: Picture, limits: ImageLimits, opener: Opener) -> tuple[Picture, ...]:
    """Its parts, named after their places; the picture itself when it fits. Takes time; thread-safe.

    ``opener`` decodes what is not raw pixels. Raises NotAPicture and PictureTooLarge, and PictureError when there
    would be more than the provider takes.
    """
    # Counted before anything is decoded: a picture of too many parts would take a gigabyte only to be refused.
    size = picture.content if isinstance(picture.content, Pixels) else opener(picture, enough=SIZE_ALONE)
    parts = tiles(size.width, size.height, limits.long_edge)
    if len(parts) == 1:
        return (picture,)
    if len(parts) > limits.max_images:
        raise PictureError(
            _("{name} would be {count} parts, and at most {most} pictures can be sent in one question.").format(
                name=picture.name, count=len(parts), most=limits.max_images
            ),
            _("Crop it to what matters."),
        )
    cut = _cut(picture, opener)
    return tuple(
        Picture(f"{picture.name}, part {number} of {len(parts)}, {where}", cut(region))
        for number, (region, where) in enumerate(parts, 1)
    )


def _cut(picture: Picture, opener: Opener) -> Callable[[Region], Pixels]:
    """Parts are cut from what was decoded: a copy of all of it for the screen would be as large again."""
    if isinstance(picture.content, Pixels):
        return picture.content.cropped
    whole = whole_image(picture, opener)
    return lambda region: pixels_of(whole.crop((region.x, region.y, region.right, region.bottom)))


def _count(length: int, long_edge: int, overlap: int) -> int:
    return 1 if length <= long_edge else ceil((length - overlap) / (long_edge - overlap))


def _span(index: int, count: int, length: int, overlap: int) -> tuple[int, int]:
    """The first pixel of a part and the first behind it; all parts are equally long, give or take one."""
    step = (length - overlap) / count
    return round(index * step), min(length, round((index + 1) * step) + overlap) if count > 1 else length
