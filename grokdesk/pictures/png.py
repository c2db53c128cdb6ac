"""A PNG writer for pictures of screens: no filter and the fastest deflate.

Trying the five filters on each row is most of what an ordinary writer spends, and on the flat areas of a screen it
gains little. ``tests/benchmarks/png_encode.py`` compares time and size with Pillow's writer.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {"L": 0, "RGB": 2}
_STRIP_ROWS = 64


def encode_png(image: Image.Image, level: int = 1) -> bytes:
    """The image as a PNG without any metadata. ``image`` is in mode L or RGB; ``level`` is zlib's, 1 to 9."""
    deflate = zlib.compressobj(level)
    body = [deflate.compress(strip) for strip in _filtered_strips(image)]
    body.append(deflate.flush())
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, _COLOUR_TYPES[image.mode], 0, 0, 0)
    return b"".join((_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", b"".join(body)), _chunk(b"IEND", b"")))


def _filtered_strips(image: Image.Image) -> Iterator[bytes | memoryview]:
    """The rows with filter byte 0 before each, a strip at a time: one buffer for all would cost its page faults."""
    stride = image.width * len(image.getbands()) + 1
    # Rows with one zero byte of padding behind each are, moved by one byte, rows with a zero byte before each.
    yield b"\0"
    for top in range(0, image.height, _STRIP_ROWS):
        strip = image.crop((0, top, image.width, min(image.height, top + _STRIP_ROWS)))
        rows = memoryview(strip.tobytes("raw", image.mode, stride))
        is_last = top + _STRIP_ROWS >= image.height
        yield rows[:-1] if is_last else rows


def _chunk(kind: bytes, content: bytes) -> bytes:
    return b"".join(
        (struct.pack(">I", len(content)), kind, content, struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))))
    )
