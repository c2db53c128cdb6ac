"""Concurred's picture API: ``POST /api/v1/vision``. One picture and one prompt, neither system prompt nor history.

Source: https://concurred.ai/docs. What its event stream looks like is not documented, so every likely form is read:
chunks of chat.completions, other events with a text in them, and one JSON body.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grokdesk.errors import PictureMissing, UsageError
from grokdesk.model import AnswerEvent, Message, PreparedImage, Profile, Turn
from grokdesk.providers.dialects.chat_completions import read_chunk
from grokdesk.providers.dialects.openai_family import auth, label
from grokdesk.providers.formats.answering import Answering, is_done, no_clock
from grokdesk.providers.formats.base_url import endpoint
from grokdesk.providers.formats.error_bodies import is_error
from grokdesk.providers.formats.json_pieces import Inline
from grokdesk.providers.formats.protocol import STREAM_OR_JSON, HttpRequest, Part, Plan, ServerEvent
from grokdesk.providers.formats.server_errors import reported_error
from grokdesk.providers.http.picture_addresses import takes_address
from grokdesk.translation import _

__all__ = ["KNOWN_MODELS", "auth", "build", "models", "parse", "parse_whole", "plan"]

KNOWN_MODELS: tuple[str, ...] = ("grok", "grok-4-1-fast")
LONGEST_PAST = 4000
"""Characters of earlier turns that go along in words."""

_HOME = "/api/v1"
_TEXTS = ("delta", "content", "text", "chunk", "response", "message", "answer", "result", "data")
_LAST = ("done", "end", "complete", "completed", "finish", "finished", "stop")


def plan(message: Message, past: Sequence[Turn]) -> Plan:
    """One request a picture. A question without one is about the newest picture of the conversation."""
    notices = []
    images = message.images
    if not images:
        sent = [image for turn in past for image in turn.message.images if not image.stand_in]
        images = tuple(sent[-1:])
        if not images:
            raise PictureMissing(
                _("Concurred Vision needs a picture."),
                _("Add a picture, or choose another profile to ask without one."),
            )
    if len(images) > 1:
        notices.append(
            _(
                "Concurred Vision takes one picture at a time: these {count} are sent separately and not compared "
                "with each other."
            ).format(count=len(images))
        )
    if any(turn.answer.text.strip() for turn in past):
        notices.append(_("Concurred Vision keeps no conversation: earlier turns are sent as text, without pictures."))
    if message.effort:
        notices.append(_("Concurred Vision does not support reasoning effort, so it was left out."))
    if message.schema is not None:
        notices.append(_("Concurred Vision does not support JSON Schema: it is sent as text."))
    if len(images) == 1:
        return Plan((Part(replace(message, images=images), past),), tuple(notices))
    parts = []
    for at, image in enumerate(images):
        prompt = f"{message.prompt}\n\n(This is picture {label(at)} of {len(images)}.)".strip()
        title = _("Picture {label}: {name}").format(label=label(at), name=image.name)
        parts.append(Part(replace(message, prompt=prompt, images=(image,)), past, title))
    return Plan(tuple(parts), tuple(notices))


def build(profile: Profile, message: Message, past: Sequence[Turn]) -> HttpRequest:
    """``message`` is one of the plan: it has one picture."""
    if len(message.images) != 1:
        raise UsageError(_("Concurred Vision takes exactly one picture."), _("Ask about one picture at a time."))
    body = {
        "model": profile.model,
        "image": _image(profile, message.images[0]),
        "prompt": "\n\n".join(filter(None, _words(message, past))) or "Describe this picture.",
        "stream": True,
    }
    return HttpRequest("POST", endpoint(profile.base_url, "vision", _HOME), body, accept=STREAM_OR_JSON)


def parse(events: Iterable[ServerEvent], nearly_over: Callable[[bool], None] = no_clock) -> Iterator[AnswerEvent]:
    answer = Answering(nearly_over)
    for event in events:
        if is_done(event):
            answer.closed = True
            break
        yield from _read(answer, answer.read(event), event.event)
        if answer.closed:
            break
    yield from answer.end()


def parse_whole(body: Mapping[str, object]) -> Iterator[AnswerEvent]:
    answer = Answering()
    yield from _read(answer, body, "")
    answer.closed = True
    yield from answer.end()


def models(profile: Profile) -> tuple[HttpRequest, ...]:
    return (HttpRequest("GET", endpoint(profile.base_url, "vision", _HOME)),)


def _image(profile: Profile, image: PreparedImage) -> dict[str, object]:
    """Here an address is a plain string, and base64 stands without a ``data:`` before it."""
    if image.url and takes_address(profile, image.url):
        return {"type": "image_url", "image_url": image.url}
    if not image.data:
        raise UsageError(_("{name} is no longer available.").format(name=image.name), _("Add it again."))
    return {
        "type": "image_base64",
        "image_base64": {"data": Inline(image.data), "media_type": image.media_type},
    }


def _words(message: Message, past: Sequence[Turn]) -> Iterator[str]:
    yield message.system
    yield _told(past)
    yield message.prompt
    if message.schema is not None:
        yield f"Answer with JSON alone, which fits this JSON Schema: {json.dumps(message.schema)}"


def _told(past: Sequence[Turn]) -> str:
    """The newest turns in words; what was said first is left out first."""
    said: list[str] = []
    room = LONGEST_PAST
    for turn in reversed(past):
        if answer := turn.answer.text.strip():
            words = f"Question: {turn.message.prompt.strip()}\nAnswer: {answer}"
            if len(words) > room:
                words = f"{words[: room - 1]}…" if not said else ""
            if not words:
                break
            said.append(words)
            room -= len(words)
    return "\n\n".join(["The conversation so far:", *reversed(said), "The question now:"]) if said else ""


def _read(answer: Answering, told: Mapping[str, object], event: str) -> Iterator[AnswerEvent]:
    if told.get("choices"):
        yield from read_chunk(answer, told, event)
        return
    yield from answer.name(told.get("model"))
    kind = told.get("type", event)
    is_last = told.get("done") is True or (isinstance(kind, str) and kind.rpartition(".")[2].lower() in _LAST)
    if is_error(told, event):
        yield from answer.rest()
        raise reported_error(told)
    if not (is_last and answer.heard):  # the last event of many a stream repeats the whole
        yield from answer.say(_text(told))
    yield from answer.use(told.get("usage"))
    answer.stop(told.get("finish_reason"))
    answer.closed = answer.closed or is_last


def _text(told: Mapping[str, object], depth: int = 3) -> str:
    for name in _TEXTS:
        match told.get(name):
            case str(text) if text:
                return text
            case dict(inner) if depth and (text := _text(inner, depth - 1)):
                return text
    return ""
