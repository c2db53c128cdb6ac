"""Buttons whose icon follows the colours."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from grokdesk.ui.kit.theme import Theme


class IconButton(QPushButton):
    """``words`` beside the icon; ``name`` is what a screen reader says when the words do not say enough."""

    def __init__(self, theme: Theme, icon: str, words: str, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._theme, self._icon, self._words = theme, icon, words
        self.setAccessibleName(name or words)
        self.setToolTip(name)
        self.setIconSize(QSize(16, 16))
        self.setProperty("look", "flush")
        self.setAutoDefault(False)
        theme.changed.connect(self._draw)
        self._draw()

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self._draw()

    def show_words(self, shown: bool) -> None:
        self.setText(self._words if shown else "")

    @Slot()
    def _draw(self) -> None:
        self.setIcon(self._theme.icon(self._icon))
