"""Pictures made ready for the engine, which expects dark letters on light paper, without rules and buttons."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from grokdesk.pictures.read.belief import READ_AGAIN
from grokdesk.pictures.read.page import Line

if TYPE_CHECKING:
    from PIL import Image

_AREA, _BUTTON_AREA, _DARK = 24, 6, 128
"""Pixels of the squares of which each counts as dark or light: some two lines of a screen's text; and less than one."""


_LONGEST_STROKE, _THICKEST_LINE = 64, 8
"""Pixels of a scaled picture: no letter has an upright stroke so long, and rules are thinner than that."""


_SMALL_AREA = 6
"""Pixels of the squares whose median of seven by seven is the ground of a button or a bar."""


def grey_of(data: bytes) -> Image.Image:
    """A PNG or JPEG as it is seen, in shades of grey."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
        # Boxes count in what is seen: a file that leaves as it is may say how to turn it.
        return ImageOps.exif_transpose(image).convert("L")


def dark_on_light(grey: Image.Image) -> Image.Image:
    """The picture with its dark areas turned light, each by itself: a light window may stand on a dark desktop.

    The engine would find light text by itself, but it takes nearly twice as long, and one dark area spoils the rest.
    """
    from PIL import Image, ImageChops, ImageFilter, ImageOps

    def dark_squares(side: int, reach: int) -> Image.Image:
        size = (max(1, grey.width // side), max(1, grey.height // side))
        average = grey.resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(reach))
        return average.point(lambda value: 255 if value < _DARK else 0)

    windows = dark_squares(_AREA, 3)
    # What is narrower than three areas is a line or a heading and stays; so do narrow gaps.
    for narrow in (
        ImageFilter.MinFilter(3),
        ImageFilter.MaxFilter(3),
        ImageFilter.MaxFilter(3),
        ImageFilter.MinFilter(3),
    ):
        windows = windows.filter(narrow)
    buttons = dark_squares(_BUTTON_AREA, 5)  # the median is the ground: letters are the lesser part of it
    dark = ImageChops.lighter(*(each.resize(grey.size, Image.Resampling.NEAREST) for each in (windows, buttons)))
    if not dark.getbbox():
        return grey
    return Image.composite(ImageOps.invert(grey), grey, dark)


def without_thin_lines(grey: Image.Image) -> Image.Image:
    """The picture without rules, axes and the edges of buttons, upright and level; what is thick stays."""
    upright = _without_runs(grey, (0, 1), _LONGEST_STROKE)
    return _without_runs(upright, (1, 0), 2 * _LONGEST_STROKE)


def _without_runs(grey: Image.Image, along: tuple[int, int], length: int) -> Image.Image:
    from PIL import Image, ImageChops

    def spread(image: Image.Image, way: tuple[int, int], most: int, choose: Callable[..., Image.Image]) -> Image.Image:
        reach = 1
        while reach < most:
            image, reach = choose(image, ImageChops.offset(image, way[0] * reach, way[1] * reach)), 2 * reach
        return image

    # What is dark all along such a run, and the paper beside it.
    back = (-along[0], -along[1])
    runs = spread(spread(grey, along, length, ImageChops.lighter), back, length, ImageChops.darker)
    across = (along[1], along[0])
    paper = ImageChops.offset(
        spread(grey, across, 2 * _THICKEST_LINE, ImageChops.lighter),
        -across[0] * _THICKEST_LINE,
        -across[1] * _THICKEST_LINE,
    )
    mask = ImageChops.subtract(paper, runs).point(lambda value: 255 if value > 30 else 0)
    return Image.composite(paper, grey, mask) if mask.getbbox() else grey


def without_lines(grey: Image.Image, lines: Sequence[Line]) -> Image.Image:
    """The picture with plain paper in the place of these lines, as far as their words go."""
    left = grey.copy()
    for line in lines:
        places = [word.region for word in line.words]
        box = (
            max(0, min(place.x for place in places) - 1),
            max(0, min(place.y for place in places)),
            min(grey.width, max(place.right for place in places) + 1),
            min(grey.height, max(place.bottom for place in places)),
        )
        if box[0] < box[2] and box[1] < box[3]:
            shades = grey.crop(box).histogram()
            left.paste(shades.index(max(shades)), box)
    return left


def what_is_left(scaled: Image.Image, lines: Sequence[Line], across: float, down: float) -> Image.Image:
    """The picture without the words that were read, and all else dark on light."""
    from PIL import Image, ImageChops, ImageFilter, ImageOps

    left = scaled.copy()
    for word in (word for line in lines for word in line.words if word.confidence >= READ_AGAIN):
        box = word.region
        place = (
            max(0, math.floor(box.x / across) - 1),
            max(0, math.floor(box.y / down) - 1),
            min(scaled.width, math.ceil(box.right / across) + 1),
            min(scaled.height, math.ceil(box.bottom / down) + 1),
        )
        if place[0] < place[2] and place[1] < place[3]:
            shades = scaled.crop(place).histogram()
            left.paste(shades.index(max(shades)), place)
    # What differs from the ground around it, lighter or darker, as labels of buttons do.
    size = (max(1, left.width // _SMALL_AREA), max(1, left.height // _SMALL_AREA))
    small = left.resize(size, Image.Resampling.BOX)
    # A wide median is wrong in the corners of a button, a narrow one within bold letters.
    apart = ImageChops.darker(
        *(
            ImageChops.difference(
                left, small.filter(ImageFilter.MedianFilter(reach)).resize(left.size, Image.Resampling.NEAREST)
            )
            for reach in (3, 7)
        )
    )
    return without_thin_lines(ImageOps.invert(apart.point(lambda value: min(255, max(0, value - 24) * 2))))
