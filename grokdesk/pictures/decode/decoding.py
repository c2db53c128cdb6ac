"""The bytes of a foreign file become pixels that anybody may look at, or an error with a sentence about them."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from grokdesk.errors import GrokDeskError, NotAPicture, NotInstalled, PictureError, PictureTooLarge
from grokdesk.pictures.colours import ALPHA_IGNORED, in_eight_bits, in_srgb, on_ground
from grokdesk.pictures.decode import tiff
from grokdesk.pictures.decode.drawings import render, size_of_drawing
from grokdesk.pictures.decode.file_facts import declared_size, metadata_words, swaps_sides, turn_in_header, turn_of
from grokdesk.pictures.decode.file_types import EMPTY, OPENABLE, SVG, FileType, from_signature, sniff
from grokdesk.pictures.decode.frames import count_frames
from grokdesk.pictures.decode.opened import SIZE_ALONE, OpenedPicture
from grokdesk.pictures.decode.png_chunks import LightPng, light_png
from grokdesk.pictures.decode.proportions import true_size
from grokdesk.pictures.decode.shrinking import shrunk, stretched
from grokdesk.translation import N_, _, ngettext

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 120_000_000
"""Checked in the header, before anything is decoded. It lets the 108 megapixel pictures of phones through, and
decoding then takes at most three times the picture at four bytes a pixel, 1.5 GB; WebP up to four times, since its
decoder keeps two canvases."""

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

_DAMAGED_HINT = N_("Save or download it again, or take a screenshot of it.")
_HEIC_HINT = N_("Install it with: pip install 'grokdesk[heic]'. Or save the picture as JPEG.")
_OTHER_TYPE_HINT = N_("Save it as PNG or JPEG, or take a screenshot of it.")


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One frame in its own mode and as it is stored; ``size`` is that before it was decoded smaller, with square
    pixels."""

    image: Image.Image
    size: tuple[int, int]
    frames: int = 1
    notes: tuple[str, ...] = ()
    is_squeezed: bool = False
    """Its pixels are not square: it has to be stretched to the proportions of ``size``."""
    removed: frozenset[str] = frozenset()
    """What was left out before decoding, besides what the image still tells."""


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
    content = from_signature(content)
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
    removed, turn, profile = metadata_words(image, stored.removed), turn_of(image), image.info.get("icc_profile")
    if swaps_sides(turn):
        width, height = height, width
    notes = list(stored.notes)
    if enough != SIZE_ALONE:
        image, ground = _plain(stored, profile, enough)
        if turn is not None:
            image = image.transpose(turn)
        if ground is not None:
            notes.append(_(_GROUND_NOTES[ground]))
    image.info = {}  # writers would put comments and the profile back
    if stored.frames > 1:
        notes.insert(0, _which_frame(word, frame, stored.frames))
    return OpenedPicture(image, width, height, stored.frames, word, tuple(removed), tuple(notes))


def _plain(stored: Stored, profile: bytes | None, enough: int | None) -> tuple[Image.Image, int | None]:
    """Opaque and in sRGB, and the ground that transparent parts were given."""
    image = in_eight_bits(stored.image, **tiff.meaning(stored.image))
    # First: every pixel less is one less to convert.
    if stored.is_squeezed:
        image = stretched(image, stored.size, enough)
    elif enough is not None:
        image = shrunk(image, enough, stored.size)
    return on_ground(in_srgb(image, profile))


_GROUND_NOTES = {
    ALPHA_IGNORED: N_("The transparency of the whole picture is ignored."),
    255: N_("Transparent parts became white."),
    192: N_("Transparent parts became light grey, so that nothing on them is lost."),
    128: N_("Transparent parts became grey, so that nothing on them is lost."),
    64: N_("Transparent parts became dark grey, so that nothing on them is lost."),
    0: N_("Transparent parts became black, so that nothing on them is lost."),
}


def _which_frame(word: str, frame: int, frames: int) -> str:
    if word == "page":
        if frame:
            return _("Only page {number} of {count} is sent.").format(number=frame + 1, count=frames)
        return _("Only the first of {count} pages is sent.").format(count=frames)
    if frame:
        return _("Only frame {number} of {count} is sent.").format(number=frame + 1, count=frames)
    return _("Only the first of {count} frames is sent.").format(count=frames)


def _drawn(content: bytes, enough: int | None) -> Stored:
    if enough == SIZE_ALONE:
        return Stored(_no_pixels(), size_of_drawing(content))
    image, drawing = render(content, enough)
    notes = []
    if drawing.left_out:
        notes.append(_("What the drawing wanted to fetch from elsewhere is left out."))
    if drawing.has_web_text:
        notes.append(_("Labels that are written as web text are drawn plainly."))
    return Stored(image, image.size, notes=tuple(notes))


def _no_pixels() -> Image.Image:
    from PIL import Image

    return Image.new("L", (1, 1))


