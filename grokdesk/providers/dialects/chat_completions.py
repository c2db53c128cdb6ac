"""The dialect that nearly every server speaks: ``POST /v1/chat/completions``.

Sources: https://docs.x.ai/docs/api-reference#chat-completions,
https://platform.openai.com/docs/api-reference/chat-streaming, https://openrouter.ai/docs
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

from grokdesk.model import FILTERED, FINISHED, LENGTH, AnswerEvent, Message, PreparedImage, Profile, Turn
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
from grokdesk.providers.formats.base_url import endpoint, is_xai, own_model_list
from grokdesk.providers.formats.error_bodies import is_error
from grokdesk.providers.formats.finish_reasons import reason_of
from grokdesk.providers.formats.protocol import STREAM_OR_JSON, HttpRequest, ServerEvent
from grokdesk.providers.formats.server_errors import reported_error

__all__ = ["KNOWN_MODELS", "auth", "build", "models", "parse", "parse_whole", "plan"]

KNOWN_MODELS: tuple[str, ...] = ()
_OTHER_REASONS = frozenset({"native_finish_reason", "finishReason", "finish_details"})


def build(profile: Profile, message: Message, past: Sequence[Turn]) -> HttpRequest:
    """What stays the same from turn to turn comes first, so that a cache of prompts knows the beginning."""
    body: dict[str, object] = {
        "model": profile.model,
        "messages": [
            {"role": said.role, "content": _content(profile, said)} for said in conversation(profile, message, past)
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if message.effort:
        body["reasoning_effort"] = message.effort
    if message.schema is not None:
        schema = {"name": "answer", "schema": message.schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    # Source: https://docs.x.ai/developers/advanced-api-usage/prompt-caching
    headers = {"x-grok-conv-id": message.conversation} if message.conversation and is_xai(profile.base_url) else {}
    return HttpRequest(
        "POST", endpoint(profile.base_url, "chat/completions"), body, accept=STREAM_OR_JSON, headers=headers
    )


def parse(events: Iterable[ServerEvent], nearly_over: Callable[[bool], None] = no_clock) -> Iterator[AnswerEvent]:
    answer = Answering(nearly_over)
    for event in events:
        if is_done(event):
            answer.closed = True
            break
        told = answer.read(event)
        yield from read_chunk(answer, told, event.event)
        if answer.finish and told.get("usage") and not told.get("choices"):
            # The usage we asked for is the last thing: some servers keep the connection open after it.
            if answer.is_ending:
                break
            nearly_over(True)
    yield from answer.end()


def parse_whole(body: Mapping[str, object]) -> Iterator[AnswerEvent]:
    answer = Answering()
    yield from read_chunk(answer, body, "")
    answer.closed = True
    yield from answer.end()


def models(profile: Profile) -> tuple[HttpRequest, ...]:
    usual = model_list(profile)
    if is_xai(profile.base_url):
        return language_model_list(profile), usual
    own = own_model_list(profile.base_url)
    return (HttpRequest("GET", own), usual) if own else (usual,)


def _content(profile: Profile, said: Said) -> str | list[dict[str, object]]:
    """Plain text stays a string: every server takes that, and not all of them take parts."""
    if len(said.parts) == 1 and isinstance(said.parts[0], str):
        return said.parts[0]
    return [
        {"type": "image_url", "image_url": {"url": picture_address(profile, part)}}
        if isinstance(part, PreparedImage)
        else {"type": "text", "text": part}
        for part in said.parts
    ]


def read_chunk(answer: Answering, told: Mapping[str, object], event: str) -> Iterator[AnswerEvent]:
    """One chunk of a stream, or a whole body: they differ in a word. What most chunks lack is not asked for further."""
    if (model := told.get("model")) != answer.model:
        yield from answer.name(model)
    if (choice := _first_choice(told.get("choices"))) is not None:
        reason = choice.get("finish_reason")
        delta, text = choice.get("delta"), ""
        if delta and isinstance(delta, dict):
            if reasoning := _reasoning(delta):
                yield from answer.reason(reasoning)
            if text := _text(delta):
                yield from answer.say(text, is_last=bool(reason))
            elif delta.get("tool_calls") or delta.get("function_call"):
                answer.wants_tool = True
        if not text and ("message" in choice or "text" in choice):
            text = yield from _other_text(answer, choice, is_last=bool(reason))
        if reason or (len(choice) > 2 and not _OTHER_REASONS.isdisjoint(choice)):
            _stop(answer, choice, with_text=bool(text))
    usage = told.get("usage")
    if usage is None and isinstance(groq := told.get("x_groq"), dict):
        usage = groq.get("usage")
    if usage:
        yield from answer.use(usage)
    if is_error(told, event):
        yield from answer.rest()
        raise reported_error(told)


def _other_text(answer: Answering, choice: Mapping[str, object], *, is_last: bool) -> Generator[AnswerEvent, None, str]:
    """A choice without a piece of text may have the whole one: in ``message``, or in ``text`` as it was before chat."""
    message = choice.get("message")
    if isinstance(message, dict):
        if not answer.reasoned and (reasoning := _reasoning(message)):
            yield from answer.reason(reasoning)
        if text := _text(message):
            yield from answer.say_whole(text, is_last=is_last or bool(answer.finish))
            return text
        if message.get("tool_calls") or message.get("function_call"):
            answer.wants_tool = True
    piece = choice.get("text")
    if not isinstance(piece, str) or not piece:
        return ""
    is_last = is_last or bool(answer.finish)
    if is_last and answer.heard and len(piece) >= answer.length:  # the next piece, as a rule; at the end also the whole
        yield from answer.say_whole(piece)
    else:
        yield from answer.say(piece, is_last=is_last)
    return piece


def _stop(answer: Answering, choice: Mapping[str, object], *, with_text: bool) -> None:
    """OpenRouter tells the model's own reason beside the one that it makes of it; the one that says more counts."""
    reason = choice.get("finish_reason")
    details = choice.get("finish_details")
    own = reason_of(choice.get("native_finish_reason"))
    if own in (LENGTH, FILTERED) and reason_of(reason) in ("", FINISHED):
        reason = own
    reason = reason or choice.get("finishReason") or (details.get("type") if isinstance(details, dict) else None)
    answer.stop(reason or choice.get("native_finish_reason"), with_text=with_text)


def _first_choice(choices: object) -> dict[str, object] | None:
    if isinstance(choices, list):
        for choice in choices:
            if isinstance(choice, dict) and choice.get("index", 0) in (0, None):
                return choice
    return None


def _text(delta: Mapping[str, object]) -> str:
    content = delta.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return _joined(content, "text")
    for name in ("text", "refusal"):
        if isinstance(other := delta.get(name), str):
            return other
    return ""


def _reasoning(delta: Mapping[str, object]) -> str:
    """One of the names it has; a server that uses several says the same in each."""
    for name in ("reasoning_content", "reasoning"):
        if (text := delta.get(name)) and isinstance(text, str):
            return text
    details = delta.get("reasoning_details")
    return _joined(details, "text", "summary") if isinstance(details, list) else ""


def _joined(parts: Sequence[object], *names: str) -> str:
    texts = (part.get(name) for part in parts if isinstance(part, dict) for name in names)
    return "".join(text for text in texts if isinstance(text, str))
