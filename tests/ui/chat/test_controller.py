from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import dataclass, field, replace

import pytest
from pytestqt.qtbot import QtBot

from grokdesk.errors import Bug, Cancelled, GrokDeskError, RequestTooLarge, ServerTrouble
from grokdesk.model import (
    CUT,
    FAILED,
    STOPPED,
    AskEvent,
    DialectName,
    Ended,
    Finished,
    Picture,
    Profile,
    Retrying,
    TextDelta,
    Turn,
)
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.compose.draft import Draft, PictureSources
from tests.support.images.pictures import picture, png_bytes, prepare_plainly
from tests.support.servers.providers import PROFILE, Kept, Scripted, asker


@dataclass
class Stage:
    """A controller with what it works on, and everything it said."""

    provider: Scripted = field(default_factory=Scripted)
    keeper: Kept = field(default_factory=Kept)
    profile: Profile = PROFILE

    def __post_init__(self) -> None:
        self.controller = Controller(lambda: asker(self.provider, self.keeper), lambda: self.profile)
        self.draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare_plainly)
        self.events: list[AskEvent] = []
        self.controller.came.connect(self.events.extend)
        self.results: list[str] = []
        self.controller.result_ready.connect(self.results.append)

    def ask(self, qtbot: QtBot, text: str = "What?", action: str = "ask") -> Ended:
        with qtbot.waitSignal(self.controller.busy_changed, check_params_cb=lambda busy: not busy):
            self.controller.submit(self.draft, text, action)
        return self.ended

    @property
    def ended(self) -> Ended:
        ended = self.events[-1]
        assert isinstance(ended, Ended)
        return ended


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage()


def test_a_question_streams_ends_and_is_kept(qtbot: QtBot, stage: Stage) -> None:
    stage.draft.add_picture(picture())
    asked: list[tuple[str, int]] = []
    stage.controller.asked.connect(lambda text, entries: asked.append((text, len(entries))))
    ended = stage.ask(qtbot, "Why?")
    assert asked == [("Why?", 1)]
    assert ended.turn.answer.text == "Hello"
    assert [turn.answer.text for _, turn in stage.keeper.turns] == ["Hello"]
    assert stage.draft.entries == ()


@pytest.mark.parametrize(
    ("text", "action", "shown"),
    [("Why?", "ask", "Why?"), ("", "alt-text", "Alt text"), ("for a blog", "alt-text", "Alt text: for a blog")],
)
def test_the_question_is_shown_in_words(qtbot: QtBot, stage: Stage, text: str, action: str, shown: str) -> None:
    stage.draft.add_picture(picture())
    asked: list[str] = []
    stage.controller.asked.connect(lambda words, _entries: asked.append(words))
    stage.ask(qtbot, text, action)
    assert asked == [shown]


def test_a_follow_up_carries_the_past(qtbot: QtBot, stage: Stage) -> None:
    stage.draft.add_picture(picture())
    stage.ask(qtbot, "First")
    stage.ask(qtbot, "Second")
    _, past = stage.provider.asked[1]
    assert [turn.message.prompt for turn in past] == ["First"]
    assert len(past[0].message.images) == 1
    assert len({conversation for conversation, _ in stage.keeper.turns}) == 1


def test_the_end_of_a_conversation_is_told_when_something_was_asked_in_it(qtbot: QtBot, stage: Stage) -> None:
    ended: list[str] = []
    stage.controller.conversation_ended.connect(ended.append)
    stage.controller.start_conversation()
    assert ended == []
    stage.ask(qtbot)
    purpose = stage.provider.asked[0][0].purpose
    stage.controller.start_conversation()
    assert ended == [purpose.conversation]


def test_a_new_conversation_forgets_the_past(qtbot: QtBot, stage: Stage) -> None:
    stage.ask(qtbot, "First")
    stage.controller.start_conversation()
    stage.ask(qtbot, "Second")
    assert stage.provider.asked[1][1] == ()
    assert len({conversation for conversation, _ in stage.keeper.turns}) == 2


def test_stop_keeps_what_came(qtbot: QtBot, stage: Stage) -> None:
    stage.provider.script = (TextDelta("half"), 30.0, TextDelta(" never"))
    stage.draft.add_picture(picture())
    stage.controller.submit(stage.draft, "Go", "ask")
    qtbot.waitUntil(lambda: TextDelta("half") in stage.events)
    with qtbot.waitSignal(stage.controller.busy_changed, timeout=2000):
        stage.controller.stop()
    assert stage.ended.turn.answer.text == "half"
    assert stage.ended.turn.answer.finish == STOPPED
    assert stage.keeper.turns[0][1].answer.finish == STOPPED


