"""A button that copies a command, and says so only when it is on the clipboard."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton

from grokdesk.ui.clipboard.clipboard import Copied, Copier
from grokdesk.ui.kit.controls import announce


class CopyButton(QPushButton):
    """Hidden while there is nothing to copy."""

    failed = Signal(object)
    """A GrokDeskError."""

    def __init__(self, label: str, copier: Copier) -> None:
        """``copier`` is for this button alone: everybody hears what a copier has copied."""
        super().__init__(label)
        self._label = label
        self._text = ""
        self._copier = copier
        copier.setParent(self)
        copier.copied.connect(self._say)
        copier.failed.connect(self.failed)
        self.clicked.connect(lambda _checked=False: copier.copy_text(self._text))
        self.hide()

    def offer(self, text: str) -> None:
        """What the button copies, "" for nothing."""
        self._text = text
        self.setText(self._label)
        self.setVisible(bool(text))

    @Slot(object)
    def _say(self, copied: Copied) -> None:
        self.setText(copied.sentence)
        announce(self, copied.sentence)
