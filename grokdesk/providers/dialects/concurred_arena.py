"""Concurred's own comparisons, which are experimental here: ``POST /api/v1/battle`` (two models) and ``/fight`` (up to
eight, in rounds). Text alone.

Source: https://concurred.ai/docs. What their event streams look like is not documented: any event with a text in it is
read, and belongs to whoever it names; an event that says something else is shown as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from grokdesk.model import Profile
from grokdesk.providers.formats.answering import is_done, mended
from grokdesk.providers.formats.base_url import endpoint
from grokdesk.providers.formats.error_bodies import is_error
from grokdesk.providers.formats.protocol import STREAM_OR_JSON, HttpRequest, ServerEvent
from grokdesk.providers.formats.server_errors import reported_error

Mode = Literal["battle", "fight"]
MODES: tuple[Mode, ...] = ("battle", "fight")
MOST: Mapping[Mode, int] = {"battle": 2, "fight": 8}
OTHERS = "Concurred"
"""Who speaks where an event names nobody."""

_HOME = "/api/v1"
_NAMES = ("model", "agent", "speaker", "participant", "fighter", "name", "side", "role")
_NOBODY = ("assistant", "user", "system", "")
_TEXTS = ("delta", "content", "text", "chunk", "response", "message", "answer", "output")
_INSIDE = ("data", "payload", "event", "delta", "message")
_LISTS = ("responses", "results", "answers", "models", "fighters", "participants")
_SILENT = ("ping", "heartbeat", "keepalive", "keep-alive", "start", "started", "open", "connected", "done", "end")
_WHOLE = ("done", "end", "complete", "completed", "finish", "finished", "final", "result")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of what somebody says. ``number``: the round, 0 where there are none."""

    speaker: str
    text: str
    number: int = 0


def build(profile: Profile, mode: Mode, prompt: str, models: Iterable[str]) -> HttpRequest:
    body = {"message": prompt, "mode": mode, "models": list(models), "stream": True}
    return HttpRequest("POST", endpoint(profile.base_url, mode, _HOME), body, accept=STREAM_OR_JSON)


def said_in(events: Iterable[ServerEvent]) -> Iterator[Said]:
    """Who says what, as it comes. Raises the error that the server reports."""
    speaker, heard = OTHERS, set[str]()
    for event in events:
        if is_done(event):
            return
        told: object = None
        with suppress(ValueError, RecursionError):
            told = json.loads(event.data)
        if not isinstance(told, dict):
            text = event.data if told is None else str(told)
            yield from _piece(speaker, f"{text}\n" if told is None else text)
            continue
        if is_error(told, event.event):
            raise reported_error(told)
        kind = str(told.get("type") or event.event).rpartition(".")[2].rpartition("_")[2].lower()
        for piece in _pieces(told, speaker):
            speaker = piece.speaker
            if kind in _WHOLE and speaker in heard:
                continue  # the end of many a stream repeats the whole
            heard.add(speaker)
            yield piece
        if not any(True for _ in _pieces(told, speaker)) and kind not in (*_SILENT, *_WHOLE):
            yield from _piece(OTHERS, f"`{json.dumps(told, ensure_ascii=False)[:500]}`\n\n")


def said_by(body: Mapping[str, object]) -> Iterator[Said]:
    """The same for a server that answers with one JSON body."""
    yield from _pieces(body, OTHERS)


def _pieces(told: Mapping[str, object], speaker: str) -> Iterator[Said]:
    """What an event says: of several people in a list, or by name, else of one."""
    for key in _LISTS:
        match told.get(key):
            case list(many):
                for each in (one for one in many if isinstance(one, dict)):
                    yield from _one(each, speaker)
            case dict(named):
                for name, each in named.items():
                    yield from _one(each if isinstance(each, dict) else {"text": each}, str(name))
    yield from _one(told, speaker)


def _one(told: Mapping[str, object], speaker: str) -> Iterator[Said]:
    text = _text(told, _DEPTH)
    if text:
        number = told.get("round")
        yield Said(_speaker(told, _DEPTH) or speaker, mended(text), number if type(number) is int else 0)


def _piece(speaker: str, text: str) -> Iterator[Said]:
    if text.strip():
        yield Said(speaker, mended(text))


def _speaker(told: Mapping[str, object], depth: int) -> str:
    for name in _NAMES:
        match told.get(name):
            case str(word) if word.strip().lower() not in _NOBODY:
                return mended(word.strip())[:80]
            case dict(inner) if depth and (found := _speaker(inner, depth - 1) or _named(inner)):
                return found
    for name in _INSIDE:
        nested = told.get(name)
        if isinstance(nested, dict) and depth and (found := _speaker(nested, depth - 1)):
            return found
    return ""


def _named(told: Mapping[str, object]) -> str:
    found = told.get("id")
    return mended(found)[:80] if isinstance(found, str) else ""


def _text(told: Mapping[str, object], depth: int) -> str:
    for name in (*_TEXTS, *_INSIDE):
        match told.get(name):
            case str(text) if text:
                return text
            case dict(inner) if depth and (text := _text(inner, depth - 1)):
                return text
    choices = told.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict) and depth:
        return _text(choices[0], depth - 1)
    return ""
