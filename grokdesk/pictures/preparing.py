"""A picture becomes exactly what leaves: upright, in sRGB, without metadata, within the provider's limits."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from grokdesk.model import ImageLimits, Picture, PreparedImage
from grokdesk.pictures.colours import in_eight_bits, in_srgb, on_white
from grokdesk.pictures.encoding import Encoded, encode, shrunk
from grokdesk.pictures.opening import OpenedPicture, open_picture

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

_ORIENTATION = 0x0112
_CAMERA_TAGS = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x8298, 0x8769)
"""Description, maker, model, software, time, artist, copyright, Exif block (Exif 2.32, tables 4 and 5)."""
_GPS = 0x8825
_IPTC, _IPTC_OF_TIFF = 0x0404, 0x83BB


class Prepare(Protocol):
    def __call__(self, picture: Picture, limits: ImageLimits, *, lossless: bool = False) -> PreparedImage: ...


def prepare(picture: Picture, limits: ImageLimits, *, lossless: bool = False) -> PreparedImage:
    """Decode, shrink to ``limits``, and encode as PNG (screens, drawings, ``lossless``) or JPEG (photos).

    ``limits.max_bytes`` counts the bytes of the file, not of its base64 form. Takes time; thread-safe.
    Raises NotAPicture and PictureTooLarge.
    """
    opened = open_picture(picture, enough=limits.long_edge)
    removed = _metadata(opened.image)
    turned = _turn(opened.image)
    profile = opened.image.info.get("icc_profile")
    image = shrunk(in_eight_bits(opened.image), limits.long_edge, (opened.width, opened.height))
    image, shone_through = on_white(in_srgb(image, profile))
    if turned is not None:
        image = image.transpose(turned)
    image.info = {}  # Pillow's writers would put comments and the profile back
    encoded = encode(image, limits.max_bytes, lossless=lossless)
    source = (opened.width, opened.height)
    if turned is not None and _swaps_sides(turned):
        source = (opened.height, opened.width)
    notes = _notes(opened, source, encoded, limits)
    if shone_through:
        notes.append("Transparent parts became white.")
    if removed:
        notes.append(f"Removed: {', '.join(removed)}.")
    return PreparedImage(
        name=picture.name,
        data=encoded.data,
        media_type=encoded.media_type,
        width=encoded.width,
        height=encoded.height,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        source_width=source[0],
        source_height=source[1],
        notes=tuple(notes),
    )


class RememberingPreparer:
    """Prepares each picture once for the same limits and remembers the result while the picture lives.

    May be called from any threads; whoever comes second for the same picture waits for the first.
    """

    def __init__(self, prepare_picture: Prepare = prepare) -> None:
        self._prepare = prepare_picture
        self._lock = threading.Lock()
        self._shelves: WeakKeyDictionary[Picture, _Shelf] = WeakKeyDictionary()

    def __call__(self, picture: Picture, limits: ImageLimits, *, lossless: bool = False) -> PreparedImage:
        with self._lock:
            shelf = self._shelves.setdefault(picture, _Shelf())
        return shelf.get(
            (limits.long_edge, limits.max_bytes, lossless), lambda: self._prepare(picture, limits, lossless=lossless)
        )


class _Shelf:
    """What was prepared for one picture. Errors are not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._prepared: dict[tuple[int, int, bool], PreparedImage] = {}

    def get(self, key: tuple[int, int, bool], make: Callable[[], PreparedImage]) -> PreparedImage:
        with self._lock:
            if key not in self._prepared:
                self._prepared[key] = make()
            return self._prepared[key]


def _notes(opened: OpenedPicture, source: tuple[int, int], encoded: Encoded, limits: ImageLimits) -> list[str]:
    notes = []
    if opened.frames > 1:
        notes.append(f"Only the first of {opened.frames} {opened.frame_word}s is sent.")
    if (encoded.width, encoded.height) != source:
        notes.append(f"Shrunk from {source[0]} x {source[1]} to {encoded.width} x {encoded.height}.")
    if encoded.gave_up_png:
        notes.append(f"Sent as JPEG: a PNG would be larger than {_size(limits.max_bytes)}.")
    return notes


def _size(number: int) -> str:
    if number >= 1024**2:
        return f"{number / 1024**2:.3g} MB"
    return f"{number / 1024:.3g} KB"


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How the decoded image has to be turned to stand upright. (A TIFF is turned when it is decoded.)"""
    from PIL import Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    return turns.get(_exif(image).get(_ORIENTATION, 1))


def _swaps_sides(turn: Image.Transpose) -> bool:
    return turn.name in ("TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90")


def _metadata(image: Image.Image) -> list[str]:
    """What the file tells beside its pixels, in a person's words."""
    info, exif = image.info, _exif(image)
    texts = getattr(image, "text", {})  # of a PNG; XMP is kept in one of them
    found = {
        "camera data": any(tag in exif for tag in _CAMERA_TAGS),
        "location": _GPS in exif,
        "captions": _IPTC in info.get("photoshop", {}) or _IPTC_OF_TIFF in exif,
        "editing data": "xmp" in info or any("xmp" in key for key in texts),
        "comments": "comment" in info or any("xmp" not in key for key in texts),
        "colour profile": bool(info.get("icc_profile")),
    }
    return [name for name, there in found.items() if there]


def _exif(image: Image.Image) -> Image.Exif:
    from PIL import Image

    try:
        return image.getexif()
    except Exception as error:  # noqa: BLE001 - parses foreign bytes; a picture is good without them
        log.info("camera data could not be read: %s", type(error).__name__)
        return Image.Exif()