def test_stop_frees_the_window_even_when_the_thread_cannot_be_woken(qtbot: QtBot, stage: Stage) -> None:
    stuck, release = threading.Event(), threading.Event()

    class Stuck(Scripted):
        def answer(self, message, past, cancel):  # type: ignore[no-untyped-def]  # the protocol is typed
            stuck.set()
            release.wait(10)
            yield Finished("stop")

    stage.provider = Stuck()
    stage.controller.submit(stage.draft, "Go", "ask")
    assert stuck.wait(5)
    with qtbot.waitSignals([stage.controller.stop_shown, stage.controller.busy_changed], timeout=2000):
        stage.controller.stop()
    assert not stage.controller.is_busy
    release.set()
    qtbot.waitUntil(lambda: bool(stage.keeper.turns))
    assert not [event for event in stage.events if isinstance(event, Ended)]


def test_retry_under_another_profile_leaves_the_scan_undecided(qtbot: QtBot, stage: Stage) -> None:
    stage.draft.add_picture(picture())
    stage.ask(qtbot)
    for name, is_decided in ((stage.profile.name, True), ("Another", False), (stage.profile.name, False)):
        stage.profile = replace(stage.profile, name=name)
        with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
            stage.controller.retry()
        assert stage.ended.turn.question.is_decided == is_decided


def test_an_error_keeps_the_partial_answer_and_retry_asks_again(qtbot: QtBot, stage: Stage) -> None:
    stage.provider.script = (TextDelta("half"), ServerTrouble("Down."))
    stage.draft.add_picture(picture())
    ended = stage.ask(qtbot, "Go")
    assert ended.turn.answer.finish == CUT
    assert isinstance(ended.error, ServerTrouble)
    stage.provider.script = (TextDelta("whole"), Finished("stop"))
    with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
        stage.controller.retry()
    assert stage.ended.turn.answer.text == "whole"
    message, past = stage.provider.asked[1]
    assert past == ()
    assert len(message.images) == 1


def test_a_failed_question_stays_in_the_conversation_with_its_picture(qtbot: QtBot) -> None:
    stage = Stage(profile=Profile("here", "On this computer", "on-this-computer", needs_key=False, is_local=True))
    stage.provider.script = (ServerTrouble("Down."),)
    stage.draft.add_picture(picture())
    assert stage.ask(qtbot).turn.answer.finish == FAILED
    stage.provider.script = (TextDelta("now"), Finished("stop"))
    stage.ask(qtbot, "Again")
    assert len(stage.provider.asked[1][1][0].message.images) == 1


@pytest.mark.parametrize(
    ("dialect", "action", "plain"),
    [
        ("chat-completions", "ask", False),
        ("chat-completions", "alt-text", True),
        ("on-this-computer", "alt-text", False),
        ("on-this-computer", "read-text", True),
    ],
)
def test_a_plain_answer_is_announced_as_such(qtbot: QtBot, dialect: DialectName, action: str, plain: bool) -> None:
    stage = Stage(profile=Profile("p", "P", dialect, needs_key=False))
    stage.draft.add_picture(picture())
    begun: list[bool] = []
    stage.controller.answer_begun.connect(lambda _model, plain: begun.append(plain))
    stage.ask(qtbot, "", action)
    assert begun == [plain]


def test_only_a_whole_answer_of_a_copying_action_is_copied(qtbot: QtBot, stage: Stage) -> None:
    stage.draft.add_picture(picture())
    stage.ask(qtbot, "", "ask")
    assert stage.results == []
    stage.ask(qtbot, "", "alt-text")
    assert stage.results == ["Hello"]
    stage.provider.script = (TextDelta("Hel"), ServerTrouble("Down."))
    stage.ask(qtbot, "", "alt-text")
    assert stage.results == ["Hello"]


def test_what_was_only_read_is_not_copied_as_alt_text(qtbot: QtBot) -> None:
    stage = Stage(profile=Profile("here", "On this computer", "on-this-computer", needs_key=False, is_local=True))
    stage.draft.add_picture(picture())
    stage.ask(qtbot, "", "alt-text")
    assert stage.results == []


