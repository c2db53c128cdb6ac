"""The bytes of a foreign file become pixels that anybody may look at, or an error with a sentence about them."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

from grokdesk.errors import GrokDeskError, NotAPicture, NotInstalled, PictureError, PictureTooLarge
from grokdesk.pictures.colours import in_eight_bits, in_srgb, on_white
from grokdesk.pictures.decode.drawings import render
from grokdesk.pictures.decode.file_facts import metadata_words, swaps_sides, turn_of
from grokdesk.pictures.decode.file_types import EMPTY, OPENABLE, SVG, FileType, sniff
from grokdesk.pictures.decode.frames import count_frames
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.pictures.decode.shrinking import shrunk

if TYPE_CHECKING:
    from PIL import Image

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
_WITH_FRAMES = ("PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF")
"""The other images in a JPEG (depth, gain map) and in an icon (smaller sizes) are no later frames."""
_IN_ROWS = ("PNG", "JPEG", "BMP", "TIFF", "GIF", "PPM")
"""What is decoded from top to bottom, so that the beginning of a file shows the beginning of the picture."""

_DAMAGED_HINT = "Save or download it again, or take a screenshot of it."
_HEIC_HINT = "Install it with: pip install 'grokdesk[heic]'. Or save the picture as JPEG."


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One frame in its own mode and as it is stored; ``size`` is that before it was decoded smaller."""

    image: Image.Image
    size: tuple[int, int]
    frames: int = 1
    notes: tuple[str, ...] = ()


def decode_file(name: str, content: bytes, enough: int | None = None, frame: int = 0) -> OpenedPicture:
    """One frame, the first is 0. Decoded and shrunk to a long edge of ``enough`` pixels, when it is larger.

    Raises NotAPicture for what is not a picture, is not supported or is damaged; PictureTooLarge, NotPossibleHere.
    """
    file_type = sniff(content)
    check_type(name, file_type)
    stored = decode_stored(name, content, file_type, enough, frame)
    try:
        return _opened(stored, file_type.frame_word, enough, frame)
    except MemoryError as error:
        raise _too_many_pixels(name) from error
    except Exception as error:
        # Some are found out only when their colours are looked at.
        raise _damaged(name, file_type) from error


def decode_stored(name: str, content: bytes, file_type: FileType, enough: int | None = None, frame: int = 0) -> Stored:
    from PIL import Image

    _quieten_pillow()
    try:
        if file_type is SVG:
            _check_frame(name, file_type, frame, 1)
            return _drawn(content, enough)
        _load_plugin(name, file_type)
        return _loaded(name, content, file_type, enough, frame)
    except (Image.DecompressionBombError, MemoryError) as error:
        raise _too_many_pixels(name) from error
    except GrokDeskError:
        raise
    except Exception as error:
        # Decoders raise nearly anything on damaged bytes.
        if file_type.pillow_format in _IN_ROWS:
            return _what_can_be_seen(name, content, file_type, enough, frame)
        raise _damaged(name, file_type) from error


def _opened(stored: Stored, word: str, enough: int | None, frame: int) -> OpenedPicture:
    image, (width, height) = stored.image, stored.size
    removed, turn, profile = metadata_words(image), turn_of(image), image.info.get("icc_profile")
    image = in_eight_bits(image)
    if enough is not None:
        image = shrunk(image, enough, stored.size)  # first: every pixel less is one less to convert
    image, shone_through = on_white(in_srgb(image, profile))
    if turn is not None:
        image = image.transpose(turn)
        if swaps_sides(turn):
            width, height = height, width
    image.info = {}  # writers would put comments and the profile back
    notes = list(stored.notes)
    if stored.frames > 1:
        which = f"{word} {frame + 1} of {stored.frames}" if frame else f"the first of {stored.frames} {word}s"
        notes.insert(0, f"Only {which} is sent.")
    if shone_through:
        notes.append("Transparent parts became white.")
    return OpenedPicture(image, width, height, stored.frames, word, tuple(removed), tuple(notes))


def _drawn(content: bytes, enough: int | None) -> Stored:
    image, drawing = render(content, enough)
    notes = ("What the drawing wanted to fetch from elsewhere is left out.",) if drawing.left_out else ()
    return Stored(image, image.size, notes=notes)


def _loaded(name: str, content: bytes, file_type: FileType, enough: int | None, frame: int) -> Stored:
    from PIL import Image

    image = Image.open(BytesIO(content), formats=(file_type.pillow_format,))
    _check_size(name, *image.size)
    frames = 1
    if file_type.pillow_format in _WITH_FRAMES:
        said = 1 if file_type.pillow_format in ("GIF", "TIFF") else int(getattr(image, "n_frames", 1))
        frames = count_frames(content, file_type.pillow_format, said)
    _check_frame(name, file_type, frame, frames)
    if frame:
        image.seek(frame)
        _check_size(name, *image.size)
    size = image.size
    if enough is not None:
        scale = min(1.0, enough / max(size))
        # For a JPEG the decoder then leaves out whole octaves of detail; other formats ignore it.
        image.draft(None, (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    image.load()
    return Stored(image, size, frames)


def _what_can_be_seen(name: str, content: bytes, file_type: FileType, enough: int | None, frame: int) -> Stored:
    """The beginning of a damaged picture, if there is anything in it."""
    from PIL import ImageFile

    # Of the whole process, which is why files are opened in a process of their own and one after the other.
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        stored = _loaded(name, content, file_type, enough, frame)
    except Exception as error:
        raise _damaged(name, file_type) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if all(low == high for low, high in _ranges(stored.image)):
        raise _damaged(name, file_type)
    return replace(stored, notes=("The file is damaged or ends early: only a part of the picture can be seen.",))


def _ranges(image: Image.Image) -> Iterable[tuple[float, float]]:
    return [band.getextrema() for band in image.split()]  # type: ignore[misc]  # one band: two numbers


def _load_plugin(name: str, file_type: FileType) -> None:
    """Raises NotPossibleHere."""
    if file_type.pillow_format != "HEIF":
        importlib.import_module(f"PIL.{_PLUGINS[file_type.pillow_format]}")
        return
    try:
        import pillow_heif
    except ImportError as error:
        title = f"{name} is {file_type.description}, and the part that opens these is not installed."
        raise NotInstalled(title, _HEIC_HINT) from error
    pillow_heif.register_heif_opener()


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


def _damaged(name: str, file_type: FileType) -> NotAPicture:
    return NotAPicture(f"{name} is {file_type.description}, but it is damaged or cut off.", _DAMAGED_HINT)


def _check_frame(name: str, file_type: FileType, frame: int, frames: int) -> None:
    if frame >= frames:
        word = file_type.frame_word
        title = f"{name} has {frames} {word}{'s' if frames > 1 else ''}, so there is no {word} {frame + 1}."
        raise PictureError(title, f"Choose a {word} that it has.")


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
