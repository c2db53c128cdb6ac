"""What the two dialects send: the whole body, compared with what it has to be."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from grokdesk.errors import KeyRefused
from grokdesk.model import Answer, Message, PreparedImage, Profile, Question, Turn
from grokdesk.providers.dialects import chat_completions, xai_responses
from grokdesk.providers.dialects.openai_family import auth
from grokdesk.providers.formats.json_pieces import json_pieces
from grokdesk.providers.formats.protocol import HttpRequest

CHAT = Profile("c", "Chat", "chat-completions", "https://example.org/v1", "m-1")
RESPONSES = Profile("r", "xAI", "xai-responses", "https://api.x.ai/v1", "grok-4.5")


def image(name: str, data: bytes = b"\x89PNG") -> PreparedImage:
    return PreparedImage(name, data, "image/png", 2, 1, "0" * 64, 2, 1)


def turn(prompt: str, answer: str, *images: PreparedImage) -> Turn:
    return Turn(Question(prompt), Message(prompt, images), Answer(answer), "Chat", datetime(2026, 1, 2, tzinfo=UTC))


def uri(data: bytes = b"\x89PNG") -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def body_of(request: HttpRequest) -> dict[str, Any]:
    assert request.method == "POST"
    assert request.accept == "text/event-stream, application/json"
    assert request.body is not None
    body = json.loads(b"".join(json_pieces(request.body)))
    assert isinstance(body, dict)
    return body


def test_a_chat_question_with_a_picture_and_a_past() -> None:
    message = Message("What is this?", (image("a.png"),), system="Be brief.")
    request = chat_completions.build(CHAT, message, [turn("Hello", "Hi.")])
    assert request.url == "https://example.org/v1/chat/completions"
    assert body_of(request) == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": uri()}},
                ],
            },
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_responses_question_with_a_picture_and_a_past() -> None:
    message = Message("What is this?", (image("a.png"),), system="Be brief.")
    request = xai_responses.build(RESPONSES, message, [turn("Hello", "Hi.")])
    assert request.url == "https://api.x.ai/v1/responses"
    assert body_of(request) == {
        "model": "grok-4.5",
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "input_text", "text": "Hello"}]},
            {"role": "assistant", "content": "Hi."},
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_image", "image_url": uri(), "detail": "auto"},
                ],
            },
        ],
        "stream": True,
        "store": False,
    }


def test_several_pictures_keep_their_order_and_have_letters() -> None:
    message = Message("Compare.", (image("x", b"1"), image("y", b"2"), image("z", b"3")))
    (only,) = body_of(xai_responses.build(RESPONSES, message, []))["input"]
    assert [part.get("text") or part["image_url"] for part in only["content"]] == [
        "Compare.",
        "Picture A:",
        uri(b"1"),
        "Picture B:",
        uri(b"2"),
        "Picture C:",
        uri(b"3"),
    ]


def test_letters_go_on_after_z() -> None:
    message = Message("", tuple(image(str(at)) for at in range(28)))
    (only,) = body_of(chat_completions.build(CHAT, message, []))["messages"]
    labels = [part["text"] for part in only["content"] if part["type"] == "text"]
    assert labels[0] == "Picture A:"
    assert labels[25:] == ["Picture Z:", "Picture AA:", "Picture AB:"]


def test_a_picture_without_words_has_no_empty_text() -> None:
    (only,) = body_of(chat_completions.build(CHAT, Message("", (image("a"),)), []))["messages"]
    assert [part["type"] for part in only["content"]] == ["image_url"]


def test_words_stand_in_for_a_picture_at_its_place() -> None:
    stand_in = replace(image("old.png", b""), stand_in="[picture: old.png, 2 x 1, not sent again]")
    past = [turn("one", "1", stand_in, image("kept.png"))]
    messages = body_of(chat_completions.build(CHAT, Message("two", (image("now.png"),)), past))["messages"]
    assert messages[0]["content"] == [
        {"type": "text", "text": "one"},
        {"type": "text", "text": "Picture A:"},
        {"type": "text", "text": "[picture: old.png, 2 x 1, not sent again]"},
        {"type": "text", "text": "Picture B:"},
        {"type": "image_url", "image_url": {"url": uri()}},
    ]


def test_a_picture_whose_bytes_are_gone_is_named_instead() -> None:
    messages = body_of(chat_completions.build(CHAT, Message("and?"), [turn("one", "1", image("a.png", b""))]))[
        "messages"
    ]
    assert messages[0]["content"][1] == {"type": "text", "text": "[picture: a.png, not sent]"}


def test_a_message_is_never_empty() -> None:
    """xAI refuses a message with nothing in it, and then every later question of the conversation."""
    messages = body_of(chat_completions.build(CHAT, Message(""), [turn(" ", "1")]))["messages"]
    assert [message["content"] for message in messages] == ["Go on.", "1", "Go on."]


@pytest.mark.parametrize("answer", ["", " \n"])
def test_a_turn_without_an_answer_is_left_out_with_its_pictures(answer: str) -> None:
    past = [turn("too large", answer, image("huge.png")), turn("Hello", "Hi.")]
    messages = body_of(chat_completions.build(CHAT, Message("Again"), past))["messages"]
    assert [message["content"] for message in messages] == ["Hello", "Hi.", "Again"]


def test_the_same_past_is_sent_in_the_same_bytes() -> None:
    """From the first byte of the body on, so that the server's cache of prompts knows it."""
    past: list[Turn] = []
    for dialect, profile in ((chat_completions, CHAT), (xai_responses, RESPONSES)):
        past.clear()
        before = ""
        for at, images in enumerate([(image("a.png"),), (), (image("b.png"),), ()]):
            message = Message(f"question {at}", images, system="Be brief.", conversation="c-1", effort="low")
            request = dialect.build(profile, message, past)
            assert request.body is not None
            body = b"".join(json_pieces(request.body)).decode()
            assert body.startswith(before)
            assert len(before) > 100 or at == 0
            before = body[: body.index('],"stream":true')]
            past.append(Turn(Question(""), message, Answer(f"answer {at}"), "Chat", datetime(2026, 1, 2, tzinfo=UTC)))


