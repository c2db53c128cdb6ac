"""Raw pixels as a screen grabber delivers them: from a picture file, and turned upright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grokdesk.model import Picture, Pixels
from grokdesk.pictures.decoding import check_type, decode_stored
from grokdesk.pictures.file_types import sniff

if TYPE_CHECKING:
    from PIL import Image


def image_of(pixels: Pixels) -> Image.Image:
    """Over the same bytes."""
    from PIL import Image

    data: Any = pixels.data  # the stubs name only some of the buffers that do
    return Image.frombuffer("RGB", (pixels.width, pixels.height), data, "raw", "BGRX", 0, 1)


def decode(picture: Picture) -> Pixels:
    """The first frame as BGRX; what was transparent keeps its colour.

    For files of the desktop's own making: they are decoded in this process. Raises NotAPicture, PictureTooLarge."""
    if isinstance(picture.content, Pixels):
        return picture.content
    check_type(picture.name, file_type := sniff(picture.content))
    image = decode_stored(picture.name, picture.content, file_type).image
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