def test_an_answer_left_behind_by_a_new_conversation_is_still_kept(qtbot: QtBot, stage: Stage) -> None:
    stage.provider.script = (TextDelta("old"), 0.2, Finished("stop"))
    stage.controller.submit(stage.draft, "Old", "ask")
    qtbot.waitUntil(lambda: bool(stage.events))
    stage.controller.start_conversation()
    assert not stage.controller.is_busy
    qtbot.waitUntil(lambda: bool(stage.keeper.turns))
    assert stage.keeper.turns[0][1].answer.text == "old"
    assert not [event for event in stage.events if isinstance(event, Ended)]


def test_whoever_asked_hears_how_it_ended_even_when_nobody_looks_any_more(qtbot: QtBot, stage: Stage) -> None:
    heard: list[Ended | GrokDeskError] = []
    stage.provider.script = (TextDelta("old"), 0.2, Finished("stop"))
    stage.controller.submit(stage.draft, "Old", "ask", heard.append)
    stage.controller.submit(stage.draft, "Too early", "ask", heard.append)
    assert [type(outcome) for outcome in heard] == [Cancelled]
    qtbot.waitUntil(lambda: TextDelta("old") in stage.events)
    stage.controller.start_conversation()
    qtbot.waitUntil(lambda: len(heard) == 2)
    ended = heard[1]
    assert isinstance(ended, Ended)
    assert ended.turn.answer.text == "old"


def test_a_forgotten_conversation_frees_its_pictures(qtbot: QtBot, stage: Stage) -> None:
    shown = picture()
    alive = weakref.ref(shown)
    stage.draft.add_picture(shown)
    del shown
    stage.ask(qtbot)
    stage.events.clear()
    stage.keeper.turns.clear()
    stage.keeper.begun.clear()
    stage.provider.asked.clear()
    assert alive() is not None
    stage.controller.start_conversation()

    def is_free() -> bool:
        gc.collect()
        return alive() is None

    qtbot.waitUntil(is_free)  # the thread that asked may not have ended yet


def test_pictures_that_were_too_large_go_again_with_half_their_size(qtbot: QtBot) -> None:
    provider = Scripted((RequestTooLarge("The question is too large."),))
    controller = Controller(lambda: asker(provider, prepare=prepare), lambda: PROFILE)
    draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare)
    draft.add_picture(Picture("shot.png", png_bytes(1600, 900), as_is=True))
    qtbot.waitUntil(lambda: draft.is_ready)
    for attempt in range(3):
        with qtbot.waitSignal(controller.busy_changed, check_params_cb=lambda busy: not busy):
            if attempt:
                controller.send_smaller()
            else:
                controller.submit(draft, "What?", "ask")
    sizes = [(message.images[0].width, message.images[0].height) for message, _ in provider.asked]
    assert sizes == [(1600, 900), (800, 450), (400, 225)]
    assert {message.prompt for message, _ in provider.asked} == {"What?"}
    assert all(past == () for _, past in provider.asked)


