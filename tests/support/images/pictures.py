"""Small pictures and stand-ins at our own protocols, for tests that are not about pictures."""

from __future__ import annotations

import hashlib
import struct
import zlib

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Capture, ImageLimits, Monitor, Picture, Pixels, PreparedImage, Region


def png_bytes(width: int = 4, height: int = 3, color: tuple[int, int, int] = (200, 60, 20)) -> bytes:
    """A PNG file of one colour, written by hand so that it owes nothing to the code under test."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + bytes(color) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(name: str = "shot.png", width: int = 4, height: int = 3) -> Picture:
    return Picture(name, png_bytes(width, height))


def prepared_image(name: str = "shot.png", width: int = 4, height: int = 3) -> PreparedImage:
    data = png_bytes(width, height)
    return PreparedImage(name, data, "image/png", width, height, hashlib.sha256(data).hexdigest(), width, height)


def prepare_plainly(
    picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
) -> PreparedImage:
    """An asking.Preparer that believes every picture to be a PNG file within the limits."""
    data = picture.content if isinstance(picture.content, bytes) else png_bytes()
    width, height = struct.unpack(">II", data[16:24])
    digest, preview = hashlib.sha256(data).hexdigest(), Pixels(bytes(4), 1, 1)
    return PreparedImage(picture.name, data, "image/png", width, height, digest, width, height, preview=preview)


def capture(width: int = 40, height: int = 30) -> Capture:
    """A capture in which no two pixels are the same: blue counts columns, green counts rows."""
    data = bytearray()
    for y in range(height):
        for x in range(width):
            data += bytes((x % 256, y % 256, (x // 256) * 16 + y // 256, 0))
    return Capture(Pixels(data, width, height), (Monitor("only", Region(0, 0, width, height), is_primary=True),))
