"""A provider that says what a test wants, and the parts around it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from grokdesk.actions.catalogue import Action, Catalogue
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotReachable
from grokdesk.model import Answer, AnswerEvent, Finished, Message, ModelNamed, Picture, Profile, TextDelta, Turn
from grokdesk.providers.formats.protocol import Provider
from grokdesk.questions.ask import Asker, Preparer, TurnKeeper
from tests.support.images.pictures import prepare_plainly

PROFILE = Profile("test", "Test server", "chat-completions", "http://127.0.0.1:9", "some-model")
CATALOGUE = Catalogue(
    (
        Action("ask", "Ask", "{{text}}", order=1),
        Action("alt-text", "Alt text", "Write alt text. {{text}}", order=2, result="plain", then="copy"),
        Action(
            "read-text", "Read the text", "Read.", order=3, result="plain", needs_understanding=False, lossless=True
        ),
    )
)


@dataclass
class Scripted:
    """Yields its events in order; a GrokDeskError among them is raised, a float waits that many seconds for Stop."""

    script: Sequence[AnswerEvent | Exception | float] = (ModelNamed("m-1"), TextDelta("Hello"), Finished("stop"))
    asked: list[tuple[Message, tuple[Turn, ...]]] = field(default_factory=list)

    def answer(self, message: Message, past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        self.asked.append((message, tuple(past)))
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, float):
                cancel.sleep(step)
            else:
                yield step


@dataclass
class Kept:
    """A TurnKeeper that keeps in memory."""

    turns: list[tuple[str, Turn]] = field(default_factory=list)

    begun: list[tuple[str, Turn]] = field(default_factory=list)
    noted: list[Answer] = field(default_factory=list)

    def save(self, conversation_id: str, turn: Turn) -> int:
        self.turns.append((conversation_id, turn))
        return 0

    def begin(self, conversation_id: str, turn: Turn) -> int:
        self.begun.append((conversation_id, turn))
        return len(self.begun)

    def note_answer(self, entry_id: int, answer: Answer) -> None:
        self.noted.append(answer)

    def end(self, entry_id: int, turn: Turn) -> None:
        self.turns.append((self.begun[entry_id - 1][0], turn))


def _no_download(url: str, _cancel: CancelSwitch) -> Picture:
    raise NotReachable(f"Nothing is fetched in this test: {url}")


def asker(
    provider: Provider,
    keeper: TurnKeeper | None = None,
    prepare: Preparer = prepare_plainly,
    actions: Iterable[Action] = (),
) -> Asker:
    catalogue = Catalogue((*CATALOGUE.actions, *actions))
    return Asker(
        catalogue, prepare, lambda _profile: provider, _no_download, keeper, time.monotonic, lambda: datetime.now(UTC)
    )
