"""A text whose code and tables are scrolled sideways, each by itself, where they are wider than the view.

All of it is one document, so that selecting, copying and finding work across everything. Code lines do not wrap and
columns of tables do not shrink below their words, so these parts reach beyond the right edge of the view. A part that
is scrolled is painted, and clicked on, as if the whole document were scrolled that far: ``_moved``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSignalBlocker, Qt, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from grokdesk.ui.chat.answer_document import CODE_BEGINS, PADDING, TABLE_CHAIN, is_code
from grokdesk.ui.chat.columns import CELL_PADDING
from grokdesk.ui.chat.fitted_text import FittedText
from grokdesk.ui.kit.theme import GAP_L, GAP_M, Theme

_BAR, _BAR_REACH = 4, 5
"""Pixels: how thick a scroll bar is, and how far beside it it can still be grasped."""
_LEAST_HANDLE = 24
_WHEEL_STEP = 60
"""Pixels for one notch of a mouse wheel."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is wider than the view, as far as it is in sight."""

    key: int
    """The same for all tables and lines of code that are scrolled together."""
    place: QRectF
    """In pixels of the view."""
    most: float
    """Pixels that it can be scrolled."""
    offset: float
    """Pixels that it is scrolled."""
    bar: QRectF
    """Of its scroll bar, which is at its end; empty when that is out of sight."""

    def handle(self) -> QRectF:
        whole = self.place.width() + self.most
        length = max(_LEAST_HANDLE, self.bar.width() * self.place.width() / whole)
        left = self.bar.left() + (self.bar.width() - length) * self.offset / self.most
        return QRectF(left, self.bar.top(), length, self.bar.height())


@dataclass(slots=True)
class _Code:
    """The lines of a code block, found as they come into sight."""

    first: int
    """The number of its first block."""
    reach: list[float] = field(default_factory=list)
    """For each line how far to the right it and those above reach."""

    @property
    def end(self) -> int:
        return self.first + len(self.reach)


