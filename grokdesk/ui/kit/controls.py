"""Buttons whose icon follows the colours, labels for text from elsewhere, and what a screen reader is given."""

from __future__ import annotations

from collections.abc import Callable

from PySide6 import QtGui
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from grokdesk.ui.kit.theme import CAPTION_SCALE, TITLE_SCALE, Theme


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


def plain_label(text: str = "") -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(True)
    policy = label.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)  # one long word must not widen the window
    label.setSizePolicy(policy)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def heading_label(theme: Theme, text: str) -> QLabel:
    """Our own words, as large as the title of a page; nobody copies them, so they take no caret and no focus."""
    label = plain_label(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    label.setFont(theme.font(TITLE_SCALE, bold=True))
    return label


def caption_label(theme: Theme) -> QLabel:
    """Small and quiet."""
    label = plain_label()
    label.setProperty("look", "caption")
    label.setFont(theme.font(CAPTION_SCALE))
    return label


Announcer = Callable[[QWidget, str], None]


def announce(widget: QWidget, words: str) -> None:
    """Polite: it waits until what is being read is over. Qt has announcements since 6.8."""
    event = getattr(QtGui, "QAccessibleAnnouncementEvent", None)
    if event is not None:
        QtGui.QAccessible.updateAccessibility(event(widget, words))
