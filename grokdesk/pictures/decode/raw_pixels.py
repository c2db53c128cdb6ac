"""Raw pixels as a screen grabber delivers them: from a picture file, and turned upright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grokdesk.model import Picture, Pixels
from grokdesk.pictures.colours import on_ground
from grokdesk.pictures.decode.decoding import check_type, decode_stored
from grokdesk.pictures.decode.file_types import sniff

if TYPE_CHECKING:
    from PIL import Image


def image_of(pixels: Pixels) -> Image.Image:
    """Over the same bytes."""
    from PIL import Image

    data: Any = pixels.data  # the stubs name only some of the buffers that do
    return Image.frombuffer("RGB", (pixels.width, pixels.height), data, "raw", "BGRX", 0, 1)


def pixels_of(image: Image.Image) -> Pixels:
    """A copy as BGRX; what was transparent keeps its colour."""
    if image.mode != "RGB":
        image = image.convert("RGB")
    return Pixels(image.tobytes("raw", "BGRX"), image.width, image.height)


def opaque_pixels(data: bytes | bytearray | memoryview, width: int, height: int) -> Pixels:
    """Of BGRA with the alpha unmultiplied, on a ground that shows what is drawn."""
    from PIL import Image

    image = Image.frombuffer("RGBA", (width, height), data, "raw", "BGRA", 0, 1)  # type: ignore[arg-type]  # any buffer
    return pixels_of(on_ground(image)[0])


def decode(picture: Picture) -> Pixels:
    """The first frame of a file of the desktop's own making: it is decoded in this process, and as it is stored.

    Raises NotAPicture, PictureTooLarge.
    """
    if isinstance(picture.content, Pixels):
        return picture.content
    check_type(picture.name, file_type := sniff(picture.content))
    return pixels_of(decode_stored(picture.name, picture.content, file_type).image)


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