class Unwakeable(Scripted):
    """Answers with what it is asked, but only once it is let, and nothing wakes it: as a slow keyring or an encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.let = threading.Event(), threading.Event()

    def answer(self, message, past, cancel):  # type: ignore[no-untyped-def]  # the protocol is typed
        self.asked.append((message, tuple(past)))
        if message.prompt == "slow":
            yield TextDelta("half")
            self.reached.set()
            self.let.wait(10)
        yield TextDelta(f" of {message.prompt}")
        yield Finished("stop")


def stop_unwakeable(qtbot: QtBot, stage: Stage) -> Unwakeable:
    """Ask "first", which is answered, and "slow", which is stopped and cannot be woken."""
    provider = stage.provider = Unwakeable()
    stage.ask(qtbot, "first")
    stage.draft.add_picture(picture("slow.png"))
    stage.controller.submit(stage.draft, "slow", "ask")
    assert provider.reached.wait(5)
    qtbot.waitUntil(lambda: TextDelta("half") in stage.events)
    with qtbot.waitSignal(stage.controller.stop_shown, timeout=2000):
        stage.controller.stop()
    return provider


def test_a_stopped_question_that_cannot_be_woken_is_a_turn_with_what_came(qtbot: QtBot, stage: Stage) -> None:
    provider = stop_unwakeable(qtbot, stage)
    assert [turn.question.text for turn in stage.controller.turns] == ["first", "slow"]
    assert (stage.controller.turns[1].answer.text, stage.controller.turns[1].answer.finish) == ("half", STOPPED)
    assert [image.name for image in stage.controller.turns[1].message.images] == ["slow.png"]
    provider.let.set()
    qtbot.waitUntil(lambda: len(stage.keeper.turns) == 2)


def test_retry_after_such_a_stop_asks_the_stopped_question(qtbot: QtBot, stage: Stage) -> None:
    provider = stop_unwakeable(qtbot, stage)
    provider.let.set()  # also the one that was stopped ends now, and must not take the place of the new one
    with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
        stage.controller.retry()
    qtbot.waitUntil(lambda: len(stage.keeper.turns) == 3)
    assert [message.prompt for message, _ in provider.asked] == ["first", "slow", "slow"]
    assert [turn.message.prompt for turn in provider.asked[2][1]] == ["first"]
    assert [turn.question.text for turn in stage.controller.turns] == ["first", "slow"]
    assert stage.controller.turns[1].answer.finish == "stop"


def test_what_ends_late_belongs_to_its_own_question(qtbot: QtBot, stage: Stage) -> None:
    provider = stop_unwakeable(qtbot, stage)
    stage.ask(qtbot, "third")
    provider.let.set()
    qtbot.waitUntil(lambda: stage.controller.turns[1].answer.text == "half of slow")
    assert [turn.answer.text for turn in stage.controller.turns] == [" of first", "half of slow", " of third"]
    assert [event.turn.question.text for event in stage.events if isinstance(event, Ended)] == ["first", "third"]


@pytest.mark.parametrize("way", ["asked", "retried"])
def test_a_question_is_a_turn_from_the_moment_it_is_asked(qtbot: QtBot, stage: Stage, way: str) -> None:
    stage.draft.add_picture(picture())
    if way == "retried":
        stage.ask(qtbot, "Go")
    stage.provider.script = (30.0,)
    with qtbot.waitSignal(stage.controller.conversation_changed):
        stage.controller.retry() if way == "retried" else stage.controller.submit(stage.draft, "Go", "ask")
    assert [turn.question.text for turn in stage.controller.turns] == ["Go"]
    assert [len(turn.question.pictures) for turn in stage.controller.turns] == [1]
    with qtbot.waitSignal(stage.controller.busy_changed, timeout=2000):
        stage.controller.stop()


def test_a_job_that_breaks_leaves_its_question_to_be_asked_again(
    qtbot: QtBot, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.ask(qtbot, "first")

    class BrokenKeeper(Kept):
        def end(self, entry_id: int, turn: Turn) -> None:
            raise MemoryError

    keeper, stage.keeper = stage.keeper, BrokenKeeper()
    broke: list[GrokDeskError] = []
    stage.controller.broke.connect(broke.append)
    with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
        stage.controller.submit(stage.draft, "second", "ask")
    assert [type(error) for error in broke] == [Bug]
    caplog.clear()
    assert stage.controller.last_turn is not None
    assert (stage.controller.last_turn.question.text, stage.controller.last_turn.answer.finish) == ("second", CUT)
    stage.keeper = keeper
    with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
        stage.controller.retry()
    assert [turn.question.text for turn in stage.controller.turns] == ["first", "second"]


def test_a_new_conversation_stops_what_nobody_could_see_any_more(qtbot: QtBot, stage: Stage) -> None:
    stage.provider.script = (Retrying("Down.", 30.0, 1), 30.0, TextDelta("never"))
    stage.controller.submit(stage.draft, "Old", "ask")
    qtbot.waitUntil(lambda: stage.controller.waits_to_retry)
    stage.controller.start_conversation()
    qtbot.waitUntil(lambda: bool(stage.keeper.turns))
    assert stage.keeper.turns[0][1].answer.finish == STOPPED
    assert stage.controller.turns == ()


def test_shutting_down_throws_the_switch_of_every_question(qtbot: QtBot, stage: Stage) -> None:
    provider = stop_unwakeable(qtbot, stage)
    provider.script = (30.0,)
    thrown: list[bool] = []

    class Watching(Scripted):
        def answer(self, message, past, cancel):  # type: ignore[no-untyped-def]  # the protocol is typed
            self.asked.append((message, tuple(past)))
            with cancel.waking(lambda: thrown.append(True)):
                cancel.sleep(30)
            yield Finished("stop")

    stage.provider = Watching()
    stage.controller.submit(stage.draft, "Go", "ask")
    qtbot.waitUntil(lambda: bool(stage.provider.asked))
    provider.let.set()
    stage.controller.shut_down(5)
    assert thrown == [True]
    assert len(stage.keeper.turns) == 3
