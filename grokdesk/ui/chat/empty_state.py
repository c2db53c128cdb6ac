"""What an empty conversation shows: how to begin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.translation import N_, _
from grokdesk.ui.kit.controls import caption_label, heading_label, plain_label
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.theme import GAP_L, GAP_S, GAP_XL, GAP_XS, TITLE_SCALE, Theme

SAMPLES = (
    ("describe", N_("Describe a sample")),
    ("alt-text", N_("Write its alt text")),
    ("read-text", N_("Read its text")),
)
"""Built-in actions, and what they do with the sample picture."""


class EmptyState(QFrame):
    sample_requested = Signal(str)
    """An action id."""

    def __init__(self, theme: Theme, samples: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "drop")
        self.setAccessibleName(_("Getting started"))
        title = heading_label(theme, _("Ask about anything you see"))
        self._press = plain_label(_("Press"))
        self._keys = QWidget()
        self._key_row = FlowLayout(self._keys, GAP_XS)
        self._then = plain_label()
        drop = plain_label(_("Or drop pictures anywhere in this window, or paste one with Ctrl+V."))
        drop.setProperty("look", "caption")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_XL, GAP_XL, GAP_XL, GAP_XL)
        layout.setSpacing(GAP_S)
        for part in (title, self._press, self._keys, self._then, drop):
            layout.addWidget(part)
        layout.addSpacing(GAP_L)
        try_it = caption_label(theme)
        try_it.setText(_("No picture at hand? Try a sample:"))
        layout.addWidget(try_it)
        layout.addWidget(self._sample_row(samples))
        self.set_hotkey("")

    def set_hotkey(self, hotkey: str) -> None:
        """``"Ctrl+Alt+G"``; empty when there is none on this desktop."""
        while self._key_row.count():
            item = self._key_row.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        for name in hotkey.split("+") if hotkey else ():
            key = QLabel(name)
            key.setTextFormat(Qt.TextFormat.PlainText)
            key.setProperty("look", "key")
            key.setFont(self._theme.font(TITLE_SCALE, bold=True))
            self._key_row.addWidget(key)
        self._keys.setAccessibleName(hotkey)
        self._keys.setVisible(bool(hotkey))
        self._press.setVisible(bool(hotkey))
        self._then.setText(
            _("and drag over what you want to ask about.")
            if hotkey
            else _("Choose Capture region in the tray menu and drag over what you want to ask about.")
        )

    def _sample_row(self, samples: Sequence[tuple[str, str]]) -> QWidget:
        row = QWidget()
        layout = FlowLayout(row, GAP_S)
        for action_id, words in samples:
            button = QPushButton(_(words))
            button.setProperty("look", "chip")
            button.clicked.connect(partial(self._ask, action_id))
            layout.addWidget(button)
        return row

    @Slot()
    def _ask(self, action_id: str, _checked: bool = False) -> None:
        self.sample_requested.emit(action_id)
