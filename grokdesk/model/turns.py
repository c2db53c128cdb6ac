"""Questions, answers, and the conversations they make. Times are aware UTC datetimes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from grokdesk.model.pictures import Picture, PreparedImage
from grokdesk.model.request_limits import NOT_SENT, Place, Sent
from grokdesk.model.requests import Purpose
from grokdesk.translation import N_, _


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks: their text, the pictures, and the action that frames them."""

    text: str
    pictures: tuple[Picture, ...] = ()
    action_id: str = "ask"
    effort: str = ""
    """How hard the model is to think, in its own words; "" leaves it to the profile, and that to the server."""
    schema: Mapping[str, object] | None = field(default=None, hash=False)
    """A JSON Schema that the answer has to fit."""
    purpose: Purpose = field(default=Purpose(), compare=False)
    prepared: tuple[PreparedImage | None, ...] = field(default=(), compare=False, repr=False)
    """The pictures as they were scanned and shown, one for each: just these bytes are sent. None is not prepared yet;
    empty: none is."""
    is_decided: bool = field(default=True, compare=False)
    """False where the person has decided about what a scan found for another profile, and not for the one that is
    asked now."""


@dataclass(frozen=True, slots=True)
class Message:
    """One question as a provider receives it: the filled prompt and the images that leave with it."""

    prompt: str
    images: tuple[PreparedImage, ...] = ()
    system: str = ""
    needs_understanding: bool = True
    """False when reading the text in the pictures is all that is asked."""
    conversation: str = ""
    """Names the conversation for a server's cache of prompts; "" when there is none."""
    effort: str = ""
    schema: Mapping[str, object] | None = field(default=None, hash=False)
    purpose: Purpose = field(default=Purpose(), compare=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money, as far as the server told. ``output_tokens`` includes ``reasoning_tokens``."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    image_tokens: int | None = None
    total_tokens: int | None = None
    cost_usd: Decimal | None = None
    cost_is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """What is left of an error in an answer: enough for a person, nothing secret."""

    title: str
    hint: str


FINISHED, LENGTH, FILTERED, TOOL_CALLS = "stop", "length", "content_filter", "tool_calls"
STOPPED, CUT, FAILED, GAPS = "stopped", "cut", "failed", "gaps"
ANSWERING, INTERRUPTED = "under way", "interrupted"
"""How an answer ended. The first four are the server's word, as any other word is that it may have; STOPPED: by the
person; CUT: the connection or the server broke off after some text; FAILED: an error before any text; GAPS: a piece on
the way could not be read. In the history alone: ANSWERING while it comes; INTERRUPTED: the program ended before the
answer did."""

_ENDINGS = {
    STOPPED: N_("Stopped."),
    CUT: N_("The answer was cut off here."),
    INTERRUPTED: N_("GrokDesk quit before the answer was complete."),
    GAPS: N_("Part of the answer could not be read."),
    LENGTH: N_("The answer reached its length limit and is incomplete."),
    FILTERED: N_("The provider's content filter ended the answer."),
    TOOL_CALLS: N_("The model tried to call a tool, which GrokDesk does not support."),
}


def ending_of(finish: str) -> str:
    """How an answer ended, in a sentence; "" for a whole one, and where an error says it."""
    if finish in ("", FINISHED, FAILED, ANSWERING):
        return ""
    if finish in _ENDINGS:
        return _(_ENDINGS[finish])
    return _("The provider ended the answer early: “{reason}”.").format(reason=finish)


@dataclass(frozen=True, slots=True)
class Answer:
    text: str = ""
    reasoning: str = ""
    model: str = ""
    """The model that really answered, which may differ from the one that was asked."""
    finish: str = ""
    usage: Usage | None = None
    error: ErrorNote | None = None
    first_token_seconds: float | None = None
    seconds: float | None = None
    notices: tuple[str, ...] = ()
    """What the person was told about the way the question went; not kept in the history."""

    @property
    def is_whole(self) -> bool:
        """True for text that came to its end: what may be copied, or passed on, as an answer."""
        return self.finish in ("", FINISHED) and self.error is None and bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer, as it is shown, sent again as context, and kept in the history."""

    question: Question
    message: Message
    answer: Answer
    profile_name: str
    asked_at: datetime
    sent: Sent = NOT_SENT


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    turns: tuple[Turn, ...] = ()
    chosen: Mapping[Place, bool] = field(default_factory=dict, hash=False)
    """Earlier pictures that the person decided about: True is sent again, False is not."""
