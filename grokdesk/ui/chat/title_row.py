"""The head of the panel: what the conversation is about, and the way to a new one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from grokdesk.translation import N_, _
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import GAP_L, GAP_S, Theme

UNTITLED = N_("New conversation")


class TitleRow(QWidget):
    new_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setFont(theme.font(bold=True))
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.new_button = IconButton(theme, "add", _("New"), name=_("New conversation (Ctrl+N)"))
        self.new_button.setShortcut("Ctrl+N")
        self.new_button.clicked.connect(self.new_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GAP_L, GAP_S, GAP_S, GAP_S)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.new_button)
        self.set_title("")

    @property
    def title(self) -> str:
        return self._title

    def set_title(self, title: str) -> None:
        """Empty: a new conversation."""
        self._title = " ".join(title.split())
        self.label.setAccessibleName(self._title or _(UNTITLED))
        self.label.setToolTip("")
        self._elide()

    def suggest_title(self, text: str) -> None:
        """Use this when there is no title yet."""
        if not self._title and text.strip():
            self.set_title(text.strip().splitlines()[0])

    def _elide(self) -> None:
        words = self._title or _(UNTITLED)
        self.label.setText(self.label.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.label.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()
