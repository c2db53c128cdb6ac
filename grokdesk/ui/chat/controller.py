"""What happens when: asking, stopping, following up. Knows no widgets; views listen to its signals."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from grokdesk.actions.catalogue import ASK, Catalogue
from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model import (
    FILTERED,
    LENGTH,
    STOPPED,
    AskEvent,
    Conversation,
    Ended,
    Message,
    Profile,
    Question,
    Turn,
)
from grokdesk.model.request_limits import Place
from grokdesk.pictures.prepare.smaller import smaller_limits
from grokdesk.ui.kit.job import Job

if TYPE_CHECKING:
    from grokdesk.questions.ask import Asker
    from grokdesk.questions.context.context import Context
    from grokdesk.ui.compose.draft import Draft

STOP_GRACE_MS = 150
"""How long a stopped answer may take to end by itself before the window stops waiting for it."""


Told = Callable[[Ended | GrokDeskError], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the controller works with. The functions are called for every question, so that changed settings count."""

    asker: Callable[[], Asker]
    profile: Callable[[], Profile]


@dataclass(frozen=True, slots=True)
class _Answering:
    """The answer that is coming, and what it was asked with."""

    job: Job[AskEvent]
    catalogue: Catalogue
    profile: Profile
    told: Told | None = None
    """Hears how it ended, also when the answer is no longer shown."""


