"""Shows an answer that is plain text, such as the text read from a picture: every line stays a line."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from grokdesk.translation import _
from grokdesk.ui.chat.answer_document import JOINS
from grokdesk.ui.chat.copying import plain_mime_of, selection_mime_of
from grokdesk.ui.chat.fitted_text import FittedText, line_width
from grokdesk.ui.chat.markdown.blocks import LONG_WORD
from grokdesk.ui.kit.theme import Theme


class PlainView(FittedText):
    """Takes the place of an AnswerView; nothing in the text is markup."""

    paused = Signal(bool)
    """Never said: text is only added behind what is there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._pieces: list[str] = []
        self.setAccessibleName(_("Answer"))
        self.setMaximumWidth(line_width(self.font()))

    @property
    def received(self) -> str:
        """Everything that came."""
        return "".join(self._pieces)

    def stream(self, text: str) -> None:
        """Add the next piece."""
        self._pieces.append(text)
        writer = QTextCursor(self.document())
        writer.beginEditBlock()
        writer.movePosition(QTextCursor.MoveOperation.End)
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if number:
                writer.insertBlock(QTextBlockFormat())
            self._add(writer, line)
        writer.endEditBlock()

    @staticmethod
    def _add(writer: QTextCursor, line: str) -> None:
        """A document lays out each block as a whole, so a very long line is drawn as several."""
        while line:
            room = LONG_WORD - writer.positionInBlock()
            if room <= 0:
                rest = QTextBlockFormat()
                rest.setProperty(JOINS, True)
                writer.insertBlock(rest)
                continue
            writer.insertText(line[:room])
            line = line[room:]

    def finish(self) -> None:
        """Nothing more comes."""

    def show_whole(self, text: str) -> None:
        """Show a whole text in the place of what is there."""
        self._pieces = []
        self.clear()
        self.stream(text)

    def createMimeDataFromSelection(self) -> QMimeData:
        return plain_mime_of(selection_mime_of(self.textCursor()).text())
