"""Boxes burnt into a picture of any kind, so that what they cover is in no byte of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Protocol

from grokdesk.errors import PictureError
from grokdesk.model import ImageLimits, Picture, Pixels, PreparedImage, Region
from grokdesk.pictures.redacting import redacted

_AS_IT_IS = ImageLimits(long_edge=1_000_000, max_bytes=1 << 40)


class Prepare(Protocol):
    def __call__(self, picture: Picture, limits: ImageLimits, /, *, lossless: bool = False) -> PreparedImage: ...


def covered(picture: Picture, boxes: Iterable[Region], prepare: Prepare) -> Picture:
    """A new picture with the boxes in black, upright and as large as it was. No public address shows it.

    ``boxes`` in pixels of the upright picture. ``prepare`` decodes and turns what is not raw pixels. Takes time.
    """
    return Picture(picture.name, redacted(whole_pixels(picture, prepare), boxes), as_is=picture.as_is)


def regions_of_source(regions: Iterable[Region], image: PreparedImage) -> tuple[Region, ...]:
    """Regions of a picture as it leaves, in pixels of what it was made from; rounded outwards."""
    return tuple(
        _scaled(region, image.source_width / image.width, image.source_height / image.height) for region in regions
    )


def regions_as_it_leaves(regions: Iterable[Region], image: PreparedImage) -> tuple[Region, ...]:
    """The other way round."""
    return tuple(
        _scaled(region, image.width / image.source_width, image.height / image.source_height) for region in regions
    )


def _scaled(region: Region, across: float, down: float) -> Region:
    x, y = math.floor(region.x * across), math.floor(region.y * down)
    return Region(x, y, math.ceil(region.right * across) - x, math.ceil(region.bottom * down) - y)


def whole_pixels(picture: Picture, prepare: Prepare) -> Pixels:
    """All of it, upright. Raises PictureError where it cannot be had whole: misplaced boxes would hide nothing."""
    if isinstance(picture.content, Pixels):
        return picture.content
    from PIL import Image

    # A file that leaves as it is may say in its own words how to turn it; the boxes are for what stands upright.
    whole = prepare(replace(picture, as_is=False), _AS_IT_IS, lossless=True)
    if (whole.width, whole.height) != (whole.source_width, whole.source_height):
        raise PictureError(f"{picture.name} is too large to be changed.", "Take a screenshot of the part that matters.")
    with Image.open(BytesIO(whole.data), formats=("PNG", "JPEG")) as image:
        return Pixels(image.convert("RGB").tobytes("raw", "BGRX"), image.width, image.height)
