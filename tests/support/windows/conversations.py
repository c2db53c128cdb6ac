"""Conversations of many turns, and what of them a request has."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from grokdesk.model import Answer, Conversation, Message, PreparedImage, Profile, Question, Turn, Usage
from grokdesk.model.request_limits import NOT_SENT, RequestLimits, Sent
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.formats.json_pieces import json_pieces

SERVER = Profile("acme", "Acme", "chat-completions", "https://api.example.org/v1", "m-1")


def image(name: str, size: int = 30, url: str = "", width: int = 1200, height: int = 800) -> PreparedImage:
    data = (hashlib.sha256(name.encode()).digest() * (size // 32 + 1))[:size]
    return PreparedImage(name, data, "image/png", width, height, "0" * 64, width, height, url=url)


def turn(
    prompt: str,
    answer: str,
    *images: PreparedImage,
    sent: Sent = NOT_SENT,
    usage: Usage | None = None,
) -> Turn:
    when = datetime(2026, 1, 2, tzinfo=UTC)
    return Turn(Question(prompt), Message(prompt, images), Answer(answer, usage=usage), "Acme", when, sent)


def pictured(count: int, size: int = 30) -> Conversation:
    """So many turns with a picture each: p0, p1, ..."""
    return Conversation("c", tuple(turn(f"q{at}", f"a{at}", image(f"p{at}", size)) for at in range(count)))


def limited(max_bytes: int = 30_000_000, max_tokens: int = 120_000) -> RequestLimits:
    return RequestLimits(max_bytes, max_tokens)


def body_of(profile: Profile, message: Message, past: Sequence[Turn]) -> bytes:
    """Every request of a question, one after the other."""
    dialect = dialect_for(profile.dialect)
    requests = [dialect.build(profile, part.message, part.past) for part in dialect.plan(message, past).parts]
    return b"".join(piece for request in requests for piece in json_pieces(request.body or {}))
