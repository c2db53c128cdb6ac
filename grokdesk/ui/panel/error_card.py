"""What went wrong, in the flow of the conversation, with the one button that helps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QWidget

from grokdesk import __version__
from grokdesk.errors import GrokDeskError
from grokdesk.ui.panel.labels import plain_label
from grokdesk.ui.theme import GAP_M, GAP_S, GAP_XS, Theme


class ErrorCard(QFrame):
    chosen = Signal(object)
    """The Remedy on the button."""

    def __init__(self, error: GrokDeskError, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.error = error
        self._theme = theme
        self.setProperty("look", "bad-card")
        self.setAccessibleName(error.title)
        self._sign = QLabel()
        self._sign.setAccessibleName("Error")
        title, hint = plain_label(error.title), plain_label(error.hint)
        title.setFont(theme.font(bold=True))
        hint.setVisible(bool(error.hint))
        self.button = QPushButton(error.remedy.value)
        self.button.setAccessibleDescription(str(error))
        self.button.clicked.connect(self._choose)
        layout = QGridLayout(self)
        layout.setContentsMargins(GAP_M, GAP_M, GAP_M, GAP_M)
        layout.setHorizontalSpacing(GAP_S)
        layout.setVerticalSpacing(GAP_XS)
        layout.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(title, 0, 1)
        layout.addWidget(hint, 1, 1)
        layout.setRowMinimumHeight(2, GAP_XS)
        layout.addWidget(self.button, 3, 1, Qt.AlignmentFlag.AlignLeft)
        layout.setColumnStretch(1, 1)
        theme.changed.connect(self._draw)
        self._draw()

    def details(self, model: str) -> str:
        """What a person may send to somebody who helps; nothing secret."""
        lines = [f"GrokDesk {__version__}", f"{type(self.error).__name__}: {self.error.title}", self.error.hint]
        return "\n".join(line for line in (*lines, f"Model: {model}" if model else "") if line)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.error.remedy)

    @Slot()
    def _draw(self) -> None:
        self._sign.setPixmap(self._theme.pixmap("warning", 20, "bad"))
