"""What a decoded file tells beside its pixels: which way is up, and what a person may not want to give away."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

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
    return turns.get(exif_of(image).get(_ORIENTATION, 1))


def swaps_sides(turn: Image.Transpose) -> bool:
    return turn.name in ("TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90")


def metadata_words(image: Image.Image) -> list[str]:
    """What the file tells beside its pixels, in a person's words."""
    info, exif = image.info, exif_of(image)
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


def exif_of(image: Image.Image) -> Image.Exif:
    from PIL import Image

    try:
        return image.getexif()
    except Exception as error:  # noqa: BLE001 - parses foreign bytes; a picture is good without them
        log.info("camera data could not be read: %s", type(error).__name__)
        return Image.Exif()
