"""One answer out of several requests: each part under its label, what they took added up, one end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grokdesk.model import FINISHED, AnswerEvent, Finished, TextDelta, Usage, UsageReported
from grokdesk.providers.formats.usage import added


def joined(parts: Iterable[tuple[str, Iterator[AnswerEvent]]]) -> Iterator[AnswerEvent]:
    """The events of all parts in order, each a label and its events. What a part raises ends the answer."""
    before, finish, is_first = Usage(), FINISHED, True
    for label, events in parts:
        heading = f"{label}\n\n" if is_first else f"\n\n{label}\n\n"
        took = Usage()
        for event in events:
            match event:
                case TextDelta(text):
                    yield TextDelta(heading + text)
                    heading = ""
                case UsageReported(usage):
                    took = usage
                    yield UsageReported(took if is_first else added(before, took))
                case Finished(reason):
                    finish = reason if finish == FINISHED else finish
                case _:
                    yield event
        before = took if is_first else added(before, took)
        is_first = False
    yield Finished(finish)
