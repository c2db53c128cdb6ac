"""The bytes of a JPEG or PNG file without what they tell beside the pixels; the pixels are not encoded again.

Kept is what a decoder needs. A turn and a colour profile are kept too, because without them the picture is another
one; ``is_plain`` says that there are none that matter, so that every program shows the same.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1}
"""Of the PNG colour types without an alpha channel: grey, colours, palette."""
_NEEDED_IN_PNG = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_TIFF_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}
_ORIENTATION = 0x0112
_SRGB = re.compile(rb"desc\0{4}.{4}sRGB|mluc\0{4}.{20}(?:.{12})*?\0s\0R\0G\0B", re.DOTALL)
"""The description of an sRGB profile, as text or with languages (ICC.1:2022, 10.15; ICC.1:2001, 6.5.17)."""


@dataclass(frozen=True, slots=True)
class BareFile:
    data: bytes = field(repr=False)
    media_type: Literal["image/png", "image/jpeg"]
    is_plain: bool


def bare_file(content: bytes) -> BareFile | None:
    """None for other files and for those that are unusual: they have to be decoded and written anew."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _bare_jpeg(content)
        if content.startswith(_PNG_SIGNATURE):
            return _bare_png(content)
    except (struct.error, IndexError, zlib.error, ValueError):  # cut off or not what its beginning says
        return None
    return None


# --- JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B --------------------------------------------

_SOI, _EOI, _SOS, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_FRAMES = (0xC0, 0xC1, 0xC2)
"""Baseline, extended and progressive Huffman coding: what every decoder reads."""
_NEEDED_IN_JPEG = (0xDB, 0xC4, 0xDD, *_FRAMES)
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_LOOKED_AT = 1 << 16
"""Bytes of a scan at a time: a search lets no other thread run."""
_JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"


def _bare_jpeg(content: bytes) -> BareFile | None:
    kept: list[bytes] = []
    colours, turn, profile = b"", 1, b""
    frame = b""
    coding: list[tuple[int, bytes]] = []
    for marker, body, scan in _segments(content):
        if marker in _FRAMES and not frame:
            frame = body
        elif 0xC0 <= marker <= 0xCF and marker != 0xC4:
            return None  # arithmetic or lossless coding, or two frames
        if marker == 0xE0 and body.startswith(b"JFIF\0"):
            colours = _segment(0xE0, _JFIF)
        elif marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            colours += _segment(0xEE, b"Adobe\0\x64\0\0\0\0" + body[11:12])
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            turn = _turn_in(body[6:])
        elif marker == 0xE1 and b"tiff:Orientation" in body:
            return None
        elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
            profile += body[14:]
        elif marker in _NEEDED_IN_JPEG or marker == _SOS:
            kept += (_segment(marker, body), scan)
            coding.append((marker, body))
    if not frame or not _has_its_tables(coding) or frame[0] != 8 or frame[5] not in (1, 3):
        return None
    special = b"".join(_profile_segments(profile)) if profile and not _SRGB.search(profile) else b""
    if turn != 1:
        special += _segment(0xE1, _exif_with(turn))
    data = b"".join((b"\xff\xd8", colours, special, *kept, b"\xff\xd9"))
    return BareFile(data, "image/jpeg", not special)


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, content, and what follows a scan header, until the end of the image. Raises ValueError without one."""
    at = 2
    while True:
        found = _MARKER.match(content, at)
        if found is None:
            raise ValueError("no marker")
        marker, at = content[found.end() - 1], found.end()
        if marker == _EOI:
            return
        (length,) = struct.unpack_from(">H", content, at)
        body, at = content[at + 2 : at + length], at + length
        scan = b""
        if marker == _SOS:
            end = _end_of_scan(content, at)
            scan, at = content[at:end], end
        yield marker, body, scan


def _end_of_scan(content: bytes, start: int) -> int:
    for at in range(start, len(content), _LOOKED_AT):
        found = _MARKER_IN_SCAN.search(content, at, at + _LOOKED_AT + 1)
        if found is not None:
            return found.start()
    raise ValueError("no end")


def _has_its_tables(coding: list[tuple[int, bytes]]) -> bool:
    """False for the frame of a film, whose decoder knows the tables: https://www.rfc-editor.org/rfc/rfc2435"""
    tables, is_progressive = set[int](), False
    for marker, body in coding:
        is_progressive = is_progressive or marker == 0xC2
        if marker == 0xC4:
            tables |= _tables_in(body)
        elif marker == _SOS and not _tables_of(body, is_progressive=is_progressive) <= tables:
            return False
    return True


