"""Boxes burnt into a picture of any kind, so that what they cover is in no byte of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grokdesk.errors import PictureError
from grokdesk.model import Picture, Pixels, PreparedImage, Region
from grokdesk.pictures.decode.opened import Opener
from grokdesk.pictures.decode.raw_pixels import pixels_of
from grokdesk.pictures.prepare.redacting import redacted
from grokdesk.translation import _

if TYPE_CHECKING:
    from PIL import Image


def covered(picture: Picture, boxes: Iterable[Region], opener: Opener) -> Picture:
    """A new picture with the boxes in black, upright and as large as it was. No public address shows it.

    ``boxes`` in pixels of the upright picture. ``opener`` decodes and turns what is not raw pixels. Takes time.
    """
    return Picture(picture.name, redacted(whole_pixels(picture, opener), boxes), as_is=picture.as_is)


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


def whole_pixels(picture: Picture, opener: Opener) -> Pixels:
    """All of it, upright. Raises PictureError where it cannot be had whole: misplaced boxes would hide nothing."""
    if isinstance(picture.content, Pixels):
        return picture.content
    return pixels_of(whole_image(picture, opener))


def whole_image(picture: Picture, opener: Opener) -> Image.Image:
    """The same of a file, before it is copied for the screen. Raises PictureError."""
    whole = opener(picture)
    if whole.image.size != (whole.width, whole.height):
        raise PictureError(
            _("{name} is too large to be changed.").format(name=picture.name),
            _("Take a screenshot of the part that matters."),
        )
    return whole.image
