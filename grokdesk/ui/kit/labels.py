"""Labels for text that comes from elsewhere: never read as HTML, can be selected and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from grokdesk.ui.kit.theme import CAPTION_SCALE, TITLE_SCALE, Theme


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
