"""What happens when in a comparison: asking, stopping, asking one again, judging, voting. Knows no widgets."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.model import Answer, AskEvent, Ended, Prepared, PreparedImage, Profile, Question
from grokdesk.pictures.prepare.smaller import smaller_limits
from grokdesk.questions.ask import Asker
from grokdesk.questions.compare import (
    HOLDER,
    AtPlace,
    Comparison,
    Contestant,
    Opened,
    PlaceKeeper,
    compare,
    contestants_for,
    keep_best,
)
from grokdesk.questions.judge import Verdict, ballot_for, judge
from grokdesk.store.history.comparisons import JUDGE
from grokdesk.ui.kit.job import Job, single

if TYPE_CHECKING:
    from grokdesk.providers.dialects.concurred_arena import Mode
    from grokdesk.providers.remote import Remote


@dataclass(frozen=True, slots=True)
class CompareDependencies:
    """What a comparison works with. The functions are called for every one, so that changed settings count."""

    asker: Callable[[], Asker]
    remote: Callable[[Profile], Remote]
    """May read the keyring: called on the asking thread. Raises KeyMissing, KeyringTrouble."""
    keeper: Callable[[], PlaceKeeper | None]
    """The history, None when nothing is to be kept. May open a file: called on the asking thread."""


@dataclass(slots=True)
class _Round:
    """A comparison as far as it has come. ``running``: the switch of each place that has not ended."""

    question: Question
    contestants: dict[int, Contestant]
    comparison: Comparison
    running: dict[int, CancelSwitch]
    answers: dict[int, Answer]
    sent: dict[int, tuple[PreparedImage, ...]] = field(default_factory=dict)
    """The pictures as they left."""
    judge: Contestant | None = None
    mode: Mode | None = None
    """Set when the server holds it itself."""
    profiles: tuple[Profile, ...] = ()


_Happened = AtPlace | Opened | Verdict


class CompareSession(QObject):
    """One comparison at a time; an answer that still comes when the next one begins goes on unseen, and is kept."""

    begun = Signal(list)
    """The Contestants, in the order of their columns."""
    opened = Signal(object)
    """A Contestant that has begun to speak, where the server holds it; the place of the HOLDER is gone then."""
    asked_again = Signal(int)
    came = Signal(int, list)
    """The place, and AskEvents in order; the last of an answer is Ended. The judge has place 0."""
    judged = Signal(object)
    """The judge's Verdict."""
    voted = Signal(int)
    problem = Signal(object)
    """A GrokDeskError that belongs to no column."""
    busy_changed = Signal(bool)
    left_behind = Signal(str)
    """The id of a conversation that another comparison takes the place of."""

    def __init__(self, dependencies: CompareDependencies, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dependencies = dependencies
        self._round: _Round | None = None
        self._rounds: dict[Job[_Happened], _Round] = {}
        self._was_busy = False

    # --- what is known ---

    @property
    def is_busy(self) -> bool:
        return self._round is not None and bool(self._round.running)

    @property
    def question(self) -> Question | None:
        return self._round.question if self._round else None

    @property
    def answers(self) -> dict[int, Answer]:
        """Every answer that has ended, by place; the judge's is at 0."""
        return dict(self._round.answers) if self._round else {}

    @property
    def may_judge(self) -> bool:
        if self._round is None or self.is_busy:
            return False
        texts = [answer.text for position, answer in self._round.answers.items() if position != JUDGE]
        return sum(bool(text.strip()) for text in texts) >= 2

    def contestant(self, position: int) -> Contestant | None:
        if self._round is None:
            return None
        return self._round.judge if position == JUDGE else self._round.contestants.get(position)

    # --- what is done ---

    def begin(
        self, question: Question, profiles: Sequence[Profile], mode: Mode | None = None, *, over_budget: bool = False
    ) -> None:
        """Ask all of them, or let their server hold it. Raises UsageError for who or what does not fit."""
        asked = _exceeding(question) if over_budget else question
        contestants = contestants_for(profiles, (uuid.uuid4().hex for _ in itertools.count()))
        if mode is not None:
            from grokdesk.questions.arena import check_battle

            holder = replace(check_battle(mode, question, profiles), model=f"{mode} (experimental)")
            contestants = (Contestant(HOLDER, holder, ""),)
        if (before := self._round) is not None:
            for each in (*before.contestants.values(), *((before.judge,) if before.judge else ())):
                self.left_behind.emit(each.conversation_id)
        comparison, places = Comparison(uuid.uuid4().hex, question), {each.position: each for each in contestants}
        self._round = _Round(question, places, comparison, {}, {}, mode=mode, profiles=tuple(profiles))
        self.begun.emit(list(contestants))
        if mode is None:
            self._ask(self._round, contestants, asked)
        else:
            self._hold(self._round, mode, asked)

    def ask_again(self, position: int, *, over_budget: bool = False, smaller: bool = False) -> None:
        """Ask one of them anew, or all where the server holds it; the earlier answer is still in the history.

        ``over_budget``: although the month's budget is used up, this once. ``smaller``: with pictures half as large.
        """
        current = self._round
        if current is None or position in current.running or position not in current.contestants:
            return
        if current.mode is not None:
            if not current.running:
                self.begin(current.question, current.profiles, current.mode, over_budget=over_budget)
            return
        who, question = current.contestants[position], current.question
        if over_budget:
            question = _exceeding(question)
        if smaller and (limits := smaller_limits(current.sent.get(position, ()), who.profile.limits)) is not None:
            pictures = tuple(replace(each, as_is=False) for each in question.pictures)
            question = replace(question, pictures=pictures, prepared=())
            who = replace(who, profile=replace(who.profile, limits=limits))
        current.answers.pop(position, None)
        self.asked_again.emit(position)
        self._ask(current, [who], question)

    def stop(self, position: int) -> None:
        if self._round is not None and position in self._round.running:
            self._round.running[position].throw()

    @Slot()
    def stop_all(self) -> None:
        for switch in list(self._round.running.values()) if self._round is not None else []:
            switch.throw()

    def judge(self, profile: Profile) -> None:
        """Let a model say which answer is the best. Does nothing before all have ended."""
        current = self._round
        if current is None or not self.may_judge:
            return
        asker, who = self._dependencies.asker(), Contestant(JUDGE, profile, uuid.uuid4().hex)
        answers = {position: answer.text for position, answer in current.answers.items() if position != JUDGE}
        ballot = ballot_for(current.question, answers, asker.catalogue)
        current.judge, switch = who, CancelSwitch()
        current.running[JUDGE] = switch

        def work(_cancel: CancelSwitch) -> Iterator[_Happened]:
            return judge(asker, self._kept(current), ballot, who, switch)

        self.asked_again.emit(JUDGE)
        self._start(work, "judge", current)

    def vote(self, position: int) -> None:
        """Keep that this answer is the best."""
        current = self._round
        if current is None or position not in current.answers:
            return
        job = Job(single(lambda: keep_best(self._kept(current), position)), "vote", self)
        job.arrived.connect(lambda found: self.problem.emit(found[-1]) if found[-1] is not None else None)
        job.failed.connect(self.problem)
        job.start()
        self.voted.emit(position)

    def shut_down(self, seconds: float) -> None:
        """Stop every answer, seen or not, and wait at most so long until what came of them is kept."""
        jobs = list(self._rounds)
        for running in (each.running for each in self._rounds.values()):
            for switch in list(running.values()):
                switch.throw()
        deadline = time.monotonic() + seconds
        for job in jobs:
            job.wait(max(0.0, deadline - time.monotonic()))

    # --- how it is done ---

    def _ask(self, current: _Round, contestants: Sequence[Contestant], question: Question) -> None:
        asker, switches = self._dependencies.asker(), {each.position: CancelSwitch() for each in contestants}
        current.running.update(switches)

        def work(cancel: CancelSwitch) -> Iterator[_Happened]:
            comparison = replace(self._kept(current), question=question)
            return compare(asker, comparison, contestants, switches, cancel)

        self._start(work, "compare", current)

    def _hold(self, current: _Round, mode: Mode, question: Question) -> None:
        from grokdesk.questions.arena import battle, unheld

        asker, switch, profile = self._dependencies.asker(), CancelSwitch(), current.profiles[0]
        models = [each.model for each in current.profiles]
        current.running[HOLDER] = switch

        def work(_cancel: CancelSwitch) -> Iterator[_Happened]:
            yield AtPlace(HOLDER, Prepared(()))
            try:
                comparison = replace(self._kept(current), question=question)
                yield from battle(asker, comparison, self._dependencies.remote(profile), mode, models, switch)
            except GrokDeskError as error:
                yield AtPlace(HOLDER, unheld(asker, current.question, profile, error))

        self._start(work, mode, current)

    def _kept(self, current: _Round) -> Comparison:
        return replace(current.comparison, keeper=self._dependencies.keeper())

    def _start(self, work: Callable[[CancelSwitch], Iterator[_Happened]], name: str, current: _Round) -> None:
        job: Job[_Happened] = Job(work, name, self)
        self._rounds[job] = current
        job.arrived.connect(self._take)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        self._tell_busy()
        job.start()

    @Slot(list)
    def _take(self, items: list[_Happened]) -> None:
        own = self._rounds[self.sender()]  # type: ignore[index]  # only jobs send
        events: dict[int, list[AskEvent]] = {}
        for item in items:
            if isinstance(item, Opened):
                self._open(own, item.contestant)
            elif isinstance(item, AtPlace):
                events.setdefault(item.position, []).append(item.event)
                if isinstance(item.event, Ended):
                    own.running.pop(item.position, None)
                    own.answers[item.position] = item.event.turn.answer
                    own.sent[item.position] = item.event.turn.message.images
        if own is not self._round:
            return
        for position, came in events.items():
            self.came.emit(position, came)
        for item in items:
            if isinstance(item, Verdict):
                self.judged.emit(item)
        self._tell_busy()

    def _open(self, own: _Round, who: Contestant) -> None:
        """All who speak stop by the one switch of the holder."""
        switch = next(iter(own.running.values()), CancelSwitch())
        own.running.pop(HOLDER, None)
        own.contestants.pop(HOLDER, None)
        own.running[who.position], own.contestants[who.position] = switch, who
        if own is self._round:
            self.opened.emit(who)

    @Slot(object)
    def _fail(self, error: GrokDeskError) -> None:
        if self._rounds[self.sender()] is self._round:  # type: ignore[index]  # only jobs send
            self.problem.emit(error)

    @Slot()
    def _end(self) -> None:
        self._rounds.pop(self.sender(), None)  # type: ignore[call-overload]  # only jobs send
        if self._round is not None and self._round not in self._rounds.values():
            self._round.running.clear()  # also where a bug has ended it
        self._tell_busy()

    def _tell_busy(self) -> None:
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.busy_changed.emit(self.is_busy)


def _exceeding(question: Question) -> Question:
    """The same, although the month's budget is used up: this once."""
    return replace(question, purpose=replace(question.purpose, may_exceed=True))
