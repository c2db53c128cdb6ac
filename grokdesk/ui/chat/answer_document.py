"""Draws what Markdown was laid down as (``markdown.pieces``) into a document, in the colours and fonts of the theme.

Nothing that an answer names is loaded: HTML in it is text, and pictures are links.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextListFormat,
    QTextTable,
    QTextTableCell,
    QTextTableFormat,
)

from grokdesk.ui.chat.columns import CELL_PADDING, HEAD_WEIGHT, Columns, Ruler
from grokdesk.ui.chat.markdown.pieces import BOLD, CODE, ITALIC, LINK, STRUCK, Cell, Item, Line, Piece, Run, Table
from grokdesk.ui.kit import theme as styling

CODE_LINE = QTextFormat.Property.BlockCodeLanguage
CODE_BEGINS = QTextFormat.Property.UserProperty.value + 1
"""Set on the first line of a code block."""
RULE = QTextFormat.Property.UserProperty.value + 2
"""Set on the empty block of a horizontal rule, which Qt would draw in a colour that is hard to see."""
JOINS = QTextFormat.Property.UserProperty.value + 3
"""Set on a block that goes on where the one above ended: a document lays out each block as a whole, so what is very
long is drawn as several."""
FILLER = QTextFormat.Property.UserProperty.value + 4
"""Set on the empty blocks that a document needs around tables."""
CODE_SPAN = QTextFormat.Property.UserProperty.value + 5
"""Set on letters of code."""
TABLE_CHAIN = QTextFormat.Property.UserProperty.value + 6
"""Where the table begins that this one continues, or where it begins itself."""

HEADING_SCALES = (1.35, 1.2, 1.1, 1.0, 1.0, 1.0)
PADDING = styling.GAP_S
_LINE_HEIGHT, _CODE_LINE_HEIGHT = 135, 115
"""Per cent."""
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_BULLETS = (
    QTextListFormat.Style.ListDisc,
    QTextListFormat.Style.ListCircle,
    QTextListFormat.Style.ListSquare,
)
_ALIGNMENTS = {"center": Qt.AlignmentFlag.AlignHCenter, "right": Qt.AlignmentFlag.AlignRight}


@dataclass(frozen=True, slots=True)
class Look:
    """What a document is styled with: sizes in px, font sizes in points."""

    font: QFont
    code_font: QFont
    raised: QColor
    line: QColor
    link: QColor
    ruler: Ruler | None = None
    """None where nothing is shown, so that no width matters."""
    _formats: dict[tuple[int, str, int], QTextCharFormat] = field(default_factory=dict, compare=False)

    def letters(self, style: int = 0, address: str = "", level: int = 0) -> QTextCharFormat:
        """``level``: of a heading, 0 for other text."""
        made = self._formats.get((style, "", level))
        if made is None:
            made = self._formats[style, "", level] = self._letters(style, level)
        if style & LINK:
            made = QTextCharFormat(made)
            made.setAnchorHref(address)
        return made

    def _letters(self, style: int, level: int) -> QTextCharFormat:
        made = QTextCharFormat()
        if style & CODE:
            made.setFont(self.code_font, QTextCharFormat.FontPropertiesInheritanceBehavior.FontPropertiesSpecifiedOnly)
            made.setBackground(self.raised)
            made.setProperty(CODE_SPAN, True)
        if level:
            points = QFontInfo(self.font).pointSizeF() * HEADING_SCALES[level - 1]
            made.setFontPointSize(points * (0.95 if style & CODE else 1))
            made.setFontWeight(QFont.Weight.DemiBold)
        if style & BOLD:
            made.setFontWeight(QFont.Weight.Bold)
        if style & ITALIC:
            made.setFontItalic(True)
        if style & STRUCK:
            made.setFontStrikeOut(True)
        if style & LINK:
            made.setAnchor(True)
            made.setForeground(self.link)
            made.setFontUnderline(True)
        return made

    def code_letters(self) -> QTextCharFormat:
        """Of code blocks, which have a ground of their own."""
        made = QTextCharFormat(self.letters(CODE))
        made.clearBackground()
        made.setFontStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        return made


def look_of(theme: styling.Theme, font: QFont) -> Look:
    code = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    code.setPointSizeF(QFontInfo(font).pointSizeF() * 0.95)
    return Look(font, code, theme.color("raised"), theme.color("line"), theme.color("accent"), Ruler(font, code))


def plain_look() -> Look:
    """For a document that is never shown."""
    return Look(QFont(), QFont(), QColor(), QColor(), QColor())


def is_code(block_format: QTextBlockFormat) -> bool:
    return block_format.hasProperty(CODE_LINE)


@dataclass(slots=True)
class _Drawn:
    piece: Piece
    begin: int
    """The position where it was begun, behind what is above it."""
    before: QTextBlockFormat
    """Of the block at whose end it was begun."""


class Drawing:
    """Puts pieces at the end of one document. The tail may be drawn again, what is above it is not touched."""

    def __init__(self, writer: QTextCursor) -> None:
        """``writer`` is used for everything that is written; its document is empty."""
        self._writer = writer
        self._lists: dict[tuple[int, int], int] = {}
        """A position in the last item of each list."""
        self._tail: list[_Drawn] = []
        self._columns: dict[int, Columns] = {}
        """Of each table, by the position where it begins."""
        self.start = 0
        """Where the tail begins."""
        self.room = 0
        """Pixels that a table may have before it is scrolled."""

    def draw(self, pieces: list[Piece], look: Look) -> None:
        """Show these in the place of the tail; what is the same in both is left alone."""
        drawn = self._tail
        same = 0
        while same < min(len(drawn), len(pieces)) and drawn[same].piece == pieces[same]:
            same += 1
        if same < min(len(drawn), len(pieces)) and same == len(drawn) - 1 and self._amend(pieces[same], look):
            same += 1
        if same < len(drawn):
            self._remove(same)
        for piece in pieces[same:]:
            self._append(piece, look)

    def finish_tail(self) -> None:
        """What is drawn stays."""
        self._writer.movePosition(QTextCursor.MoveOperation.End)
        self.start = self._writer.position()
        self._tail = []
        # Of a list with thousands of items Qt counts them all for each one that comes; a cut one is several lists.
        self._lists = {}

    @property
    def has_tail(self) -> bool:
        return bool(self._tail)

    # --- the end of the document ---

    @property
    def _is_empty(self) -> bool:
        return self.start == 0 and not self._tail

    def _remove(self, kept: int) -> None:
        first = self._tail[kept]
        writer = self._writer
        writer.setPosition(first.begin)
        writer.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        writer.removeSelectedText()
        del self._tail[kept:]
        if writer.blockFormat() != first.before:  # of an empty block Qt keeps the format of what was removed
            writer.setBlockFormat(first.before)
        if self._is_empty:
            writer.setBlockCharFormat(QTextCharFormat())
        self._lists = {key: position for key, position in self._lists.items() if position <= first.begin}
        self._columns = {position: known for position, known in self._columns.items() if position <= first.begin}

    def _append(self, piece: Piece, look: Look) -> None:
        writer = self._writer
        writer.movePosition(QTextCursor.MoveOperation.End)
        begin, before = writer.position(), writer.blockFormat()
        if isinstance(piece, Table):
            self._append_table(piece, look)
        else:
            self._append_line(piece, look)
        self._tail.append(_Drawn(piece, begin, before))

    def _append_line(self, line: Line, look: Look) -> None:
        writer = self._writer
        letters = look.code_letters() if line.kind == "code" else look.letters(level=line.level)
        if self._is_empty:
            writer.setBlockFormat(_block_format(line))
            writer.setBlockCharFormat(letters)
            _make_room_above(writer, line)
        else:
            writer.insertBlock(_block_format(line), letters)
        if line.item is not None:
            self._add_to_list(line.item)
        _write(writer, line.runs, look, line)

    def _add_to_list(self, item: Item) -> None:
        writer, known = self._writer, self._lists.get(item.key)
        above = writer.document().findBlock(known).textList() if known is not None else None
        if above is not None:
            above.add(writer.block())
        else:
            made = QTextListFormat()
            made.setIndent(item.depth)
            if item.number is None:
                made.setStyle(_BULLETS[min(item.depth, len(_BULLETS)) - 1])
            else:
                made.setStyle(QTextListFormat.Style.ListDecimal)
                made.setStart(item.number)
                made.setNumberSuffix(item.delimiter)
            writer.createList(made)
        self._lists[item.key] = writer.position()

    def _append_table(self, table: Table, look: Look) -> None:
        writer = self._writer
        if self._is_empty:
            writer.setBlockFormat(_filler(0))
        if table.continues and not self._is_empty:
            writer.setBlockFormat(_filler(0))  # so that no gap is seen in a table that had to be cut
        lines = _table_format(table, look)
        columns = None
        if look.ruler is not None:
            columns = self._columns_of(table, writer.position() + 1, look.ruler)
            lines.setColumnWidthConstraints(_fixed(columns.widths))
            lines.setProperty(TABLE_CHAIN, columns.chain)
        made = writer.insertTable(1, len(table.alignments), lines)
        if columns is not None:
            self._columns[made.firstPosition()] = columns
        _fill_table(made, table, look, 0)
        writer.movePosition(QTextCursor.MoveOperation.End)
        writer.setBlockFormat(_filler(styling.GAP_M))
        writer.setBlockCharFormat(QTextCharFormat())

    def _columns_of(self, table: Table, begin: int, ruler: Ruler) -> Columns:
        margin = _table_margin(table)
        above = next(reversed(self._columns.values()), None) if table.continues else None
        if above is not None and len(above.widest) == len(table.alignments):
            columns = Columns(above.chain, margin, before=above.widest)
        else:
            columns = Columns(begin, margin)
        columns.add(0, table.rows, ruler, has_head=not table.continues)
        columns.widths = ruler.widths(columns.widest, self.room - margin)
        return columns

    def fit(self, room: int, look: Look) -> None:
        """Tables have so many pixels now."""
        self.room = room
        if look.ruler is None or not self._columns:
            return
        place = QTextCursor(self._writer.document())
        place.beginEditBlock()
        for position, columns in self._columns.items():
            place.setPosition(position)
            if (table := place.currentTable()) is not None:
                self._set_widths(table, columns, look.ruler)
        place.endEditBlock()

    def _set_widths(self, table: QTextTable, columns: Columns, ruler: Ruler) -> None:
        widths = ruler.widths(columns.widest, self.room - columns.margin)
        if widths != columns.widths:
            columns.widths = widths
            lines = table.format()
            lines.setColumnWidthConstraints(_fixed(widths))
            table.setFormat(lines)

    def _table_above(self) -> QTextTable | None:
        inside = QTextCursor(self._writer.document())
        inside.movePosition(QTextCursor.MoveOperation.End)
        inside.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
        return inside.currentTable()

    # --- the last piece, changed ---

    def _amend(self, piece: Piece, look: Look) -> bool:
        """Turn the last piece into this one, which often has only some more words; False when it has to be drawn
        anew."""
        last = self._tail[-1]
        if isinstance(piece, Line) and isinstance(last.piece, Line):
            done = self._amend_line(last.piece, piece, look)
        elif isinstance(piece, Table) and isinstance(last.piece, Table):
            done = self._amend_table(last.piece, piece, look)
        else:
            return False
        if done:
            last.piece = piece
        return done

    def _amend_line(self, old: Line, new: Line, look: Look) -> bool:
        same_place = (old.kind, old.level, old.item, old.quotes, old.indent, old.joins, old.begins)
        if same_place != (new.kind, new.level, new.item, new.quotes, new.indent, new.joins, new.begins):
            return False
        kept, rest = _difference(old.runs, new.runs)
        writer = self._writer
        writer.movePosition(QTextCursor.MoveOperation.End)
        if kept < len(old.text):
            # Positions are counted in UTF-16 units, our texts in characters.
            units = len(old.text[kept:].encode("utf-16-le")) // 2
            writer.movePosition(QTextCursor.MoveOperation.End)
            writer.setPosition(writer.position() - units, QTextCursor.MoveMode.KeepAnchor)
            writer.removeSelectedText()
        if (old.ends, old.is_close, old.goes_on) != (new.ends, new.is_close, new.goes_on):
            lines = QTextBlockFormat()
            whole = _block_format(new)
            lines.setBottomMargin(whole.bottomMargin())
            lines.setNonBreakableLines(whole.nonBreakableLines())
            writer.mergeBlockFormat(lines)
        _write(writer, rest, look, new)
        return True

    def _amend_table(self, old: Table, new: Table, look: Look) -> bool:
        if (old.alignments, old.quotes, old.indent, old.continues) != (
            new.alignments, new.quotes, new.indent, new.continues,
        ) or len(new.rows) < len(old.rows):  # fmt: skip
            return False
        table = self._table_above()
        if table is None:
            return False
        same = 0
        while same < len(old.rows) and old.rows[same] == new.rows[same]:
            same += 1
        _fill_table(table, replace(new, rows=new.rows[same:]), look, same)
        if look.ruler is not None and (columns := self._columns.get(table.firstPosition())) is not None:
            columns.add(same, new.rows[same:], look.ruler, has_head=not new.continues)
            self._set_widths(table, columns, look.ruler)
        return True


def _difference(old: tuple[Run, ...], new: tuple[Run, ...]) -> tuple[int, tuple[Run, ...]]:
    """How many characters of the old text can stay, and what has to come behind them."""
    kept = 0
    for number, (before, now) in enumerate(zip(old, new, strict=False)):
        if before == now:
            kept += len(before.text)
            continue
        if (before.style, before.address) == (now.style, now.address) and now.text.startswith(before.text):
            rest = Run(now.text[len(before.text) :], now.style, now.address)
            return kept + len(before.text), (rest, *new[number + 1 :])
        return kept, new[number:]
    return kept, new[min(len(old), len(new)) :]


def _write(writer: QTextCursor, runs: tuple[Run, ...], look: Look, line: Line) -> None:
    code = look.code_letters() if line.kind == "code" else None
    for run in runs:
        letters = code or look.letters(run.style, run.address, line.level)
        if line.joins and code is None:
            letters = QTextCharFormat(letters)
            # Half the time of laying out a megabyte goes into the fine spacing of letters.
            letters.setFontStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        writer.insertText(run.text, letters)


# --- formats ---


def _block_format(line: Line) -> QTextBlockFormat:
    made = QTextBlockFormat()
    if line.indent:
        made.setIndent(line.indent)
    if line.joins:
        made.setProperty(JOINS, True)
    if line.quotes:
        made.setProperty(QTextFormat.Property.BlockQuoteLevel, line.quotes)
        made.setLeftMargin(styling.GAP_L * line.quotes)
    if line.kind == "code":
        _format_code(made, line)
        return made
    made.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
    made.setTopMargin(styling.GAP_L if line.level else 0)
    gap = styling.GAP_XS if line.level or line.is_close else styling.GAP_S
    made.setBottomMargin(0 if line.goes_on else gap)
    if line.level:
        made.setHeadingLevel(line.level)
    if line.kind == "rule":
        made.setProperty(RULE, True)
    if line.item is not None and line.item.checked is not None:
        markers = QTextBlockFormat.MarkerType
        made.setMarker(markers.Checked if line.item.checked else markers.Unchecked)
    return made


def _format_code(made: QTextBlockFormat, line: Line) -> None:
    made.setProperty(CODE_LINE, "")
    made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    made.setLeftMargin(made.leftMargin() + styling.GAP_M)
    made.setRightMargin(styling.GAP_M)
    made.setTopMargin(2 * PADDING if line.begins else 0)
    made.setBottomMargin(2 * PADDING if line.ends else 0)
    made.setLineHeight(_CODE_LINE_HEIGHT, _PROPORTIONAL)
    # Scrolled sideways; a line that had to be cut is so long that nobody would scroll along it.
    made.setNonBreakableLines(not (line.joins or line.goes_on))
    if line.begins:
        made.setProperty(CODE_BEGINS, True)


def _make_room_above(writer: QTextCursor, line: Line) -> None:
    """The ground of code reaches above its first line, and a document has no margin above its first block."""
    frame = writer.document().rootFrame()
    lines = frame.frameFormat()
    needed = PADDING if line.kind == "code" else 0
    if lines.topMargin() != needed:
        lines.setTopMargin(needed)
        frame.setFrameFormat(lines)


def _filler(gap: int) -> QTextBlockFormat:
    """``gap``: pixels below it."""
    made = QTextBlockFormat()
    made.setProperty(FILLER, True)
    made.setLineHeight(1, _FIXED)
    made.setBottomMargin(gap)
    return made


def _table_format(table: Table, look: Look) -> QTextTableFormat:
    made = QTextTableFormat()
    made.setBorder(1)
    made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    made.setBorderBrush(QBrush(look.line))
    made.setBorderCollapse(True)
    made.setCellPadding(CELL_PADDING)
    made.setCellSpacing(0)
    made.setTopMargin(0 if table.continues else styling.GAP_M)
    made.setLeftMargin(_table_margin(table))
    made.setHeaderRowCount(0 if table.continues else 1)
    return made


def _table_margin(table: Table) -> int:
    return styling.GAP_L * table.quotes + styling.GAP_XL * table.indent


def _fixed(widths: list[int]) -> list[QTextLength]:
    return [QTextLength(QTextLength.Type.FixedLength, width) for width in widths]


def _fill_table(table: QTextTable, content: Table, look: Look, first: int) -> None:
    """Write the rows from row ``first`` on; row 0 is the head, unless the table continues one."""
    missing = first + len(content.rows) - table.rows()
    if missing > 0:
        table.appendRows(missing)
    for number, row in enumerate(content.rows, first):
        for column, cell in enumerate(row):
            head = number == 0 and not content.continues
            _fill_cell(table.cellAt(number, column), cell, content.alignments[column], look, is_head=head)


def _fill_cell(place: QTextTableCell, cell: Cell, alignment: str, look: Look, *, is_head: bool) -> None:
    writer = place.firstCursorPosition()
    writer.setPosition(place.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
    if writer.hasSelection():
        writer.removeSelectedText()
    lines = QTextBlockFormat()
    lines.setLineHeight(_CODE_LINE_HEIGHT, _PROPORTIONAL)
    if alignment in _ALIGNMENTS:
        lines.setAlignment(_ALIGNMENTS[alignment])
    writer.setBlockFormat(lines)
    if is_head:
        shade = place.format()
        shade.setBackground(look.raised)
        place.setFormat(shade)
    for run in cell:
        letters = look.letters(run.style, run.address)
        if is_head:
            letters = QTextCharFormat(letters)
            letters.setFontWeight(HEAD_WEIGHT)
        writer.insertText(run.text, letters)
