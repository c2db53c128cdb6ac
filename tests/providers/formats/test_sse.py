"""The event stream parser: the standard's cases, and every split point of every stream we have."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import ServerTrouble
from grokdesk.providers.formats import sse
from grokdesk.providers.formats.protocol import ServerEvent
from grokdesk.providers.formats.sse import EventParser, events
from tests.support.servers.arrival import any_way

DATA = Path(__file__).parents[2] / "data"
STREAMS = sorted((DATA / "streams").glob("*.sse"))
SHAPES = sorted((DATA / "shapes").glob("*.sse"))


def parsed(*chunks: bytes, flush: bool = False) -> list[ServerEvent]:
    return list(events(chunks, flush_at_end=flush))


def state(parser: EventParser) -> tuple[object, ...]:
    """All that a later event can depend on: parsers with equal states go on alike."""
    return bytes(parser._line), tuple(parser._data), parser._event, parser._at_start, parser._after_cr


def event_spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each event begins and ends in a stream with LF line ends."""
    start = 0
    while (end := data.find(b"\n\n", start)) >= 0:
        yield start, end + 2
        start = end + 2
    if start < len(data):
        yield start, len(data)


def _cuts_of(event: bytes) -> Iterable[int]:
    """Every byte; of the middle of a long line, which the parser only copies, every thirteenth."""
    size = len(event)
    return sorted({*range(min(size, 400)), *range(0, size, 13), *range(max(0, size - 400), size + 1)})


def check_every_split(data: bytes, make: Callable[[], EventParser] = EventParser) -> None:
    """Cut the stream in two at every byte and compare with the uncut stream.

    Nothing is pending between two events, and that is asserted, so cutting within an event can change that event only.
    """
    whole = make()
    for start, end in event_spans(data):
        beginning = state(whole)
        one = data[start:end]
        expected = whole.feed(one)
        for cut in _cuts_of(one):
            parser = make()
            parser._at_start = start == 0
            assert state(parser) == beginning
            assert parser.feed(one[:cut]) + parser.feed(one[cut:]) == expected, (start, cut)
            assert state(parser) == state(whole)


def test_the_check_notices_a_parser_that_cares_about_chunks() -> None:
    class Careless(EventParser):
        def feed(self, chunk: bytes) -> list[ServerEvent]:
            return super().feed(chunk.removesuffix(b"x"))

    with pytest.raises(AssertionError):
        check_every_split(b"data: axb\n\n", Careless)


@pytest.mark.parametrize("file", STREAMS, ids=lambda file: file.stem)
def test_streams_at_every_split_point(file: Path) -> None:
    check_every_split(file.read_bytes())


@pytest.mark.parametrize("file", SHAPES, ids=lambda file: file.stem)
def test_shapes_of_servers_at_every_split_point(file: Path) -> None:
    check_every_split(file.read_bytes())


@pytest.mark.parametrize("file", STREAMS, ids=lambda file: file.stem)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_other_line_ends_and_any_two_chunks_give_the_same(file: Path, line_end: bytes) -> None:
    data = file.read_bytes()
    expected = parsed(data, flush=True)
    assert expected
    other = data.replace(b"\n", line_end)
    for pieces in any_way(other, range(min(len(other), 400))):
        assert parsed(*pieces, flush=True) == expected


def spelled_out(text: str | list[str | list[Any]]) -> str:
    """What is said very often stands as [words, times] in the file."""
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else part[0] * part[1] for part in text)


def cases() -> list[dict[str, Any]]:
    """What a stream after the standard means. A character of a chunk is one byte."""
    found: list[dict[str, Any]] = json.loads((DATA / "event_stream_cases.json").read_text())
    return found


def cuts(data: bytes) -> Iterable[int]:
    """Every split point; of one line that is repeated for ever, those in the first and last three lines."""
    if data.count(b"\n") < 1000:
        return range(len(data) + 1)
    line = data.index(b"\n") + 1
    assert data.startswith(data[:line] * (data.count(b"\n") - 2))
    return chain(range(3 * line), range(len(data) - 3 * line, len(data) + 1))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_the_standard_cases_as_given_byte_by_byte_and_at_every_split_point(case: dict[str, Any]) -> None:
    chunks = [spelled_out(chunk).encode("latin-1") for chunk in case["chunks"]]
    data = b"".join(chunks)
    expected = [(name, spelled_out(text)) for name, text in case["events"]]

    def heard(*pieces: bytes) -> list[tuple[str, str]]:
        return [(event.event or "message", event.data) for event in parsed(*pieces)]

    assert heard(*chunks) == expected
    for pieces in any_way(data, cuts(data)):
        assert heard(*pieces) == expected, [len(piece) for piece in pieces]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: last", ["last"]),
        (b"data: one\n\ndata: last\n", ["one", "last"]),
        (b"data: one\n\n", ["one"]),
        (b": only a comment", []),
        (b"\xef\xbb\xbfdata: last", ["last"]),
        (b"", []),
    ],
)
def test_flushing_keeps_the_event_that_the_end_cut_off(body: bytes, expected: list[str]) -> None:
    assert [event.data for event in parsed(body, flush=True)] == expected


def test_without_flushing_the_standard_discards_it() -> None:
    assert parsed(b"data: one\n\ndata: last\n") == [ServerEvent("one")]


def test_an_event_is_there_as_soon_as_its_empty_line_is() -> None:
    parser = EventParser()
    assert parser.feed(b"data: 1\r\n\r") == [ServerEvent("1")]
    assert parser.feed(b"\n") == []
    assert parser.feed(b"data: 2\n\n") == [ServerEvent("2")]


def test_a_line_of_32_mebibytes_in_small_chunks_is_one_event() -> None:
    chunk = b"A" * 65536
    body = [b"data: ", *[chunk] * 512, b"\n\n"]
    (event,) = parsed(*body)
    assert len(event.data) == 32 * 1024 * 1024


@pytest.mark.parametrize(
    "endless", [b"x" * 100, b"data: " + b"x" * 94 + b"\n", b"data:\n" * 100], ids=["line", "event", "empty"]
)
def test_what_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch, endless: bytes) -> None:
    monkeypatch.setattr(sse, "LONGEST_EVENT", 1000)
    with pytest.raises(ServerTrouble, match="oversized event"):
        parsed(*[endless] * 11)


@pytest.mark.parametrize("endless", [b": keep-alive\n", b"\n", b"\r\n\r\n", b"retry: 1\n", b"event: x\n"])
def test_what_says_nothing_takes_no_memory(endless: bytes) -> None:
    parser = EventParser()
    parser.feed(endless)
    before = state(parser)
    for _ in range(1000):
        parser.feed(endless)
    assert state(parser) == before


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20), max_size=5), st.data())
def test_any_text_survives_any_chunking(texts: list[str], data: st.DataObject) -> None:
    body = b"".join(f"data: {text}\n\n".encode() for text in texts)
    at = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    chunks = [body[a:b] for a, b in zip([0, *at], [*at, len(body)], strict=True)]
    assert [event.data for event in parsed(*chunks)] == texts


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_are_read_alike_in_one_piece(chunks: list[bytes]) -> None:
    assert parsed(*chunks, flush=True) == parsed(b"".join(chunks), flush=True)