class SidewaysText(FittedText):
    def __init__(self, theme: Theme, ground: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, ground, parent)
        self._offsets: dict[int, float] = {}
        """Of the parts that are scrolled, by their keys."""
        self._codes: list[_Code] = []
        self._chains: dict[int, float] = {}
        """How far the tables of a chain reach to the right."""
        self._grasped: tuple[Part, float] | None = None
        """The part whose bar is dragged, and where the handle was taken hold of."""
        self._hovered: int | None = None
        self.is_writing = False
        """The text cursor is not moved by a person."""
        # QTextEdit wants to scroll all of the document once something in it is wider than the view.
        self.horizontalScrollBar().rangeChanged.connect(self._hold)
        self.document().contentsChange.connect(self._forget_from)
        self.document().documentLayout().update.connect(self._text_changed)
        self.cursorPositionChanged.connect(self._show_cursor)
        self.selectionChanged.connect(self._paint_again)

    @Slot()
    def _hold(self) -> None:
        bar = self.horizontalScrollBar()
        if bar.maximum():
            bar.setRange(0, 0)

    @contextmanager
    def _moved(self, offset: float) -> Iterator[None]:
        """Within this the view takes its document for scrolled by ``offset`` pixels.

        QTextEdit has no other way to draw and to map positions in another place than that of its scroll bar, which is
        not shown. Nobody hears of the change, and a menu or a drag that runs its own event loop in here does no harm:
        each paint and each mouse event sets its own place.
        """
        bar = self.horizontalScrollBar()
        before = (bar.maximum(), bar.value())
        with QSignalBlocker(bar):
            bar.setRange(0, round(offset))
            bar.setValue(0 if self.isRightToLeft() else round(offset))
        try:
            yield
        finally:
            with QSignalBlocker(bar):
                bar.setRange(0, before[0])
                bar.setValue(before[1])

    # --- what is wide ---

    @property
    def _has_parts(self) -> bool:
        return self.document().documentLayout().documentSize().width() > self.viewport().width()

    def forget_offsets(self) -> None:
        """Another text is shown."""
        self._offsets.clear()

    def forget_widths(self) -> None:
        """The same text is drawn again, in another font."""
        self._codes.clear()
        self._chains.clear()

    @Slot(int, int, int)
    def _forget_from(self, position: int, _removed: int, _added: int) -> None:
        if not self._codes:
            return
        changed = self.document().findBlock(position).blockNumber()
        while self._codes and self._codes[-1].first > changed:
            self._codes.pop()
        if self._codes:
            code = self._codes[-1]
            del code.reach[max(0, changed - code.first) :]
            if not code.reach:
                self._codes.pop()

    def parts_in(self, visible: QRectF) -> list[Part]:
        """Those that are, even in part, between the top and the bottom of ``visible``."""
        found: list[Part] = []
        if not self._has_parts:
            return found
        layout = self.document().documentLayout()
        top = QPointF(0, visible.top() - 2 * PADDING)
        block = self.document().findBlock(max(0, layout.hitTest(top, Qt.HitTestAccuracy.FuzzyHit)))
        end = visible.bottom() + 2 * PADDING  # the ground of code is larger than its lines
        while block.isValid() and layout.blockBoundingRect(block).top() <= end:
            if is_code(block.blockFormat()):
                block = self._add_code(block, end, found)
            elif (table := QTextCursor(block).currentTable()) is not None:
                self._add_table(table, found)
                block = self.document().findBlock(table.lastPosition() + 1)
            else:
                block = block.next()
        return [part for part in found if part.place.bottom() >= visible.top() and part.place.top() <= visible.bottom()]

    def part_at(self, y: float) -> Part | None:
        """With the room for its bar."""
        return next(iter(self.parts_in(QRectF(0, y, 1, 1))), None)

    def _part(self, key: int, place: QRectF, reach: float, bar_top: float | None) -> Part | None:
        most = reach - place.right()
        if most <= 2:
            return None
        bar = QRectF()
        if bar_top is not None:
            bar = QRectF(place.left() + _BAR, bar_top, place.width() - 2 * _BAR, _BAR)
        return Part(key, place, most, min(self._offsets.get(key, 0.0), most), bar)

    def _add_code(self, block: QTextBlock, end: float, found: list[Part]) -> QTextBlock:
        """The code that ``block`` is a line of; returns the block behind the lines of it that are in sight."""
        layout, document = self.document().documentLayout(), self.document()
        code = self._code_of(block)
        first = layout.blockBoundingRect(block)
        bottom = first.bottom()
        while block.blockNumber() < code.end and (place := layout.blockBoundingRect(block)).top() <= end:
            bottom = place.bottom()
            block = block.next()
            if not block.isValid():
                break
        ends = not block.isValid() or block.blockNumber() >= code.end
        begin = document.findBlockByNumber(code.first)
        left = begin.layout().lineAt(0).x() - GAP_M if begin.layout().lineCount() else 0.0
        place = QRectF(left, first.top() - PADDING, self.viewport().width() - left, bottom - first.top() + PADDING)
        bar_top = bottom + (PADDING - _BAR) / 2 if ends else None
        if ends:
            place.setBottom(bottom + PADDING)
        part = self._part(begin.position(), place, code.reach[-1] + GAP_M, bar_top)
        if part is not None:
            found.append(part)
        return block

    def _code_of(self, block: QTextBlock) -> _Code:
        number = block.blockNumber()
        index = bisect_right(self._codes, number, key=lambda code: code.first) - 1
        code = self._codes[index] if index >= 0 else None
        if code is None or number >= code.end:
            known = code.end if code is not None else 0
            begin = block
            while not begin.blockFormat().hasProperty(CODE_BEGINS) and begin.blockNumber() > known:
                if not is_code((above := begin.previous()).blockFormat()):
                    break
                begin = above
            goes_on = code is not None and begin.blockNumber() == known and not _begins(begin)
            if code is None or not goes_on:
                code = _Code(begin.blockNumber())
                self._codes.insert(index + 1, code)
        self._read_on(code)
        return code

    def _read_on(self, code: _Code) -> None:
        """To the end of the code, so that the bar shows how wide all of it is."""
        block = self.document().findBlockByNumber(code.end)
        reach = code.reach[-1] if code.reach else 0.0
        while block.isValid() and is_code(block.blockFormat()) and not (code.reach and _begins(block)):
            lines = block.layout()
            if lines.lineCount():
                reach = max(reach, lines.lineAt(0).naturalTextRect().right())
            code.reach.append(reach)
            block = block.next()

    def _add_table(self, table: QTextTable, found: list[Part]) -> None:
        layout = self.document().documentLayout()
        corner = layout.blockBoundingRect(table.cellAt(0, 0).firstCursorPosition().block())
        # frameBoundingRect() of a table has the right size, but begins at the text of its first cell.
        width = layout.frameBoundingRect(table).width()
        last = (table.cellAt(table.rows() - 1, column) for column in range(table.columns()))
        bottom = max(layout.blockBoundingRect(cell.lastCursorPosition().block()).bottom() for cell in last)
        left, border = corner.left() - CELL_PADDING - 2, CELL_PADDING + 1
        place = QRectF(left, corner.top() - border, self.viewport().width() - left, 0)
        place.setBottom(bottom + border + _BAR + 3)
        key = table.format().intProperty(TABLE_CHAIN)
        reach = self._chains[key] = max(self._chains.get(key, 0.0), left + width)
        below = QTextCursor(self.document().findBlock(table.lastPosition() + 1).next()).currentTable()
        is_last = below is None or below.format().intProperty(TABLE_CHAIN) != key
        part = self._part(key, place, reach, bottom + border + 3 if is_last else None)
        if part is not None:
            found.append(part)

    # --- painting ---

    def paint_text(self, event: QPaintEvent) -> None:
        parts = self.parts_in(QRectF(event.rect()))
        self._paint_bands(event, [part for part in parts if part.offset])
        bars = [part for part in parts if not part.bar.isEmpty()]
        if bars:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for part in bars:
                painter.setBrush(self._theme.color("muted" if self._is_active(part.key) else "line"))
                painter.drawRoundedRect(part.handle(), _BAR / 2, _BAR / 2)

    def _is_active(self, key: int) -> bool:
        return key == self._hovered or (self._grasped is not None and self._grasped[0].key == key)

    def _paint_bands(self, event: QPaintEvent, scrolled: list[Part]) -> None:
        if not scrolled:
            self._paint_band(event, event.rect(), 0)
            return
        exposed = event.rect()
        top = exposed.top()
        for part in scrolled:
            place = part.place.toRect()
            above = QRect(exposed.left(), top, exposed.width(), place.top() - top)
            self._paint_band(event, above, 0)
            self._paint_band(event, place & exposed, part.offset)
            top = max(top, place.bottom() + 1)
        self._paint_band(event, QRect(exposed.left(), top, exposed.width(), exposed.bottom() + 1 - top), 0)

    def _paint_band(self, event: QPaintEvent, band: QRect, offset: float) -> None:
        if band == event.rect():
            region = event
        elif band.isEmpty():
            return
        else:
            region = QPaintEvent(band)
        with self._moved(offset):
            QTextBrowser.paintEvent(self, region)

    @Slot()
    def _paint_again(self) -> None:
        """Qt asks for what it changes to be painted where it would be if nothing were scrolled."""
        if self._offsets:
            self.viewport().update()

    @Slot(QRectF)
    def _text_changed(self, place: QRectF) -> None:
        if self._offsets:
            bounded = place.toAlignedRect() & self.viewport().rect().adjusted(-(1 << 20), 0, 1 << 20, 0)
            self.viewport().update(0, bounded.top(), self.viewport().width(), bounded.height())

    # --- scrolling ---

    def scroll_part(self, part: Part, offset: float) -> None:
        """So that ``offset`` pixels of it are left of the view."""
        offset = float(round(max(0.0, min(offset, part.most))))
        if offset == self._offsets.get(part.key, 0.0):
            return
        self._offsets[part.key] = offset
        if not offset:
            del self._offsets[part.key]
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sideways only: what is around scrolls up and down."""
        pixels = event.pixelDelta()
        x, y = float(pixels.x()), float(pixels.y())
        if pixels.isNull():
            x, y = (delta * _WHEEL_STEP / 120 for delta in (event.angleDelta().x(), event.angleDelta().y()))
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not x:
            x, y = y, 0.0
        part = self.part_at(event.position().y()) if abs(x) > abs(y) else None
        if part is None:
            event.ignore()
            return
        self.scroll_part(part, part.offset - x)
        event.accept()

    @Slot()
    def _show_cursor(self) -> None:
        """Bring the text cursor, moved by a person, into sight."""
        if self.is_writing or self._grasped or not self._has_parts:
            return
        with self._moved(0):
            place = super().cursorRect()
        part = self.part_at(place.center().y())
        if part is None:
            return
        x, left, right = place.center().x() - part.offset, part.place.left() + GAP_L, part.place.right() - GAP_L
        if x < left:
            self.scroll_part(part, part.offset + x - left)
        elif x > right:
            self.scroll_part(part, part.offset + x - right)

    def cursorRect(self, cursor: QTextCursor | None = None) -> QRect:  # noqa: N802 - Qt's name
        """In the viewport, as it is painted."""
        wanted = self.textCursor() if cursor is None else cursor
        with self._moved(0):
            place = super().cursorRect(wanted)
        return place.translated(-round(self._offset_at(place.center().y())), 0)

    def _offset_at(self, y: float) -> float:
        if not self._offsets:
            return 0.0
        part = self.part_at(y)
        return part.offset if part is not None and part.place.top() <= y <= part.place.bottom() else 0.0

    # --- mouse ---

    def _bar_at(self, place: QPointF) -> Part | None:
        part = self.part_at(place.y())
        if part is None or part.bar.isEmpty():
            return None
        return part if part.bar.adjusted(0, -_BAR_REACH, 0, _BAR_REACH).contains(place) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self._bar_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if part is None:
            with self._moved(self._offset_at(event.position().y())):
                super().mousePressEvent(event)
            return
        handle, x = part.handle(), event.position().x()
        held = x - handle.left() if handle.left() <= x <= handle.right() else handle.width() / 2
        self._grasped = (part, held)
        self._drag_to(part, x - held)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grasped is not None:
            part, held = self._grasped
            self._drag_to(part, event.position().x() - held)
            return
        if not event.buttons():
            self._hover(self._bar_at(event.position()))
        if self._hovered is None:
            with self._moved(self._offset_at(event.position().y())):
                super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grasped is not None:
            self._grasped = None
            self.viewport().update()
            return
        with self._moved(self._offset_at(event.position().y())):
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._bar_at(event.position()) is not None:
            self.mousePressEvent(event)
            return
        with self._moved(self._offset_at(event.position().y())):
            super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        with self._moved(self._offset_at(event.pos().y())):
            super().contextMenuEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().viewportEvent(event)

    def anchorAt(self, pos: QPoint) -> str:  # noqa: N802 - Qt's name
        with self._moved(self._offset_at(pos.y())):
            return super().anchorAt(pos)

    def _drag_to(self, part: Part, left: float) -> None:
        """Put the left end of the handle there."""
        free = part.bar.width() - part.handle().width()
        if free > 0:
            self.scroll_part(part, (left - part.bar.left()) / free * part.most)

    def _hover(self, part: Part | None) -> None:
        key = part.key if part is not None else None
        if key != self._hovered:
            self._hovered = key
            self.viewport().setCursor(Qt.CursorShape.IBeamCursor if key is None else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._chains.clear()


def _begins(block: QTextBlock) -> bool:
    return block.blockFormat().hasProperty(CODE_BEGINS)
