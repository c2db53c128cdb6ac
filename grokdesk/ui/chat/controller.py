"""One conversation: asking, stopping, asking again. Knows no widgets; views listen to its signals."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from grokdesk.actions.catalogue import ASK, Catalogue
from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model import (
    CUT,
    FAILED,
    STOPPED,
    Answer,
    AskEvent,
    Conversation,
    Ended,
    ErrorNote,
    Message,
    Prepared,
    Profile,
    Question,
    Retrying,
    TextDelta,
    TextReplaced,
    Turn,
)
from grokdesk.model.request_limits import Place
from grokdesk.pictures.prepare.smaller import smaller_limits
from grokdesk.translation import _
from grokdesk.ui.kit.job import Job

if TYPE_CHECKING:
    from grokdesk.questions.ask import Asker
    from grokdesk.questions.context.context import Context
    from grokdesk.questions.context.rules import Upkeep
    from grokdesk.ui.compose.draft import Draft

STOP_GRACE_MS = 150
"""How long a stopped answer may take to end by itself before the window stops waiting for it."""

OnEnd = Callable[[Ended | GrokDeskError], None]
"""Called once with how a question ended."""


@dataclass(slots=True)
class _Asking:
    """A question that went out and has not ended; ``id`` is that of its turn."""

    id: int
    job: Job[AskEvent]
    catalogue: Catalogue
    profile: Profile
    on_end: OnEnd | None
    text: list[str] = field(default_factory=list)
    waits_to_retry: bool = False
    has_ended: bool = False


class Controller(QObject):
    """A question is a turn of the conversation from the moment it is asked, whatever becomes of it.

    At most one answer is shown as coming. One that was stopped and cannot be woken goes on without being shown until
    its thread ends; what it says then still belongs to its own turn, which is found by its id.
    """

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
    """Another number of turns, another answer of one, or another choice among their pictures."""

    def __init__(
        self,
        make_asker: Callable[[], Asker],
        profile: Callable[[], Profile],
        parent: QObject | None = None,
        make_upkeep: Callable[[], Upkeep] | None = None,
    ) -> None:
        """The first two are called for every question, so that changed settings count. ``make_upkeep`` is called once,
        for what is only shown, on the thread of the windows and after every pause in typing: it must not read files.
        """
        super().__init__(parent)
        self._make_asker, self._profile = make_asker, profile
        self._make_upkeep = make_upkeep or (lambda: make_asker().upkeep)
        self._upkeep: Upkeep | None = None
        self._conversation = Conversation(_new_id())
        self._turn_ids: list[int] = []
        """One for each turn of the conversation, in their order."""
        self._asked_of = ""
        """The id of the profile of the last question: two may have one name."""
        self._ids = itertools.count(1)
        self._asking: dict[int, _Asking] = {}
        """What has not ended, by the id of its turn."""
        self._current: int | None = None
        """The turn whose answer is shown as it comes."""
        self._is_retired = False

    def shut_down(self, seconds: float) -> None:
        """Stop every answer, shown or not, and wait at most so long until what came of them is kept."""
        jobs = [each.job for each in self._asking.values()]
        for job in jobs:
            job.cancel.throw()
        deadline = time.monotonic() + seconds
        for job in jobs:
            job.wait(max(0.0, deadline - time.monotonic()))

    # --- what it holds ---

    @property
    def is_busy(self) -> bool:
        return self._current is not None

    @property
    def waits_to_retry(self) -> bool:
        """The server could not be reached, and nothing is on its way until the question goes out again."""
        return self._current is not None and self._asking[self._current].waits_to_retry

    @property
    def last_turn(self) -> Turn | None:
        return self._conversation.turns[-1] if self._conversation.turns else None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The one whose answer is coming included."""
        return self._conversation.turns

    def context(self, message: Message) -> Context:
        """What goes along with ``message`` if it is asked now. Raises RequestTooLarge."""
        turns = self._conversation.turns
        is_coming = self._current is not None and not self._asking[self._current].has_ended
        settled = turns[:-1] if is_coming else turns
        if self._upkeep is None:
            self._upkeep = self._make_upkeep()
        return self._upkeep.context(replace(self._conversation, turns=settled), message, self._profile())

    def choose(self, place: Place, goes: bool) -> None:
        """The person decided whether an earlier picture goes along from now on."""
        chosen = {**self._conversation.chosen, place: goes}
        self._conversation = replace(self._conversation, chosen=chosen)
        self.conversation_changed.emit()

    # --- asking ---

    @Slot()
    def start_conversation(self) -> None:
        """Begin anew. An answer that is still coming is stopped: nobody could see or stop it any more."""
        before, was_used = self._conversation.id, bool(self._turn_ids)
        if self._current is not None:
            self._asking[self._current].job.cancel.throw()
            self._let_go()
        self._conversation, self._turn_ids = Conversation(_new_id()), []
        if was_used:
            self.conversation_ended.emit(before)
        self.conversation_started.emit()
        self.conversation_changed.emit()

    def retire(self) -> None:
        """Nothing is asked any more; deleted once what was stopped has ended and whoever waits for it knows."""
        self._is_retired = True
        self.start_conversation()
        if not self._asking:
            self.deleteLater()

    def submit(self, draft: Draft, text: str, action_id: str, on_end: OnEnd | None = None) -> None:
        """Ask about what the draft holds, as the next turn of the conversation; the draft is empty afterwards.

        Does nothing while an answer is coming or a picture of the draft is still being loaded.
        """
        if self.is_busy or draft.is_loading:
            if on_end is not None:
                on_end(Cancelled(_("GrokDesk is busy with another question.")))
            return
        entries = draft.entries
        pictures = tuple(entry.picture for entry in entries if entry.picture is not None)
        prepared = draft.prepared
        question, asker = Question(text, pictures, action_id, prepared=prepared), self._make_asker()
        draft.clear()
        self.asked.emit(in_words(question, asker.catalogue), list(entries))
        message = Message(text, tuple(image for image in prepared if image is not None))
        self._ask(asker, question, message, self._profile(), on_end)

    @Slot()
    def retry(self) -> None:
        """Ask the last question again; the answer it had is no longer part of the conversation."""
        self._ask_again()

    @Slot()
    def retry_over_budget(self) -> None:
        """The same although the month's budget is used up, this once."""
        self._ask_again(may_exceed=True)

    @Slot()
    def send_smaller(self) -> None:
        """The same with smaller pictures: half as large as they were sent."""
        last, profile = self.last_turn, self._profile()
        if last is None or self.is_busy:
            return
        limits = smaller_limits(last.message.images, profile.limits) or profile.limits
        pictures = tuple(replace(picture, as_is=False) for picture in last.question.pictures)
        smaller = replace(last.question, pictures=pictures, prepared=())
        self._ask_again(smaller, replace(profile, limits=limits))

    def _ask_again(
        self, question: Question | None = None, profile: Profile | None = None, *, may_exceed: bool = False
    ) -> None:
        last = self.last_turn
        if last is None or self.is_busy:
            return
        question = question or last.question
        profile = profile or self._profile()
        question = replace(
            question,
            purpose=replace(question.purpose, may_exceed=may_exceed),
            is_decided=question.is_decided and (profile.id, profile.name) == (self._asked_of, last.profile_name),
        )
        self._conversation = replace(self._conversation, turns=self._conversation.turns[:-1])
        self._turn_ids.pop()
        message = Message(question.text, last.message.images)
        self._ask(self._make_asker(), question, message, profile)

    @Slot()
    def stop(self) -> None:
        """Stop the answer that is coming; what came is kept."""
        if self._current is None:
            return
        self._asking[self._current].job.cancel.throw()
        QTimer.singleShot(STOP_GRACE_MS, self, partial(self._stop_waiting, self._current))

    def _ask(
        self, asker: Asker, question: Question, message: Message, profile: Profile, on_end: OnEnd | None = None
    ) -> None:
        from grokdesk.questions.ask import ask

        self._asked_of = profile.id
        past, id_ = self._conversation, next(self._ids)
        turn = Turn(question, message, Answer(), profile.name, datetime.now(UTC))
        self._conversation = replace(past, turns=(*past.turns, turn))
        self._turn_ids.append(id_)
        job: Job[AskEvent] = Job(lambda cancel: ask(asker, question, past, profile, cancel), "ask", self)
        self._asking[id_] = _Asking(id_, job, asker.catalogue, profile, on_end)
        self._current = id_
        job.arrived.connect(partial(self._take, id_))
        job.failed.connect(partial(self._break, id_))
        job.ended.connect(partial(self._forget, id_))
        self.conversation_changed.emit()
        self.answer_begun.emit(profile.model, comes_plain(question, asker.catalogue, profile))
        self.busy_changed.emit(True)
        job.start()

    # --- what comes ---

    def _take(self, id_: int, events: list[AskEvent]) -> None:
        asking, ended = self._asking[id_], None
        for event in events:
            self._fold(asking, event)
            ended = event if isinstance(event, Ended) else ended
        if ended is not None:
            asking.has_ended = True
            self._put(id_, ended.turn)
            self._tell(asking, ended)
        if id_ != self._current:
            return
        self.came.emit(events)
        if ended is not None and wants_copy(ended, asking.catalogue, asking.profile):
            self.result_ready.emit(ended.turn.answer.text.strip())

    def _fold(self, asking: _Asking, event: AskEvent) -> None:
        """Bring the turn up to date as far as somebody may need it before the answer has ended."""
        asking.waits_to_retry = isinstance(event, Retrying)
        if isinstance(event, TextDelta):
            asking.text.append(event.text)
        elif isinstance(event, TextReplaced):
            asking.text[:] = [event.text]
        elif isinstance(event, Prepared) and (turn := self._turn(asking.id)) is not None:
            self._put(asking.id, replace(turn, message=replace(turn.message, images=event.images)), quietly=True)

    def _break(self, id_: int, error: GrokDeskError) -> None:
        """The job itself failed, so no Ended comes."""
        asking = self._asking[id_]
        text = "".join(asking.text)
        self._conclude(asking, Answer(text, finish=CUT if text else FAILED, error=ErrorNote(error.title, error.hint)))
        self._tell(asking, error)
        if id_ == self._current:
            self.broke.emit(error)

    def _forget(self, id_: int) -> None:
        del self._asking[id_]
        if id_ == self._current:
            self._current = None
            self.busy_changed.emit(False)
        if self._is_retired and not self._asking:
            self.deleteLater()

    def _stop_waiting(self, id_: int) -> None:
        """A thread that cannot be woken, say in a name look-up, must not keep the window busy."""
        if id_ == self._current:
            asking = self._asking[id_]
            self._let_go()
            self._conclude(asking, Answer("".join(asking.text), finish=STOPPED))
            self.stop_shown.emit()

    def _let_go(self) -> None:
        """Show no more of the answer that is coming."""
        self._current = None
        self.busy_changed.emit(False)

    def _conclude(self, asking: _Asking, answer: Answer) -> None:
        if (turn := self._turn(asking.id)) is not None:
            self._put(asking.id, replace(turn, answer=answer))

    def _turn(self, id_: int) -> Turn | None:
        """None for one that is no longer part of the conversation."""
        return self._conversation.turns[self._turn_ids.index(id_)] if id_ in self._turn_ids else None

    def _put(self, id_: int, turn: Turn, *, quietly: bool = False) -> None:
        if id_ not in self._turn_ids:
            return
        turns, at = self._conversation.turns, self._turn_ids.index(id_)
        self._conversation = replace(self._conversation, turns=(*turns[:at], turn, *turns[at + 1 :]))
        if not quietly:
            self.conversation_changed.emit()

    @staticmethod
    def _tell(asking: _Asking, outcome: Ended | GrokDeskError) -> None:
        on_end, asking.on_end = asking.on_end, None
        if on_end is not None:
            on_end(outcome)


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
    if ended.error is not None or not answer.is_whole:
        return False
    if profile.dialect == "on-this-computer" and message.needs_understanding:
        return False
    return catalogue.get(ended.turn.question.action_id).then == "copy"
