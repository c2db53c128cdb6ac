"""Concurred's battle and fight: whoever speaks is told apart in any likely form, and nothing is too odd."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import GrokDeskError, RateLimited
from grokdesk.model import Profile
from grokdesk.providers.dialects.concurred_arena import OTHERS, Said, build, said_by, said_in
from grokdesk.providers.formats.protocol import ServerEvent


def heard(*told: object, event: str = "") -> dict[str, str]:
    """Everything that each one said."""
    found: dict[str, str] = {}
    for piece in said_in(ServerEvent(each if isinstance(each, str) else json.dumps(each), event) for each in told):
        found[piece.speaker] = found.get(piece.speaker, "") + piece.text
    return found


def test_the_request() -> None:
    request = build(Profile("c", "Concurred", "chat-completions", "https://concurred.ai"), "fight", "Why?", ["a", "b"])
    assert request.url == "https://concurred.ai/api/v1/fight"
    assert request.body == {"message": "Why?", "mode": "fight", "models": ["a", "b"], "stream": True}


@pytest.mark.parametrize(
    "events",
    [
        [{"model": "a", "delta": "One"}, {"model": "b", "delta": "Two"}],
        [{"type": "chunk", "data": {"agent": "a", "content": "One"}}, {"data": {"agent": "b", "content": "Two"}}],
        [{"model": {"id": "a"}, "text": "One"}, {"model": {"name": "b"}, "message": {"content": "Two"}}],
        [{"model": "a", "choices": [{"delta": {"content": "One"}}]}, {"model": "b", "choices": [{"text": "Two"}]}],
        [{"responses": [{"model": "a", "response": "One"}, {"model": "b", "response": "Two"}]}],
        [{"responses": {"a": "One", "b": {"content": "Two"}}}],
        [{"role": "a", "text": "O"}, {"text": "ne"}, {"type": "ping"}, {"role": "b", "text": "Two"}, "[DONE]", "junk"],
        [
            {"model": "a", "text": "One"},
            {"model": "b", "text": "Two"},
            {"type": "battle_complete", "model": "a", "text": "One"},
        ],
    ],
)
def test_whoever_speaks_is_told_apart(events: list[object]) -> None:
    assert heard(*events) == {"a": "One", "b": "Two"}


def test_rounds_are_numbered() -> None:
    told = {"model": "a", "round": 2, "text": "Again."}
    assert list(said_in([ServerEvent(json.dumps(told))])) == [Said("a", "Again.", 2)]


def test_what_nobody_knows_is_shown_as_it_is() -> None:
    assert heard({"type": "score", "a": 3}) == {OTHERS: '`{"type": "score", "a": 3}`\n\n'}
    assert heard("not json") == {OTHERS: "not json\n"}


def test_an_error_is_raised() -> None:
    with pytest.raises(RateLimited):
        heard({"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down.", "details": {"retryAfter": 30}}})


def test_one_body() -> None:
    body = {"results": [{"model": "a", "answer": "One"}, {"model": "b", "answer": "Two"}]}
    assert [(piece.speaker, piece.text) for piece in said_by(body)] == [("a", "One"), ("b", "Two")]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["model", "delta", "data", "role", "text", "results", "type", "choices", "round"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(_JSON.map(json.dumps) | st.text(max_size=20), max_size=5))
def test_nothing_is_too_odd(events: list[str]) -> None:
    try:
        for piece in said_in(ServerEvent(each) for each in events):
            assert piece.speaker
            assert piece.text.encode()
    except GrokDeskError:
        pass
