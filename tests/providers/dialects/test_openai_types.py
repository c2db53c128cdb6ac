"""What we send is what the openai SDK would send: its types accept it, and its client makes the same bytes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import openai
import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from pydantic import TypeAdapter

from grokdesk.model import Answer, DialectName, Message, PreparedImage, Profile, Question, Turn
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.formats.json_pieces import json_pieces
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream

PROFILES = {
    "chat-completions": Profile("c", "Chat", "chat-completions", "https://api.x.ai/v1", "m-1"),
    "xai-responses": Profile("r", "xAI", "xai-responses", "https://api.x.ai/v1", "m-1"),
}
TYPES: dict[str, Any] = {
    "chat-completions": CompletionCreateParamsStreaming,
    "xai-responses": ResponseCreateParamsStreaming,
}


def image(name: str, url: str = "") -> PreparedImage:
    return PreparedImage(name, b"\x89PNG", "image/png", 2, 1, "0" * 64, 2, 1, url=url)


PAST = [
    Turn(
        Question("Hello"),
        Message("Hello", (image("old.png"),)),
        Answer("Hi."),
        "Chat",
        datetime(2026, 1, 2, tzinfo=UTC),
    )
]
SCHEMA = {"type": "object", "properties": {"pears": {"type": "integer"}}, "additionalProperties": False}
MESSAGES = {
    "words": (Message("What is a pear?"), []),
    "picture": (Message("What is this?", (image("a.png"),), system="Be brief."), []),
    "conversation": (Message("Compare.", (image("a.png"), image("b.png", "https://93.184.215.14/b.png"))), PAST),
    "everything": (Message("Count.", (image("a.png"),), conversation="c-1", effort="low", schema=SCHEMA), PAST),
}


def body_of(dialect: DialectName, name: str) -> dict[str, Any]:
    message, past = MESSAGES[name]
    request = dialect_for(dialect).build(PROFILES[dialect], message, past)
    assert request.body is not None
    body = json.loads(b"".join(json_pieces(request.body)))
    assert isinstance(body, dict)
    return body


def consumed(value: object) -> object:
    """pydantic checks an Iterable only while it is read."""
    if isinstance(value, Mapping):
        return {key: consumed(inner) for key, inner in value.items()}
    return value if isinstance(value, (str, int, float, bytes)) or value is None else [*map(consumed, value)]  # type: ignore[call-overload]


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("dialect", PROFILES)
def test_the_types_accept_every_body_and_know_every_field(dialect: DialectName, name: str) -> None:
    body = body_of(dialect, name)
    kind = TYPES[dialect]
    adapter = TypeAdapter(kind)  # has to outlive what it reads
    read = consumed(adapter.validate_python(body))
    known = {field for base in (kind, *kind.__orig_bases__) for field in getattr(base, "__annotations__", {})}
    assert body.keys() <= known
    assert read == body


def test_the_types_would_notice_a_mistake() -> None:
    body = body_of("chat-completions", "picture")
    body["messages"][-1]["content"][1] = {"type": "image_url", "image_url": "data:..."}
    adapter = TypeAdapter(CompletionCreateParamsStreaming)
    with pytest.raises(ValueError, match="image_url"):
        consumed(adapter.validate_python(body))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.mark.parametrize("name", MESSAGES)
def test_the_client_sends_the_same(server: ScriptedServer, name: str) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Hi.")))
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Hi.")))
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="key-123", max_retries=0) as client:
        for dialect, create in (
            ("chat-completions", client.chat.completions.create),
            ("xai-responses", client.responses.create),
        ):
            body = body_of(dialect, name)  # type: ignore[arg-type]
            with create(**body) as stream:
                assert list(stream)
            assert server.requests[-1].json == body
