"""The dialect that xAI prefers: ``POST /v1/responses``; OpenAI, OpenRouter, Ollama and LM Studio speak it too.

Sources: https://docs.x.ai/docs/api-reference#create-new-response,
https://platform.openai.com/docs/api-reference/responses-streaming
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

from grokdesk.model import AnswerEvent, Message, PreparedImage, Profile, Turn
from grokdesk.providers.dialects.openai_family import (
    Said,
    auth,
    conversation,
    language_model_list,
    model_list,
    picture_address,
    plan,
)
from grokdesk.providers.formats.answering import Answering, is_done, no_clock
from grokdesk.providers.formats.base_url import endpoint, is_xai
from grokdesk.providers.formats.error_bodies import is_error
from grokdesk.providers.formats.protocol import STREAM_OR_JSON, HttpRequest, ServerEvent
from grokdesk.providers.formats.server_errors import reported_error

__all__ = ["KNOWN_MODELS", "auth", "build", "models", "parse", "parse_whole", "plan"]

KNOWN_MODELS: tuple[str, ...] = ()

_REASONING = ("response.reasoning_summary_text", "response.reasoning_text")
_WORDS = ("message", "reasoning", "text", "output_text", "refusal", "compaction")
_MOST_PARTS = 10_000
_TERMINAL = ("response.completed", "response.incomplete", "response.done")


def build(profile: Profile, message: Message, past: Sequence[Turn]) -> HttpRequest:
    """``store`` is false: xAI keeps answers for 30 days otherwise, and asks for it where there are images."""
    body: dict[str, object] = {
        "model": profile.model,
        "input": [
            {"role": said.role, "content": _content(profile, said)} for said in conversation(profile, message, past)
        ],
        "stream": True,
        "store": False,
    }
    if message.effort:
        body["reasoning"] = {"effort": message.effort}
    if message.schema is not None:
        body["text"] = {"format": {"type": "json_schema", "name": "answer", "schema": message.schema, "strict": True}}
    if message.conversation and is_xai(profile.base_url):
        body["prompt_cache_key"] = message.conversation
    return HttpRequest("POST", endpoint(profile.base_url, "responses"), body, accept=STREAM_OR_JSON)


def parse(
    events: Iterable[ServerEvent],
    nearly_over: Callable[[bool], None] = no_clock,  # noqa: ARG001  (here the end is one event, with everything in it)
) -> Iterator[AnswerEvent]:
    stream = _Stream()
    for event in events:
        if is_done(event):
            stream.answer.closed = True
            break
        told = stream.answer.read(event)
        yield from stream.read(told, event.event)
        if stream.over:
            break
    yield from stream.answer.end()


def parse_whole(body: Mapping[str, object]) -> Iterator[AnswerEvent]:
    stream = _Stream()
    yield from stream.read_whole(body)
    yield from stream.answer.end()


def models(profile: Profile) -> tuple[HttpRequest, ...]:
    return language_model_list(profile), model_list(profile)


def _content(profile: Profile, said: Said) -> str | list[dict[str, object]]:
    """Plain text for the system and the assistant: ``input_text`` would be refused there, and ``output_text`` is only
    known together with the id of an answer that the server has stored."""
    if said.role != "user":
        return "".join(part for part in said.parts if isinstance(part, str))
    return [
        {"type": "input_image", "image_url": picture_address(profile, part), "detail": "auto"}
        if isinstance(part, PreparedImage)
        else {"type": "input_text", "text": part}
        for part in said.parts
    ]


class _Stream:
    """One answer: remembers which parts came piece by piece, as every part comes again as a whole."""

    def __init__(self) -> None:
        self.answer = Answering()
        self.over = False
        self._parts: dict[Hashable, list[str]] = {}
        """The pieces of each part of the text and of the reasoning, by its place."""
        self._reasoning_part: Hashable = None

    def read(self, told: Mapping[str, object], event: str) -> Iterator[AnswerEvent]:
        """One event. Its name is in ``type``, or only in the stream's ``event`` field."""
        kind = told.get("type", event)
        if not isinstance(kind, str):
            return
        subject, _, verb = kind.rpartition(".")
        if subject in ("response.output_text", "response.refusal"):
            yield from self._text(told, verb)
        elif subject in _REASONING:
            yield from self._reasoning(told, subject, verb)
        elif is_error(told, event):
            response = told.get("response")
            if isinstance(response, dict):
                yield from self.answer.name(response.get("model"))
                yield from self.answer.use(response.get("usage"))
            yield from self.answer.rest()
            raise reported_error(told)
        elif isinstance(response := told.get("response"), dict):
            yield from self.answer.name(response.get("model"))
            if kind in _TERMINAL:
                self.over = True
                yield from self.read_whole(response)
        elif isinstance(item := told.get("item"), dict) and _is_tool(item):
            self.answer.wants_tool = True
        elif kind == "response.output_item.done" and isinstance(item, dict) and not self.answer.heard:
            yield from self.answer.say("".join(_message_texts([item])))

    def read_whole(self, response: Mapping[str, object]) -> Iterator[AnswerEvent]:
        """A whole answer; of its texts only what did not come before."""
        answer = self.answer
        yield from answer.name(response.get("model"))
        output = response.get("output")
        items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
        if not answer.reasoned:
            yield from answer.reason("\n\n".join(_texts(items, "reasoning", ("summary", "content"), ("text",))))
        yield from answer.say_whole("".join(_message_texts(items)))
        if not answer.heard and isinstance(text := response.get("output_text"), str):
            yield from answer.say(text)
        yield from answer.use(response.get("usage"))
        answer.wants_tool = answer.wants_tool or any(map(_is_tool, items))
        if is_error(response):
            yield from answer.rest()
            raise reported_error(response)
        answer.stop(_finish(response))

    def _text(self, told: Mapping[str, object], verb: str) -> Iterator[AnswerEvent]:
        place = _place(told, "output_index", "content_index")
        if verb == "delta":
            delta = told.get("delta")
            if isinstance(delta, str):
                self._part(place).append(delta)
                yield from self.answer.say(delta)
        elif verb == "done":
            text = told.get("text") or told.get("refusal")
            if isinstance(text, str) and not self._is_known(place, text, "text"):
                if place in self._parts and len(self._parts) == 1:  # it differs: a piece was lost
                    yield from self.answer.say_whole(text)
                elif place not in self._parts:
                    self._part(place).append(text)
                    yield from self.answer.say(text)

    def _reasoning(self, told: Mapping[str, object], subject: str, verb: str) -> Iterator[AnswerEvent]:
        part = (subject, *_place(told, "output_index", "summary_index", "content_index"))
        text = told.get("delta") if verb == "delta" else told.get("text") if verb == "done" else None
        if not isinstance(text, str) or (
            verb == "done" and (part in self._parts or self._is_known(part, text, subject))
        ):
            return
        self._part(part).append(text)
        if self._reasoning_part not in (None, part) and text:
            yield from self.answer.reason("\n\n")
        self._reasoning_part = part
        yield from self.answer.reason(text)

    def _part(self, place: Hashable) -> list[str]:
        part = self._parts.get(place)
        if part is None:
            part = []
            if len(self._parts) < _MOST_PARTS:
                self._parts[place] = part
        return part

    def _is_known(self, place: tuple[object, ...], text: str, subject: str) -> bool:
        """True for the whole of a part that came in pieces. Some servers give it another place than its pieces, or
        none, so every part of the kind is compared."""
        wanted = text.strip()
        kind = len(place)
        return any(
            len(other) == kind and (subject == "text" or other[0] == subject) and "".join(pieces).strip() == wanted
            for other, pieces in self._parts.items()
            if isinstance(other, tuple)
        ) or (subject == "text" and self.answer.has_said(wanted))


