"""Closing the window with and without a tray, and starting without a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.services import services_from
from grokdesk.ui.chat.closing import GNOME_HINT, CloseQuestion, Closing, Surroundings
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.preferences import Preferences
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore
from tests.support.windows.panel import visible_texts


class Stage:
    def __init__(self, qapp: QApplication, home: Path) -> None:
        self.has_tray = False
        self.hotkey = ""
        self.window = MainWindow(qapp, QIcon(), QSize(480, 400))
        field = QLineEdit()
        self.window.show_content(field, field.setFocus, lambda _incoming: None)
        theme = Theme(qapp, resources() / "icons")
        services = services_from({"GROKDESK_HOME": str(home)}, lambda _sentence: None, MemoryStore())
        self.preferences = Preferences(services, theme, QIcon(), HotkeyBindings(PlayedHotkeys().choose), plain_copier)
        self.question = CloseQuestion(theme)
        self.quits = 0
        self.told = 0
        surroundings = Surroundings(lambda: self.has_tray, lambda: self.hotkey, is_gnome=True)
        self.closing = Closing(self.window, self.question, self.preferences, surroundings, no_tray_ms=20)
        self.closing.quit_chosen.connect(self._count_quit)
        self.closing.went_to_tray.connect(self._count_told)

    def _count_quit(self) -> None:
        self.quits += 1

    def _count_told(self) -> None:
        self.told += 1

    def close(self) -> None:
        self.window.show()
        self.window.close()

    def words(self) -> str:
        return " ".join(label.text() for label in self.question.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(qapp, tmp_path)
    qtbot.addWidget(stage.window)
    yield stage
    stage.window.hide()


def test_with_a_tray_the_window_hides_and_it_is_said_once(stage: Stage) -> None:
    stage.has_tray = True
    for _ in range(2):
        stage.close()
        assert not stage.window.isVisible()
    assert (stage.told, stage.quits) == (1, 0)
    assert stage.preferences.settings.background_notice_shown


def test_without_a_tray_the_window_stays_and_asks(stage: Stage) -> None:
    stage.hotkey = "Ctrl+Alt+G"
    stage.close()
    assert stage.window.isVisible()
    assert stage.question.isVisible()
    assert "with Ctrl+Alt+G, from the application menu, or by typing grokdesk" in stage.words()
    stage.close()
    assert stage.question.isVisible()
    assert (stage.told, stage.quits) == (0, 0)


def test_what_does_not_work_is_not_promised(stage: Stage) -> None:
    stage.close()
    assert "reach it from the application menu, or by typing grokdesk" in stage.words()


@pytest.mark.parametrize("remember", [False, True])
def test_quit(stage: Stage, remember: bool) -> None:
    stage.close()
    stage.question.remember.setChecked(remember)
    stage.question.quit.click()
    assert stage.quits == 1
    assert stage.preferences.settings.on_close == ("quit" if remember else "ask")
    if remember:
        stage.close()
        assert stage.quits == 2
        assert not stage.question.isVisible()


@pytest.mark.parametrize("remember", [False, True])
def test_keep_running(stage: Stage, remember: bool) -> None:
    stage.close()
    stage.question.remember.setChecked(remember)
    stage.question.keep.click()
    assert not stage.window.isVisible()
    assert stage.quits == 0
    stage.close()
    assert stage.question.isVisible() is not remember


def test_the_question_can_be_answered_by_keyboard_and_left(qtbot: QtBot, stage: Stage) -> None:
    stage.close()
    stage.window.activateWindow()
    qtbot.waitUntil(stage.question.keep.hasFocus)
    qtbot.keyClick(stage.question.keep, Qt.Key.Key_Escape)
    assert not stage.question.isVisible()
    assert stage.window.isVisible()
    stage.close()
    qtbot.keyClick(stage.question.keep, Qt.Key.Key_Return)
    assert not stage.window.isVisible()
    assert stage.quits == 0


def test_on_gnome_the_way_to_a_tray_is_said_once(stage: Stage) -> None:
    stage.close()
    assert GNOME_HINT in visible_texts(stage.question)
    stage.question.keep.click()
    stage.close()
    assert GNOME_HINT not in visible_texts(stage.question)


def test_a_tray_that_came_later_counts(stage: Stage) -> None:
    stage.close()
    stage.has_tray = True
    stage.close()
    assert not stage.window.isVisible()
    assert not stage.question.isVisible()


# --- a start in the background ------------------------------------------------------------------------------


def test_a_hidden_start_without_a_tray_is_not_lost(qtbot: QtBot, stage: Stage) -> None:
    stage.closing.start_hidden()
    assert not stage.window.isVisible()
    qtbot.waitUntil(stage.window.isVisible)
    assert stage.window.isMinimized()
    stage.window.present()
    assert not stage.window.isMinimized()


@pytest.mark.parametrize("reason", ["a tray that is there", "a tray that comes", "a person who knows"])
def test_a_hidden_start_stays_hidden(qtbot: QtBot, stage: Stage, reason: str) -> None:
    stage.has_tray = reason == "a tray that is there"
    if reason == "a person who knows":
        stage.preferences.remember(on_close="keep")
    stage.closing.start_hidden()
    stage.has_tray = reason != "a person who knows"
    qtbot.waitUntil(lambda: not stage.closing._waiting.isActive())
    assert not stage.window.isVisible()
