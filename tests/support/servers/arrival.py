"""The ways in which bytes may arrive: nothing that reads a socket or a pipe may care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def byte_by_byte(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


def in_two(data: bytes, cuts: Iterable[int] | None = None) -> Iterator[list[bytes]]:
    """Cut at each of these places, or at every one. An empty piece is left out: it would be the end."""
    for cut in range(len(data) + 1) if cuts is None else cuts:
        yield [piece for piece in (data[:cut], data[cut:]) if piece]


def any_way(data: bytes, cuts: Iterable[int] | None = None) -> Iterator[list[bytes]]:
    """In one piece, byte by byte, and in two pieces."""
    yield [data]
    yield byte_by_byte(data)
    yield from in_two(data, cuts)
