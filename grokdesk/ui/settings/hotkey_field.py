"""A field that records a hotkey by pressing it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit

from grokdesk.translation import N_, _
from grokdesk.ui.settings.recorded_key import MODIFIER_KEYS, held_modifiers, hotkey_of

_START = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2})
_CLEAR = frozenset({Qt.Key.Key_Backspace, Qt.Key.Key_Delete})
_TABS = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
ANY_MODIFIER = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.MetaModifier
)
WAITING = N_("Press the keys. Esc cancels.")


class HotkeyField(QLineEdit):
    """A click or Enter begins to record, Esc or leaving the field cancels, Backspace removes the hotkey.

    ``refuse`` says in a sentence why a chord cannot be used, "" when it can.
    """

    recorded = Signal(str)
    """A new hotkey, such as ``"Ctrl+Alt+G"``; "" for none."""
    refused = Signal(str)
    """The sentence; recording goes on. "" when there is nothing to be said any more."""
    recording_changed = Signal(bool)

    def __init__(self, hotkey: str, refuse: Callable[[str], str] = lambda _text: "") -> None:
        super().__init__(hotkey, readOnly=True, placeholderText=_("None. Press Enter to set one."))
        self._refuse = refuse
        self._hotkey = hotkey
        self.is_recording = False
        self.setCursorPosition(0)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    @property
    def hotkey(self) -> str:
        return self._hotkey

    def set_hotkey(self, hotkey: str) -> None:
        self._hotkey = hotkey
        if not self.is_recording:
            self.setText(hotkey)
            self.setCursorPosition(0)

    def reset_to(self, hotkey: str) -> None:
        """As if it had been pressed."""
        if why := self._refuse(hotkey):
            self.refused.emit(why)
        else:
            self._take(hotkey)

    def record(self) -> None:
        """Begin to record."""
        if not self.is_recording:
            self.is_recording = True
            self.setText(_(WAITING))
            self.setCursorPosition(0)
            self.recording_changed.emit(True)

    def _stop(self) -> None:
        if self.is_recording:
            self.is_recording = False
            self.setText(self._hotkey)
            self.refused.emit("")
            self.recording_changed.emit(False)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and self.is_recording:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # the keys of this window's own shortcuts can be recorded too
                return True
            has_modifier = bool(event.modifiers() & ANY_MODIFIER & ~Qt.KeyboardModifier.ShiftModifier)
            if event.type() == QEvent.Type.KeyPress and event.key() in _TABS and has_modifier:
                self.keyPressEvent(event)  # Tab alone still leaves the field
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_alone = Qt.Key(event.key()), not event.modifiers() & ANY_MODIFIER
        if is_alone and key in _CLEAR:
            self._take("")
        elif not self.is_recording:
            if is_alone and key in _START:
                self.record()
            else:
                super().keyPressEvent(event)
        elif is_alone and key == Qt.Key.Key_Escape:
            self._stop()
        elif key in MODIFIER_KEYS:
            self._show_held(event)
        elif not event.isAutoRepeat():
            self._try(event)
        if self.is_recording or key in _CLEAR:
            event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.is_recording:
            super().keyReleaseEvent(event)
        elif event.key() in MODIFIER_KEYS:
            self._show_held(event)
        elif event.key() == Qt.Key.Key_Print:
            self._try(event)  # Windows says nothing when this key goes down

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.record()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._stop()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()
        super().hideEvent(event)

    def _show_held(self, event: QKeyEvent) -> None:
        held = held_modifiers(event)
        self.setText("+".join((*held, "…")) if held else _(WAITING))

    def _try(self, event: QKeyEvent) -> None:
        hotkey = hotkey_of(event)
        if hotkey is None:
            self.refused.emit(_("This key cannot be a hotkey. Letters, digits, function keys and media keys can."))
        elif why := self._refuse(str(hotkey)):
            self.setText(str(hotkey))
            self.refused.emit(why)
        else:
            self._take(str(hotkey))

    def _take(self, hotkey: str) -> None:
        self._hotkey = hotkey
        self.recorded.emit(hotkey)  # while the old one is let go: it need not be taken once more
        self._stop()
        self.setText(self._hotkey)