def _loaded(name: str, content: bytes, file_type: FileType, enough: int | None, frame: int) -> Stored:

    light = light_png(content) if file_type.pillow_format == "PNG" else LightPng(content)
    # Some decoders refuse a header of that size by themselves, and then say only that something is wrong.
    _check_size(name, *declared_size(content, file_type.pillow_format))
    image = _first_look(name, light.content, file_type)
    _check_size(name, *image.size)
    frames = 1
    if file_type.pillow_format in _WITH_FRAMES:
        said = 1 if file_type.pillow_format in ("GIF", "TIFF") else int(getattr(image, "n_frames", 1))
        frames = count_frames(content, file_type.pillow_format, said)
    _check_frame(name, file_type, frame, frames)
    if frame:
        image.seek(frame)
        _check_size(name, *image.size)
    size = true_size(image, content, MOST_PIXELS)
    is_squeezed = size != image.size
    notes = (_("Its pixels are not square, so it was stretched to its real proportions."),) if is_squeezed else ()
    _put_back(image, light)
    if enough == SIZE_ALONE:
        lies = file_type.pillow_format != "TIFF" and swaps_sides(turn_in_header(image))
        return Stored(_no_pixels(), size[::-1] if lies else size, frames)
    if enough is not None:
        scale = min(1.0, enough / max(image.size))
        # For a JPEG the decoder then leaves out whole octaves of detail; other formats ignore it.
        image.draft(None, (max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    tiff.read_as_unpacked(image)
    _end_early(image)
    image.load()
    _put_back(image, light)
    return Stored(image, size, frames, notes, is_squeezed, light.texts)


def _first_look(name: str, content: bytes, file_type: FileType) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(BytesIO(content), formats=(file_type.pillow_format,))
    except UnidentifiedImageError as error:
        if file_type.pillow_format == "TIFF" and tiff.is_unknown_kind(content):
            title = _("{name} is a TIFF picture with pixels of a kind that GrokDesk does not open.").format(name=name)
            raise NotAPicture(title, _(_OTHER_TYPE_HINT)) from error
        raise


def _end_early(image: Image.Image) -> None:
    """A WebP's decoder keeps two canvases and an AVIF's all planes, and both have given the pixels away before there is
    an image for them; Pillow calls this in between."""
    if "_decoder" in vars(image):
        prepare: Any = image.load_prepare  # type: ignore[attr-defined]  # of every file

        def load_prepare() -> None:
            vars(image)["_decoder"] = None
            prepare()

        image.load_prepare = load_prepare  # type: ignore[attr-defined]  # as above


def _put_back(image: Image.Image, light: LightPng) -> None:
    """What was kept from Pillow."""
    if light.profile:
        image.info["icc_profile"] = light.profile
    if light.key is not None and "transparency" in image.info:
        image.info["transparency"] = light.key
    if light.orientation > 1:
        image.info["XML:com.adobe.xmp"] = f'tiff:Orientation="{light.orientation}"'


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
    return replace(stored, notes=(_("The file is damaged or cut off: only a part of the picture can be seen."),))


def _ranges(image: Image.Image) -> Iterable[tuple[float, float]]:
    return [band.getextrema() for band in image.split()]  # type: ignore[misc]  # one band: two numbers


def _load_plugin(name: str, file_type: FileType) -> None:
    """Raises NotPossibleHere."""
    if file_type.pillow_format != "HEIF":
        importlib.import_module(f"PIL.{_PLUGINS[file_type.pillow_format]}")
        if file_type.pillow_format == "TIFF":
            tiff.know_more_tiffs()
        return
    try:
        import pillow_heif
    except ImportError as error:
        title = _("{name} is {type}, and the part that opens these is not installed.")
        raise NotInstalled(_named(title, name, file_type), _(_HEIC_HINT)) from error
    pillow_heif.register_heif_opener()


def check_type(name: str, file_type: FileType) -> None:
    """Raises NotAPicture for what is not opened."""
    if file_type.pillow_format:
        return
    if file_type is EMPTY:
        raise NotAPicture(_("{name} is empty.").format(name=name), _("Save or download it again."))
    if file_type.is_picture:
        title = _("{name} is {type}, a type that GrokDesk does not open.")
        raise NotAPicture(_named(title, name, file_type), _(_OTHER_TYPE_HINT))
    hint = _("GrokDesk opens {types}.").format(types=_(OPENABLE))
    raise NotAPicture(_named(_("{name} is {type}, not a picture."), name, file_type), hint)


def _named(sentence: str, name: str, file_type: FileType) -> str:
    return sentence.format(name=name, type=_(file_type.description))


def _damaged(name: str, file_type: FileType) -> NotAPicture:
    return NotAPicture(_named(_("{name} is {type}, but it is damaged or cut off."), name, file_type), _(_DAMAGED_HINT))


def _check_frame(name: str, file_type: FileType, frame: int, frames: int) -> None:
    if frame >= frames:
        if file_type.frame_word == "page":
            title = ngettext(
                "{name} has {count} page, so there is no page {number}.",
                "{name} has {count} pages, so there is no page {number}.",
                frames,
            )
            hint = _("Choose a page that it has.")
        else:
            title = ngettext(
                "{name} has {count} frame, so there is no frame {number}.",
                "{name} has {count} frames, so there is no frame {number}.",
                frames,
            )
            hint = _("Choose a frame that it has.")
        raise PictureError(title.format(name=name, count=frames, number=frame + 1), hint)


def _check_size(name: str, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise NotAPicture(_("{name} has no pixels.").format(name=name), _(_DAMAGED_HINT))
    if width * height > MOST_PIXELS:
        raise _too_many_pixels(name)


def _too_many_pixels(name: str) -> PictureTooLarge:
    title = _("{name} has more than {count} million pixels.").format(name=name, count=MOST_PIXELS // 1_000_000)
    return PictureTooLarge(title, _("Shrink it first, or take a screenshot of the part that matters."))


def _quieten_pillow() -> None:
    """What Pillow warns of (odd metadata, many pixels) is decided here, so it need not reach standard error.

    ``warnings.catch_warnings`` swaps a list of the whole process and is not thread-safe before Python 3.14
    (https://docs.python.org/3/library/warnings.html#concurrent-safety-of-context-managers), so the filter stays.
    """
    warnings.filterwarnings("ignore", module=r"PIL\.")
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
