"""An answer, or what is selected of it, as what other programs paste: without our fonts and colours, so that what
receives it uses its own, and so that it loads nothing."""

from __future__ import annotations

import html
from collections.abc import Iterator

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextListFormat,
    QTextTable,
    QTextTableCell,
)

from grokdesk.ui.chat.answer_document import CODE_SPAN, FILLER, JOINS, RULE, Drawing, is_code, plain_look
from grokdesk.ui.chat.markdown.blocks import split_whole

_LINE_SEPARATOR = "\u2028"
_BLANK = "\N{NO-BREAK SPACE}"


def mime_of(markdown: str) -> QMimeData:
    """Rich text for word processors and the Markdown itself for everything else, together."""
    data = QMimeData()
    data.setText(markdown)
    data.setHtml(html_of(markdown))
    return data


def plain_mime_of(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def selection_mime_of(selected: QTextCursor) -> QMimeData:
    """What is selected in an answer: a table as a table for word processors and spreadsheets, and with tabs between
    its cells as text."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    QTextCursor(document).insertFragment(selected.selection())
    data = QMimeData()
    data.setText(text_of(document))
    data.setHtml(_page(document))
    return data


def html_of(markdown: str) -> str:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    drawing = Drawing(QTextCursor(document))
    look = plain_look()
    for pieces in split_whole(markdown):
        drawing.draw(pieces, look)
        drawing.finish_tail()
    return _page(document)


def text_of(document: QTextDocument) -> str:
    """One line for each line, tabs between the cells of a table."""
    parts: list[str] = []
    for part in _parts(document):
        if isinstance(part, QTextTable):
            for row in range(part.rows()):
                cells = (_cell_text(part.cellAt(row, column)) for column in range(part.columns()))
                parts += ["\n" if parts else "", "\t".join(cells)]
        else:
            joins = part.blockFormat().hasProperty(JOINS) or not parts
            parts += ["" if joins else "\n", part.text().replace(_LINE_SEPARATOR, "\n")]
    return "".join(parts).replace(_BLANK, " ")


def _cell_text(cell: QTextTableCell) -> str:
    return " ".join(" ".join(block.text() for block in _blocks(cell)).split())


def _parts(document: QTextDocument) -> list[QTextBlock | QTextTable]:
    """Without the empty blocks that a document needs around tables."""
    found: list[QTextBlock | QTextTable] = []
    part = document.rootFrame().begin()
    while not part.atEnd():
        inner, block = part.currentFrame(), part.currentBlock()
        if isinstance(inner, QTextTable):
            if len(found) == 1 and isinstance(found[0], QTextBlock) and not found[0].text():
                found.clear()
            found.append(inner)
        elif not block.blockFormat().hasProperty(FILLER):
            found.append(block)
        part += 1
    return found


def _blocks(cell: QTextTableCell) -> Iterator[QTextBlock]:
    block, last = cell.firstCursorPosition().block(), cell.lastCursorPosition().block()
    while block.isValid():
        yield block
        if block == last:
            return
        block = block.next()


# --- HTML ---


def _page(document: QTextDocument) -> str:
    return f'<html><head><meta charset="utf-8"></head><body>\n{_Html(document).made}</body></html>'


class _Html:
    """Elements that are open are closed as soon as a block no longer belongs to them."""

    def __init__(self, document: QTextDocument) -> None:
        self._out: list[str] = []
        self._open: list[str] = []
        """The tags of quotes, lists and items, outermost first."""
        self._code: list[str] | None = None
        above: QTextBlock | QTextTable | None = None
        for part in _parts(document):
            if isinstance(part, QTextTable):
                self._end_code()
                # A long table is drawn as several, of which the first alone has a head.
                goes_on = isinstance(above, QTextTable) and not part.format().headerRowCount()
                self._table(part, goes_on=goes_on)
            else:
                self._block(part)
            above = part
        self._end_code()
        self._close_down_to(0)
        self.made = "".join(self._out)

    def _block(self, block: QTextBlock) -> None:
        lines = block.blockFormat()
        if is_code(lines):
            if self._code is None:
                self._enter(lines, block)
                self._code = []
            elif not lines.hasProperty(JOINS):
                self._code.append("\n")
            self._code.append(html.escape(block.text(), quote=False))
            return
        self._end_code()
        self._enter(lines, block)
        if lines.hasProperty(RULE):
            self._out.append("<hr>\n")
            return
        text = "".join(_inline(block))
        if level := lines.headingLevel():
            text = f"<h{level}>{text}</h{level}>"
        elif block.textList() is None:
            text = f"<p>{text}</p>"
        self._out.append(text + "\n")

    def _enter(self, lines: QTextBlockFormat, block: QTextBlock) -> None:
        quotes = lines.intProperty(QTextFormat.Property.BlockQuoteLevel)
        same = 0
        while self._open[same : same + 1] == ["blockquote"]:
            same += 1
        if same != quotes:
            self._close_down_to(min(same, quotes))
        for _quote in range(same, quotes):
            self._start("blockquote")
        items = block.textList()
        if items is None:
            self._close_down_to(min(len(self._open), quotes + 2 * lines.indent()))
            return
        depth = items.format().indent()
        ordered = items.format().style() == QTextListFormat.Style.ListDecimal
        tag = "ol" if ordered else "ul"
        place = quotes + 2 * (depth - 1)
        self._close_down_to(min(len(self._open), place + 1))
        if self._open[place : place + 1] not in ([], [tag]):
            self._close_down_to(place)
        while len(self._open) < place:
            self._start("ul" if (len(self._open) - quotes) % 2 == 0 else "li")
        if len(self._open) == place:
            start = items.format().start() + items.itemNumber(block) if ordered else 1
            self._start(tag, f' start="{start}"' if start != 1 else "")
        self._start("li")
        marker = lines.marker()
        if marker != QTextBlockFormat.MarkerType.NoMarker:
            self._out.append("☑ " if marker == QTextBlockFormat.MarkerType.Checked else "☐ ")

    def _start(self, tag: str, attributes: str = "") -> None:
        self._open.append(tag)
        self._out.append(f"<{tag}{attributes}>")

    def _close_down_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()}>\n")

    def _end_code(self) -> None:
        if self._code is not None:
            self._out.append(f"<pre><code>{''.join(self._code)}</code></pre>\n")
            self._code = None

    def _table(self, table: QTextTable, *, goes_on: bool) -> None:
        if goes_on:
            self._out.pop()
        else:
            self._out.append('<table border="1">\n')
        heads = table.format().headerRowCount()
        for row in range(table.rows()):
            self._out.append("<tr>")
            for column in range(table.columns()):
                tag = "th" if row < heads else "td"
                cell = table.cellAt(row, column)
                text = "<br>".join("".join(_inline(block)) for block in _blocks(cell))
                self._out.append(f"<{tag}{_alignment(cell)}>{text}</{tag}>")
            self._out.append("</tr>\n")
        self._out.append("</table>\n")


def _alignment(cell: QTextTableCell) -> str:
    alignment = cell.firstCursorPosition().blockFormat().alignment()
    for flag, name in ((Qt.AlignmentFlag.AlignRight, "right"), (Qt.AlignmentFlag.AlignHCenter, "center")):
        if alignment & flag:
            return f' style="text-align:{name}"'
    return ""


def _inline(block: QTextBlock) -> Iterator[str]:
    part = block.begin()
    while not part.atEnd():
        run = part.fragment()
        yield _element(run.text(), run.charFormat(), is_heading=bool(block.blockFormat().headingLevel()))
        part += 1


def _element(text: str, letters: QTextCharFormat, *, is_heading: bool) -> str:
    made = html.escape(text, quote=False).replace(_LINE_SEPARATOR, "<br>")
    if letters.hasProperty(CODE_SPAN):
        made = f"<code>{made}</code>"
    if letters.fontStrikeOut():
        made = f"<s>{made}</s>"
    if letters.fontItalic():
        made = f"<em>{made}</em>"
    if letters.fontWeight() > 600 and not is_heading:
        made = f"<strong>{made}</strong>"
    if letters.isAnchor():
        made = f'<a href="{html.escape(letters.anchorHref())}">{made}</a>'
    return made