class Controller(QObject):
    """One conversation at a time; an answer that is still coming when the next conversation starts goes on unseen,
    and is kept in the history."""

    conversation_ended = Signal(str)
    """Its id; not for one in which nothing was asked."""
    conversation_started = Signal()
    asked = Signal(str, list)
    """What was asked, in words for the person, and the question's DraftPictures."""
    answer_begun = Signal(str, bool)
    """The model that is asked for, "" when it is left to the rule; whether the answer is plain text."""
    came = Signal(list)
    """AskEvents of the current answer, in order; the last of an answer is Ended."""
    stop_shown = Signal()
    """The answer was stopped but has not ended yet; what came of it stays."""
    result_ready = Signal(str)
    """An answer whose action wants it on the clipboard."""
    broke = Signal(object)
    """A Bug: the answer ended without an Ended."""
    busy_changed = Signal(bool)
    conversation_changed = Signal()
    """Another number of turns, or another choice among their pictures."""

    def __init__(self, parts: Parts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._conversation = Conversation(_new_id())
        self._answering: _Answering | None = None
        self._unseen: list[_Answering] = []

    def shut_down(self, seconds: float) -> None:
        """Stop every answer, seen or not, and wait at most so long until what came of them is kept."""
        jobs = [each.job for each in self._all]
        for job in jobs:
            job.cancel.throw()
        deadline = time.monotonic() + seconds
        for job in jobs:
            job.wait(max(0.0, deadline - time.monotonic()))

    @property
    def _all(self) -> list[_Answering]:
        return [*self._unseen, *([self._answering] if self._answering is not None else [])]

    # --- asking ---

    @property
    def is_busy(self) -> bool:
        return self._answering is not None

    @property
    def last_turn(self) -> Turn | None:
        return self._conversation.turns[-1] if self._conversation.turns else None

    @property
    def turns(self) -> tuple[Turn, ...]:
        return self._conversation.turns

    def context(self, message: Message) -> Context:
        """What goes along with ``message`` if it is asked now. Raises RequestTooLarge."""
        return self._parts.asker().upkeep.context(self._conversation, message, self._parts.profile())

    def choose(self, place: Place, goes: bool) -> None:
        """The person decided whether an earlier picture goes along from now on."""
        chosen = {**self._conversation.chosen, place: goes}
        self._conversation = replace(self._conversation, chosen=chosen)
        self.conversation_changed.emit()

    @Slot()
    def start_conversation(self) -> None:
        """Begin anew. An answer that is still coming is no longer shown."""
        before, was_used = self._conversation.id, self.is_busy or bool(self._conversation.turns or self._unseen)
        self._let_go()
        self._conversation = Conversation(_new_id())
        if was_used:
            self.conversation_ended.emit(before)
        self.conversation_started.emit()
        self.conversation_changed.emit()

    def submit(self, draft: Draft, text: str, action_id: str, told: Told | None = None) -> None:
        """Ask about what the draft holds, as the next turn of the conversation; the draft is empty afterwards.

        Does nothing while an answer is coming or a picture of the draft is still being loaded. ``told`` hears once
        how it ended.
        """
        if self.is_busy or draft.is_loading:
            if told is not None:
                told(Cancelled("GrokDesk is busy with another question."))
            return
        entries = draft.entries
        pictures = tuple(entry.picture for entry in entries if entry.picture is not None)
        draft.clear()
        question = Question(text, pictures, action_id)
        self.asked.emit(in_words(question, self._parts.asker().catalogue), list(entries))
        self._answer(question, told)

    @Slot()
    def retry(self) -> None:
        """Ask the last question again; the answer it had is no longer part of the conversation."""
        self._ask_again()

    @Slot()
    def retry_over_budget(self) -> None:
        """The same although the month's budget is used up, this once."""
        self._ask_again(may_exceed=True)

    def _ask_again(self, *, may_exceed: bool = False) -> None:
        last = self.last_turn
        if last is None or self.is_busy:
            return
        self._conversation = replace(self._conversation, turns=self._conversation.turns[:-1])
        purpose = replace(last.question.purpose, may_exceed=may_exceed)
        self._answer(replace(last.question, purpose=purpose))

    @Slot()
    def send_smaller(self) -> None:
        """The same with smaller pictures: half as large as they were sent."""
        last, profile = self.last_turn, self._parts.profile()
        if last is None or self.is_busy:
            return
        limits = smaller_limits(last.message.images, profile.limits)
        pictures = tuple(replace(picture, as_is=False) for picture in last.question.pictures)
        self._conversation = replace(self._conversation, turns=self._conversation.turns[:-1])
        self._answer(replace(last.question, pictures=pictures), None, replace(profile, limits=limits or profile.limits))

    @Slot()
    def stop(self) -> None:
        """Stop the answer that is coming; what came is kept."""
        if self._answering is None:
            return
        job = self._answering.job
        job.cancel.throw()
        QTimer.singleShot(STOP_GRACE_MS, self, partial(self._stop_waiting, job))

    def _answer(self, question: Question, told: Told | None = None, profile: Profile | None = None) -> None:
        from grokdesk.questions.ask import ask

        asker, profile, past = self._parts.asker(), profile or self._parts.profile(), self._conversation
        job: Job[AskEvent] = Job(lambda cancel: ask(asker, question, past, profile, cancel), "ask", self)
        self._answering = _Answering(job, asker.catalogue, profile, told)
        job.arrived.connect(self._take)
        job.failed.connect(self._break)
        job.ended.connect(self._answer_ended)
        self.answer_begun.emit(profile.model, comes_plain(question, asker.catalogue, profile))
        self.busy_changed.emit(True)
        job.start()

    @Slot(list)
    def _take(self, events: list[AskEvent]) -> None:
        now, job = self._answering, self.sender()
        if isinstance(events[-1], Ended):
            self._tell(events[-1])
        if now is None or job is not now.job:
            return
        self.came.emit(events)
        for event in events:
            if isinstance(event, Ended):
                self._conversation = replace(self._conversation, turns=(*self._conversation.turns, event.turn))
                self.conversation_changed.emit()
                if wants_copy(event, now.catalogue, now.profile):
                    self.result_ready.emit(event.turn.answer.text.strip())

    @Slot(object)
    def _break(self, error: GrokDeskError) -> None:
        self._tell(error)
        self.broke.emit(error)

    @Slot()
    def _answer_ended(self) -> None:
        job = self.sender()
        self._unseen = [unseen for unseen in self._unseen if unseen.job is not job]
        if self._answering is not None and self._answering.job is job:
            self._answering = None
            self.busy_changed.emit(False)

    def _tell(self, outcome: Ended | GrokDeskError) -> None:
        """Tell whoever asked for the answer that the sender of the present signal has given."""
        for each in self._all:
            if each.job is self.sender() and each.told is not None:
                each.told(outcome)

    def _stop_waiting(self, job: Job[AskEvent]) -> None:
        """A thread that cannot be woken, say in a name look-up, must not keep the window busy."""
        if self._answering is not None and self._answering.job is job:
            self._let_go()
            self.stop_shown.emit()

    def _let_go(self) -> None:
        """Go on without the answer that is coming; it goes on without us, and is kept."""
        if self._answering is not None:
            self._unseen.append(self._answering)
            self._answering = None
            self.busy_changed.emit(False)


def _new_id() -> str:
    return os.urandom(16).hex()


def in_words(question: Question, catalogue: Catalogue) -> str:
    """What the person asked: their own words, and which action ran on them."""
    title, text = catalogue.get(question.action_id).title, question.text.strip()
    if question.action_id == ASK:
        return text
    return f"{title}: {text}" if text else title


def comes_plain(question: Question, catalogue: Catalogue, profile: Profile) -> bool:
    """True when the answer is to be shown as it is, line by line, and not as Markdown."""
    action = catalogue.get(question.action_id)
    only_read = profile.dialect == "on-this-computer" and action.needs_understanding
    return action.result == "plain" and not only_read


def wants_copy(ended: Ended, catalogue: Catalogue, profile: Profile) -> bool:
    """True for a whole answer of an action that ends on the clipboard.

    Text that was only read where understanding was asked for is not what the person wants to paste.
    """
    answer, message = ended.turn.answer, ended.turn.message
    if ended.error is not None or not answer.text.strip() or answer.finish in (STOPPED, LENGTH, FILTERED):
        return False
    if profile.dialect == "on-this-computer" and message.needs_understanding:
        return False
    return catalogue.get(ended.turn.question.action_id).then == "copy"
