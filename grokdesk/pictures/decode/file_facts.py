"""What a decoded file tells beside its pixels: which way is up, and what a person may not want to give away."""

from __future__ import annotations

import logging
import struct
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from grokdesk.translation import N_, _

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

_ORIENTATION = 0x0112
_CAMERA_TAGS = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x8298, 0x8769)
"""Description, maker, model, software, time, artist, copyright, Exif block (Exif 2.32, tables 4 and 5)."""
_GPS = 0x8825
_IPTC, _IPTC_OF_TIFF = 0x0404, 0x83BB


def turn_of(image: Image.Image) -> Image.Transpose | None:
    """How the decoded image has to be turned to stand upright. (A TIFF is turned when it is decoded.)"""
    return _turn(exif_of(image))


def turn_in_header(image: Image.Image) -> Image.Transpose | None:
    """The same before anything is decoded, of what stands before the pixels."""
    from PIL import Image

    try:
        # The method of a PNG decodes it all, because camera data may stand behind the pixels.
        return _turn(Image.Image.getexif(image))
    except Exception as error:  # noqa: BLE001 - parses foreign bytes
        log.info("camera data could not be read: %s", type(error).__name__)
        return None


def _turn(exif: Image.Exif) -> Image.Transpose | None:
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
    return turns.get(exif.get(_ORIENTATION, 1))


def swaps_sides(turn: Image.Transpose | None) -> bool:
    return turn is not None and turn.name in ("TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90")


def metadata_words(image: Image.Image, left_out: Collection[str] = ()) -> list[str]:
    """What the file tells beside its pixels, in a person's words; ``left_out`` are such words, for what the image does
    not tell any more."""
    info, exif = image.info, exif_of(image)
    texts = getattr(image, "text", {})  # of a PNG; XMP is kept in one of them
    found = {
        N_("camera data"): any(tag in exif for tag in _CAMERA_TAGS),
        N_("location"): _GPS in exif,
        N_("captions"): _IPTC in info.get("photoshop", {}) or _IPTC_OF_TIFF in exif,
        N_("editing data"): "xmp" in info or any("xmp" in key for key in texts),
        N_("comments"): "comment" in info or any("xmp" not in key for key in texts),
        N_("colour profile"): bool(info.get("icc_profile")),
    }
    return [_(name) for name, there in found.items() if there or name in left_out]


def declared_size(content: bytes, pillow_format: str) -> tuple[int, int]:
    """The largest image that an AVIF or HEIC file says it has; one pixel for other types and where nothing is said.

    The property "ispe" of ISO/IEC 23008-12, 6.5.3, in the box "meta": version and flags, width, height.
    """
    width, height = 1, 1
    for start, end in _meta_boxes(content) if pillow_format in ("AVIF", "HEIF") else ():
        at = start
        while (at := content.find(b"ispe\0\0\0\0", at, end)) >= 0 and at + 16 <= len(content):
            size = struct.unpack_from(">II", content, at + 8)
            width, height = max((width, height), size, key=lambda sides: sides[0] * sides[1])
            at += 16
    return width, height


def _meta_boxes(content: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind == b"meta":
            yield at, at + (length or len(content))
        if length < 8:  # 0: to the end; 1: a length of 64 bits, which only pixels need
            return
        at += length


def exif_of(image: Image.Image) -> Image.Exif:
    from PIL import Image

    try:
        return image.getexif()
    except Exception as error:  # noqa: BLE001 - parses foreign bytes; a picture is good without them
        log.info("camera data could not be read: %s", type(error).__name__)
        return Image.Exif()
