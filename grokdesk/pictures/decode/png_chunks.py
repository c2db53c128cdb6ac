"""A PNG as Pillow takes it: it refuses a whole file for one long text, an odd key colour or half an animation.

https://www.w3.org/TR/png/, sections 5 and 11.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_MOVING = (b"acTL", b"fcTL", b"fdAT")
MOST_TEXT = 512 * 1024
"""Bytes of one text that are given to Pillow, and of all together; it stops at 1 MiB and at 64 MiB."""
MOST_PROFILE = 16 * 1024 * 1024
_ORIENTATION = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>\s*)([1-8])")
_XMP = b"XML:com.adobe.xmp\0"


@dataclass(frozen=True, slots=True)
class LightPng:
    """``content`` is the file without what is named beside it."""

    content: bytes
    texts: frozenset[str] = frozenset()
    """"comments" and "editing data", where such were taken out."""
    orientation: int = 1
    """What an editor's data said that were taken out."""
    profile: bytes = b""
    key: int | tuple[int, int, int] | None = None
    """The transparent colour, in the eight bits that Pillow reads; None when it reads it right by itself."""


def light_png(content: bytes) -> LightPng:
    """Never fails: what cannot be read is left for who decodes it."""
    texts, orientation, profile, key = set[str](), 1, b"", None
    dropped: list[tuple[int, int]] = []
    room = MOST_TEXT
    moving = {kind: [] for kind in _MOVING}  # type: dict[bytes, list[tuple[int, int]]]
    for kind, start, end in _chunks(content):
        body = memoryview(content)[start + 8 : end - 4]
        if kind in _TEXTS:
            text = _text(kind, body)
            room -= len(text)
            if len(text) > MOST_TEXT or room < 0 or not _is_whole(kind, body, content[end - 4 : end]):
                dropped.append((start, end))
                is_xmp = body[: len(_XMP)] == _XMP
                texts.add("editing data" if is_xmp else "comments")
                if is_xmp and (found := _ORIENTATION.search(text)):
                    orientation = int(found[1])
        elif kind == b"iCCP":
            unpacked = _profile(body)
            if len(unpacked) > MOST_TEXT or not _is_whole(kind, body, content[end - 4 : end]):
                dropped.append((start, end))
                profile = unpacked
        elif kind == b"tRNS":
            key = _key(content[24:26], bytes(body[:6]))
        elif kind in moving:
            moving[kind].append((start, end))
    if moving[b"acTL"] and not moving[b"fcTL"]:
        dropped += moving[b"acTL"] + moving[b"fdAT"]
    return LightPng(_without(content, sorted(dropped)), frozenset(texts), orientation, profile, key)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, and where the whole chunk is, until the end or what is none."""
    at = len(SIGNATURE)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or not kind.isalpha():
            return
        yield kind, at, end
        at = end
        if kind == b"IEND":
            return


def _without(content: bytes, places: list[tuple[int, int]]) -> bytes:
    if not places:
        return content
    view, kept, at = memoryview(content), [], 0
    for start, end in places:
        kept.append(view[at:start])
        at = end
    return b"".join((*kept, view[at:]))


def _text(kind: bytes, body: memoryview) -> bytes:
    """The text itself, unpacked as far as it matters."""
    keyword, _, rest = bytes(body).partition(b"\0")
    if kind == b"zTXt":
        return _inflated(rest[1:], MOST_PROFILE)
    if kind == b"iTXt" and rest[:1] == b"\1":
        return _inflated(rest[2:].split(b"\0", 2)[-1], MOST_PROFILE)
    return rest or keyword


def _profile(body: memoryview) -> bytes:
    return _inflated(bytes(body).partition(b"\0")[2][1:], MOST_PROFILE)


def _inflated(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""


def _is_whole(kind: bytes, body: memoryview, checksum: bytes) -> bool:
    return zlib.crc32(body, zlib.crc32(kind)) == int.from_bytes(checksum, "big")


def _key(depth_and_colour: bytes, body: bytes) -> int | tuple[int, int, int] | None:
    """Pillow compares the samples as the file has them with pixels that it has stretched to eight bits."""
    depth, colour = depth_and_colour
    if colour == 0 and depth < 8 and len(body) >= 2:
        return int.from_bytes(body[:2], "big") * 255 // ((1 << depth) - 1)
    if colour == 2 and depth == 16 and len(body) == 6:
        return body[0], body[2], body[4]
    return None
