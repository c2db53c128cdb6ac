"""Says of a file that leaves whether it holds anything but pixels."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def png_chunks(data: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8]
        at += 12 + length


def jpeg_markers(data: bytes) -> Iterator[int]:
    at = 2
    while True:
        marker, length = struct.unpack_from(">HH", data, at)
        yield marker
        if marker == 0xFFDA:
            return
        at += 2 + length


def is_bare(data: bytes) -> bool:
    """Only the chunks or segments that every such file has, and nothing behind its end."""
    if data.startswith(b"\x89PNG"):
        return set(png_chunks(data)) <= {b"IHDR", b"PLTE", b"IDAT", b"IEND"} and data.endswith(b"IEND\xae\x42\x60\x82")
    # JFIF header, quantisation and Huffman tables, restart interval, baseline to progressive frame, scan
    return set(jpeg_markers(data)) <= {
        0xFFE0,
        0xFFDB,
        0xFFC0,
        0xFFC1,
        0xFFC2,
        0xFFC4,
        0xFFDA,
        0xFFDD,
    } and data.endswith(b"\xff\xd9")
