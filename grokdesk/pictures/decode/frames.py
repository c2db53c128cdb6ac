"""How many frames or pages a file has, told from its structure without decoding them."""

from __future__ import annotations

import struct

MOST_FRAMES = 1000
"""Counting stops there: a file of a few hundred kilobytes can hold more frames than anybody wants to choose from."""


def count_frames(content: bytes, pillow_format: str, said: int) -> int:
    """At most ``MOST_FRAMES``. ``said`` is what the header says, for formats in which it does."""
    count = {"GIF": _in_gif, "TIFF": _in_tiff}.get(pillow_format)
    return max(1, min(MOST_FRAMES, count(content) if count else said))


def _in_gif(content: bytes) -> int:
    """GIF89a, section 12: blocks begin with a comma (image), an exclamation mark (extension) or a semicolon (end)."""
    found, at = 0, 13 + _colours(content, 10)
    while found < MOST_FRAMES and at < len(content):
        if content[at] == 0x21:
            at = _after_pieces(content, at + 2)
        elif content[at] == 0x2C and at + 10 < len(content):
            found += 1
            at = _after_pieces(content, at + 11 + _colours(content, at + 9))
        else:
            break
    return found


def _colours(content: bytes, at: int) -> int:
    """The bytes of a colour table that the flags at ``at`` announce."""
    flags = content[at] if at < len(content) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_pieces(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return at + 1


def _in_tiff(content: bytes) -> int:
    """TIFF 6.0, section 2, and BigTIFF: directories in a chain, which in a hostile file leads back into itself."""
    order = "<" if content[:2] == b"II" else ">"
    is_big = content[2:4] in (b"+\0", b"\0+")
    word, number, entry = ("Q", "Q", 20) if is_big else ("I", "H", 12)
    place, seen = _number(content, 8 if is_big else 4, order + word), set[int]()
    while place and place not in seen and len(seen) < MOST_FRAMES:
        entries = _number(content, place, order + number)
        if not entries:
            break
        seen.add(place)
        place = _number(content, place + struct.calcsize(order + number) + entries * entry, order + word)
    return len(seen)


def _number(content: bytes, at: int, form: str) -> int:
    """0 where the file has ended."""
    try:
        (number,) = struct.unpack_from(form, content, at)
    except struct.error:
        return 0
    return int(number)
