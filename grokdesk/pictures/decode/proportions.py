"""Pixels that are not square: fax machines, scanners and some cameras store them, and say so by a density."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from grokdesk.pictures.decode.file_facts import exif_of

if TYPE_CHECKING:
    from PIL import Image

_X_RESOLUTION, _Y_RESOLUTION, _ORIENTATION = 282, 283, 274
_FIRST_ON_ITS_SIDE = 5
_LEAST, _MOST = 1.02, 8.0
"""Below, it is a rounded number; above, a wrong one."""


def true_size(image: Image.Image, content: bytes, most_pixels: int) -> tuple[int, int]:
    """The size with square pixels: the shorter side of a pixel stays as it is, so that no detail is lost.

    ``image`` before it is loaded, of the file ``content``. A fax of 204 x 98 dots an inch becomes about twice as high.
    """
    width, height = image.size
    across, down = _density(image, content)
    if not (_is_positive(across) and _is_positive(down)):
        return image.size
    ratio = across / down
    if not _LEAST < max(ratio, 1 / ratio) <= _MOST:
        return image.size
    size = (width, round(height * ratio)) if ratio > 1 else (round(width / ratio), height)
    return size if size[0] * size[1] <= most_pixels else image.size


def _density(image: Image.Image, content: bytes) -> tuple[float, float]:
    """Dots across and down in any unit; zeros where nothing is said."""
    if image.format == "GIF":
        return _in_gif(content)
    if image.format in ("AVIF", "HEIF"):
        return _in_heif(content, is_turned=image.format == "HEIF")
    info: dict[Any, Any] = image.info
    tags = getattr(image, "tag_v2", None)
    if tags is not None:
        pair = (tags.get(_X_RESOLUTION), tags.get(_Y_RESOLUTION))
        # Pillow turns a TIFF by itself, and tells its size turned even before; the tags stay as they were.
        return _numbers(pair[::-1] if tags.get(_ORIENTATION, 1) >= _FIRST_ON_ITS_SIDE else pair)
    for name in ("jfif_density", "aspect", "dpi"):
        if name in info and (name != "dpi" or "jfif" in info or "exif" not in info):
            return _numbers(info[name])
    if "exif" not in info:  # to look for it behind the pixels would decode a PNG
        return 0.0, 0.0
    exif = exif_of(image)  # Pillow makes one number of these two
    return _numbers((exif.get(_X_RESOLUTION), exif.get(_Y_RESOLUTION)))


def _in_gif(content: bytes) -> tuple[float, float]:
    """GIF89a, section 18: a pixel's width over its height is the byte and 15, over 64; 0 says nothing."""
    byte = content[12] if len(content) > 12 else 0
    return (64.0, byte + 15.0) if byte else (0.0, 0.0)


def _in_heif(content: bytes, *, is_turned: bool) -> tuple[float, float]:
    """ISO/IEC 23008-12, section 6.5.4: the main picture's ``pasp``, which counts before it is turned (``irot``).

    ``is_turned``: the decoder gives the picture as it stands after that.
    """
    try:
        kept = dict(_properties_of_main(content))
    except (struct.error, IndexError, KeyError):
        return 0.0, 0.0
    if len(kept.get(b"pasp", b"")) < 8:
        return 0.0, 0.0
    wide, high = struct.unpack_from(">II", kept[b"pasp"])
    on_its_side = is_turned and (kept.get(b"irot") or b"\0")[0] & 1
    return (float(wide), float(high)) if on_its_side else (float(high), float(wide))


def _properties_of_main(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Their names and contents. Boxes: ISO/IEC 14496-12, section 4.2. Raises struct.error, IndexError, KeyError."""
    top = dict(_boxes(content))
    inside = dict(_boxes(top[b"meta"][4:]))
    about, item = inside[b"pitm"], ">I" if inside[b"pitm"][0] else ">H"
    (main,) = struct.unpack_from(item, about, 4)
    described = dict(_boxes(inside[b"iprp"]))
    properties, uses = list(_boxes(described[b"ipco"])), described[b"ipma"]
    item, is_wide = ">I" if uses[0] else ">H", bool(uses[3] & 1)
    (count,), at = struct.unpack_from(">I", uses, 4), 8
    for _number in range(count):
        (which,) = struct.unpack_from(item, uses, at)
        at += struct.calcsize(item)
        places, at = range(at + 1, at + 1 + uses[at] * (1 + is_wide), 1 + is_wide), at + 1 + uses[at] * (1 + is_wide)
        for place in places if which == main else ():
            index = struct.unpack_from(">H", uses, place)[0] & 0x7FFF if is_wide else uses[place] & 0x7F
            if index:  # counted from 1
                yield properties[index - 1]


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        length, head = int.from_bytes(content[at : at + 4], "big"), 8
        if length == 1:
            length, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        end = len(content) if length == 0 else at + length
        if end < at + head:
            return
        name = content[at + 4 : at + 8]
        # The pixels themselves are of no use here, and would be copied.
        yield name, b"" if name == b"mdat" else content[at + head : end]
        at = end


def _numbers(pair: Any) -> tuple[float, float]:
    try:
        return float(pair[0]), float(pair[1])
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return 0.0, 0.0


def _is_positive(value: float) -> bool:
    return math.isfinite(value) and value > 0