def test_a_conversation_names_itself_to_the_cache_of_xai_alone() -> None:
    message = Message("Hello", conversation="c-1")
    assert body_of(xai_responses.build(RESPONSES, message, []))["prompt_cache_key"] == "c-1"
    at_xai = chat_completions.build(replace(CHAT, base_url="https://eu-west-1.api.x.ai/v1"), message, [])
    assert at_xai.headers == {"x-grok-conv-id": "c-1"}
    assert chat_completions.build(CHAT, message, []).headers == {}
    elsewhere = replace(RESPONSES, base_url="https://example.org/v1")
    assert "prompt_cache_key" not in body_of(xai_responses.build(elsewhere, message, []))


def test_effort_and_schema_are_sent_when_they_are_wanted() -> None:
    schema = {"type": "object"}
    message = Message("Count.", effort="high", schema=schema)
    chat, responses = (
        body_of(chat_completions.build(CHAT, message, [])),
        body_of(xai_responses.build(RESPONSES, message, [])),
    )
    assert chat["reasoning_effort"] == "high"
    named = {"name": "answer", "schema": schema, "strict": True}
    assert chat["response_format"] == {"type": "json_schema", "json_schema": named}
    assert responses["reasoning"] == {"effort": "high"}
    assert responses["text"] == {"format": {"type": "json_schema", **named}}


def test_lists_of_models() -> None:
    urls = [request.url for request in xai_responses.models(RESPONSES)]
    assert urls == ["https://api.x.ai/v1/language-models", "https://api.x.ai/v1/models"]
    assert [request.url for request in chat_completions.models(CHAT)] == ["https://example.org/v1/models"]
    at_xai = Profile("x", "x", "chat-completions", "api.x.ai")
    assert [request.url for request in chat_completions.models(at_xai)] == urls


def test_the_key_is_a_bearer_token() -> None:
    assert auth("xai-1") == {"Authorization": "Bearer xai-1"}


@pytest.mark.parametrize("key", ["xai-1\n", "xai 1", "xai-ü", "xai\x00", "xai-1\r\nX-Evil: 1"])
def test_a_key_that_cannot_be_in_a_header_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(KeyRefused) as caught:
        auth(key)
    assert key not in str(caught.value)


def test_a_request_does_not_show_its_body() -> None:
    request = chat_completions.build(CHAT, Message("private words"), [])
    assert "private" not in repr(request)
