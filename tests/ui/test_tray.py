from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.ui.tray import DONE_MS, Tray


@pytest.fixture
def tray(qtbot: QtBot) -> Iterator[Tray]:
    tray = Tray(resources() / "icons")
    yield tray
    tray.hide()
    tray.deleteLater()


def test_every_entry_of_the_menu_does_something(qtbot: QtBot, tray: Tray) -> None:
    signals = {
        "Capture region": tray.capture_requested,
        "Ask about the picture on the clipboard": tray.clipboard_requested,
        "Open pictures…": tray.files_requested,
        "Open GrokDesk": tray.window_requested,
        "Settings…": tray.settings_requested,
        "Quit": tray.quit_requested,
    }
    actions = [action for action in tray.menu.actions() if not action.isSeparator()]
    assert [action.text() for action in actions] == list(signals)
    for action in actions:
        with qtbot.waitSignal(signals[action.text()]):
            action.trigger()


def test_the_hotkey_is_named_where_it_helps(tray: Tray) -> None:
    tray.set_hotkey("Ctrl+Alt+G")
    assert tray.menu.actions()[0].text() == "Capture region\tCtrl+Alt+G"
    assert "Ctrl+Alt+G" in tray.tool_tip
    tray.set_hotkey("")
    assert tray.menu.actions()[0].text() == "Capture region"


def test_the_state_is_in_words_too(tray: Tray) -> None:
    tray.set_state("busy")
    assert "asking" in tray.tool_tip


def test_done_passes(qtbot: QtBot, tray: Tray) -> None:
    tray.set_state("done")
    assert "answer is here" in tray.tool_tip
    qtbot.waitUntil(lambda: "ready" in tray.tool_tip, timeout=DONE_MS * 3)


def test_a_left_click_captures_and_a_middle_click_asks_about_the_clipboard(qtbot: QtBot, tray: Tray) -> None:
    with qtbot.waitSignal(tray.capture_requested):
        tray._item.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.waitSignal(tray.clipboard_requested):
        tray._item.activated.emit(QSystemTrayIcon.ActivationReason.MiddleClick)


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # the offscreen platform has no tray window to watch
def test_a_host_that_comes_later_gets_a_new_icon_with_the_same_state(qtbot: QtBot, tray: Tray) -> None:
    tray.watch_hosts()
    tray.set_state("attention")
    before = tray._item
    with qtbot.waitSignal(before.destroyed):
        tray._watcher.serviceRegistered.emit("org.kde.StatusNotifierWatcher")
    assert tray._item is not before
    assert "needs you" in tray.tool_tip
