"""Raw pixels as a screen grabber delivers them: from a picture file, and turned upright."""

from __future__ import annotations

from grokdesk.model import Picture, Pixels
from grokdesk.pictures.opening import image_of, open_picture


def decode(picture: Picture) -> Pixels:
    """The first frame as BGRX; what was transparent keeps its colour. Raises NotAPicture, PictureTooLarge."""
    image = open_picture(picture).image
    if image.mode != "RGB":
        image = image.convert("RGB")
    return Pixels(image.tobytes("raw", "BGRX"), image.width, image.height)


def turned(pixels: Pixels, turn: int) -> Pixels:
    """A copy of an output of Wayland as a person sees it.

    ``turn`` is a transform of wl_output: quarters of a turn, and 4 more when it is mirrored.
    """
    from PIL import Image

    image = image_of(pixels)
    mirrored, quarters = divmod(turn, 4)
    turns = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
    if quarters:
        image = image.transpose(turns[quarters])
    if mirrored:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return Pixels(image.tobytes("raw", "BGRX"), image.width, image.height)
