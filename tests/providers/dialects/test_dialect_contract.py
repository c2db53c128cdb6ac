"""What every dialect keeps to, whatever its server speaks. A new dialect inherits the contract and adds its streams."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import EmptyAnswer, GrokDeskError, Interrupted, KeyRefused, RateLimited, ServerTrouble, UsageError
from grokdesk.model import (
    DIALECTS,
    FINISHED,
    Answer,
    DialectName,
    Message,
    PreparedImage,
    Profile,
    Question,
    TextDelta,
    Turn,
)
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.formats.json_pieces import json_pieces
from grokdesk.providers.formats.protocol import HttpRequest, ServerEvent
from grokdesk.providers.formats.sse import events
from tests.support.servers.answers import heard
from tests.support.servers.streams import DONE, chat_stream, event, responses_stream

URL = "https://pictures.example.org/pears.png"
PIXELS = b"\x89PNG and so on"


def image(name: str = "a.png", data: bytes = PIXELS, url: str = "") -> PreparedImage:
    return PreparedImage(name, data, "image/png", 2, 1, "0" * 64, 2, 1, url=url)


def turn(prompt: str, answer: str, *images: PreparedImage) -> Turn:
    return Turn(Question(prompt), Message(prompt, images), Answer(answer), "Acme", datetime(2026, 1, 2, tzinfo=UTC))


def sent(request: HttpRequest) -> str:
    assert request.body is not None
    return b"".join(json_pieces(request.body)).decode()


class DialectContract:
    """``name`` and the bodies of one server."""

    name: DialectName

    def stream(self, text: str) -> list[bytes]:
        raise NotImplementedError

    def whole(self, text: str) -> dict[str, object]:
        raise NotImplementedError

    @property
    def profile(self) -> Profile:
        return Profile("p", "Acme", self.name, "https://api.example.org/v1", "m-1")

    def requests(self, message: Message, past: Sequence[Turn] = ()) -> list[HttpRequest]:
        dialect = dialect_for(self.name)
        return [dialect.build(self.profile, part.message, part.past) for part in dialect.plan(message, past).parts]

    # --- what is sent ---

    def test_a_picture_leaves_as_a_post_that_asks_for_a_stream(self) -> None:
        (request,) = self.requests(Message("What is this?", (image(),)))
        assert (request.method, request.accept) == ("POST", "text/event-stream, application/json")
        body = json.loads(sent(request))
        assert body["stream"] is True
        assert body["model"] == "m-1"
        assert sent(request).count(base64.b64encode(PIXELS).decode()) == 1
        assert "What is this?" in sent(request)

    def test_every_picture_of_a_question_leaves_once(self) -> None:
        pictures = [image(f"{at}.png", bytes([at]) * 30) for at in range(3)]
        bodies = "".join(map(sent, self.requests(Message("Compare.", tuple(pictures)))))
        for at in range(3):
            assert bodies.count(base64.b64encode(bytes([at]) * 30).decode()) == 1

    def test_system_prompt_and_earlier_answers_are_told(self) -> None:
        message = Message("And now?", (image(),), system="Be brief.")
        (request,) = self.requests(message, [turn("How many pears?", "Two pears."), turn("Lost?", "")])
        body = sent(request)
        places = [body.index(words) for words in ("Be brief.", "How many pears?", "Two pears.", "And now?")]
        assert places == sorted(places)
        assert "Lost?" not in body, "a turn without an answer would fail again"

    def test_a_public_address_is_sent_instead_of_the_bytes(self) -> None:
        for data in (PIXELS, b""):
            (request,) = self.requests(Message("?", (image(data=data, url=URL),)))
            assert sent(request).count(URL) == 1
            assert "base64" not in sent(request)

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:9/a.png", "http://nas.local/a.png", "https://10.0.0.8/a.png", "http://nas/a.png"]
    )
    def test_a_private_address_is_never_sent(self, url: str) -> None:
        (request,) = self.requests(Message("?", (image(url=url),)))
        assert url not in sent(request)
        assert "base64" in sent(request)

    def test_a_request_shows_neither_words_nor_pixels(self) -> None:
        (request,) = self.requests(Message("private words", (image(),)))
        assert "private" not in repr(request)
        assert "PNG" not in repr(request)

    def test_the_same_question_is_the_same_bytes(self) -> None:
        message, past = Message("?", (image(),), system="s"), [turn("one", "1", image("b.png"))]
        assert [*map(sent, self.requests(message, past))] == [*map(sent, self.requests(message, past))]

    def test_words_stand_in_for_a_picture_that_is_not_sent_again(self) -> None:
        left_out = replace(image("old.png", b""), stand_in="[picture: old.png, not sent again]")
        past = [turn("Older?", "Yes.", image("older.png", b"older bytes")), turn("Old?", "Yes.", left_out)]
        bodies = [*map(sent, self.requests(Message("And now?", (image(),)), past))]
        assert "[picture: old.png, not sent again]" in bodies[0] or self.name == "concurred-vision"
        follow_up = sent(self.requests(Message("And now?"), past)[0])
        assert base64.b64encode(b"older bytes").decode() in follow_up, "the newest picture that goes"

    def test_the_list_of_models_is_asked_for_under_the_same_address(self) -> None:
        for request in dialect_for(self.name).models(self.profile):
            assert request.method == "GET"
            assert request.body is None
            assert request.url.startswith("https://api.example.org/")

    def test_the_key_is_a_header_or_refused(self) -> None:
        dialect = dialect_for(self.name)
        assert dialect.auth("ck_1") == {"Authorization": "Bearer ck_1"}
        with pytest.raises(KeyRefused) as caught:
            dialect.auth("ck_1\r\nX: 1")
        assert "ck_1" not in str(caught.value)

    # --- what is read ---

    @pytest.mark.parametrize("text", ["Two pears.", "Grüße 🍐🇩🇪\n\n```\ncode\n```\n"])
    def test_a_stream_is_told_piece_by_piece(self, text: str) -> None:
        told = list(dialect_for(self.name).parse(events(self.stream(text))))
        pieces = [part.text for part in told if isinstance(part, TextDelta)]
        assert "".join(pieces) == text
        assert len(pieces) > 1
        assert heard(iter(told)).finish == [FINISHED]

    def test_a_stream_cut_at_any_byte_keeps_its_text_and_is_an_interruption(self) -> None:
        body = b"".join(self.stream("Two pears."))
        for cut in range(len(body)):
            got = heard(dialect_for(self.name).parse(events([body[:cut]], flush_at_end=True)))
            assert "Two pears.".startswith(got.text)
            assert got.finish == [FINISHED] or isinstance(got.error, Interrupted), cut

    def test_one_body_is_the_same_answer(self) -> None:
        got = heard(dialect_for(self.name).parse_whole(self.whole("Two pears.")))
        assert (got.text, got.finish, got.error) == ("Two pears.", [FINISHED], None)

    @pytest.mark.parametrize(
        "error",
        [
            {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down", "details": {"retryAfter": 30}}},
            {"type": "error", "code": "rate_limit", "message": "Slow down: rate limit"},
            {"code": 429, "error": "Slow down: too many requests"},
        ],
    )
    def test_an_error_inside_the_stream_comes_after_its_text(self, error: dict[str, object]) -> None:
        stream = [*self.stream("Two pears.")[:-4], event(error), DONE]
        got = heard(dialect_for(self.name).parse(events(stream)))
        assert got.text
        assert "Two pears.".startswith(got.text)
        assert isinstance(got.error, RateLimited)
        assert "Slow down" in got.error.hint

    def test_nothing_is_read_after_the_end(self) -> None:
        def body() -> Any:
            yield from self.stream("Hi.")
            pytest.fail("read on after the last event")

        assert heard(dialect_for(self.name).parse(events(body()))).finish == [FINISHED]

    def test_no_text_is_an_empty_answer(self) -> None:
        assert isinstance(heard(dialect_for(self.name).parse_whole({})).error, ServerTrouble)
        assert isinstance(heard(dialect_for(self.name).parse([ServerEvent("[DONE]")])).error, EmptyAnswer)

    def test_a_stream_that_ends_before_its_first_word_is_an_interruption(self) -> None:
        for stream in ([], [ServerEvent("ping")], [ServerEvent("{}")]):
            error = heard(dialect_for(self.name).parse(stream)).error
            assert isinstance(error, Interrupted)
            assert error.retryable

    @pytest.mark.parametrize("blanks", [" ", "\n\n", " \t\u00a0\n"])
    def test_blanks_are_an_empty_answer(self, blanks: str) -> None:
        dialect = dialect_for(self.name)
        assert isinstance(heard(dialect.parse(events(self.stream(blanks)))).error, EmptyAnswer)
        assert isinstance(heard(dialect.parse_whole(self.whole(blanks))).error, EmptyAnswer)

    def test_any_json_ends_in_an_answer_or_in_one_of_our_errors(self) -> None:
        @given(st.lists(json_values, max_size=4))
        def check(payloads: list[Any]) -> None:
            dialect = dialect_for(self.name)
            answers = [dialect.parse([ServerEvent(json.dumps(payload)) for payload in payloads])]
            answers += [dialect.parse_whole(payload) for payload in payloads if isinstance(payload, dict)]
            for answer in answers:
                got = heard(answer)
                assert got.finish or isinstance(got.error, GrokDeskError)

        check()


words = (
    "choices",
    "delta",
    "message",
    "content",
    "text",
    "usage",
    "error",
    "model",
    "type",
    "response",
    "output",
    "done",
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["message", "stop", "done"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(words), inner, max_size=4),
    max_leaves=10,
)


class TestXaiResponses(DialectContract):
    name = "xai-responses"

    def stream(self, text: str) -> list[bytes]:
        return responses_stream(text)

    def whole(self, text: str) -> dict[str, object]:
        content = [{"type": "output_text", "text": text}]
        return {"status": "completed", "output": [{"type": "message", "content": content}]}


class TestChatCompletions(DialectContract):
    name = "chat-completions"

    def stream(self, text: str) -> list[bytes]:
        return chat_stream(text)

    def whole(self, text: str) -> dict[str, object]:
        return {"choices": [{"index": 0, "message": {"content": text}, "finish_reason": "stop"}]}


class TestConcurredVision(DialectContract):
    name = "concurred-vision"

    def stream(self, text: str) -> list[bytes]:
        return chat_stream(text, model="grok-4-1-fast")

    def whole(self, text: str) -> dict[str, object]:
        choices = [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]
        return {"id": "vision-abc123", "object": "vision.completion", "model": "grok-4-1-fast", "choices": choices}

    def test_a_question_without_any_picture_is_refused(self) -> None:
        with pytest.raises(UsageError, match="needs a picture"):
            self.requests(Message("Hello?"))


def test_every_dialect_of_a_server_keeps_the_contract() -> None:
    kept = {contract.name for contract in DialectContract.__subclasses__()}
    assert kept == set(DIALECTS) - {"on-this-computer"}
