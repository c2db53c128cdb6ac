from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.errors import GrokDeskError, NotPossibleHere
from grokdesk.model import Pixels, Region
from grokdesk.paths import resources
from grokdesk.ui.capture_flow import CaptureFlow
from grokdesk.ui.composer import Composer, ComposerWindow
from grokdesk.ui.controller import Controller, Parts
from grokdesk.ui.draft import Draft, PictureSources
from grokdesk.ui.draft_composer import DraftComposer
from grokdesk.ui.overlay import Overlay, Selection
from grokdesk.ui.theme import Theme
from tests.support.pictures import picture, prepare_plainly
from tests.support.providers import CATALOGUE, PROFILE, Scripted, asker
from tests.ui.test_controller import StillGrabber

ANCHOR = QRect(10, 10, 20, 20)


@dataclass
class Stage:
    flow: CaptureFlow
    overlay: Overlay
    question: DraftComposer
    window: ComposerWindow
    other: QWidget
    grabber: StillGrabber


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[Stage]:
    theme = Theme(qapp, resources() / "icons")
    grabber = StillGrabber()
    controller = Controller(Parts(grabber, lambda: asker(Scripted()), lambda: PROFILE))
    composer = Composer(theme)
    composer.set_actions(CATALOGUE.actions, "ask")
    draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare_plainly)
    question = DraftComposer(draft, composer)
    window, other, overlay = ComposerWindow(composer), QWidget(), Overlay(theme)
    qtbot.addWidget(window)
    qtbot.addWidget(other)
    flow = CaptureFlow(controller, overlay, question, window, lambda: [other])
    yield Stage(flow, overlay, question, window, other, grabber)
    overlay.close()


def open_overlay(qtbot: QtBot, stage: Stage, action_id: str = "") -> None:
    stage.flow.begin(action_id)
    qtbot.waitUntil(lambda: bool(stage.overlay.windows))


def test_a_selection_opens_the_composer_with_its_pixels(qtbot: QtBot, stage: Stage) -> None:
    open_overlay(qtbot, stage)
    stage.overlay.selected.emit(Selection(Region(5, 6, 7, 8), ANCHOR))
    assert stage.window.isVisible()
    [entry] = stage.question.draft.entries
    assert entry.picture is not None
    assert isinstance(entry.picture.content, Pixels)
    assert (entry.picture.content.width, entry.picture.content.height) == (7, 8)


def test_our_windows_are_hidden_before_the_grab_and_come_back_when_it_is_left(qtbot: QtBot, stage: Stage) -> None:
    stage.other.show()
    was_visible: list[bool] = []
    stage.grabber.before = lambda: was_visible.append(stage.other.isVisible())
    open_overlay(qtbot, stage)
    assert was_visible == [False]
    stage.overlay.cancelled.emit()
    assert stage.other.isVisible()


def test_two_captures_collect_in_one_question(qtbot: QtBot, stage: Stage) -> None:
    for _ in range(2):
        open_overlay(qtbot, stage)
        stage.overlay.close()
        stage.overlay.selected.emit(Selection(Region(0, 0, 4, 4), ANCHOR))
    names = [entry.name for entry in stage.question.draft.entries]
    assert names == ["Capture 1.png", "Capture 2.png"]
    stage.window.hide()
    stage.flow.come_back()
    assert not stage.window.isVisible()


def test_a_capture_with_an_action_asks_at_once(qtbot: QtBot, stage: Stage) -> None:
    open_overlay(qtbot, stage, "alt-text")
    with qtbot.waitSignal(stage.flow.asked_at_once) as asked:
        stage.overlay.selected.emit(Selection(Region(0, 0, 4, 4), ANCHOR))
    assert asked.args == ["alt-text"]
    assert not stage.window.isVisible()
    assert len(stage.question.draft.entries) == 1


def test_whoever_asked_for_the_capture_hears_once(qtbot: QtBot, stage: Stage) -> None:
    heard: list[GrokDeskError | None] = []
    stage.flow.begin("", heard.append)
    stage.flow.begin("", heard.append)
    qtbot.waitUntil(lambda: bool(stage.overlay.windows))
    assert heard == [None, None]
    assert len(stage.grabber.threads) == 1


def test_a_failure_goes_to_who_asked_else_to_the_window(qtbot: QtBot, stage: Stage) -> None:
    error = NotPossibleHere("No screen.")
    stage.grabber.error = error
    heard: list[GrokDeskError | None] = []
    stage.flow.begin("", heard.append)
    qtbot.waitUntil(lambda: heard == [error])
    stage.other.show()
    with qtbot.waitSignal(stage.flow.problem) as problem:
        qtbot.waitUntil(lambda: not stage.flow.is_busy)
        stage.flow.begin()
    assert problem.args == [error]
    assert stage.other.isVisible()
