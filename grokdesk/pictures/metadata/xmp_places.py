"""Where a picture file keeps its XMP packet, and the same file with another one: not a byte of its pixels changes.

JPEG: XMP specification part 3, section 1.1.3; PNG: section 1.1.5; WebP: RFC 9649, section 2.7.1.4. TIFF is in
``xmp_in_tiff``.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grokdesk.pictures.metadata.xmp_in_tiff import tiff_with_xmp, xmp_in_tiff

MOST_PACKET = 8 * 1024**2
"""Of a compressed one, when it is unpacked."""

_IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_MOST_IN_JPEG = 65_533 - len(_IN_JPEG)
_PADDING = re.compile(rb"\s+(?=<\?xpacket end)")
"""The room that writers leave for others."""
_IN_PNG = b"XML:com.adobe.xmp\0"
_SIGNATURE_OF_PNG = b"\x89PNG\r\n\x1a\n"
_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10


class NoPlace(ValueError):
    """The file is damaged, or cannot take a packet without harm."""


@dataclass(frozen=True, slots=True)
class Place:
    """How one format does it. Both raise NoPlace; a file without a packet gives None."""

    read: Callable[[bytes], bytes | None]
    write: Callable[[bytes, bytes], bytes]


def place_in(pillow_format: str) -> Place | None:
    return _PLACES.get(pillow_format)


# --- JPEG -------------------------------------------------------------------------------------------------


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the pixels."""
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":  # filling
            at += 1
        if at + 4 > len(data) or data[at] != 0xFF:
            raise NoPlace("no segment where one has to be")
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            return
        if end > len(data) or end < at + 4:
            raise NoPlace("a segment goes beyond the file")
        yield marker, at, end
        at = end


def _read_jpeg(data: bytes) -> bytes | None:
    for marker, start, end in _segments(data):
        if marker == 0xE1 and data.startswith(_IN_JPEG, start + 4):
            return data[start + 4 + len(_IN_JPEG) : end]
    return None


def _write_jpeg(data: bytes, packet: bytes) -> bytes:
    if len(packet) > _MOST_IN_JPEG:
        packet = _PADDING.sub(b"\n", packet)
    if len(packet) > _MOST_IN_JPEG:
        raise NoPlace("more than 65 KB")
    segment = struct.pack(">BBH", 0xFF, 0xE1, len(packet) + len(_IN_JPEG) + 2) + _IN_JPEG + packet
    place, old, several = 2, None, False
    for marker, start, end in _segments(data):
        if marker == 0xE1 and data.startswith(_IN_JPEG, start + 4):
            if several:
                # Further pictures are found by their distance from that list.
                raise NoPlace("further pictures behind the first would be lost")
            old = old or (start, end)
        several = several or (marker == 0xE2 and data.startswith(b"MPF\0", start + 4))
        if marker == 0xE0 or (marker == 0xE1 and data.startswith(b"Exif\0", start + 4)):
            place = end if not several else place
    start, end = old or (place, place)
    return data[:start] + segment + data[end:]


# --- PNG --------------------------------------------------------------------------------------------------


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each chunk."""
    at = len(_SIGNATURE_OF_PNG)
    while at + 12 <= len(data):
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            break
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
    raise NoPlace("no end")


def _read_png(data: bytes) -> bytes | None:
    for kind, start, end in _chunks(data):
        if kind == b"iTXt" and data.startswith(_IN_PNG, start + 8):
            body = data[start + 8 + len(_IN_PNG) : end - 4]
            pieces = body[2:].split(b"\0", 2)  # language, its translated name, text
            if len(pieces) < 3:
                raise NoPlace("a text without its parts")
            return _unpacked(pieces[2]) if body[0] else pieces[2]
    return None


def _unpacked(squeezed: bytes) -> bytes:
    unpack = zlib.decompressobj()
    try:
        packet = unpack.decompress(squeezed, MOST_PACKET)
    except zlib.error as error:
        raise NoPlace("a packed text that cannot be unpacked") from error
    if unpack.unconsumed_tail:
        raise NoPlace("more than is reasonable")
    return packet


def _write_png(data: bytes, packet: bytes) -> bytes:
    body = b"iTXt" + _IN_PNG + b"\0\0\0\0" + packet
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    first = old = None
    for kind, start, end in _chunks(data):
        if kind == b"IDAT" and first is None:
            first = (start, start)
        if kind == b"iTXt" and data.startswith(_IN_PNG, start + 8):
            old = old or (start, end)
    if first is None:
        raise NoPlace("no pixels")
    start, end = old or first
    return data[:start] + chunk + data[end:]


# --- WebP -------------------------------------------------------------------------------------------------


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end (filled up to an even length) of each chunk."""
    at, whole = 12, 8 + int.from_bytes(data[4:8], "little")
    if whole > len(data):
        raise NoPlace("cut off")
    while at + 8 <= whole:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + length % 2
        if end > whole:
            raise NoPlace("a chunk goes beyond the file")
        yield data[at : at + 4], at, end
        at = end


def _read_webp(data: bytes) -> bytes | None:
    for kind, start, _ in _riff_chunks(data):
        if kind == b"XMP ":
            return data[start + 8 : start + 8 + int.from_bytes(data[start + 4 : start + 8], "little")]
    return None


def _write_webp(data: bytes, packet: bytes) -> bytes:
    chunks = [(kind, data[start:end]) for kind, start, end in _riff_chunks(data)]
    if not chunks:
        raise NoPlace("no pixels")
    kinds = [kind for kind, _ in chunks]
    if kinds[0] == b"VP8X":
        header = bytearray(chunks[0][1])
        header[8] |= _XMP_FLAG
        chunks[0] = (b"VP8X", bytes(header))
    else:
        chunks.insert(0, (b"VP8X", _extended_header(*chunks[0])))
    new = (b"XMP ", b"XMP " + struct.pack("<I", len(packet)) + packet + bytes(len(packet) % 2))
    kinds = [kind for kind, _ in chunks]
    if b"XMP " in kinds:
        chunks[kinds.index(b"XMP ")] = new
    else:
        chunks.append(new)
    body = b"WEBP" + b"".join(chunk for _, chunk in chunks)
    trailing = data[8 + int.from_bytes(data[4:8], "little") :]
    return b"RIFF" + struct.pack("<I", len(body)) + body + trailing


def _extended_header(kind: bytes, chunk: bytes) -> bytes:
    """What a file that has nothing but pixels lacks (RFC 9649, sections 2.5 to 2.7)."""
    if kind == b"VP8 " and len(chunk) >= 18:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", chunk, 14))
        flags = 0
    elif kind == b"VP8L" and len(chunk) >= 13:
        bits = int.from_bytes(chunk[9:13], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = _ALPHA_FLAG if bits >> 28 & 1 else 0
    else:
        raise NoPlace("no pixels")
    sides: bytes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X" + struct.pack("<IB3x", 10, flags | _XMP_FLAG) + sides


def _read_tiff(data: bytes) -> bytes | None:
    try:
        return xmp_in_tiff(data)
    except (struct.error, ValueError) as error:
        raise NoPlace(str(error)) from error


def _write_tiff(data: bytes, packet: bytes) -> bytes:
    try:
        return tiff_with_xmp(data, packet)
    except (struct.error, ValueError) as error:
        raise NoPlace(str(error)) from error


_PLACES = {
    "JPEG": Place(_read_jpeg, _write_jpeg),
    "PNG": Place(_read_png, _write_png),
    "WEBP": Place(_read_webp, _write_webp),
    "TIFF": Place(_read_tiff, _write_tiff),
}
