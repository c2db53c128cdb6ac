from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from grokdesk.ui.hotkey_field import HotkeyField

CTRL, ALT, SHIFT, META = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.MetaModifier,
)


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (Qt.Key.Key_G, CTRL | ALT, "Ctrl+Alt+G"),
        (Qt.Key.Key_Print, CTRL, "Ctrl+Print"),
        (Qt.Key.Key_F9, SHIFT, "Shift+F9"),
        (Qt.Key.Key_5, META, "Super+5"),
    ],
)
def test_what_is_pressed_is_recorded(qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
    field = HotkeyField("")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.recorded) as recorded:
        qtbot.keyClick(field, key, modifiers)
    assert recorded.args == [text]
    assert field.text() == text


def test_backspace_removes_it(qtbot: QtBot) -> None:
    field = HotkeyField("Ctrl+Alt+G")
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.recorded) as recorded:
        qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert recorded.args == [""]


@pytest.mark.parametrize("key", [Qt.Key.Key_Control, Qt.Key.Key_Tab, Qt.Key.Key_Escape])
def test_modifiers_alone_and_leaving_keys_record_nothing(qtbot: QtBot, key: Qt.Key) -> None:
    field = HotkeyField("Ctrl+Alt+G")
    qtbot.addWidget(field)
    with qtbot.assertNotEmitted(field.recorded):
        qtbot.keyClick(field, key)
