"""A picture file as raw pixels, as a screen grabber would deliver them."""

from __future__ import annotations

from grokdesk.model import Picture, Pixels
from grokdesk.pictures.opening import open_picture


def decode(picture: Picture) -> Pixels:
    """The first frame as BGRX; what was transparent keeps its colour. Raises NotAPicture, PictureTooLarge."""
    image = open_picture(picture).image
    if image.mode != "RGB":
        image = image.convert("RGB")
    return Pixels(image.tobytes("raw", "BGRX"), image.width, image.height)
