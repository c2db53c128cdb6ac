"""Shows the Markdown of one answer while it comes.

Finished blocks are inserted once and never touched again; only the open tail changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextBlock, QTextCursor, QTextFormat
from PySide6.QtWidgets import QWidget

from grokdesk.translation import _
from grokdesk.ui.chat.answer_document import CODE_BEGINS, FILLER, PADDING, RULE, Drawing, is_code, look_of
from grokdesk.ui.chat.copying import selection_mime_of
from grokdesk.ui.chat.fitted_text import line_width
from grokdesk.ui.chat.markdown.blocks import Block, BlockSplitter
from grokdesk.ui.chat.markdown.open_marks import certain
from grokdesk.ui.chat.sideways import SidewaysText
from grokdesk.ui.kit import theme as styling


class AnswerView(SidewaysText):
    paused = Signal(bool)
    """Text is held back because the part that would change is selected."""

    def __init__(self, theme: styling.Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "surface", parent)
        self._received: list[str] = []
        self._splitter = BlockSplitter()
        self._blocks: list[Block] = []
        """What is finished and drawn."""
        self._closed: list[Block] = []
        """What is finished and waits to be drawn."""
        self._references: dict[str, Any] = {}
        """Addresses that the text gave names to."""
        self._look = look_of(theme, self.font())
        self._drawing = Drawing(QTextCursor(self.document()))
        self._paused = False
        self._unresolved = False
        self.setAccessibleName(_("Answer"))
        self.setMaximumWidth(line_width(self.font()))
        self.selectionChanged.connect(self._selection_changed)
        theme.changed.connect(self._style_again)

    # --- text ---

    @property
    def received(self) -> str:
        """Everything that came."""
        return "".join(self._received)

    def stream(self, text: str) -> None:
        """Add the next piece of Markdown."""
        self._received.append(text)
        self._closed += self._splitter.feed(text)
        self._draw()

    def finish(self) -> None:
        """Nothing more comes."""
        self._closed += self._splitter.finish()
        if self._splitter.has_lost_end:
            self._split_without_nesting()
        self._draw()
        self._unresolved = bool(self._references)
        self._resolve()

    def show_whole(self, text: str) -> None:
        """Show a whole text in the place of what is there."""
        self._received = [text]
        self._splitter = BlockSplitter()
        self._blocks, self._closed = [], []
        self._references = {}
        self.forget_offsets()
        self._start_over()
        self._closed = self._splitter.feed(text)
        self.finish()

    def _split_without_nesting(self) -> None:
        splitter = BlockSplitter(nesting=False)
        self._blocks = []
        self._closed = splitter.feed(self.received) + splitter.finish()
        self._start_over()

    def _resolve(self) -> None:
        """Draw the text again with the addresses that are named at its end; not under a selection."""
        if self._unresolved and not self.has_selection:
            self._unresolved = False
            self._style_again()

    @Slot()
    def _style_again(self) -> None:
        self._closed = [*self._blocks, *self._closed]
        self._look = look_of(self._theme, self.font())
        self._start_over()

    def _start_over(self) -> None:
        self._blocks = []
        cursor = self.textCursor()
        cursor.clearSelection()
        self.setTextCursor(cursor)
        self.document().clear()
        self.forget_widths()
        self._drawing = Drawing(QTextCursor(self.document()))
        self._draw()

    def _draw(self) -> None:
        cursor = self.textCursor()
        self._set_paused(cursor.hasSelection() and cursor.selectionEnd() > self._drawing.start)
        if self._paused:
            return
        anchor, position = cursor.anchor(), cursor.position()
        self._drawing.room = self.viewport().width()
        self.is_writing = True
        editing = QTextCursor(self.document())
        editing.beginEditBlock()
        for block in self._closed:
            self._drawing.draw(block.pieces(self._references), self._look)
            self._drawing.finish_tail()
            self._blocks.append(block)
        self._closed.clear()
        if (opened := self._splitter.open_block()).text or self._drawing.has_tail:
            shown = replace(opened, text=certain(opened.text)) if opened.kind != "code" else opened
            # The address of a name that is still coming is not to be taken for the whole one.
            self._drawing.draw(shown.pieces(dict(self._references), is_open=True), self._look)
        editing.endEditBlock()
        self._restore(anchor, position)
        self.is_writing = False

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

    def createMimeDataFromSelection(self) -> QMimeData:
        return selection_mime_of(self.textCursor())

    # --- size ---

    def needed_height(self) -> int:
        """With room for the ground of code at the end, and for the scroll bar of a table."""
        end = self.document().lastBlock().blockFormat()
        return super().needed_height() + (PADDING if is_code(end) or end.hasProperty(FILLER) else 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_drawing"):
            self.setMaximumWidth(line_width(self.font()))
            self._style_again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._drawing.fit(event.size().width(), self._look)

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
