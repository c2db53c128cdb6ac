"""Concurred Vision: one picture and one prompt a request, and what is folded into them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Interrupted, RateLimited, UsageError
from grokdesk.logs import Redactor
from grokdesk.model import FINISHED, Message, Profile, Turn, Usage
from grokdesk.providers.dialects import concurred_vision
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.exchange import exchange
from grokdesk.providers.formats.json_pieces import json_pieces
from grokdesk.providers.formats.sse import events
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.models import ModelInfo, list_models
from tests.providers.dialects.test_dialect_contract import image, turn
from tests.support.servers.answers import Heard, heard
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import DONE, chat_stream, event

VISION = "/api/v1/vision"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def profile_at(url: str) -> Profile:
    return Profile("c", "Concurred Vision", "concurred-vision", url, "grok")


def body_of(message: Message, past: Iterable[Turn] = ()) -> dict[str, Any]:
    request = concurred_vision.build(profile_at("https://concurred.ai"), message, list(past))
    assert request.url == "https://concurred.ai/api/v1/vision"
    assert request.body is not None
    told = json.loads(b"".join(json_pieces(request.body)))
    assert isinstance(told, dict)
    return told


def ask(server: ScriptedServer, message: Message, past: Iterable[Turn] = ()) -> Heard:
    return heard(
        exchange(
            Transport(),
            dialect_for("concurred-vision"),
            profile_at(server.url),
            "ck_0123456789",
            message,
            list(past),
            CancelSwitch(),
            Redactor(),
            wait=lambda _: None,
        )
    )


def whole(text: str, tokens: int = 10) -> Reply:
    choices = [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]
    usage = {"prompt_tokens": tokens, "completion_tokens": 50, "total_tokens": tokens + 50}
    return Reply.json(
        {
            "id": "vision-abc123",
            "object": "vision.completion",
            "model": "grok-4-1-fast",
            "choices": choices,
            "usage": usage,
        }
    )


def test_a_picture_as_base64() -> None:
    assert body_of(Message("What is this?", (image(data=b"\x89PNG"),))) == {
        "model": "grok",
        "image": {"type": "image_base64", "image_base64": {"data": "iVBORw==", "media_type": "image/png"}},
        "prompt": "What is this?",
        "stream": True,
    }


def test_a_picture_as_an_address() -> None:
    message = Message("What is this?", (image(data=b"", url="https://example.com/photo.jpg"),))
    assert body_of(message) == {
        "model": "grok",
        "image": {"type": "image_url", "image_url": "https://example.com/photo.jpg"},
        "prompt": "What is this?",
        "stream": True,
    }


def test_system_prompt_and_past_are_folded_into_the_prompt() -> None:
    past = [turn("How many?", "Two."), turn("refused", ""), turn("Which colour?", "Green.")]
    assert body_of(Message("Are they ripe?", (image(),), system="Be brief."), past)["prompt"] == (
        "Be brief.\n\nThe conversation so far:\n\nQuestion: How many?\nAnswer: Two.\n\n"
        "Question: Which colour?\nAnswer: Green.\n\nThe question now:\n\nAre they ripe?"
    )


def test_a_long_past_keeps_its_newest_turns() -> None:
    past = [turn(f"question {at}", "x" * 1500) for at in range(9)]
    prompt = body_of(Message("now", (image(),)), past)["prompt"]
    assert "question 8" in prompt
    assert "question 7" in prompt
    assert "question 5" not in prompt
    assert len(prompt) < concurred_vision.LONGEST_PAST + 200


def test_one_turn_that_is_too_long_is_cut() -> None:
    prompt = body_of(Message("now", (image(),)), [turn("q", "x" * 9000)])["prompt"]
    assert "x…" in prompt
    assert len(prompt) < concurred_vision.LONGEST_PAST + 200


def test_a_picture_without_words_is_described() -> None:
    assert body_of(Message("", (image(),)))["prompt"] == "Describe this picture."


def test_a_picture_whose_bytes_are_gone() -> None:
    with pytest.raises(UsageError, match=r"a\.png is no longer available"):
        body_of(Message("?", (image(data=b""),)))


@pytest.mark.parametrize("images", [(), (image(), image())])
def test_no_request_without_exactly_one_picture(images: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError, match="exactly one picture"):
        body_of(Message("?", images))


def test_one_body(server: ScriptedServer) -> None:
    server.on("POST", VISION, whole("Two pears."))
    got = ask(server, Message("What is this?", (image(),)))
    assert (got.text, got.models, got.finish, got.notices) == ("Two pears.", ["grok-4-1-fast"], [FINISHED], [])
    assert got.usage == Usage(10, 50, total_tokens=60)
    assert server.requests[0].headers["authorization"] == "Bearer ck_0123456789"


def test_a_stream(server: ScriptedServer) -> None:
    server.on("POST", VISION, Reply.stream(chat_stream("Two pears.")))
    assert ask(server, Message("What is this?", (image(),))).text == "Two pears."


def test_several_pictures_are_labelled_requests_and_the_person_is_told(server: ScriptedServer) -> None:
    server.on("POST", VISION, whole("Pears.", 10), Reply.stream(chat_stream("Apples.", usage={})), whole("Figs.", 7))
    got = ask(server, Message("What is this?", (image("x.png"), image("y.png"), image("z.png")), system="Brief."))
    assert got.text == "Picture A: x.png\n\nPears.\n\nPicture B: y.png\n\nApples.\n\nPicture C: z.png\n\nFigs."
    assert got.finish == [FINISHED]
    assert "one picture at a time: these 3 are sent separately" in got.notices[0]
    prompts = [str(request.json["prompt"]) for request in server.requests]
    assert prompts[1] == "Brief.\n\nWhat is this?\n\n(This is picture B of 3.)"
    assert got.usage is not None
    assert got.usage.total_tokens is None, "one of the three did not say"


def test_what_several_requests_took_is_added_up(server: ScriptedServer) -> None:
    server.on("POST", VISION, whole("Pears.", 10), whole("Apples.", 20))
    got = ask(server, Message("?", (image(), image())))
    assert got.usage == Usage(30, 100, total_tokens=130)


def test_a_failure_at_the_second_picture_keeps_the_first_answer(server: ScriptedServer) -> None:
    server.on("POST", VISION, whole("Pears."), Reply.json({"error": {"code": "RATE_LIMIT_EXCEEDED"}}, 429))
    got = ask(server, Message("?", (image("x"), image("y"), image("z"))))
    assert got.text == "Picture A: x\n\nPears."
    assert isinstance(got.error, RateLimited)
    assert got.finish == []


def test_a_follow_up_is_about_the_newest_picture_and_the_person_is_told(server: ScriptedServer) -> None:
    server.on("POST", VISION, whole("Green."))
    past = [turn("old", "Old.", image("old.png", b"old")), turn("two", "2", image("n1", b"1"), image("n2", b"222"))]
    got = ask(server, Message("Which colour?"), past)
    assert got.text == "Green."
    assert "keeps no conversation" in got.notices[0]
    assert server.requests[0].json["image"] == {
        "type": "image_base64",
        "image_base64": {"data": "MjIy", "media_type": "image/png"},
    }


def test_without_any_picture_nothing_is_sent(server: ScriptedServer) -> None:
    got = ask(server, Message("Hello?"))
    assert isinstance(got.error, UsageError)
    assert server.requests == []


@pytest.mark.parametrize(
    "stream",
    [
        [event({"delta": "Two "}), event({"delta": "pears."}), DONE],
        [event({"delta": {"content": "Two "}}), event({"delta": {"content": "pears."}}), DONE],
        [event({"type": "chunk", "content": "Two "}), event({"type": "chunk", "content": "pears."}), DONE],
        [event({"text": "Two "}, "token"), event({"text": "pears."}, "token"), event({}, "done")],
        [event({"response": "Two pears."}), event({"done": True})],
        [event({"chunk": "Two pears."}), event({"type": "complete", "content": "Two pears."})],
        [event({"choices": [{"message": {"content": "Two pears."}, "finish_reason": "stop"}]})],
        [event({"type": "vision.delta", "delta": "Two pears."}), event({"type": "vision.completed"})],
        [event({"type": "complete", "content": "Two pears."})],
        [event({"data": {"message": {"content": "Two pears."}}}), b"data:  [DONE] \n\n"],
    ],
)
def test_streams_of_every_likely_shape(stream: list[bytes]) -> None:
    got = heard(concurred_vision.parse(events(stream)))
    assert (got.text, got.finish, got.error) == ("Two pears.", [FINISHED], None)


def test_an_unknown_stream_that_just_ends_is_kept_as_cut_off() -> None:
    got = heard(concurred_vision.parse(events([event({"delta": "Two pe"})])))
    assert got.text == "Two pe"
    assert isinstance(got.error, Interrupted)


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ({"models": ["grok", "grok-5"]}, ["grok", "grok-5"]),
        ({"data": [{"id": "grok"}]}, ["grok"]),
        ({"models": {"grok": {"name": "Grok"}}}, ["grok"]),
        (["grok"], ["grok"]),
        ({"status": "ok"}, ["grok", "grok-4-1-fast"]),
    ],
)
def test_its_models_all_see(server: ScriptedServer, told: object, names: list[str]) -> None:
    server.on("GET", VISION, Reply.json(told))
    dialect = dialect_for("concurred-vision")
    models = list_models(Transport(), dialect, profile_at(server.url), "ck_1234567", CancelSwitch(), Redactor())
    assert models == tuple(ModelInfo(name, supports_images=True) for name in names)
