"""An answer while it comes in: what every dialect does with the parts it finds."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

from grokdesk.errors import Interrupted, ServerTrouble
from grokdesk.model import (
    FILTERED,
    FINISHED,
    LENGTH,
    TOOL_CALLS,
    AnswerEvent,
    Finished,
    ModelNamed,
    ReasoningDelta,
    TextDelta,
    Usage,
    UsageReported,
)
from grokdesk.providers.formats.protocol import ServerEvent
from grokdesk.providers.formats.server_errors import told_error
from grokdesk.providers.formats.thinking import LeadingThought
from grokdesk.providers.formats.usage import usage_from

log = logging.getLogger(__name__)

_DONE = "[DONE]"
_decode = json.JSONDecoder().raw_decode

LONGEST_ANSWER = 16_000_000
"""Characters, the reasoning included."""

_FAILURES = ("error", "failed", "cancelled")

# What servers call the ends that we have words for; any other word is passed on.
_REASONS = {
    "completed": FINISHED,
    "end_turn": FINISHED,
    "eos": FINISHED,
    "max_tokens": LENGTH,
    "max_output_tokens": LENGTH,
    "max_prompt_tokens": LENGTH,
    "incomplete": LENGTH,
    "function_call": TOOL_CALLS,
    "refusal": FILTERED,
}


class Answering:
    """Lives as long as one answer. Its methods give the events that a part of the answer causes."""

    def __init__(self, nearly_over: Callable[[], None] = lambda: None) -> None:
        self._nearly_over = nearly_over
        self.finish = ""
        """The server's last word on why it ended, "" until it comes."""
        self.closed = False
        """True once the server has said that nothing follows."""
        self.heard = False
        """True once the server has sent text, be it part of the answer or not."""
        self.reasoned = False
        self.model = ""
        """The one that answers, as the server last named it."""
        self._answered = False
        self._thought = LeadingThought()
        self._size = 0
        self._half, self._half_reason = "", ""

    def name(self, model: object) -> list[AnswerEvent]:
        """The model that answers: told once, and again when it changes."""
        if not isinstance(model, str) or not model or model == self.model:
            return []
        self.model = model
        return [ModelNamed(mended(model))]

    def say(self, text: object) -> list[AnswerEvent]:
        if not isinstance(text, str) or not text:
            return []
        self.heard = True
        if self._half or not text.isascii():
            text, self._half = _without_half(self._half + text)
        self._count(text)
        if text and self._thought.is_over:  # nearly always
            self._answered = True
            return [TextDelta(text)]
        return self._events(*self._thought.split(text))

    def reason(self, text: object) -> list[AnswerEvent]:
        if not isinstance(text, str) or not text:
            return []
        self.reasoned = True
        if self._half_reason or not text.isascii():
            text, self._half_reason = _without_half(self._half_reason + text)
        self._count(text)
        return [ReasoningDelta(text)] if text else []

    def use(self, told: object) -> list[AnswerEvent]:
        """No tokens at all are those of a server that does not count."""
        usage = usage_from(told) if isinstance(told, dict) else Usage()
        return [UsageReported(usage)] if usage.total_tokens != 0 and usage != Usage() else []

    def stop(self, reason: object) -> None:
        """Why the server ended; the first reason stays."""
        if isinstance(reason, str) and reason and not self.finish:
            self.finish = _REASONS.get(reason, mended(reason))
            self._nearly_over()

    def rest(self) -> list[AnswerEvent]:
        """What was held back. To be called before the end, or an error, is told."""
        reasoning, text = self._thought.rest()
        half, self._half = self._half, ""
        return self._events(reasoning, text + mended(half))

    def end(self) -> Iterator[AnswerEvent]:
        """The end of the reply: Finished, or Interrupted when the answer was not over, or ServerTrouble when there was
        none."""
        yield from self.rest()
        if self.finish in _FAILURES:
            raise told_error({})
        if not self._answered and self.finish in ("", FINISHED) and not (self.reasoned and not self._is_over):
            raise ServerTrouble("The server sent an empty answer.", "Ask again, or choose another model.")
        if not self._is_over:
            raise Interrupted("The answer broke off before its end.", "Ask again.")
        yield Finished(self.finish or FINISHED)

    @property
    def _is_over(self) -> bool:
        return self.closed or bool(self.finish)

    def _count(self, text: str) -> None:
        self._size += len(text)
        if self._size > LONGEST_ANSWER:
            raise Interrupted(
                "The answer does not end.", f"It was stopped after {LONGEST_ANSWER // 1_000_000} million letters."
            )

    def _events(self, reasoning: str, text: str) -> list[AnswerEvent]:
        events = self.reason(reasoning)
        if text:
            self._answered = True
            events.append(TextDelta(text))
        return events


def mended(text: str) -> str:
    """The text without halves of characters, which JSON can spell but no file and no window can take.

    Two halves that belong together become the character they mean.
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_half(text: str) -> tuple[str, str]:
    """The text as far as it is whole, and the half of a character that ends it: the next piece may have the rest."""
    if "\ud800" <= text[-1] <= "\udbff":
        return mended(text[:-1]), text[-1]
    return mended(text), ""


def is_done(event: ServerEvent) -> bool:
    """The last event of many servers, which is no JSON."""
    return event.data.startswith(_DONE) or (event.data[:1] == " " and event.data.strip() == _DONE)


def told_by(event: ServerEvent) -> dict[str, object]:
    """The JSON object of an event; empty for anything else, so that one broken event does not end an answer."""
    text = event.data.strip()
    try:
        told, end = _decode(text)  # json.loads comes to the same, and looks for blanks twice more
    except (ValueError, RecursionError):
        end = -1
    if end != len(text):
        log.info("an event of %d characters is not JSON", len(event.data))
        return {}
    return told if isinstance(told, dict) else {}
