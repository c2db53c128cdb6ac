from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from grokdesk.ui.overlay.key_events import key_of
from grokdesk.ui.overlay.keys import Key

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def key(code: int, text: str = "", modifiers: Qt.KeyboardModifier = NONE, scan: int = 0) -> Key | None:
    event = QKeyEvent(QEvent.Type.KeyPress, code, modifiers, scan, 0, 0, text)
    return key_of(event, modifiers)


def test_named_keys_and_characters(qapp: QApplication) -> None:
    assert key(Qt.Key.Key_Enter, "\r") == Key("enter")
    assert key(Qt.Key.Key_Left, modifiers=SHIFT | CTRL) == Key("left", ctrl=True, shift=True)
    assert key(Qt.Key.Key_Backtab, modifiers=SHIFT) == Key("tab", shift=True)
    assert key(Qt.Key.Key_X, "X", SHIFT) == Key("x", shift=True)
    assert key(Qt.Key.Key_Question, "?", SHIFT) == Key("?", shift=True)
    assert key(Qt.Key.Key_Colon, ":", SHIFT) == Key(":", shift=True)
    assert key(Qt.Key.Key_multiply, "×") == Key("×")
    assert key(Qt.Key.Key_C, "\x03", CTRL) == Key("c", ctrl=True)
    assert key(Qt.Key.Key_3, "3", ALT) == Key("3", alt=True)


@pytest.mark.parametrize("code", [Qt.Key.Key_F5, Qt.Key.Key_Alt, Qt.Key.Key_VolumeUp])
def test_other_keys_mean_nothing(qapp: QApplication, code: Qt.Key) -> None:
    assert key(code) is None


def test_letters_are_found_by_their_place_on_a_layout_without_them(qapp: QApplication) -> None:
    assert key(0x0427, "ч", scan=0x2D) == Key("x")
    assert key(0x042F, "", CTRL, scan=0x2C) == Key("z", ctrl=True)


def test_alt_and_a_digit_that_needs_shift(qapp: QApplication) -> None:
    assert key(Qt.Key.Key_Ampersand, "&", ALT, scan=0x02) == Key("1", alt=True)
    assert key(Qt.Key.Key_Ampersand, "&", scan=0x02) == Key("&")
