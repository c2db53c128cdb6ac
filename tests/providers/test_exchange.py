"""One question over a real socket: attempts, forms of answers, Stop, and a planted key that must not come back."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    Cancelled,
    ContentRefused,
    EmptyAnswer,
    GrokDeskError,
    Interrupted,
    KeyRefused,
    ModelNotFound,
    NotReachable,
    RateLimited,
    RequestRefused,
    ServerTrouble,
)
from grokdesk.logs import MASK, Redactor
from grokdesk.model import (
    FINISHED,
    AnswerEvent,
    DialectName,
    Message,
    Profile,
    TextDelta,
)
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.exchange import exchange
from grokdesk.providers.http.transport import Transport
from tests.support.servers.answers import Heard, heard
from tests.support.servers.replies import Cut, Reply, Send, Stall
from tests.support.servers.server import PATIENCE, ScriptedServer
from tests.support.servers.streams import WRONG_KEY, chat_stream, event, responses_stream

KEY = "xai-PLANTED-0123456789abcdef"
PATHS: dict[DialectName, str] = {"xai-responses": "/v1/responses", "chat-completions": "/v1/chat/completions"}


@dataclass
class Asked:
    """One server, one dialect; ``waits`` are the pauses it was told to make instead of making them."""

    server: ScriptedServer
    dialect: DialectName
    key: str = KEY
    cancel: CancelSwitch = field(default_factory=CancelSwitch)
    redactor: Redactor = field(default_factory=Redactor)
    waits: list[float] = field(default_factory=list)

    def on(self, *replies: Reply) -> None:
        self.server.on("POST", PATHS[self.dialect], *replies)

    def stream(self, text: str, model: str = "m-1", reasoning: str = "") -> list[bytes]:
        build = responses_stream if self.dialect == "xai-responses" else chat_stream
        return build(text, model=model, reasoning=reasoning)

    def half(self) -> list[bytes]:
        """A stream whose text ends after "One two"."""
        return self.stream("One two three.")[: 5 if self.dialect == "xai-responses" else 2]

    def events(self, prompt: str = "What is this?") -> Iterator[AnswerEvent]:
        self.redactor.remember(self.key)
        profile = Profile("p", "Acme", self.dialect, self.server.url, "m-1")
        transport = Transport(trust=self.server.client_context if self.server.context else None)
        dialect = dialect_for(self.dialect)
        return exchange(
            transport, dialect, profile, self.key, Message(prompt), [], self.cancel, self.redactor, self.waits.append
        )

    def answer(self) -> Heard:
        return heard(self.events())


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture(params=PATHS)
def asked(server: ScriptedServer, request: pytest.FixtureRequest) -> Asked:
    return Asked(server, request.param)


def test_an_answer_streams_in(asked: Asked) -> None:
    asked.on(Reply.stream(asked.stream("Two pears.", reasoning="Hm.", model="m-1-2026")))
    got = asked.answer()
    assert (got.text, got.reasoning, got.models, got.finish) == ("Two pears.", "Hm.", ["m-1-2026"], [FINISHED])
    assert got.usage is not None
    assert got.usage.cost_usd is not None
    (request,) = asked.server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json["model"] == "m-1"


def test_the_first_piece_is_told_before_the_last_is_sent(asked: Asked) -> None:
    stream = asked.stream("Two pears.")
    asked.on(Reply.stream(stream[:6], end=(Stall(), *(Send(rest) for rest in stream[6:]))))
    events = asked.events()
    assert TextDelta("Two") in (next(events), next(events))
    asked.server.wait_until_stalled()
    asked.server.release()
    assert heard(events).text.endswith(".")


def test_without_a_key_no_header_is_sent(asked: Asked) -> None:
    asked.key = ""
    asked.on(Reply.stream(asked.stream("Hi.")))
    assert asked.answer().text == "Hi."
    assert "authorization" not in asked.server.requests[0].headers


def test_a_key_that_cannot_be_a_header_never_leaves(asked: Asked) -> None:
    asked.key = KEY + "\n"
    asked.on(Reply.stream(asked.stream("Hi.")))
    assert isinstance(asked.answer().error, KeyRefused)
    assert asked.server.requests == []


# --- forms of answers -------------------------------------------------------------------------------------

CHAT_BODY = {"model": "m", "choices": [{"index": 0, "message": {"content": "Whole."}, "finish_reason": "stop"}]}
RESPONSES_BODY = {
    "model": "m",
    "status": "completed",
    "output": [{"type": "message", "content": [{"type": "output_text", "text": "Whole."}]}],
}


@pytest.mark.parametrize("content_type", ["application/json", "text/event-stream", ""])
@pytest.mark.parametrize("padding", ["", " \n\n  \n", "\ufeff"])
def test_one_json_body_instead_of_a_stream(asked: Asked, content_type: str, padding: str) -> None:
    body = RESPONSES_BODY if asked.dialect == "xai-responses" else CHAT_BODY
    asked.on(Reply.text(padding + json.dumps(body, indent=1), content_type=content_type))
    got = asked.answer()
    assert (got.text, got.models, got.finish) == ("Whole.", ["m"], [FINISHED])


def test_a_json_body_in_a_list(asked: Asked) -> None:
    asked.on(Reply.json([{"error": {"message": "model m not found"}}]))
    assert isinstance(asked.answer().error, ModelNotFound)


def test_a_stream_that_calls_itself_json(asked: Asked) -> None:
    asked.on(replace(Reply.stream(asked.stream("Hi.")), headers={"Content-Type": "application/json"}))
    assert asked.answer().text == "Hi."


def test_a_web_page_instead_of_an_answer(asked: Asked) -> None:
    asked.on(Reply.text("<!DOCTYPE html><title>Hotel Wi-Fi</title>", content_type="text/html"))
    got = asked.answer()
    assert type(got.error) is RequestRefused
    assert "web page" in got.error.title


@pytest.mark.parametrize("body", [b"data: [DONE]\n\n", b"event: x\ndata: [DONE]\n\n"])
def test_nothing_instead_of_an_answer(asked: Asked, body: bytes) -> None:
    asked.on(Reply(headers={"Content-Type": "text/event-stream"}, steps=(Send(body),)))
    got = asked.answer()
    assert type(got.error) is EmptyAnswer
    assert "empty answer" in got.error.title
    assert got.retries == []


@pytest.mark.parametrize("body", [b"", b"\n\n", b": ping\n\n", b'data: {"choices":[]}\n\n', b"data: {\n\n"])
def test_a_stream_that_ends_before_its_first_word_is_asked_for_once_more(asked: Asked, body: bytes) -> None:
    broken = Reply(headers={"Content-Type": "text/event-stream"}, steps=(Send(body),))
    asked.on(broken, Reply.stream(asked.stream("Hi.")))
    got = asked.answer()
    assert (got.text, got.error, len(got.retries)) == ("Hi.", None, 1)
    asked.on(broken)
    got = asked.answer()
    assert type(got.error) is Interrupted
    assert got.error.retryable
    assert "before the answer began" in got.error.title
    assert len(asked.server.requests) == 4


def test_an_error_before_the_first_word_is_tried_again_and_one_behind_it_is_not(asked: Asked) -> None:
    trouble = event({"error": {"message": "Upstream gone", "code": 502}})
    asked.on(Reply.stream([trouble]), Reply.stream(asked.stream("Hi.")))
    assert asked.answer().text == "Hi."
    asked.on(Reply.stream([*asked.half(), trouble]))
    assert isinstance(asked.answer().error, ServerTrouble)
    assert len(asked.server.requests) == 3


def test_half_a_json_body_is_an_interruption(asked: Asked) -> None:
    asked.on(Reply(steps=(Send(b'{"choices": [{"ind'),), framing="until close"))
    assert type(asked.answer().error) is Interrupted


def test_a_last_event_without_its_empty_line_counts(asked: Asked) -> None:
    body = b"".join(asked.stream("Hi.")[:-1]).rstrip(b"\n")
    asked.on(Reply(headers={"Content-Type": "text/event-stream"}, steps=(Send(body),)))
    assert asked.answer().finish == [FINISHED]


@pytest.mark.parametrize("reset", [False, True])
def test_a_cut_keeps_what_came_and_is_not_tried_again(asked: Asked, reset: bool) -> None:
    asked.on(Reply.stream(asked.half(), end=(Cut(reset=reset),)))
    got = asked.answer()
    assert got.text == "One two"
    assert type(got.error) is Interrupted
    assert len(asked.server.requests) == 1


def test_an_end_of_the_body_before_the_end_of_the_answer(asked: Asked) -> None:
    asked.on(Reply.stream(asked.half()))
    got = asked.answer()
    assert got.text == "One two"
    assert type(got.error) is Interrupted


def test_an_error_inside_the_stream_comes_after_its_text_and_is_not_tried_again(asked: Asked) -> None:
    error = event({"error": {"code": 503, "message": "The model fell over"}})
    asked.on(Reply.stream([*asked.half(), error]))
    got = asked.answer()
    assert got.text == "One two"
    assert type(got.error) is ServerTrouble
    assert "fell over" in got.error.hint
    assert len(asked.server.requests) == 1


# --- attempts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        Reply.text("busy", 503),
        Reply.text("slow", 429),
        Reply.text("", 502),
        Reply.json({"code": "The service is currently unavailable", "error": "Timed out waiting for first token"}),
    ],
    ids=["503", "429", "502", "error in a 200"],
)
def test_trouble_before_the_answer_is_tried_again(asked: Asked, trouble: Reply) -> None:
    asked.on(trouble, trouble, Reply.stream(asked.stream("At last.")))
    got = asked.answer()
    assert (got.text, got.error) == ("At last.", None)
    assert [retry.attempt for retry in got.retries] == [1, 2]
    assert all("Acme" in retry.why for retry in got.retries)
    assert [retry.seconds for retry in got.retries] == asked.waits
    assert 1 <= asked.waits[0] <= 1.5
    assert 2 <= asked.waits[1] <= 2.5


def test_there_are_three_more_attempts(asked: Asked) -> None:
    asked.on(Reply.text("", 500))
    got = asked.answer()
    assert type(got.error) is ServerTrouble
    assert len(got.retries) == 3
    assert len(asked.server.requests) == 4


def test_a_server_that_is_not_there_is_tried_again(asked: Asked) -> None:
    asked.server.__exit__(None, None, None)
    got = asked.answer()
    assert type(got.error) is NotReachable
    assert len(asked.waits) == 3
    asked.server = ScriptedServer()  # the fixture closes it
    asked.server.__enter__()
    asked.server.__exit__(None, None, None)


def test_retry_after_is_honoured(asked: Asked) -> None:
    limited = replace(Reply.text("slow", 429), headers={"Retry-After": "7"})
    asked.on(limited, Reply.stream(asked.stream("Thanks.")))
    assert asked.answer().text == "Thanks."
    assert asked.waits == [7.0]


def test_a_long_retry_after_is_told_to_the_person_at_once(asked: Asked) -> None:
    asked.on(replace(Reply.text("slow", 429), headers={"Retry-After": "600"}))
    got = asked.answer()
    assert isinstance(got.error, RateLimited)
    assert "10 minutes" in got.error.hint
    assert asked.waits == []
    assert len(asked.server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply.json(WRONG_KEY, 400), KeyRefused),
        (Reply.json({"error": "Content violates usage guidelines"}, 403), ContentRefused),
        (Reply.json({"error": "Model not found"}, 404), ModelNotFound),
        (Reply(before=(Cut(),)), Interrupted),
    ],
)
def test_what_would_fail_again_or_might_be_paid_twice_is_not_tried_again(
    asked: Asked, reply: Reply, kind: type[GrokDeskError]
) -> None:
    asked.on(reply)
    assert type(asked.answer().error) is kind
    assert len(asked.server.requests) == 1


def test_a_parameter_that_the_server_does_not_know_is_left_out_once(server: ScriptedServer) -> None:
    asked = Asked(server, "chat-completions")
    refusal = Reply.json({"code": "400", "error": "Argument not supported: stream_options"}, 400)
    asked.on(refusal, Reply.stream(asked.stream("Fine.")))
    got = asked.answer()
    assert (got.text, got.error, got.retries) == ("Fine.", None, [])
    first, second = server.requests
    assert first.json.keys() - second.json.keys() == {"stream_options"}


def test_a_second_unknown_parameter_is_an_error(server: ScriptedServer) -> None:
    asked = Asked(server, "chat-completions")
    asked.on(Reply.json({"error": "Argument not supported: streamOptions"}, 400))
    assert type(asked.answer().error) is RequestRefused
    assert len(server.requests) == 2


@pytest.mark.parametrize("parameter", ["store", "input", "model", "stream", "temperature"])
def test_a_parameter_that_matters_is_never_left_out(server: ScriptedServer, parameter: str) -> None:
    asked = Asked(server, "xai-responses")
    asked.on(Reply.json({"error": {"message": "no", "param": parameter}}, 400))
    assert type(asked.answer().error) is RequestRefused
    assert len(server.requests) == 1


# --- Stop -------------------------------------------------------------------------------------------------


def test_stop_during_a_pause_between_attempts(asked: Asked) -> None:
    asked.on(replace(Reply.text("slow", 429), headers={"Retry-After": "30"}))
    profile = Profile("p", "Acme", asked.dialect, asked.server.url, "m-1")
    events = exchange(
        Transport(), dialect_for(asked.dialect), profile, KEY, Message("x"), [], asked.cancel, asked.redactor
    )
    next(events)
    stopper = threading.Timer(0.02, asked.cancel.throw)
    stopper.start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        next(events)
    assert time.monotonic() - begun < 0.2
    stopper.join(PATIENCE)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("dialect", PATHS)
def test_stop_in_the_middle_keeps_what_came(dialect: DialectName, tls: bool) -> None:
    with ScriptedServer(tls=tls) as server:
        asked = Asked(server, dialect)
        asked.on(Reply.stream(asked.half(), end=(Stall(),)))
        got: list[AnswerEvent] = []
        errors: list[GrokDeskError] = []
        two = threading.Event()

        def listen() -> None:
            try:
                for told in asked.events():
                    got.append(told)
                    if told == TextDelta(" two"):
                        two.set()
            except GrokDeskError as error:
                errors.append(error)

        thread = threading.Thread(target=listen)
        thread.start()
        server.wait_until_stalled()
        assert two.wait(PATIENCE)
        begun = time.monotonic()
        asked.cancel.throw()
        thread.join(PATIENCE)
        assert time.monotonic() - begun < 0.2
        assert heard(got).text == "One two"
        assert [type(error) for error in errors] == [Cancelled]
        server.wait_until_client_left()


def test_closing_the_generator_closes_the_connection(asked: Asked) -> None:
    asked.on(Reply.stream(asked.half(), end=(Stall(),)))
    events = asked.events()
    next(events)
    asked.server.wait_until_stalled()
    assert isinstance(events, Iterator)
    events.close()  # type: ignore[attr-defined]  # a generator
    asked.server.wait_until_client_left()


# --- secrets ----------------------------------------------------------------------------------------------

ECHO = f"Your key {KEY} (Bearer {KEY}) is odd"


@pytest.mark.parametrize(
    "reply",
    [
        Reply.json({"error": ECHO}, 400),
        Reply.json({"error": {"message": ECHO, "metadata": {"raw": ECHO}}}, 429),
        Reply.text(f"<html>{ECHO}</html>", 502),
        Reply.text(f"{'word ' * 92}{ECHO}", 403),
        Reply.json({"error": {"message": ECHO}}),
        Reply.stream([event({"error": {"message": ECHO}})]),
        Reply(status=302, headers={"Location": f"https://elsewhere.example/{KEY}?k={KEY}"}),
    ],
    ids=["400", "429", "502", "403", "200", "stream", "302"],
)
@pytest.mark.parametrize("key", [KEY, "plain0words1without2shape3"])
def test_a_key_that_the_server_echoes_is_nowhere(
    asked: Asked, reply: Reply, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    asked.key = key
    echoes = [step.data.replace(KEY.encode(), key.encode()) for step in reply.steps if isinstance(step, Send)]
    headers = {name: value.replace(KEY, key) for name, value in reply.headers.items()}
    asked.on(replace(reply, steps=tuple(map(Send, echoes)), headers=headers))
    with caplog.at_level(logging.DEBUG):
        got = asked.answer()
    assert got.error is not None
    assert MASK in str(got.error) or "word …" in str(got.error)
    chain: list[BaseException] = [got.error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("grokdesk")]
    everything = [repr(got), *logged, *(f"{error!r} {error} {error.args}" for error in chain)]
    assert all(key not in text for text in everything)
    assert asked.server.requests[0].headers["authorization"] == f"Bearer {key}"


def test_an_error_stays_as_it_was_made() -> None:
    error = RateLimited("Slow.", "Wait.", retry_after=3.0)
    error.__cause__ = ValueError("why")
    for name in ("title", "hint", "remedy", "retryable", "args"):
        with pytest.raises(AttributeError):
            setattr(error, name, "other")
    other = error.changed(title="Slower.", retryable=False)
    assert (type(other), other.title, other.hint, other.retry_after) == (RateLimited, "Slower.", "Wait.", 3.0)
    assert (other.args, other.__cause__) == (("Slower.",), error.__cause__)
    assert (other.retryable, error.retryable) == (False, True)
    assert (error.title, error.args) == ("Slow.", ("Slow.",))
