"""What Pillow leaves to its caller with a TIFF: pixels of some kinds, and what their numbers mean.

TIFF 6.0: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, sections 4, 8 and 19.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_WHITE_IS_ZERO, _BLACK_IS_ZERO = 0, 1
_UNSIGNED, _FLOAT = 1, 3
_PHOTOMETRIC, _SAMPLE_FORMAT = 262, 339
_NATIVE = {"I;32S": "I;32NS", "I;32BS": "I;32NS", "I;32B": "I;32N", "I;16S": "I;16NS", "I;16BS": "I;16NS"}
_NATIVE |= {"F;32F": "F;32NF", "F;32BF": "F;32NF", "F;64F": "F;64NF", "F;64BF": "F;64NF"}


def know_more_tiffs() -> None:
    """Greys of 16, 32 and 64 bits in both byte orders and both directions, which Pillow unpacks but does not name."""
    from PIL import TiffImagePlugin

    for order, big in ((b"II", ""), (b"MM", "B")):
        for direction in (_WHITE_IS_ZERO, _BLACK_IS_ZERO):
            for bits, kind, mode, raw in (
                (16, _UNSIGNED, f"I;16{big}", f"I;16{big}"),
                (16, 2, "I", f"I;16{big}S"),
                (32, _UNSIGNED, "I", f"I;32{big}"),
                (32, 2, "I", f"I;32{big}S"),
                (32, _FLOAT, "F", f"F;32{big}F"),
                (64, _FLOAT, "F", f"F;64{big}F"),
            ):
                key = (order, direction, (kind,), 1, (bits,), ())
                TiffImagePlugin.OPEN_INFO.setdefault(key, (mode, raw))


def is_unknown_kind(content: bytes) -> bool:
    """Whether it is whole as far as can be seen, and only its pixels are of no kind that is known."""
    from PIL import TiffImagePlugin

    try:
        TiffImagePlugin.TiffImageFile(BytesIO(content))
    except SyntaxError as error:
        return "unknown" in str(error) and _has_its_directory(content)
    except Exception:  # noqa: BLE001 - parses foreign bytes
        return False
    return False


def _has_its_directory(content: bytes) -> bool:
    order = "<" if content[:2] == b"II" else ">"
    try:
        (start,) = struct.unpack_from(order + "I", content, 4)
        (entries,) = struct.unpack_from(order + "H", content, start)
    except struct.error:
        return False
    return bool(entries) and start + 2 + 12 * entries <= len(content)


def read_as_unpacked(image: Image.Image) -> None:
    """Before loading: libtiff gives numbers in this computer's byte order, and Pillow knows that of 16 bits only."""
    tiles: list[Any] = getattr(image, "tile", [])
    for number, tile in enumerate(tiles):
        if tile[0] == "libtiff" and tile[3][0] in _NATIVE:
            tiles[number] = tile._replace(args=(_NATIVE[tile[3][0]], *tile[3][1:]))


def meaning(image: Image.Image) -> dict[str, bool]:
    """Of a file of any type, for ``in_eight_bits``."""
    tags = getattr(image, "tag_v2", {})
    return {
        "white_is_zero": tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO,
        "is_unsigned": tags.get(_SAMPLE_FORMAT, (_UNSIGNED,)) == (_UNSIGNED,),
    }
