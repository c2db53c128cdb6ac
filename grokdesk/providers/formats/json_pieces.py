"""A request's JSON, made while it is sent: a picture costs a slice of memory, not its size once more."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pybase64

_SLICE = 3 * 96 * 1024
"""Bytes of a picture at a time; a multiple of three, so that only the last slice has padding."""


@dataclass(frozen=True, slots=True)
class Inline:
    """Bytes that stand in a body as a base64 string, after ``prefix``."""

    data: bytes = field(repr=False)
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class JsonPieces:
    """A body of which the length is known before it is written; it can be read again for another attempt."""

    parts: tuple[bytes | Inline, ...] = field(repr=False)
    size: int

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
                continue
            view = memoryview(part.data)
            for start in range(0, len(view), _SLICE):
                yield pybase64.b64encode(view[start : start + _SLICE])


def json_pieces(body: Mapping[str, object]) -> JsonPieces:
    """The JSON of a body whose values may be ``Inline``."""
    mark = secrets.token_hex(16)  # nobody can have written it into a question
    inlined: list[Inline] = []

    def place(value: object) -> str:
        if not isinstance(value, Inline):
            raise TypeError(f"{type(value).__name__} is not JSON")
        inlined.append(value)
        return value.prefix + mark

    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=place)
    first, *others = (segment.encode("utf-8", "replace") for segment in text.split(mark))
    parts: list[bytes | Inline] = [first]
    for inline, segment in zip(inlined, others, strict=True):
        parts += (inline, segment)
    size = sum(len(part) if isinstance(part, bytes) else -(-len(part.data) // 3) * 4 for part in parts)
    return JsonPieces(tuple(parts), size)
