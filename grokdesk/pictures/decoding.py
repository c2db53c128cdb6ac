"""The bytes of a foreign file become pixels that anybody may look at, or an error with a sentence about them."""

from __future__ import annotations

import importlib
import logging
import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from grokdesk.errors import NotAPicture, PictureError, PictureTooLarge
from grokdesk.pictures.colours import in_eight_bits, in_srgb, on_white
from grokdesk.pictures.file_facts import metadata_words, swaps_sides, turn_of
from grokdesk.pictures.file_types import EMPTY, OPENABLE, FileType, sniff
from grokdesk.pictures.opened import OpenedPicture
from grokdesk.pictures.shrinking import shrunk

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

MOST_PIXELS = 120_000_000
"""Checked in the header, before anything is decoded. It lets the 108 megapixel pictures of phones through, and
decoding and preparing then stays below 2 GB of memory (a WebP; 1.1 GB for the others)."""

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


def decode_file(name: str, content: bytes, enough: int | None = None) -> OpenedPicture:
    """The first frame. A JPEG is decoded smaller when a long edge of ``enough`` pixels leaves detail out.

    Raises NotAPicture for what is not a picture, is not supported or is damaged; PictureTooLarge.
    """
    file_type = sniff(content)
    check_type(name, file_type)
    stored, (width, height) = decode_stored(name, content, file_type, enough)
    removed, turn = metadata_words(stored), turn_of(stored)
    profile = stored.info.get("icc_profile")
    image = in_eight_bits(stored)
    if enough is not None:
        image = shrunk(image, enough, (width, height))  # first: every pixel less is one less to convert
    image, shone_through = on_white(in_srgb(image, profile))
    if turn is not None:
        image = image.transpose(turn)
        if swaps_sides(turn):
            width, height = height, width
    image.info = {}  # writers would put comments and the profile back
    frames, word = _count_frames(content, file_type.pillow_format), file_type.frame_word
    notes = [f"Only the first of {frames} {word}s is sent."] if frames > 1 else []
    if shone_through:
        notes.append("Transparent parts became white.")
    return OpenedPicture(image, width, height, frames, word, tuple(removed), tuple(notes))


def decode_stored(
    name: str, content: bytes, file_type: FileType, enough: int | None = None
) -> tuple[Image.Image, tuple[int, int]]:
    """The first frame in its own mode and as it is stored, and its size before it was decoded smaller."""
    from PIL import Image

    _quieten_pillow()
    try:
        importlib.import_module(f"PIL.{_PLUGINS[file_type.pillow_format]}")
        image = Image.open(BytesIO(content), formats=(file_type.pillow_format,))
        width, height = image.size
        _check_size(name, width, height)
        if enough is not None:
            scale = min(1.0, enough / max(width, height))
            # For a JPEG the decoder then leaves out whole octaves of detail; other formats ignore it.
            image.draft(None, (max(1, round(width * scale)), max(1, round(height * scale))))
        image.load()
    except (Image.DecompressionBombError, MemoryError) as error:
        raise _too_many_pixels(name) from error
    except PictureError:
        raise
    except Exception as error:
        # Decoders raise nearly anything on damaged bytes.
        title = f"{name} is {file_type.description}, but it is damaged or cut off."
        raise NotAPicture(title, _DAMAGED_HINT) from error
    return image, (width, height)


def check_type(name: str, file_type: FileType) -> None:
    """Raises NotAPicture for what is not opened."""
    if file_type.pillow_format:
        return
    if file_type is EMPTY:
        raise NotAPicture(f"{name} is empty.", "Save or download it again.")
    if file_type.is_picture:
        title = f"{name} is {file_type.description}, a type that GrokDesk does not open."
        raise NotAPicture(title, "Save it as PNG or JPEG, or take a screenshot of it.")
    raise NotAPicture(f"{name} is {file_type.description}, not a picture.", f"GrokDesk opens {OPENABLE}.")


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
