"""From Qt's key events to the names that the overlay's keys have, on any keyboard layout."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from grokdesk.ui.overlay.keys import Key

_NAMES = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Return: "enter",
    Qt.Key.Key_Enter: "enter",
    Qt.Key.Key_Escape: "escape",
    Qt.Key.Key_Tab: "tab",
    Qt.Key.Key_Backtab: "tab",
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_Backspace: "backspace",
    Qt.Key.Key_F1: "f1",
}
_PLACES = {
    **dict(zip(range(0x02, 0x0C), "1234567890", strict=True)),
    0x15: "y",
    0x1E: "a",
    0x1F: "s",
    0x11: "w",
    0x26: "l",
    0x2C: "z",
    0x2D: "x",
    0x2E: "c",
}
"""Where a key is, by the scan codes of the PC keyboard, which evdev and Windows share: for layouts without Latin
letters, and for digits that need Shift. Source: linux/input-event-codes.h."""
_EVDEV_TO_X = 8


def key_of(event: QKeyEvent, modifiers: Qt.KeyboardModifier) -> Key | None:
    """The key with those of its modifiers that count; None for one that means nothing here."""
    ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    code = Qt.Key(event.key()) if event.key() in _NAMES else None
    name = _NAMES[code] if code is not None else _character(event, is_command=ctrl or alt)
    if not name:
        return None
    return Key(name, ctrl, shift or event.key() == Qt.Key.Key_Backtab, alt, event.isAutoRepeat())


def _character(event: QKeyEvent, *, is_command: bool) -> str:
    """What was typed; with Ctrl or Alt, what is written on the key."""
    code, text = event.key(), event.text().lower()
    if not is_command and len(text) == 1 and " " < text <= "\x7e":
        return text
    latin = chr(code).lower() if 0x20 < code < 0x7F else ""
    if latin.isalnum():
        return latin
    by_place = _PLACES.get(event.nativeScanCode() - _offset(), "")
    if by_place and (is_command or not by_place.isdecimal()):
        return by_place
    return latin or (text if text == "×" else "")


def _offset() -> int:
    return _EVDEV_TO_X if QGuiApplication.platformName() in ("xcb", "wayland", "wayland-egl") else 0
