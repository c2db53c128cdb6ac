from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.ui.shell.tray import DONE_MS, Tray

Reason = QSystemTrayIcon.ActivationReason
# The offscreen platform has no tray window to watch.
without_tray_window = pytest.mark.qt_log_ignore("systemTrayWindowChanged")


@pytest.fixture
def make_tray(qtbot: QtBot) -> Iterator[Callable[[str], Tray]]:
    made: list[Tray] = []

    def make(platform: str) -> Tray:
        made.append(Tray(resources() / "icons", platform=platform))
        return made[-1]

    yield make
    for tray in made:
        tray.hide()
        tray.deleteLater()


@pytest.fixture
def tray(make_tray: Callable[[str], Tray]) -> Tray:
    return make_tray("linux")


def actions_of(menu: QMenu) -> list[QAction]:
    """Every entry, those of menus below it in their place."""
    found: list[QAction] = []
    for action in menu.actions():
        inner = next((each for each in menu.findChildren(QMenu) if each.menuAction() is action), None)
        if inner is not None:
            found += actions_of(inner)
        elif not action.isSeparator():
            found.append(action)
    return found


def entry(tray: Tray, text: str) -> QAction:
    return next(action for action in actions_of(tray.menu) if action.text() == text)


def test_every_entry_of_the_menu_does_something(qtbot: QtBot, tray: Tray) -> None:
    expected: dict[str, tuple[SignalInstance, list[object]]] = {
        "Capture region": (tray.capture_requested, ["region"]),
        "Capture window": (tray.capture_requested, ["window"]),
        "Capture this screen": (tray.capture_requested, ["screen"]),
        "Capture all screens": (tray.capture_requested, ["all"]),
        "Capture last region": (tray.capture_requested, ["last"]),
        "3 seconds": (tray.delayed_requested, [3]),
        "5 seconds": (tray.delayed_requested, [5]),
        "10 seconds": (tray.delayed_requested, [10]),
        "Alt text of a region": (tray.action_requested, ["alt-text"]),
        "Ask about clipboard image": (tray.clipboard_requested, []),
        "Open pictures…": (tray.files_requested, []),
        "Compare models…": (tray.compare_requested, []),
        "Open GrokDesk": (tray.window_requested, []),
        "Pause hotkeys": (tray.pause_toggled, [True]),
        "Request log…": (tray.request_log_requested, []),
        "Settings…": (tray.settings_requested, []),
        "Quit": (tray.quit_requested, []),
    }
    actions = [action for action in actions_of(tray.menu) if action.isEnabled()]
    assert [action.text() for action in actions] == list(expected)
    for action in actions:
        signal, arguments = expected[action.text()]
        with qtbot.waitSignal(signal) as emitted:
            action.trigger()
        assert emitted.args == arguments


@without_tray_window
def test_the_menu_is_filled_after_the_icon_is_shown(qtbot: QtBot, tray: Tray) -> None:
    tray.show()
    assert tray._menu.isEmpty()
    qtbot.waitUntil(lambda: not tray._menu.isEmpty())


def test_the_hotkeys_stand_beside_what_they_do(tray: Tray) -> None:
    tray.set_hotkeys(
        {"region": "Ctrl+Alt+G", "alt_text": "Ctrl+Super+T", "last": "", "panel": "the key of your desktop"}
    )
    assert entry(tray, "Capture region").shortcut() == QKeySequence("Ctrl+Alt+G")
    assert entry(tray, "Alt text of a region").shortcut() == QKeySequence("Ctrl+Meta+T")
    assert entry(tray, "Capture last region").shortcut().isEmpty()
    assert entry(tray, "Open GrokDesk (the key of your desktop)").shortcut().isEmpty()
    assert "Ctrl+Alt+G" in tray.tool_tip
    tray.set_hotkeys({})
    assert entry(tray, "Capture region").shortcut().isEmpty()
    assert entry(tray, "Open GrokDesk")
    assert "Ctrl" not in tray.tool_tip


def test_a_hotkey_in_the_menu_takes_no_key_from_a_window(qtbot: QtBot, tray: Tray) -> None:
    tray.set_hotkeys({"region": "Ctrl+G"})
    assert entry(tray, "Capture region")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.assertNotEmitted(tray.capture_requested):
        qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)


def test_paused_hotkeys_are_not_promised(tray: Tray) -> None:
    tray.set_hotkeys({"region": "Ctrl+Alt+G"})
    tray.set_paused(True)
    assert entry(tray, "Pause hotkeys").isChecked()
    assert "hotkeys are paused" in tray.tool_tip
    assert entry(tray, "Capture region").shortcut().isEmpty()
    tray.set_paused(False)
    assert not entry(tray, "Pause hotkeys").isChecked()
    assert entry(tray, "Capture region").shortcut() == QKeySequence("Ctrl+Alt+G")


def test_the_state_is_in_words_too(tray: Tray) -> None:
    status = tray.menu.actions()[0]
    tray.set_state("busy")
    assert "asking" in tray.tool_tip
    assert (status.text(), status.isEnabled()) == ("GrokDesk: asking", False)


def test_done_passes(qtbot: QtBot, tray: Tray) -> None:
    tray.set_state("done")
    assert "answer ready" in tray.tool_tip
    qtbot.waitUntil(lambda: "ready" in tray.tool_tip, timeout=DONE_MS * 3)


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_clicks_do_what_the_desktop_is_used_to(qtbot: QtBot, make_tray: Callable[[str], Tray], platform: str) -> None:
    tray = make_tray(platform)
    click = tray._item.activated.emit
    with qtbot.waitSignal(tray.capture_requested) as captured:
        click(Reason.Trigger)
    assert captured.args == ["region"]
    with qtbot.waitSignal(tray.clipboard_requested):
        click(Reason.MiddleClick)
    with qtbot.waitSignal(tray.window_requested):
        click(Reason.DoubleClick)
    tray.set_state("attention")
    with qtbot.assertNotEmitted(tray.capture_requested), qtbot.waitSignal(tray.window_requested):
        click(Reason.Trigger)
    with qtbot.assertNotEmitted(tray.window_requested):
        click(Reason.Context)


def test_on_macos_a_click_opens_the_menu_and_does_nothing_else(qtbot: QtBot, make_tray: Callable[[str], Tray]) -> None:
    tray = make_tray("darwin")
    assert tray._item.contextMenu() is tray.menu
    assert tray._item.icon().isMask()
    with qtbot.assertNotEmitted(tray.capture_requested), qtbot.assertNotEmitted(tray.window_requested):
        for reason in (Reason.Trigger, Reason.DoubleClick):
            tray._item.activated.emit(reason)


@without_tray_window
def test_a_host_that_came_before_anybody_listened_gets_a_new_icon(
    qtbot: QtBot, tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tray, "is_available", False)
    tray.show()
    before = tray._item
    with qtbot.waitSignal(before.destroyed):
        tray.watch_hosts()


@without_tray_window
def test_a_host_that_comes_later_gets_a_new_icon_with_the_same_state(qtbot: QtBot, tray: Tray) -> None:
    tray.watch_hosts()
    tray.set_state("attention")
    before = tray._item
    with qtbot.waitSignal(before.destroyed):
        tray._hosts._watcher.serviceRegistered.emit("org.kde.StatusNotifierWatcher")
        tray._hosts._host_registered()
    assert tray._item is not before
    assert "needs attention" in tray.tool_tip
    assert tray._item.contextMenu() is tray.menu
