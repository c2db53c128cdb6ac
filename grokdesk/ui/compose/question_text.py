"""The field a question is typed into: grows with its lines, sends on Enter, takes pictures from a paste or a drop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from grokdesk.ui.clipboard.incoming import Incoming, incoming_from, may_be_taken
from grokdesk.ui.kit.theme import GAP_XS

LINES = 6
"""It grows up to this many, then scrolls."""


class QuestionText(QPlainTextEdit):
    sent = Signal()
    """Enter was pressed, and not to finish a word of an input method."""
    brought = Signal(object)
    """An Incoming that holds more than text; its text is in the field already."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "bare")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.setViewportMargins(0, GAP_XS, 0, 0)  # below, the text needs some room or it would scroll
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @property
    def is_composing(self) -> bool:
        """True while an input method shows text that is not decided yet."""
        return bool(self.textCursor().block().layout().preeditAreaText())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.insertPlainText("\n")
            self.ensureCursorVisible()
        elif not self.is_composing:
            self.sent.emit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return may_be_taken(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.take(incoming_from(source))

    def take(self, incoming: Incoming) -> None:
        if incoming.text:
            self.insertPlainText(incoming.text)
            self.ensureCursorVisible()
        if not incoming.text or incoming.has_pictures or incoming.refused:
            self.brought.emit(incoming)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    @Slot()
    def _fit(self) -> None:
        """As high as its lines. The layout of plain text counts its height in lines, wrapped ones included."""
        lines = min(max(1, round(self.document().documentLayout().documentSize().height())), LINES)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * GAP_XS)
        on, off = Qt.ScrollBarPolicy.ScrollBarAsNeeded, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(on if lines == LINES else off)
