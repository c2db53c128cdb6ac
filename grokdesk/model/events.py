"""What happens while an answer comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grokdesk.errors import GrokDeskError
from grokdesk.model.pictures import PreparedImage
from grokdesk.model.turns import Turn, Usage


@dataclass(frozen=True, slots=True)
class Prepared:
    """The images are ready and about to leave."""

    images: tuple[PreparedImage, ...]


@dataclass(frozen=True, slots=True)
class Retrying:
    """The server could not be reached or asked us to wait; the question goes out again in ``seconds``."""

    why: str
    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """A sentence for the person: the question goes out, or is answered, otherwise than they may expect."""

    sentence: str
    is_minor: bool = False
    """True for what only who looks wants to know."""
    passed_over: str = ""
    """The model that was asked for, when another one answers. What shows who answers says it there."""


@dataclass(frozen=True, slots=True)
class ModelNamed:
    model: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class TextReplaced:
    """The answer so far, in the place of all text that came before: it was thinking, or a part of it was lost."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Replaces every earlier report: some servers repeat a running total."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    reason: str


AnswerEvent = Retrying | Noticed | ModelNamed | TextDelta | TextReplaced | ReasoningDelta | UsageReported | Finished
"""What a provider yields."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The last thing that happens to every question, whatever went wrong on the way."""

    turn: Turn
    error: GrokDeskError | None = None
    not_saved: GrokDeskError | None = None
    """Why the history does not have the turn."""


AskEvent = Prepared | AnswerEvent | Ended
"""What ``asking.ask`` yields: Prepared, the provider's events, then exactly one Ended."""

Clock = Callable[[], float]
"""Seconds of a clock that never goes back."""
