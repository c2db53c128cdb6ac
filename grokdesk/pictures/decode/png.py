"""A PNG writer for pictures of screens: no filter, a fast deflate, and one channel for what is only grey.

Trying the five filters on each row is most of what an ordinary writer spends, and on the flat areas of a screen it
gains little. zlib-ng deflates two to three times as fast as zlib; where it is missing, zlib serves.
``tests/benchmarks/png_encode.py`` compares time and size with Pillow's writer.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {"L": 0, "RGB": 2}
_STRIP_ROWS = 16
_WINDOW, _MEMORY = 15, 9
"""zlib's words for a header and the largest window, and for the largest tables."""


class Zlib(Protocol):
    """What zlib and zlib-ng have in common, and a level that makes files of the size of Pillow's."""

    level: int

    def compressobj(self, level: int, method: int, wbits: int, memory: int, /) -> Deflate: ...

    def crc32(self, data: bytes, value: int, /) -> int: ...


class Deflate(Protocol):
    def compress(self, data: bytes | memoryview, /) -> bytes: ...

    def flush(self) -> bytes: ...


class StandardZlib:
    level = 1
    compressobj = staticmethod(zlib.compressobj)
    crc32 = staticmethod(zlib.crc32)


def fastest_zlib() -> Zlib:
    """zlib-ng at its second level: its first takes a fifth less time, and its files are a quarter larger."""
    try:
        from zlib_ng import zlib_ng
    except ImportError:
        return StandardZlib()

    class FastZlib:
        level = 2
        compressobj = staticmethod(zlib_ng.compressobj)
        crc32 = staticmethod(zlib_ng.crc32)

    return FastZlib()


def encode_png(image: Image.Image, deflate: Zlib | None = None) -> bytes:
    """The image as a PNG without any metadata, pixel for pixel. ``image`` is in mode L or RGB."""
    image, deflate = _in_grey(image), deflate or fastest_zlib()
    stream = deflate.compressobj(deflate.level, zlib.DEFLATED, _WINDOW, _MEMORY)
    body = [stream.compress(strip) for strip in _filtered_strips(image)]
    body.append(stream.flush())
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, _COLOUR_TYPES[image.mode], 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", b"".join(body)), (b"IEND", b""))
    return b"".join((_SIGNATURE, *(part for kind, content in chunks for part in _chunk(kind, content, deflate))))


def _in_grey(image: Image.Image) -> Image.Image:
    """One channel where all three are the same, as in black text on white: half of the bytes, half of the time."""
    if image.mode != "RGB" or (colours := image.getcolors(256)) is None:
        return image
    # getcolors gives tuples for RGB; the stubs allow numbers too.
    is_grey = all(isinstance(colour, tuple) and colour[0] == colour[1] == colour[2] for _count, colour in colours)
    return image.convert("L") if is_grey else image


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


def _chunk(kind: bytes, content: bytes, deflate: Zlib) -> tuple[bytes, bytes, bytes, bytes]:
    checked = deflate.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)), kind, content, struct.pack(">I", checked)
