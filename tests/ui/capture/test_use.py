"""What becomes of a capture: the flow and the clipboard are real, the rest writes down what it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from grokdesk.errors import (
    EXIT_CANCELLED,
    EXIT_OK,
    Bug,
    Cancelled,
    GrokDeskError,
    NotPossibleHere,
    PictureError,
    ServerTrouble,
    StoreError,
)
from grokdesk.model import Answer, Ended, Message, Pixels, Question, Region, Turn
from grokdesk.system.capture_request import CaptureRequest
from grokdesk.ui.capture.saved_pictures import new_file
from grokdesk.ui.capture.use import AskAtOnce, CaptureUse, CaptureUseDependencies, Report, _saved
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.overlay.overlay import Selection
from tests.support.images.pictures import capture, picture
from tests.support.windows.copiers import plain_copier
from tests.ui.capture.test_flow import ANCHOR, Stage, stage, wait_for_overlay

__all__ = ["stage"]

ENDED = Ended(
    Turn(Question("", (), "alt-text"), Message(""), Answer("A red square."), "P", datetime(2026, 1, 1, tzinfo=UTC))
)


@dataclass
class World:
    stage: Stage
    folder: Path
    clipboard: Incoming = field(default_factory=Incoming)
    opened: list[tuple[Incoming, QRect]] = field(default_factory=list)
    asked: list[tuple[Incoming, str, bool]] = field(default_factory=list)
    answer: Ended | GrokDeskError = ENDED
    reports: list[Report] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    problems: list[GrokDeskError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.copier = plain_copier()
        self.open: Callable[[Incoming, QRect], None] = lambda incoming, anchor: self.opened.append((incoming, anchor))
        self.ask: AskAtOnce = self._ask
        self.new_file: Callable[[], Path] = lambda: self.folder / "new.png"
        outlets = CaptureUseDependencies(
            open=lambda incoming, anchor: self.open(incoming, anchor),  # noqa: PLW0108 - tests replace these
            ask=lambda *args, **how: self.ask(*args, **how),  # noqa: PLW0108
            copier=self.copier,
            new_file=lambda: self.new_file(),  # noqa: PLW0108
            clipboard=lambda: self.clipboard,
        )
        self.use = CaptureUse(self.stage.flow, outlets)
        self.use.kept.connect(self.sentences.append)
        self.use.problem.connect(self.problems.append)

    def _ask(
        self, incoming: Incoming, action_id: str, on_end: Callable[[Ended | GrokDeskError], None], *, quiet: bool
    ) -> None:
        self.asked.append((incoming, action_id, quiet))
        on_end(self.answer)

    def start(self, qtbot: QtBot, request: CaptureRequest, *, waits: bool = True) -> Report:
        """Carry it out for a command that waits for the report."""
        self.use.start(request, self.reports.append)
        if waits:
            qtbot.waitUntil(lambda: bool(self.reports))
        return self.reports[-1] if self.reports else Report()


@pytest.fixture
def world(stage: Stage, tmp_path: Path) -> World:
    return World(stage, tmp_path)


def test_a_picture_opens_the_composer_beside_what_was_selected(qtbot: QtBot, world: World) -> None:
    world.use.start(CaptureRequest())
    wait_for_overlay(qtbot, world.stage)
    world.stage.parts.overlay.close()
    world.stage.parts.overlay.selected.emit(Selection(Region(5, 6, 7, 8), ANCHOR))
    [(incoming, anchor)] = world.opened
    assert anchor == ANCHOR
    [taken] = incoming.pictures
    assert taken.name == "Capture 1.png"
    assert isinstance(taken.content, Pixels)
    assert (taken.content.width, taken.content.height) == (7, 8)


def test_a_command_hears_what_was_taken(qtbot: QtBot, world: World) -> None:
    with qtbot.waitSignal(world.use.captured) as captured:
        report = world.start(qtbot, CaptureRequest("rect", rect=Region(1, 2, 3, 4)))
    assert captured.args == [Region(1, 2, 3, 4)]
    assert report.exit_code == EXIT_OK
    assert json.loads(report.as_json()) == {
        "x": 1,
        "y": 2,
        "width": 3,
        "height": 4,
        "file": None,
        "copied": False,
        "action": None,
        "answer": None,
        "error": None,
        "not_saved": None,
    }


def test_saved_and_copied_at_once_and_nothing_asked(qtbot: QtBot, world: World) -> None:
    file = world.folder / "part.png"
    report = world.start(qtbot, CaptureRequest("rect", rect=Region(1, 2, 3, 4), copy=True, out=str(file)))
    assert (report.file, report.copied, report.error) == (str(file), True, None)
    with Image.open(file) as saved:
        assert saved.size == (3, 4)
    assert QGuiApplication.clipboard().image().size().toTuple() == (3, 4)
    assert world.sentences == []
    assert world.opened == []
    assert world.asked == []


def test_a_file_that_cannot_be_written_is_said_and_our_windows_come_back(qtbot: QtBot, world: World) -> None:
    world.stage.screen.other.show()
    report = world.start(qtbot, CaptureRequest("all", out=str(world.folder / "nowhere" / "a.png")))
    assert report.error is not None
    assert "could not be saved" in report.error.title
    assert world.stage.screen.other.isVisible()


@pytest.mark.parametrize(("then", "sentence"), [("copy", "Copied 7 × 8"), ("save", "Saved as new.png")])
def test_what_is_chosen_while_selecting_counts_and_is_said(
    qtbot: QtBot, world: World, then: str, sentence: str
) -> None:
    world.use.start(CaptureRequest())
    wait_for_overlay(qtbot, world.stage)
    world.stage.parts.overlay.close()
    with qtbot.waitSignal(world.use.kept) as kept:
        world.stage.parts.overlay.selected.emit(Selection(Region(5, 6, 7, 8), ANCHOR, (), then))
    assert kept.args == [sentence]
    assert (then == "save") == (world.folder / "new.png").exists()
    assert world.opened == []


def test_an_action_is_asked_and_its_answer_reported(qtbot: QtBot, world: World) -> None:
    report = world.start(qtbot, CaptureRequest("all", action_id="alt-text"))
    [(_, action_id, quiet)] = world.asked
    assert (action_id, quiet) == ("alt-text", True)
    assert (report.action_id, report.answer, report.exit_code) == ("alt-text", "A red square.", EXIT_OK)


def test_an_action_that_fails_reports_that(qtbot: QtBot, world: World) -> None:
    world.answer = ServerTrouble("Down.")
    report = world.start(qtbot, CaptureRequest("all", action_id="alt-text"))
    assert isinstance(report.error, ServerTrouble)
    assert world.problems == []


def test_the_picture_on_the_clipboard(qtbot: QtBot, world: World) -> None:
    report = world.start(qtbot, CaptureRequest("clipboard"))
    assert isinstance(report.error, NotPossibleHere)
    world.clipboard = Incoming(pictures=(picture(),))
    world.reports.clear()
    assert world.start(qtbot, CaptureRequest("clipboard")).error is None
    assert [incoming for incoming, _ in world.opened] == [world.clipboard]


def test_without_a_picture_on_the_clipboard_a_person_may_drop_one(qtbot: QtBot, world: World) -> None:
    world.use.start(CaptureRequest("clipboard"))
    [(incoming, _)] = world.opened
    assert incoming.refused == ("There is no picture on the clipboard. Copy a picture, or drop one here.",)
    assert world.problems == []


def test_a_key_pressed_once_more_leaves_the_capture_alone(qtbot: QtBot, world: World) -> None:
    world.stage.screen.other.show()
    world.use.start(CaptureRequest())
    world.use.start(CaptureRequest())
    report = world.start(qtbot, CaptureRequest())
    assert isinstance(report.error, NotPossibleHere)
    assert world.problems == []
    wait_for_overlay(qtbot, world.stage)
    assert world.stage.screen.saw_ours == [False]


def test_leaving_brings_our_windows_back_and_is_no_problem(qtbot: QtBot, world: World) -> None:
    world.stage.screen.other.show()
    report = world.start(qtbot, CaptureRequest(), waits=False)
    wait_for_overlay(qtbot, world.stage)
    world.stage.parts.overlay.close()
    world.stage.parts.overlay.cancelled.emit()
    report = world.reports[0]
    assert isinstance(report.error, Cancelled)
    assert report.exit_code == EXIT_CANCELLED
    assert world.stage.screen.other.isVisible()
    assert world.problems == []


def test_a_capture_that_fails_is_shown_when_no_command_waits(qtbot: QtBot, world: World) -> None:
    error = NotPossibleHere("No screen.")
    world.stage.screen.errors = [error]
    with qtbot.waitSignal(world.use.problem) as problem:
        world.use.start(CaptureRequest())
    assert problem.args == [error]


# --- nothing is lost, and nobody waits for ever ---------------------------------------------------------------


def select(qtbot: QtBot, world: World, then: str) -> None:
    """Begin as a hotkey does, select, and choose what comes next."""
    world.use.start(CaptureRequest())
    wait_for_overlay(qtbot, world.stage)
    world.stage.parts.overlay.close()
    world.stage.parts.overlay.selected.emit(Selection(Region(5, 6, 7, 8), ANCHOR, (), then))


@pytest.mark.parametrize("trouble", ["a file in its place", "below a file", "a name too long"])
def test_a_folder_that_cannot_be_used_costs_neither_the_picture_nor_our_windows(
    qtbot: QtBot, world: World, trouble: str
) -> None:
    world.stage.screen.other.show()
    blocked = world.folder / "file"
    blocked.write_text("not a folder")
    folder = {
        "a file in its place": blocked,
        "below a file": blocked / "sub",
        "a name too long": world.folder / ("x" * 300),
    }[trouble]
    world.new_file = lambda: new_file(folder, datetime(2026, 1, 1, tzinfo=UTC))
    select(qtbot, world, "save")
    qtbot.waitUntil(lambda: bool(world.opened))
    [(incoming, anchor)] = world.opened
    assert [taken.name for taken in incoming.pictures] == ["Capture 1.png"]
    assert anchor == ANCHOR
    assert len(incoming.refused) == 1
    assert folder.name in incoming.refused[0]
    assert world.stage.screen.other.isVisible()
    assert world.problems == []


def test_a_clipboard_that_takes_nothing_does_not_cost_the_picture(qtbot: QtBot, world: World) -> None:
    error = NotPossibleHere("Nothing was copied.")
    world.copier.copy_picture = lambda pixels: world.copier.failed.emit(error)  # type: ignore[method-assign]
    select(qtbot, world, "copy")
    [(incoming, _)] = world.opened
    assert len(incoming.pictures) == 1
    assert incoming.refused == (str(error),)


@pytest.mark.parametrize("out", [False, True])
def test_quick_copies_are_all_answered(qtbot: QtBot, world: World, out: bool) -> None:
    for number in range(3):
        file = str(world.folder / f"{number}.png") if out else ""
        world.use.start(
            CaptureRequest("rect", rect=Region(1, 2, 3 + number, 4), copy=True, out=file), world.reports.append
        )
        qtbot.waitUntil(lambda: not world.stage.flow.is_busy)
    qtbot.waitUntil(lambda: len(world.reports) == 3)
    assert [(report.width, report.copied, report.error) for report in world.reports] == [
        (3, True, None),
        (4, True, None),
        (5, True, None),
    ]
    assert QGuiApplication.clipboard().image().width() == 5


def test_a_file_that_was_begun_on_a_full_disk_does_not_stay(world: World) -> None:
    resource = pytest.importorskip("resource")  # not on Windows
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))  # the next best thing to a full disk
    try:
        with pytest.raises(PictureError):
            _saved(capture().pixels, str(world.folder / "new.png"), lambda: world.folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(world.folder.iterdir()) == []


@pytest.mark.parametrize("where", ["the clipboard", "the composer", "the asking", "the screen", "the overlay"])
def test_whatever_raises_ends_the_capture_and_is_answered(
    qtbot: QtBot, world: World, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    world.stage.screen.other.show()
    request = CaptureRequest("all")
    match where:
        case "the clipboard":
            world.copier.copy_picture = broken  # type: ignore[method-assign]
            request = CaptureRequest("all", copy=True)
        case "the composer":
            world.open = broken
        case "the asking":
            world.ask = broken
            request = CaptureRequest("all", action_id="alt-text")
        case "the screen":
            world.stage.screen.shot = None  # type: ignore[assignment]
        case "the overlay":
            world.stage.parts.overlay.open = broken  # type: ignore[method-assign]
            request = CaptureRequest()
    assert isinstance(world.start(qtbot, request).error, Bug)
    caplog.clear()
    assert world.stage.screen.other.isVisible()
    assert not world.stage.flow.is_busy
    world.reports.clear()
    world.stage.screen.shot = capture()
    assert world.start(qtbot, CaptureRequest("rect", rect=Region(1, 2, 3, 4), out=str(world.folder / "a.png"))).file


def test_an_answer_that_the_history_lost_is_still_an_answer_and_is_said(qtbot: QtBot, world: World) -> None:
    lost = StoreError("The disk is full.", "Make room.")
    world.answer = Ended(ENDED.turn, None, lost)
    report = world.start(qtbot, CaptureRequest("all", action_id="alt-text"))
    assert (report.exit_code, report.answer, report.not_saved) == (EXIT_OK, "A red square.", lost)
    assert json.loads(report.as_json())["not_saved"] == {"title": "The disk is full.", "hint": "Make room."}