def _tables_in(body: bytes) -> set[int]:
    """Class and number of the Huffman tables of a segment: B.2.4.2."""
    found, at = set[int](), 0
    while at + 17 <= len(body):
        found.add(body[at])
        at += 17 + sum(body[at + 1 : at + 17])
    return found


def _tables_of(scan: bytes, *, is_progressive: bool) -> set[int]:
    """Those that a scan needs: B.2.3, and G.1.2 for a progressive one, which has either kind of coefficients."""
    count = scan[0]
    selectors = scan[2 : 2 + 2 * count : 2]
    first, refined = scan[1 + 2 * count], scan[3 + 2 * count] >> 4
    needs_dc = not is_progressive or (first == 0 and not refined)
    needs_ac = not is_progressive or first > 0
    direct = {selector >> 4 for selector in selectors} if needs_dc else set[int]()
    return direct | ({0x10 | selector & 0x0F for selector in selectors} if needs_ac else set[int]())


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _profile_segments(profile: bytes) -> Iterator[bytes]:
    most = 65_519
    parts = [profile[start : start + most] for start in range(0, len(profile), most)]
    for number, part in enumerate(parts, 1):
        yield _segment(0xE2, b"ICC_PROFILE\0" + bytes((number, len(parts))) + part)


def _exif_with(turn: int) -> bytes:
    """An Exif block with the orientation alone."""
    return b"Exif\0\0MM\0*\0\0\0\x08\0\1" + struct.pack(">HHIHH", _ORIENTATION, 3, 1, turn, 0) + b"\0\0\0\0"


def _turn_in(exif: bytes) -> int:
    """The orientation that a TIFF header and its first directory tell; 1 is upright."""
    order = _TIFF_ORDERS.get(exif[:4])
    if order is None:
        return 1
    start = int.from_bytes(exif[4:8], order)
    for entry in range(int.from_bytes(exif[start : start + 2], order)):
        at = start + 2 + 12 * entry
        if int.from_bytes(exif[at : at + 2], order) == _ORIENTATION:
            turn = int.from_bytes(exif[at + 8 : at + 10], order)
            return turn if 1 <= turn <= 8 else 1
    return 1


# --- PNG: https://www.w3.org/TR/png/ ------------------------------------------------------------------------


def _bare_png(content: bytes) -> BareFile | None:
    kept: list[bytes] = [_PNG_SIGNATURE]
    pixels: list[bytes] = []
    is_plain, at = True, len(_PNG_SIGNATURE)
    header = content[16:29]
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        whole, at = content[at : at + 12 + length], at + 12 + length
        if kind == b"IEND":
            kept.append(whole)
            break
        if kind in _NEEDED_IN_PNG:
            kept.append(whole)
        if kind == b"IDAT":
            pixels.append(body)
        elif kind in (b"acTL", b"fcTL") or b"tiff:Orientation" in body:
            return None
        elif kind == b"iCCP" and not _SRGB.search(_inflated(body)):
            kept.append(whole)
            is_plain = False
        elif kind == b"eXIf" and (turn := _turn_in(body)) != 1:
            kept.append(_chunk(b"eXIf", _exif_with(turn)[6:]))
            is_plain = False
        elif kind == b"tRNS":
            is_plain = False
    depth, colour_type, interlaced = header[8], header[9], header[12]
    is_plain = is_plain and depth <= 8 and colour_type in _CHANNELS and not interlaced
    if is_plain and not _is_exactly(header, b"".join(pixels)):
        return None
    return BareFile(b"".join(kept), "image/png", is_plain)


def _is_exactly(header: bytes, stream: bytes) -> bool:
    """Whether the stream holds the rows and no byte behind them: an editor may have left the end of another file."""
    width, height = struct.unpack(">II", header[:8])
    size = (1 + (width * header[8] * _CHANNELS[header[9]] + 7) // 8) * height
    inflate, found = zlib.decompressobj(), 0
    while stream and found <= size:
        found += len(inflate.decompress(stream, 1 << 20))
        stream = inflate.unconsumed_tail
    return inflate.eof and not inflate.unused_data and found == size


def _inflated(body: bytes) -> bytes:
    """The profile of an iCCP chunk: name, a zero, the method, and the deflated profile."""
    return zlib.decompressobj().decompress(body[body.index(b"\0") + 2 :], 1 << 22)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
