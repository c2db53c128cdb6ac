"""Shows the Markdown of one answer while it comes.

Finished blocks are inserted once and never touched again; only the open tail changes.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QRectF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QTextBlock, QTextCursor, QTextFormat
from PySide6.QtWidgets import QWidget

from grokdesk.ui.chat.answer_document import CODE_BEGINS, PADDING, RULE, is_code, look_of
from grokdesk.ui.chat.answer_tail import Tail
from grokdesk.ui.chat.fitted_text import FittedText, line_width
from grokdesk.ui.chat.markdown_blocks import Block, BlockSplitter
from grokdesk.ui.kit import theme as styling

_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*\S", re.MULTILINE)
"""The address of a link that is named elsewhere: the blocks are only right together."""


class AnswerView(FittedText):
    paused = Signal(bool)
    """Text is held back because the part that would change is selected."""

    def __init__(self, theme: styling.Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._splitter = BlockSplitter()
        self._blocks: list[Block] = []
        """What is finished and drawn."""
        self._closed: list[Block] = []
        """What is finished and waits to be drawn."""
        self._tail = Tail()
        self._paused = False
        self._unresolved = False
        self.setAccessibleName("Answer")
        self.setMaximumWidth(line_width(self.font()))
        self.selectionChanged.connect(self._selection_changed)
        theme.changed.connect(self._style_again)

    # --- text ---

    @property
    def received(self) -> str:
        """Everything that came."""
        return "".join(block.text for block in (*self._blocks, *self._closed)) + self._splitter.open_text()

    def stream(self, text: str) -> None:
        """Add the next piece of Markdown."""
        self._closed += self._splitter.feed(text)
        self._draw()

    def finish(self) -> None:
        """Nothing more comes."""
        self._closed += self._splitter.finish()
        self._draw()
        self._unresolved = _REFERENCE.search(self.received) is not None
        self._resolve()

    def show_whole(self, text: str) -> None:
        """Show a whole text in the place of what is there."""
        self._splitter = BlockSplitter()
        self._blocks, self._closed = [], []
        self._start_over()
        self._closed = self._splitter.feed(text)
        self.finish()

    def _resolve(self) -> None:
        """Draw the text as one block, for links that need all of it; not under a selection."""
        if self._unresolved and not self.has_selection:
            self._unresolved = False
            self._closed = [Block(self.received, "text")]
            self._start_over()

    @Slot()
    def _style_again(self) -> None:
        self._closed = [*self._blocks, *self._closed]
        self._start_over()

    def _start_over(self) -> None:
        self._blocks = []
        self._tail = Tail()
        cursor = self.textCursor()
        cursor.clearSelection()
        self.setTextCursor(cursor)
        self._draw()

    def _draw(self) -> None:
        cursor = self.textCursor()
        self._set_paused(cursor.hasSelection() and cursor.selectionEnd() > self._tail.start)
        if self._paused:
            return
        anchor, position = cursor.anchor(), cursor.position()
        look = look_of(self._theme, self.font())
        writer = QTextCursor(self.document())
        writer.beginEditBlock()
        for block in self._closed:
            if not self._tail.shows(block):
                self._tail.replace(writer, block.text, look)
            writer.movePosition(QTextCursor.MoveOperation.End)
            self._tail = Tail(writer.position(), writer.blockFormat())
            self._blocks.append(block)
        self._closed.clear()
        self._tail.update(writer, self._splitter, look)
        writer.endEditBlock()
        self._restore(anchor, position)

    def _restore(self, anchor: int, position: int) -> None:
        """Writing at the place of the text cursor has moved it."""
        cursor = self.textCursor()
        if (cursor.anchor(), cursor.position()) != (anchor, position):
            cursor.setPosition(anchor)
            cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            with QSignalBlocker(self):
                self.setTextCursor(cursor)

    def _set_paused(self, paused: bool) -> None:
        if paused != self._paused:
            self._paused = paused
            self.paused.emit(paused)

    @Slot()
    def _selection_changed(self) -> None:
        if self._paused and not self.has_selection:
            self._draw()
        self._resolve()

    # --- size ---

    def needed_height(self) -> int:
        """With room for the ground of code at the end."""
        ends_in_code = is_code(self.document().lastBlock().blockFormat())
        return super().needed_height() + (PADDING if ends_in_code else 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_tail"):
            self.setMaximumWidth(line_width(self.font()))
            self._style_again()

    # --- painting ---

    def paint_ground(self, painter: QPainter, event: QPaintEvent) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        reach = 2 * PADDING  # the ground of code is larger than its lines
        self._paint_behind(painter, QRectF(event.rect()).adjusted(0, -reach, 0, reach))

    def _paint_behind(self, painter: QPainter, visible: QRectF) -> None:
        """The ground of code and the bar beside quotes, for the blocks in sight."""
        layout = self.document().documentLayout()
        block = self.document().findBlock(layout.hitTest(visible.topLeft(), Qt.HitTestAccuracy.FuzzyHit))
        code: QRectF | None = None
        while block.isValid():
            place = layout.blockBoundingRect(block)
            if place.top() > visible.bottom():
                break
            lines = block.blockFormat()
            if code is not None and (not is_code(lines) or lines.hasProperty(CODE_BEGINS)):
                self._paint_code(painter, code)
                code = None
            if is_code(lines):
                code = self._code_ground(block, place, code, visible)
            elif level := lines.intProperty(QTextFormat.Property.BlockQuoteLevel):
                self._paint_quote(painter, place, level)
            elif lines.hasProperty(RULE):
                painter.setBrush(self._theme.color("line"))
                painter.drawRect(QRectF(place.left(), place.center().y(), place.width(), 1))
            block = block.next()
        if code is not None:
            continues = block.isValid() and is_code(block.blockFormat())
            self._paint_code(painter, code.adjusted(0, 0, 0, 2 * PADDING) if continues else code)

    def _code_ground(self, block: QTextBlock, place: QRectF, begun: QRectF | None, visible: QRectF) -> QRectF:
        indented = block.layout().lineAt(0).x() if block.layout().lineCount() else 0.0
        left = place.left() + indented - styling.GAP_M
        ground = QRectF(left, place.top(), self.viewport().width() - left, place.height())
        if begun is not None:
            return begun.united(ground)
        starts = block.blockFormat().hasProperty(CODE_BEGINS)
        return ground if starts else ground.adjusted(0, min(0.0, visible.top() - ground.top()) - 2 * PADDING, 0, 0)

    def _paint_code(self, painter: QPainter, ground: QRectF) -> None:
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(
            ground.adjusted(0, -PADDING, 0, PADDING), styling.RADIUS_CONTROL, styling.RADIUS_CONTROL
        )

    def _paint_quote(self, painter: QPainter, place: QRectF, level: int) -> None:
        painter.setBrush(self._theme.color("line"))
        for step in range(level):
            painter.drawRect(QRectF(place.left() + step * styling.GAP_L, place.top(), 3, place.height()))
