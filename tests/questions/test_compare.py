"""One question to several at once: columns do not wait for each other, do not fail together, and stop one by one."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import KeyMissing, ServerTrouble, StoreError, UsageError
from grokdesk.model import (
    CUT,
    STOPPED,
    Answer,
    AnswerEvent,
    Ended,
    ImageLimits,
    Message,
    Picture,
    PreparedImage,
    Profile,
    Question,
    TextDelta,
    Turn,
    Usage,
)
from grokdesk.pictures.prepare.preparing import RememberingPreparer
from grokdesk.providers.formats.protocol import Provider
from grokdesk.questions.ask import Asker
from grokdesk.questions.compare import (
    AtPlace,
    Comparison,
    Contestant,
    chosen_profile,
    compare,
    contestants_for,
    keep_best,
    total_cost,
)
from grokdesk.store.history.comparisons import Compared, Place
from grokdesk.store.history.history import History
from grokdesk.store.settings.settings import Settings
from tests.support.images.pictures import picture as picture_of
from tests.support.images.pictures import prepare_plainly
from tests.support.servers.providers import PROFILE, Scripted, asker

PATIENCE = 10.0
ACME = replace(PROFILE, id="acme", name="Acme", model="")


def contestants(*models: str) -> tuple[Contestant, ...]:
    ids = (f"conversation-{number}" for number in itertools.count(1))
    return contestants_for([replace(ACME, model=model) for model in models], ids)


def asker_of(providers: dict[str, Provider | Exception]) -> Asker:
    """Asks the provider that is named like the model."""

    def provider_for(profile: Profile) -> Provider:
        found = providers[profile.model]
        if isinstance(found, Exception):
            raise found
        return found

    return replace(asker(Scripted()), provider_for=provider_for)


def run(
    asker_: Asker, who: Sequence[Contestant], comparison: Comparison | None = None, cancel: CancelSwitch | None = None
) -> list[AtPlace]:
    switches = {each.position: CancelSwitch() for each in who}
    comparison = comparison or Comparison("cmp", Question("Which?"))
    return list(compare(asker_, comparison, who, switches, cancel or CancelSwitch()))


def ends(events: Sequence[AtPlace]) -> dict[int, Ended]:
    found = {each.position: each.event for each in events if isinstance(each.event, Ended)}
    assert len(found) == len([each for each in events if isinstance(each.event, Ended)])
    return found


# --- who answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name", "model"),
    [
        ("acme", "Acme", ""),
        ("ACME", "Acme", ""),
        ("acme/m-1", "Acme", "m-1"),
        ("acme/vendor/m-1:free", "Acme", "vendor/m-1:free"),
        ("half/half", "half/half", ""),
        ("xai/grok-4.5", "xAI", "grok-4.5"),
    ],
)
def test_a_profile_and_its_model_are_named(words: str, name: str, model: str) -> None:
    settings = Settings(profiles=(ACME, replace(ACME, id="half", name="half/half")))
    profile = chosen_profile(words, settings)
    assert (profile.name, profile.model) == (name, model)


@pytest.mark.parametrize("words", ["nobody", "nobody/m-1", "on-this-computer/m-1", ""])
def test_nobody_else_can_be_chosen(words: str) -> None:
    with pytest.raises(UsageError):
        chosen_profile(words, Settings(profiles=(ACME,)))


@pytest.mark.parametrize("models", [(), ("a",), tuple("abcdefghi"), ("a", "b", "a")])
def test_two_to_eight_different_ones_are_compared(models: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        contestants(*models)


# --- answering ---------------------------------------------------------------------------------------------


class Meeting:
    """Answers when all of them are asked: nobody waits for another's answer."""

    def __init__(self, count: int) -> None:
        self.barrier = threading.Barrier(count, timeout=PATIENCE)

    def answer(self, message: Message, _past: Sequence[Turn], _cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        self.barrier.wait()
        yield TextDelta(f"asked: {message.prompt}")


def test_all_are_asked_at_the_same_time() -> None:
    meeting = Meeting(8)
    who = contestants(*"abcdefgh")
    ended = ends(run(asker_of(dict.fromkeys("abcdefgh", meeting)), who))
    assert sorted(ended) == list(range(1, 9))
    assert {each.turn.answer.text for each in ended.values()} == {"asked: Which?"}


def test_a_failure_stays_in_its_column() -> None:
    broken = Scripted((TextDelta("Half"), ServerTrouble("It broke.", "Try again.")))
    providers: dict[str, Provider | Exception] = {
        "a": Scripted(),
        "b": broken,
        "c": KeyMissing("There is no key.", "Add one."),
    }
    ended = ends(run(asker_of(providers), contestants(*"abc")))
    assert (ended[1].turn.answer.text, ended[2].turn.answer.finish) == ("Hello", CUT)
    assert ended[1].error is None
    assert isinstance(ended[2].error, ServerTrouble)
    assert isinstance(ended[3].error, KeyMissing)


class Waiting:
    """Says a word, then waits to be stopped."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def answer(self, _message: Message, _past: Sequence[Turn], cancel: CancelSwitch) -> Iterator[AnswerEvent]:
        yield TextDelta("word ")
        self.asked.set()
        cancel.sleep(PATIENCE)


def stop_when(asked: Sequence[Waiting], throw: Callable[[], None]) -> threading.Thread:
    """Throw a switch as soon as all have said their word."""

    def wait() -> None:
        for each in asked:
            assert each.asked.wait(PATIENCE)
        throw()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_one_is_stopped_and_the_others_go_on() -> None:
    waiting, who = Waiting(), contestants("a", "b")
    switches = {1: CancelSwitch(), 2: CancelSwitch()}
    events: list[AtPlace] = []
    for event in compare(
        asker_of({"a": waiting, "b": Scripted()}), Comparison("c", Question("?")), who, switches, CancelSwitch()
    ):
        events.append(event)
        if ends(events).keys() == {2}:
            switches[1].throw()
    assert [ends(events)[at].turn.answer.finish for at in (1, 2)] == [STOPPED, "stop"]
    assert ends(events)[1].turn.answer.text == "word "


def test_all_are_stopped_and_what_came_is_kept(tmp_path: Path) -> None:
    history, waiting, cancel = History(tmp_path / "h.sqlite3"), (Waiting(), Waiting()), CancelSwitch()
    stopper = stop_when(waiting, cancel.throw)
    comparison = Comparison("cmp", Question("?"), history)
    ended = ends(run(asker_of({"a": waiting[0], "b": waiting[1]}), contestants("a", "b"), comparison, cancel))
    stopper.join()
    assert {each.turn.answer.finish for each in ended.values()} == {STOPPED}
    assert sorted((entry.answer, entry.finish) for entry in history.comparison("cmp")) == [("word ", STOPPED)] * 2


def test_whoever_stops_listening_stops_all_of_them(tmp_path: Path) -> None:
    history, waiting = History(tmp_path / "h.sqlite3"), Waiting()
    switches = {1: CancelSwitch(), 2: CancelSwitch()}
    who, comparison = contestants("a", "b"), Comparison("cmp", Question("?"), history)
    with closing(
        compare(asker_of({"a": waiting, "b": Waiting()}), comparison, who, switches, CancelSwitch())
    ) as events:
        next(event for event in events if isinstance(event.event, TextDelta))
    assert {entry.finish for entry in history.comparison("cmp")} == {STOPPED}
    assert len(history.comparison("cmp")) == 2


# --- pictures ----------------------------------------------------------------------------------------------


def test_a_picture_is_fetched_and_prepared_once_for_all() -> None:
    fetched: list[str] = []
    prepared: list[Picture] = []

    def download(url: str, _cancel: CancelSwitch) -> Picture:
        fetched.append(url)
        return picture_of("from-afar.png")

    def prepare(
        picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        prepared.append(picture)
        return prepare_plainly(picture, limits, lossless=lossless, cancel=cancel)

    own = replace(asker_of(dict.fromkeys("abcd", Scripted())), download=download, prepare=RememberingPreparer(prepare))
    question = Question("?", (picture_of("here.png"), Picture("far.png", b"", "http://127.0.0.1:9/far.png")))
    ended = ends(run(own, contestants(*"abcd"), Comparison("c", question)))
    assert {each.error for each in ended.values()} == {None}
    assert (len(fetched), len(prepared)) == (1, 2)
    assert len({id(each.turn.message.images[0].data) for each in ended.values()}) == 1


# --- what is kept ------------------------------------------------------------------------------------------


def test_turns_are_kept_with_their_place_and_the_vote(tmp_path: Path) -> None:
    history = History(tmp_path / "h.sqlite3")
    comparison = Comparison("cmp", Question("Which?"), history)
    run(asker_of(dict.fromkeys("ab", Scripted())), contestants("a", "b"), comparison)
    assert keep_best(comparison, 2) is None
    kept = {entry.compared: entry.conversation_id for entry in history.comparison("cmp")}
    assert kept == {
        Compared("cmp", 1): "conversation-1",
        Compared("cmp", 2, voted_best=True): "conversation-2",
    }


def test_without_a_history_nothing_is_kept() -> None:
    comparison = Comparison("cmp", Question("Which?"))
    ended = ends(run(asker_of(dict.fromkeys("ab", Scripted())), contestants("a", "b"), comparison))
    assert {each.not_saved for each in ended.values()} == {None}
    assert keep_best(comparison, 1) is None


def test_a_history_that_fails_says_so_in_each_column_and_for_the_vote() -> None:
    class Full:
        def save(self, _conversation_id: str, _turn: Turn, _place: Place | None = None) -> int:
            raise StoreError("The disk is full.")

        begin = save

        def note_answer(self, _entry_id: int, _answer: Answer) -> None:
            raise StoreError("The disk is full.")

        def end(self, _entry_id: int, _turn: Turn) -> None:
            raise StoreError("The disk is full.")

        def mark_best(self, _place: Place, *, by_judge: bool = False) -> bool:
            raise StoreError("The disk is full.")

    comparison = Comparison("cmp", Question("?"), Full())
    ended = ends(run(asker_of(dict.fromkeys("ab", Scripted())), contestants("a", "b"), comparison))
    assert {str(each.not_saved) for each in ended.values()} == {"The disk is full."}
    assert str(keep_best(comparison, 1)) == "The disk is full."


def test_costs_are_added_as_far_as_they_are_known() -> None:
    exact, estimate = Usage(cost_usd=Decimal("0.01")), Usage(cost_usd=Decimal("0.02"), cost_is_estimate=True)
    assert total_cost([exact, None, Usage(5), exact]) == Usage(cost_usd=Decimal("0.02"))
    assert total_cost([exact, estimate]) == Usage(cost_usd=Decimal("0.03"), cost_is_estimate=True)
    assert total_cost([None]) == Usage()
    free = Usage(cost_usd=Decimal(0))
    assert total_cost([free]) == total_cost([free, None, free]) == Usage(cost_usd=Decimal(0))
    assert total_cost([free, exact]) == Usage(cost_usd=Decimal("0.01"))
    assert total_cost([replace(free, cost_is_estimate=True), exact]).cost_is_estimate