def _place(told: Mapping[str, object], *names: str) -> tuple[object, ...]:
    return tuple(place if isinstance(place := told.get(name), (int, str)) else None for name in names)


def _texts(
    items: Sequence[Mapping[str, object]], kind: str, lists: Sequence[str], names: Sequence[str]
) -> Iterator[str]:
    for item in items:
        parts = next((item[name] for name in lists if item.get("type") == kind and item.get(name)), None)
        for part in parts if isinstance(parts, list) else ():
            for name in names:
                if isinstance(part, dict) and isinstance(text := part.get(name), str):
                    yield text


def _message_texts(items: Sequence[Mapping[str, object]]) -> Iterator[str]:
    return _texts(items, "message", ("content",), ("text", "refusal"))


def _is_tool(item: Mapping[str, object]) -> bool:
    """Everything that an answer can hold beside words and thoughts is a tool that was called, or is asked for."""
    kind = item.get("type")
    return isinstance(kind, str) and kind not in (
        "message",
        "reasoning",
        "text",
        "output_text",
        "refusal",
        "compaction",
    )


def _finish(response: Mapping[str, object]) -> object:
    details = response.get("incomplete_details")
    if isinstance(details, dict) and details.get("reason"):
        return details["reason"]
    return response.get("status", "completed")
