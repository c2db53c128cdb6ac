"""From a request to a picture, with the real overlay; only the screen itself is a stand-in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, NotPossibleHere, PermissionNeeded
from grokdesk.model import Capture, Region
from grokdesk.paths import resources
from grokdesk.system.capture_request import CaptureRequest
from grokdesk.ui.capture.countdown import Countdown
from grokdesk.ui.capture.flow import CaptureDependencies, CaptureFlow, Shot, Taken
from grokdesk.ui.capture.permission import CapturePermissionWindow
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.overlay.overlay import Overlay, Selection
from tests.support.images.pictures import capture

ANCHOR = QRect(10, 10, 20, 20)
Outcome = Taken | GrokDeskError


@dataclass
class Screen:
    """Stands in for the desktop. Each shot raises the next of ``errors`` or brings ``shot``."""

    other: QWidget
    shot: Capture = field(default_factory=capture)
    errors: list[GrokDeskError] = field(default_factory=list)
    answers: list[GrokDeskError] = field(default_factory=list)
    """What the desktop says when it is asked for permission; nothing: yes."""
    threads: list[int] = field(default_factory=list)
    saw_ours: list[bool] = field(default_factory=list)
    wanted_windows: list[bool] = field(default_factory=list)
    asked: int = 0

    def shoot(self, wants_windows: bool, cancel: CancelSwitch) -> Shot:
        self.threads.append(threading.get_ident())
        self.saw_ours.append(self.other.isVisible())
        self.wanted_windows.append(wants_windows)
        if self.errors:
            raise self.errors.pop(0)
        return Shot(self.shot, (Region(1, 2, 3, 4),) if wants_windows else ())

    def ask(self, cancel: CancelSwitch) -> None:
        self.asked += 1
        if self.answers:
            raise self.answers.pop(0)


@dataclass
class Stage:
    flow: CaptureFlow
    parts: CaptureDependencies
    screen: Screen
    heard: list[Outcome] = field(default_factory=list)

    def begin(self, request: CaptureRequest = CaptureRequest()) -> None:  # noqa: B008 - a frozen value
        self.flow.begin(request, self.heard.append)

    @property
    def taken(self) -> Taken:
        [outcome] = self.heard
        assert isinstance(outcome, Taken)
        return outcome


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[Stage]:
    theme = Theme(qapp, resources() / "icons")
    other = QWidget()
    screen = Screen(other)
    permission = CapturePermissionWindow(theme, QIcon())
    countdown = Countdown(theme)
    for widget in (other, permission, countdown):
        qtbot.addWidget(widget)
    overlay = Overlay(theme)
    parts = CaptureDependencies(screen.shoot, screen.ask, overlay, countdown, permission, lambda: [other])
    yield Stage(CaptureFlow(parts, Region(2, 3, 4, 5)), parts, screen)
    overlay.close()
    overlay.deleteLater()


def wait_for_overlay(qtbot: QtBot, stage: Stage) -> None:
    qtbot.waitUntil(lambda: bool(stage.parts.overlay.windows))


def test_a_selection_is_the_picture_with_its_boxes_burnt_in(qtbot: QtBot, stage: Stage) -> None:
    stage.begin()
    wait_for_overlay(qtbot, stage)
    assert stage.heard == []
    selection = Selection(Region(5, 6, 7, 8), ANCHOR, (Region(5, 6, 1, 1),), "copy")
    stage.parts.overlay.close()
    stage.parts.overlay.selected.emit(selection)
    taken = stage.taken
    assert (taken.region, taken.anchor, taken.then) == (Region(5, 6, 7, 8), ANCHOR, "copy")
    assert (taken.pixels.width, taken.pixels.height) == (7, 8)
    assert bytes(taken.pixels.data[:8]) == bytes((0, 0, 0, 255, 6, 6, 0, 0))
    assert not stage.flow.is_busy


def test_the_screen_is_captured_off_the_thread_of_the_windows(qtbot: QtBot, stage: Stage) -> None:
    stage.begin()
    wait_for_overlay(qtbot, stage)
    assert stage.screen.threads != [threading.get_ident()]
    assert stage.screen.wanted_windows == [True]


def test_our_windows_are_gone_before_the_grab_and_come_back_when_asked(qtbot: QtBot, stage: Stage) -> None:
    stage.screen.other.show()
    stage.begin()
    wait_for_overlay(qtbot, stage)
    assert stage.screen.saw_ours == [False]
    stage.parts.overlay.cancelled.emit()
    assert [type(outcome) for outcome in stage.heard] == [Cancelled]
    stage.flow.come_back()
    assert stage.screen.other.isVisible()
    stage.screen.other.hide()
    stage.flow.come_back()
    assert not stage.screen.other.isVisible()


def test_a_second_capture_is_refused_while_one_goes_on(qtbot: QtBot, stage: Stage) -> None:
    stage.begin()
    stage.begin()
    [outcome] = stage.heard
    assert isinstance(outcome, NotPossibleHere)
    wait_for_overlay(qtbot, stage)


@pytest.mark.parametrize(
    ("request_", "region"),
    [
        (CaptureRequest("all"), Region(0, 0, 40, 30)),
        (CaptureRequest("screen", screen=1), Region(0, 0, 40, 30)),
        (CaptureRequest("rect", rect=Region(1, 1, 5, 5)), Region(1, 1, 5, 5)),
        (CaptureRequest("last"), Region(2, 3, 4, 5)),
    ],
)
def test_what_needs_nobody_to_select_is_taken_at_once(
    qtbot: QtBot, stage: Stage, request_: CaptureRequest, region: Region
) -> None:
    stage.begin(request_)
    qtbot.waitUntil(lambda: bool(stage.heard))
    assert stage.taken.region == region
    assert stage.screen.wanted_windows == [False]
    assert stage.parts.overlay.windows == ()


def test_the_last_region_is_the_last_one_taken_on_the_desktop(qtbot: QtBot, stage: Stage) -> None:
    stage.screen.shot = Capture(capture().pixels, capture().monitors, left=-100, top=50)
    for request in (CaptureRequest("rect", rect=Region(-90, 60, 5, 6)), CaptureRequest("last")):
        stage.begin(request)
        qtbot.waitUntil(lambda: not stage.flow.is_busy)
    assert [outcome.region for outcome in stage.heard if isinstance(outcome, Taken)] == [Region(-90, 60, 5, 6)] * 2


def test_a_region_that_is_not_there_is_said(qtbot: QtBot, stage: Stage) -> None:
    stage.begin(CaptureRequest("rect", rect=Region(500, 0, 5, 5)))
    qtbot.waitUntil(lambda: bool(stage.heard))
    assert isinstance(stage.heard[0], NotPossibleHere)


def test_what_the_person_chose_in_the_desktop_s_own_tool_is_not_selected_again(qtbot: QtBot, stage: Stage) -> None:
    stage.screen.shot = Capture(capture().pixels, (), is_chosen=True)
    stage.begin()
    qtbot.waitUntil(lambda: bool(stage.heard))
    assert stage.taken.region == Region(0, 0, 40, 30)


def test_a_delay_counts_down_first_and_can_be_cancelled(qtbot: QtBot, stage: Stage) -> None:
    stage.begin(CaptureRequest(delay=30))
    assert stage.parts.countdown.isVisible()
    assert stage.screen.threads == []
    qtbot.keyClick(stage.parts.countdown, Qt.Key.Key_Escape)
    assert [type(outcome) for outcome in stage.heard] == [Cancelled]
    assert not stage.parts.countdown.isVisible()


def test_after_a_delay_the_screen_is_captured_without_the_countdown(qtbot: QtBot, stage: Stage) -> None:
    stage.begin(CaptureRequest("all", delay=0.05))
    qtbot.waitUntil(lambda: bool(stage.heard))
    assert not stage.parts.countdown.isVisible()
    assert stage.taken.region == Region(0, 0, 40, 30)


def test_the_desktop_asks_while_our_window_explains_it_and_then_the_capture_goes_on(qtbot: QtBot, stage: Stage) -> None:
    stage.screen.errors = [PermissionNeeded("It wants to ask.", "Choose Allow.")]
    stage.begin(CaptureRequest("all"))
    qtbot.waitUntil(stage.parts.permission.isVisible)
    stage.parts.permission.go_on.click()
    qtbot.waitUntil(lambda: bool(stage.heard))
    assert stage.screen.asked == 1
    assert stage.taken.region == Region(0, 0, 40, 30)
    assert not stage.parts.permission.isVisible()


@pytest.mark.parametrize("how", ["desktop", "person"])
def test_without_permission_it_ends_with_a_sentence(qtbot: QtBot, stage: Stage, how: str) -> None:
    stage.screen.errors = [PermissionNeeded("It wants to ask.", "Choose Allow.")]
    stage.screen.answers = [NotPossibleHere("You said no.", "Allow it in the settings.")]
    stage.begin(CaptureRequest("all"))
    qtbot.waitUntil(stage.parts.permission.isVisible)
    if how == "desktop":
        stage.parts.permission.go_on.click()
    else:
        stage.parts.permission.cancel.click()
    qtbot.waitUntil(lambda: bool(stage.heard))
    assert isinstance(stage.heard[0], NotPossibleHere if how == "desktop" else Cancelled)
    assert not stage.parts.permission.isVisible()
    assert not stage.flow.is_busy


def test_a_desktop_that_asks_for_ever_is_not_asked_again(qtbot: QtBot, stage: Stage) -> None:
    stage.screen.errors = [PermissionNeeded("Again.", "")] * 2
    stage.begin(CaptureRequest("all"))
    qtbot.waitUntil(stage.parts.permission.isVisible)
    stage.parts.permission.go_on.click()
    qtbot.waitUntil(lambda: bool(stage.heard))
    assert isinstance(stage.heard[0], PermissionNeeded)
