"""Words that lie over the conversation for a moment."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.theme import GAP_L, GAP_M

NOTE_MS = 2000


class Note(QLabel):
    """A short status such as "Copied"; it goes by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", "note")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(NOTE_MS)
        self._end.timeout.connect(self.hide)

    def show_words(self, words: str, bottom_left: QPoint) -> None:
        self.setText(words)
        self.adjustSize()
        self.move(bottom_left.x() + GAP_M, bottom_left.y() - self.height() - GAP_M)
        self.show()
        self.raise_()
        self._end.start()


class DropHint(QLabel):
    """Says what a drop would do, over everything that may be dropped on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(_("Drop to ask about it"), parent)
        self.setProperty("look", "drop-hint")
        self.hide()

    def show_over(self, place: QRect) -> None:
        self.setGeometry(place.adjusted(GAP_L, GAP_L, -GAP_L, -GAP_L))
        self.show()
        self.raise_()
