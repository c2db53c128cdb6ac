"""What hotkey a key event is: its modifiers and the key, by what is printed on it."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from grokdesk.system.hotkey import MODIFIERS, Hotkey
from grokdesk.system.hotkeys import keyboard_macos, keyboard_x11

_KEY = Qt.Key
# Qt calls Command Control and Control Meta on a Mac.
_CTRL, _SUPER = ("Super", "Ctrl") if sys.platform == "darwin" else ("Ctrl", "Super")
MODIFIER_KEYS = {
    _KEY.Key_Control: _CTRL,
    _KEY.Key_Alt: "Alt",
    _KEY.Key_Shift: "Shift",
    _KEY.Key_Meta: _SUPER,
    _KEY.Key_Super_L: "Super",
    _KEY.Key_Super_R: "Super",
    _KEY.Key_AltGr: "",
}
"""Keys that are only held; "" for one that no hotkey can have."""
_FLAGS = {
    Qt.KeyboardModifier.ControlModifier: _CTRL,
    Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
    Qt.KeyboardModifier.MetaModifier: _SUPER,
}
_NAMED = {
    _KEY.Key_Space: "Space",
    _KEY.Key_Tab: "Tab",
    _KEY.Key_Backtab: "Tab",
    _KEY.Key_Return: "Return",
    _KEY.Key_Enter: "Return",
    _KEY.Key_Escape: "Escape",
    _KEY.Key_Insert: "Insert",
    _KEY.Key_Delete: "Delete",
    _KEY.Key_Home: "Home",
    _KEY.Key_End: "End",
    _KEY.Key_PageUp: "PageUp",
    _KEY.Key_PageDown: "PageDown",
    _KEY.Key_Left: "Left",
    _KEY.Key_Right: "Right",
    _KEY.Key_Up: "Up",
    _KEY.Key_Down: "Down",
    _KEY.Key_Print: "Print",
    _KEY.Key_SysReq: "Print",
    _KEY.Key_Pause: "Pause",
    _KEY.Key_Menu: "Menu",
    _KEY.Key_MediaPlay: "MediaPlay",
    _KEY.Key_MediaTogglePlayPause: "MediaPlay",
    _KEY.Key_MediaStop: "MediaStop",
    _KEY.Key_MediaPrevious: "MediaPrevious",
    _KEY.Key_MediaNext: "MediaNext",
    _KEY.Key_VolumeDown: "VolumeDown",
    _KEY.Key_VolumeUp: "VolumeUp",
    _KEY.Key_VolumeMute: "VolumeMute",
    _KEY.Key_Calculator: "Calculator",
    _KEY.Key_LaunchMail: "Mail",
    _KEY.Key_HomePage: "HomePage",
}


def held_modifiers(event: QKeyEvent) -> tuple[str, ...]:
    """The modifiers that are down after this event, of which it may be one itself."""
    held = {name for flag, name in _FLAGS.items() if event.modifiers() & flag}
    own = MODIFIER_KEYS.get(Qt.Key(event.key()))
    if own:
        (held.add if event.type() == QKeyEvent.Type.KeyPress else held.discard)(own)
    return tuple(name for name in MODIFIERS if name in held)


def hotkey_of(event: QKeyEvent) -> Hotkey | None:
    """None for a key that no hotkey can have; otherwise not checked for being usable."""
    key = _named(event) or _letter(event)
    return Hotkey(held_modifiers(event), key) if key else None


def _named(event: QKeyEvent) -> str | None:
    key = event.key()
    if _KEY.Key_F1 <= key <= _KEY.Key_F24:
        return f"F{key - _KEY.Key_F1 + 1}"
    return _NAMED.get(Qt.Key(key))


def _letter(event: QKeyEvent) -> str | None:
    """The letter or digit; where the layout has another character there, what a US keyboard has at that place."""
    key = event.key()
    if _KEY.Key_A <= key <= _KEY.Key_Z or _KEY.Key_0 <= key <= _KEY.Key_9:
        return chr(key)
    if sys.platform == "win32":
        code = event.nativeVirtualKey()
        return chr(code) if code < 0x80 and chr(code).isalnum() and not chr(code).islower() else None
    if sys.platform == "darwin":
        return keyboard_macos.key_at(event.nativeVirtualKey())
    return keyboard_x11.key_at(event.nativeScanCode())
