from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.ui.settings.hotkey_field import WAITING, HotkeyField

CTRL, ALT, SHIFT, META = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.MetaModifier,
)
NONE = Qt.KeyboardModifier.NoModifier
REFUSED = "This chord is taken."


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(HotkeyField("Ctrl+Alt+G", lambda text: REFUSED if text == "Ctrl+C" else ""))
    layout.addWidget(QLineEdit())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitActive(window)
    return window


@pytest.fixture
def field(qtbot: QtBot, window: QWidget) -> HotkeyField:
    field = window.findChild(HotkeyField)
    assert isinstance(field, HotkeyField)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    return field


def start(qtbot: QtBot, field: HotkeyField) -> None:
    with qtbot.waitSignal(field.recording_changed) as changed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert changed.args == [True]
    assert field.text() == WAITING


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (Qt.Key.Key_G, CTRL | ALT, "Ctrl+Alt+G"),
        (Qt.Key.Key_Print, NONE, "Print"),
        (Qt.Key.Key_F9, SHIFT, "Shift+F9"),
        (Qt.Key.Key_5, META, "Super+5"),
        (Qt.Key.Key_PageUp, CTRL, "Ctrl+PageUp"),
        (Qt.Key.Key_Insert, CTRL | SHIFT, "Ctrl+Shift+Insert"),
        (Qt.Key.Key_Backspace, CTRL, ""),
        (Qt.Key.Key_Tab, CTRL | ALT, "Ctrl+Alt+Tab"),
    ],
)
def test_what_is_pressed_is_recorded(
    qtbot: QtBot, field: HotkeyField, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str
) -> None:
    start(qtbot, field)
    if not text:
        with qtbot.waitSignal(field.refused) as refused:
            qtbot.keyClick(field, key, modifiers)
        assert "cannot be a hotkey" in refused.args[0]
        return
    with qtbot.waitSignal(field.recorded) as recorded:
        qtbot.keyClick(field, key, modifiers)
    assert recorded.args == [text]
    assert (field.text(), field.hotkey, field.is_recording) == (text, text, False)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (Qt.Key.Key_MediaTogglePlayPause, "MediaPlay"),
        (Qt.Key.Key_VolumeMute, "VolumeMute"),
        (Qt.Key.Key_Calculator, "Calculator"),
    ],
)
def test_media_keys(qtbot: QtBot, field: HotkeyField, key: Qt.Key, text: str) -> None:
    start(qtbot, field)
    with qtbot.waitSignal(field.recorded) as recorded:
        QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, key, NONE))
    assert recorded.args == [text]


def test_nothing_is_recorded_before_it_was_asked_for(qtbot: QtBot, field: HotkeyField) -> None:
    with qtbot.assertNotEmitted(field.recorded):
        qtbot.keyClick(field, Qt.Key.Key_H, CTRL | ALT)
    assert field.text() == "Ctrl+Alt+G"


def test_a_click_begins_to_record(qtbot: QtBot, field: HotkeyField) -> None:
    with qtbot.waitSignal(field.recording_changed):
        qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    assert field.is_recording


def test_modifiers_are_shown_while_they_are_held(qtbot: QtBot, field: HotkeyField) -> None:
    start(qtbot, field)
    shown = []
    for kind, key, modifiers in (
        (QEvent.Type.KeyPress, Qt.Key.Key_Control, NONE),
        (QEvent.Type.KeyPress, Qt.Key.Key_Alt, CTRL),
        (QEvent.Type.KeyRelease, Qt.Key.Key_Control, CTRL | ALT),
        (QEvent.Type.KeyRelease, Qt.Key.Key_Alt, ALT),
    ):
        QApplication.sendEvent(field, QKeyEvent(kind, key, modifiers))
        shown.append(field.text())
    assert shown == ["Ctrl+…", "Ctrl+Alt+…", "Alt+…", WAITING]
    assert field.is_recording


def test_escape_cancels_and_goes_no_further(qtbot: QtBot, window: QWidget, field: HotkeyField) -> None:
    start(qtbot, field)
    with qtbot.assertNotEmitted(field.recorded):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.is_recording, field.text()) == (False, "Ctrl+Alt+G")


@pytest.mark.parametrize("recording", [True, False])
def test_backspace_removes_it(qtbot: QtBot, field: HotkeyField, recording: bool) -> None:
    if recording:
        start(qtbot, field)
    with qtbot.waitSignal(field.recorded) as recorded:
        qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert recorded.args == [""]
    assert (field.text(), field.is_recording) == ("", False)


def test_leaving_the_field_cancels(qtbot: QtBot, window: QWidget, field: HotkeyField) -> None:
    start(qtbot, field)
    with qtbot.waitSignal(field.recording_changed) as changed:
        qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert changed.args == [False]
    other = window.findChildren(QLineEdit)[-1]
    assert other.hasFocus()
    assert field.text() == "Ctrl+Alt+G"


def test_a_chord_that_cannot_be_used_is_said_and_another_may_be_pressed(qtbot: QtBot, field: HotkeyField) -> None:
    start(qtbot, field)
    with qtbot.waitSignal(field.refused) as refused, qtbot.assertNotEmitted(field.recorded):
        qtbot.keyClick(field, Qt.Key.Key_C, CTRL)
    assert refused.args == [REFUSED]
    assert field.is_recording
    with qtbot.waitSignals([field.recorded, field.refused]):
        qtbot.keyClick(field, Qt.Key.Key_F8, CTRL)
    assert field.hotkey == "Ctrl+F8"


def test_a_shortcut_of_the_window_is_recorded(qtbot: QtBot, field: HotkeyField) -> None:
    start(qtbot, field)
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_W, CTRL | ALT, "w")
    override.ignore()
    QApplication.sendEvent(field, override)
    assert override.isAccepted()


def test_print_on_windows_comes_only_when_it_is_let_go(qtbot: QtBot, field: HotkeyField) -> None:
    start(qtbot, field)
    with qtbot.waitSignal(field.recorded) as recorded:
        qtbot.keyRelease(field, Qt.Key.Key_Print)
    assert recorded.args == ["Print"]


@pytest.mark.skipif("sys.platform != 'linux'", reason="the codes of X11 and Wayland")
@pytest.mark.parametrize(("key", "scan_code", "text"), [(0x0413, 57, "Ctrl+N"), (Qt.Key.Key_Exclam, 10, "Ctrl+1")])
def test_a_key_without_a_latin_letter_counts_by_its_place(
    qtbot: QtBot, field: HotkeyField, key: int, scan_code: int, text: str
) -> None:
    start(qtbot, field)
    event = QKeyEvent(QEvent.Type.KeyPress, key, CTRL, scan_code, 0, 0)
    with qtbot.waitSignal(field.recorded) as recorded:
        QApplication.sendEvent(field, event)
    assert recorded.args == [text]


def test_reset_is_refused_like_a_press(qtbot: QtBot, field: HotkeyField) -> None:
    with qtbot.waitSignal(field.refused) as refused:
        field.reset_to("Ctrl+C")
    assert refused.args == [REFUSED]
    with qtbot.waitSignal(field.recorded) as recorded:
        field.reset_to("F9")
    assert recorded.args == ["F9"]
