"""Answer events put together, so that a test can compare them with what it expects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from grokdesk.errors import GrokDeskError
from grokdesk.model import (
    AnswerEvent,
    Finished,
    ModelNamed,
    Noticed,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TextReplaced,
    Usage,
    UsageReported,
)


@dataclass
class Heard:
    text: str = ""
    reasoning: str = ""
    models: list[str] = field(default_factory=list)
    finish: list[str] = field(default_factory=list)
    usage: Usage | None = None
    retries: list[Retrying] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    error: GrokDeskError | None = None
    """What was raised at the end; what came before it is in the other fields."""


def heard(events: Iterable[AnswerEvent]) -> Heard:
    """Listen to the end, or to the error."""
    all_of_it = Heard()
    try:
        for event in events:
            match event:
                case TextDelta(text):
                    all_of_it.text += text
                case TextReplaced(text):
                    all_of_it.text = text
                case ReasoningDelta(text):
                    all_of_it.reasoning += text
                case ModelNamed(model):
                    all_of_it.models.append(model)
                case UsageReported(usage):
                    all_of_it.usage = usage
                case Finished(reason):
                    all_of_it.finish.append(reason)
                case Noticed(sentence):
                    all_of_it.notices.append(sentence)
                case Retrying():
                    all_of_it.retries.append(event)
    except GrokDeskError as error:
        all_of_it.error = error
    return all_of_it
