"""A field that records a hotkey by pressing it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

_MODIFIER_KEYS = frozenset({Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr})
_REMOVE = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete})
_LEAVE = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape})


class HotkeyField(QLineEdit):
    """Backspace alone removes the hotkey; Tab and Escape alone do what they always do."""

    recorded = Signal(str)
    """What was pressed, such as ``"Ctrl+Alt+G"``; not checked for being usable. "" for none."""

    def __init__(self, hotkey: str) -> None:
        super().__init__(hotkey, readOnly=True, placeholderText="None. Press a hotkey to set it.")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        chord = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _MODIFIER_KEYS:
            event.accept()
        elif key in _LEAVE and not chord & ~Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        elif key in _REMOVE and not chord:
            self._record("")
        else:
            text = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
            self._record(text.replace("Meta+", "Super+"))

    def _record(self, text: str) -> None:
        self.setText(text)
        self.recorded.emit(text)
