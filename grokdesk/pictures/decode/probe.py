"""A picture that nobody can know beforehand: a number, and a code below it. Who names the number has seen it."""

from __future__ import annotations

from grokdesk.model import Picture
from grokdesk.pictures.decode.png import encode_png

CODE_TEXT = "GROKDESK"
_SIZE = (640, 340)
_MODULE = 6
"""Pixels of a square of the code."""
# A QR code (ISO/IEC 18004, version 1) of CODE_TEXT: one number a row, one bit a square.
_CODE = (
    0x1FCC7F, 0x105941, 0x17585D, 0x175E5D, 0x175B5D, 0x105441, 0x1FD57F,
    0x000F00, 0x04F0BE, 0x1B2D47, 0x12C28E, 0x0C0B95, 0x0ED104, 0x001545,
    0x1FDD3F, 0x105DC4, 0x174635, 0x174908, 0x175CB7, 0x104B0D, 0x1FCA6B,
)  # fmt: skip


def number_picture(number: int, name: str = "number.png") -> Picture:
    """Dark figures on white, large enough for the smallest model."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.text((24, 24), "GrokDesk shows this number:", "black", ImageFont.load_default(28))
    draw.text((24, 74), str(number), "black", ImageFont.load_default(44))
    # Below the figures: beside them its squares are taken for letters of their line, and figures are misread.
    left, top = _SIZE[0] - _MODULE * (len(_CODE) + 8), _SIZE[1] - _MODULE * (len(_CODE) + 8)
    for y, row in enumerate(_CODE):
        for x in range(len(_CODE)):
            if row >> (len(_CODE) - 1 - x) & 1:
                place = (left + x * _MODULE, top + y * _MODULE)
                draw.rectangle((*place, place[0] + _MODULE - 1, place[1] + _MODULE - 1), "black")
    return Picture(name, encode_png(image))


def shows_nothing(rows: bytes | bytearray | memoryview) -> bool:
    """True when every BGRX pixel is black, as a screen that may not be seen is."""
    return all(bytes(rows[channel::4]).count(0) * 4 == len(rows) for channel in range(3))
