"""PNG files written by hand, in the kinds that Pillow reads and does not write."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KINDS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""The bit depths of each colour type (PNG, table 11.1)."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width: int, height: int, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def png(*chunks: bytes) -> bytes:
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND")


def with_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    """A whole PNG with one more chunk behind its header."""
    return data[:33] + chunk(kind, body) + data[33:]


def png_of_kind(colour: int, depth: int, width: int = 13, height: int = 9, *, interlaced: bool = False) -> bytes:
    """Darker at the left, lighter at the right; a palette of that many greys."""
    most = (1 << depth) - 1
    channels = _CHANNELS[colour]

    def row(xs: range) -> bytes:
        bits = "".join(format(most * x // (width - 1), f"0{depth}b") * channels for x in xs)
        return b"\0" + int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")

    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    rows = b"".join(_rows(row, passes, width, height))
    palette = chunk(b"PLTE", b"".join(bytes([255 * n // most] * 3) for n in range(most + 1))) if colour == 3 else b""
    return png(header(width, height, depth, colour, int(interlaced)), palette, chunk(b"IDAT", zlib.compress(rows)))


def _rows(row: object, passes: tuple[tuple[int, int, int, int], ...], width: int, height: int) -> Iterator[bytes]:
    for left, top, step_x, step_y in passes:
        xs = range(left, width, step_x)
        if xs:
            yield from (row(xs) for _ in range(top, height, step_y))  # type: ignore[operator]
