"""Shows an answer that is plain text, such as the text read from a picture: every line stays a line."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from grokdesk.ui.chat.fitted_text import FittedText, line_width
from grokdesk.ui.kit.theme import Theme


class PlainView(FittedText):
    """Takes the place of an AnswerView; nothing in the text is markup."""

    paused = Signal(bool)
    """Never said: text is only added behind what is there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._pieces: list[str] = []
        self.setAccessibleName("Answer")
        self.setMaximumWidth(line_width(self.font()))

    @property
    def received(self) -> str:
        """Everything that came."""
        return "".join(self._pieces)

    def stream(self, text: str) -> None:
        """Add the next piece."""
        self._pieces.append(text)
        writer = QTextCursor(self.document())
        writer.movePosition(QTextCursor.MoveOperation.End)
        writer.insertText(text)

    def finish(self) -> None:
        """Nothing more comes."""

    def show_whole(self, text: str) -> None:
        """Show a whole text in the place of what is there."""
        self._pieces = [text]
        self.setPlainText(text)
