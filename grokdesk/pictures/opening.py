"""Foreign bytes become a decoded image, or an error with a sentence about what they are."""

from __future__ import annotations

import importlib
import logging
import warnings
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grokdesk.errors import NotAPicture, PictureError, PictureTooLarge
from grokdesk.model import Picture, Pixels
from grokdesk.pictures.file_types import EMPTY, HEAD_BYTES, OPENABLE, FileType, sniff

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

MOST_PIXELS = 120_000_000
"""Checked in the header, before anything is decoded. It lets the 108 megapixel pictures of phones through, and
decoding and preparing then stays below 2 GB of memory (a WebP; 1.1 GB for the others)."""

MOST_BYTES = 200 * 1024 * 1024
"""The largest file that is read into memory."""

_PLUGINS = {
    "PNG": "PngImagePlugin",
    "JPEG": "JpegImagePlugin",
    "WEBP": "WebPImagePlugin",
    "GIF": "GifImagePlugin",
    "BMP": "BmpImagePlugin",
    "TIFF": "TiffImagePlugin",
    "AVIF": "AvifImagePlugin",
    "ICO": "IcoImagePlugin",
    "PPM": "PpmImagePlugin",
}
_WITH_FRAMES = ("PNG", "WEBP", "GIF", "TIFF", "AVIF")
"""The other images in a JPEG (depth, gain map) and in an icon (smaller sizes) are no later frames."""

_DAMAGED_HINT = "Save or download it again, or take a screenshot of it."


@dataclass(frozen=True, slots=True, eq=False)
class OpenedPicture:
    """The first frame, decoded, in its own mode and as it is stored: not yet upright, not yet in sRGB."""

    image: Image.Image = field(repr=False)
    width: int
    height: int
    """The stored size; the image may have been decoded smaller."""
    frames: int = 1
    frame_word: str = "frame"


def read_picture_file(path: Path) -> Picture:
    """Read a file and check by its first bytes that it is a picture; nothing is decoded yet.

    Raises NotAPicture, PictureTooLarge, or PictureError when it cannot be read.
    """
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise NotAPicture(f"{name} is a folder, not a picture.", "Choose the pictures inside it.")
        if not path.exists():
            raise PictureError(f"{name} does not exist.", f"Looked for {path.absolute()}.")
        if not path.is_file():
            raise NotAPicture(f"{name} is not a file.", "Choose a picture file.")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            _check_type(name, sniff(head))
            data = head + file.read(MOST_BYTES + 1 - len(head))
    except PermissionError as error:
        raise PictureError(f"{name} may not be read.", "Check the permissions of the file.") from error
    except (OSError, ValueError) as error:
        raise PictureError(f"{name} could not be read.", f"The system says: {error}.") from error
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(
            f"{name} is larger than {MOST_BYTES // 1024**2} MB.", "Save a smaller version of it and use that."
        )
    return Picture(name, data)


def open_picture(picture: Picture, *, enough: int | None = None) -> OpenedPicture:
    """Decode the first frame. ``enough`` is a long edge in pixels: a JPEG may be decoded smaller, but not below it.

    Raises NotAPicture for what is not a picture, is not supported or is damaged; PictureTooLarge.
    Takes time; thread-safe.
    """
    if isinstance(picture.content, Pixels):
        return _from_pixels(picture.content)
    file_type = sniff(picture.content)
    _check_type(picture.name, file_type)
    from PIL import Image

    _quieten_pillow()
    try:
        importlib.import_module(f"PIL.{_PLUGINS[file_type.pillow_format]}")
        image = Image.open(BytesIO(picture.content), formats=(file_type.pillow_format,))
        width, height = image.size
        _check_size(picture.name, width, height)
        if enough is not None:
            scale = min(1.0, enough / max(width, height))
            # For a JPEG the decoder then leaves out whole octaves of detail; other formats ignore it.
            image.draft(None, (max(1, round(width * scale)), max(1, round(height * scale))))
        image.load()
    except (Image.DecompressionBombError, MemoryError) as error:
        raise _too_many_pixels(picture.name) from error
    except PictureError:
        raise
    except Exception as error:
        # Decoders raise nearly anything on damaged bytes.
        title = f"{picture.name} is {file_type.description}, but it is damaged or cut off."
        raise NotAPicture(title, _DAMAGED_HINT) from error
    frames = _count_frames(picture.content, file_type.pillow_format)
    return OpenedPicture(image, width, height, frames, "page" if file_type.pillow_format == "TIFF" else "frame")


def image_of(pixels: Pixels) -> Image.Image:
    """Over the same bytes."""
    from PIL import Image

    data: Any = pixels.data  # the stubs name only some of the buffers that do
    return Image.frombuffer("RGB", (pixels.width, pixels.height), data, "raw", "BGRX", 0, 1)


def _from_pixels(pixels: Pixels) -> OpenedPicture:
    return OpenedPicture(image_of(pixels), pixels.width, pixels.height)


def _count_frames(content: bytes, pillow_format: str) -> int:
    """On an image of its own, because counting moves through the file. A damaged later frame counts as none."""
    if pillow_format not in _WITH_FRAMES:
        return 1
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=(pillow_format,)) as image:
            return int(getattr(image, "n_frames", 1))
    except Exception as error:  # noqa: BLE001 - decoders raise nearly anything on damaged bytes
        log.info("frames could not be counted: %s", type(error).__name__)
        return 1


def _check_type(name: str, file_type: FileType) -> None:
    if file_type.pillow_format:
        return
    if file_type is EMPTY:
        raise NotAPicture(f"{name} is empty.", "Save or download it again.")
    if file_type.is_picture:
        title = f"{name} is {file_type.description}, a type that GrokDesk does not open."
        raise NotAPicture(title, "Save it as PNG or JPEG, or take a screenshot of it.")
    raise NotAPicture(f"{name} is {file_type.description}, not a picture.", f"GrokDesk opens {OPENABLE}.")


def _check_size(name: str, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise NotAPicture(f"{name} has no pixels.", _DAMAGED_HINT)
    if width * height > MOST_PIXELS:
        raise _too_many_pixels(name)


def _too_many_pixels(name: str) -> PictureTooLarge:
    title = f"{name} has more than {MOST_PIXELS // 1_000_000} million pixels."
    return PictureTooLarge(title, "Shrink it first, or take a screenshot of the part that matters.")


def _quieten_pillow() -> None:
    """What Pillow warns of (odd metadata, many pixels) is decided here, so it need not reach standard error.

    ``warnings.catch_warnings`` swaps a list of the whole process and is not thread-safe before Python 3.14
    (https://docs.python.org/3/library/warnings.html#concurrent-safety-of-context-managers), so the filter stays.
    """
    warnings.filterwarnings("ignore", module=r"PIL\.")
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
