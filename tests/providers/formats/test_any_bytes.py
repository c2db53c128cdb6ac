"""The whole way from bytes to answer events: any bytes in any pieces end, in time and in bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, Interrupted, ServerTrouble
from grokdesk.logs import Redactor
from grokdesk.model import DIALECTS, FINISHED, DialectName, Message, Profile
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.exchange import exchange, read_answer
from grokdesk.providers.formats import answering
from grokdesk.providers.formats.answering import no_clock
from grokdesk.providers.http.transport import Reply, Timeouts, Transport
from tests.providers.dialects.test_dialect_contract import image
from tests.support.servers import replies
from tests.support.servers.answers import Heard, heard
from tests.support.servers.arrival import any_way, byte_by_byte
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import DONE, chat_stream, event, responses_stream

DATA = Path(__file__).parents[2] / "data"
STREAMS = DATA / "streams"
SHAPES = DATA / "shapes"
OF_SERVERS: tuple[DialectName, ...] = tuple(name for name in DIALECTS if name != "on-this-computer")


def answer_of(name: DialectName, chunks: Iterable[bytes]) -> Heard:
    def events() -> Iterator[object]:
        yield from read_answer(dialect_for(name), Reply(200, {}, iter(chunks), no_clock), "Acme")

    return heard(events())  # type: ignore[arg-type]


def dialect_of(file: Path) -> DialectName:
    return "xai-responses" if "responses" in file.name else "chat-completions"


def comparable(got: Heard) -> tuple[object, ...]:
    return got.text, got.reasoning, got.models, got.finish, got.usage, type(got.error), str(got.error)


def check_pieces(name: DialectName, data: bytes) -> None:
    expected = comparable(answer_of(name, [data]))
    ends = [*range(min(len(data), 30)), *range(max(0, len(data) - 30), len(data))]
    for pieces in any_way(data, ends):
        assert comparable(answer_of(name, pieces)) == expected, [len(piece) for piece in pieces]


@pytest.mark.parametrize("file", sorted(STREAMS.glob("*.sse")), ids=lambda file: file.stem)
def test_our_streams_in_any_pieces_are_one_answer(file: Path) -> None:
    check_pieces(dialect_of(file), file.read_bytes())


def test_shapes_of_servers_in_any_pieces_are_one_answer() -> None:
    for file in sorted(SHAPES.glob("*.sse")):
        data = file.read_bytes()
        expected = comparable(answer_of(dialect_of(file), [data]))
        assert comparable(answer_of(dialect_of(file), byte_by_byte(data))) == expected
        if len(data) < 20_000:
            check_pieces(dialect_of(file), data)


WRITTEN = [
    *(b"data: ", b"data:", b"event: error\n", b"\n\n", b"\r", b"\n", b": x\n", b"[DONE]", b"{", b"}", b"[", b"<"),
    *(b'{"choices":[{"delta":{"content":"x"}}]}', b'"type":"response.output_text.delta"', b"\xff", b"\xef\xbb\xbf"),
    *(b'{"type":"response.output_text.delta","delta":"x","output_index":[1]}', b'{"error":', b'"\\ud83d"'),
]


@pytest.mark.parametrize("name", OF_SERVERS)
def test_any_bytes_end_in_an_answer_or_in_one_of_our_errors(name: DialectName) -> None:
    written = st.sampled_from(WRITTEN)

    @settings(max_examples=150)
    @given(st.lists(written | st.binary(max_size=12), max_size=12))
    def check(chunks: list[bytes]) -> None:
        got = answer_of(name, chunks)
        assert got.finish or isinstance(got.error, GrokDeskError)
        whole = answer_of(name, [b"".join(chunks)])
        assert comparable(got) == comparable(whole)
        (got.text + got.reasoning + "".join(got.models) + str(got.error)).encode()

    check()


def test_half_a_character_waits_for_its_other_half() -> None:
    spelled = [b'data: {"choices":[{"delta":{"content":"a\\ud83c"}}]}\n\n']
    spelled += [b'data: {"choices":[{"delta":{"content":"\\udf50b"}}]}\n\n', b"data: [DONE]\n\n"]
    assert answer_of("chat-completions", spelled).text == "a🍐b"
    assert answer_of("chat-completions", [spelled[0], spelled[2]]).text == "a�"


def test_an_index_of_any_kind_is_read_over() -> None:
    stream = [event({"type": "response.output_text.delta", "delta": "x", "output_index": [1]})]
    stream += [event({"type": "response.completed", "response": {"status": "completed"}})]
    assert answer_of("xai-responses", stream).text == "x"


def test_more_tokens_than_there_can_be_are_unknown() -> None:
    got = answer_of("chat-completions", chat_stream("x", usage={"prompt_tokens": 2**70, "completion_tokens": 1}))
    assert got.usage is not None
    assert (got.usage.input_tokens, got.usage.output_tokens) == (None, 1)


# --- memory -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "endless",
    [
        b" " * 20_000,
        b"\n" * 20_000,
        b": keep-alive\n" * 300,
        b"event: ping\n\n" * 300,
        b'data: {"object":"x"}\n\n' * 200,
    ],
    ids=["blanks", "lines", "comments", "names", "events"],
)
def test_a_body_that_says_nothing_takes_no_memory(endless: bytes) -> None:
    tracemalloc.start()
    try:
        got = answer_of("chat-completions", repeat(endless, 50))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(got.error, Interrupted)
    assert peak < 200_000, "less than came"


@pytest.mark.parametrize("name", ["content", "reasoning_content"])
def test_an_answer_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(answering, "LONGEST_ANSWER", 1000)
    got = answer_of("chat-completions", repeat(event({"choices": [{"delta": {name: "x" * 99}}]})))
    assert len(got.text + got.reasoning) == 990
    assert isinstance(got.error, Interrupted)
    assert "too long" in got.error.title


def test_blanks_before_a_thought_are_not_held_for_ever() -> None:
    got = answer_of("chat-completions", [event({"choices": [{"delta": {"content": " " * 600}}]})] * 3)
    assert len(got.text) == 1800


def test_a_body_of_json_has_a_limit() -> None:
    got = answer_of("chat-completions", chain([b"{"], repeat(b'"x":"' + b"y" * 1_000_000 + b'",', 70)))
    assert isinstance(got.error, ServerTrouble)


# --- time -------------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def asked(server: ScriptedServer, last_words: float) -> Heard:
    profile = Profile("p", "Acme", "chat-completions", server.url, "m-1")
    transport = Transport(Timeouts(last_words=last_words))
    dialect = dialect_for("chat-completions")
    return heard(exchange(transport, dialect, profile, "", Message("?"), [], CancelSwitch(), Redactor()))


@pytest.mark.parametrize("framing", ["chunked", "until close"])
def test_a_server_that_says_why_it_ended_and_does_not_hang_up(server: ScriptedServer, framing: replies.Framing) -> None:
    stream = chat_stream("Two pears.")[:-2]  # neither usage nor [DONE]
    steps: tuple[replies.Step, ...] = (*map(replies.Send, stream), replies.Stall())
    server.on("POST", "/v1/chat/completions", replies.Reply(200, {}, steps, framing=framing))
    got = asked(server, last_words=0.05)
    assert (got.text, got.finish, got.error) == ("Two pears.", [FINISHED], None)
    server.wait_until_client_left()


@pytest.mark.parametrize("framing", ["chunked", "until close"])
@pytest.mark.parametrize("name", OF_SERVERS)
def test_a_server_that_keeps_the_connection_open_after_the_end(
    server: ScriptedServer, framing: replies.Framing, name: DialectName
) -> None:
    stream = responses_stream("Two pears.") if name == "xai-responses" else chat_stream("Two pears.")
    steps: tuple[replies.Step, ...] = (*map(replies.Send, stream), replies.Stall())
    for path in ("/v1/chat/completions", "/v1/responses", "/api/v1/vision"):
        server.on("POST", path, replies.Reply(200, {}, steps, framing=framing))
    profile = Profile("p", "Acme", name, server.url, "m-1")
    message = Message("?", (image(),))
    answer = exchange(Transport(), dialect_for(name), profile, "", message, [], CancelSwitch(), Redactor())
    assert heard(answer).finish == [FINISHED], "without any clock: its limit is longer than the patience of a test"
    server.wait_until_client_left()


@pytest.mark.parametrize("which", ["every", "first", "middle"])
def test_text_after_an_end_restarts_the_clock(server: ScriptedServer, which: str) -> None:
    """The pauses are longer than the clock runs."""
    words = ["One", " two", " three", " four."]
    ends = {"every": range(4), "first": [0], "middle": [1]}[which]
    steps: list[replies.Step] = []
    for at, word in enumerate(words):
        reason = "stop" if at in ends else None
        steps += [replies.Send(event({"choices": [{"delta": {"content": word}, "finish_reason": reason}]}))]
        steps += [replies.Pause(0.3 if which != "middle" else 0.02)]
    steps += [replies.Send(event({"choices": [{"delta": {}, "finish_reason": "stop"}]})), replies.Send(DONE)]
    server.on("POST", "/v1/chat/completions", replies.Reply(200, {}, tuple(steps), framing="chunked"))
    got = asked(server, last_words=0.1)
    assert (got.text, got.finish, got.error) == ("".join(words), [FINISHED], None)


def test_numbers_that_come_after_the_end_are_waited_for(server: ScriptedServer) -> None:
    stream = chat_stream("Two pears.")
    steps: tuple[replies.Step, ...] = (
        *map(replies.Send, stream[:-2]),
        replies.Pause(0.1),
        *map(replies.Send, stream[-2:]),
    )
    server.on("POST", "/v1/chat/completions", replies.Reply(200, {}, steps, framing="chunked"))
    assert asked(server, last_words=10).usage is not None


def test_a_stream_in_gzip_although_none_was_asked_for(server: ScriptedServer) -> None:
    body = gzip.compress(b"".join(chat_stream("Grüße 🍐")))
    pieces = tuple(replies.Send(body[at : at + 7]) for at in range(0, len(body), 7))
    server.on(
        "POST", "/v1/chat/completions", replies.Reply(200, {"Content-Encoding": "gzip"}, pieces, framing="chunked")
    )
    assert asked(server, last_words=5).text == "Grüße 🍐"
