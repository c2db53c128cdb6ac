"""Markdown of an answer as a dressed piece of a document.

The piece is made in a document of its own, which is never laid out: what an answer names is therefore not loaded,
and the document on the screen receives a finished piece in one step. HTML in answers is text. Pictures become links,
because loading them would tell their server that the answer was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
)

from grokdesk.ui.kit import theme as styling

FEATURES = QTextDocument.MarkdownFeature(
    0x0004 | 0x0008 | 0x0400  # addresses of web pages and mail are links
    | 0x0100  # tables
    | 0x0200  # strike-through
    | 0x0800  # task lists
    | QTextDocument.MarkdownFeature.MarkdownNoHTML.value
)  # fmt: skip
"""GitHub's dialect without HTML, and without two things of Qt's own that change what models write: ``_a_`` would be
underlined, and an answer that starts with ``---`` would be taken for metadata. ``$`` is text.

The flags are those of md4c: https://github.com/mity/md4c/blob/master/src/md4c.h
"""

CODE_BEGINS = QTextFormat.Property.UserProperty.value + 1
"""Set on the first line of a code block."""
RULE = QTextFormat.Property.UserProperty.value + 2
"""Set on the empty block of a horizontal rule, which Qt would draw in a colour that is hard to see."""

HEADING_SCALES = (1.35, 1.2, 1.1, 1.0, 1.0, 1.0)
PADDING = styling.GAP_S
_LINE_HEIGHT, _CODE_LINE_HEIGHT = 135, 115
"""Per cent."""
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
_LEAD = ".\n\n"


@dataclass(frozen=True, slots=True)
class Look:
    """What a document is dressed with: sizes in px, font sizes in points."""

    font: QFont
    code_font: QFont
    text: QColor
    muted: QColor
    raised: QColor
    line: QColor
    link: QColor


def look_of(theme: styling.Theme, font: QFont) -> Look:
    code = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    code.setPointSizeF(QFontInfo(font).pointSizeF() * 0.95)
    return Look(font, code, *(theme.color(role) for role in ("text", "muted", "raised", "line", "accent")))


def read(markdown: str) -> QTextDocument:
    """The Markdown as a document without looks, links in the place of pictures; nothing is loaded."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setMarkdown(markdown, FEATURES)
    if "![" in markdown:
        _replace_pictures(document)
    return document


def fragment(markdown: str, look: Look, *, first: bool) -> QTextDocumentFragment:
    """Dressed text to insert at the end of a document.

    ``first``: into an empty document. Otherwise the piece begins with a block of its own.
    """
    document = read(markdown if first else _LEAD + markdown)
    _restyle(document, look)
    if "`" in markdown:
        _style_inline_code(document, look)
    cursor = QTextCursor(document)
    cursor.setPosition(0 if first else 1)
    cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    return QTextDocumentFragment(document) if first else cursor.selection()


def is_code(block_format: QTextBlockFormat) -> bool:
    return block_format.hasProperty(QTextFormat.Property.BlockCodeLanguage)


def next_code_line(current: QTextBlockFormat) -> tuple[QTextBlockFormat, QTextBlockFormat]:
    """What the last line of a code block becomes when a line is added, and what that one is."""
    ended, added = QTextBlockFormat(current), QTextBlockFormat(current)
    ended.setBottomMargin(0)
    added.setTopMargin(0)
    added.clearProperty(CODE_BEGINS)
    return ended, added


# --- pictures ---


def _replace_pictures(document: QTextDocument) -> None:
    found: list[tuple[int, int, str, str]] = []
    for position, length, letters in runs(document):
        if not letters.isImageFormat():
            continue
        address = letters.toImageFormat().name()
        words = str(letters.property(QTextFormat.Property.ImageAltText) or "")
        if found and found[-1][0] + found[-1][1] == position and found[-1][2] == address:
            begun_at, begun_length, _, begun_words = found.pop()
            found.append((begun_at, begun_length + length, address, begun_words + words))
        else:
            found.append((position, length, address, words))
    cursor = QTextCursor(document)
    for position, length, address, words in reversed(found):
        link = QTextCharFormat()
        link.setAnchor(True)
        link.setAnchorHref(address)
        link.setForeground(QGuiApplication.palette().link())
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(f"[picture: {words.strip()}]" if words.strip() else "[picture]", link)


def runs(document: QTextDocument) -> Iterator[tuple[int, int, QTextCharFormat]]:
    """Position, length and format of every stretch of equally formatted text."""
    block = document.begin()
    while block.isValid():
        yield from runs_of(block)
        block = block.next()


def runs_of(block: QTextBlock) -> Iterator[tuple[int, int, QTextCharFormat]]:
    part = block.begin()
    while not part.atEnd():
        run = part.fragment()
        yield run.position(), run.length(), run.charFormat()
        part += 1


# --- looks ---


def _restyle(document: QTextDocument, look: Look) -> None:
    cursor = QTextCursor(document)
    block = document.begin()
    in_code = False
    while block.isValid():
        block_format = block.blockFormat()
        cursor.setPosition(block.position())
        if is_code(block_format):
            following = block.next()
            ends = not following.isValid() or not is_code(following.blockFormat())
            _style_code(cursor, look, begins=not in_code, ends=ends)
            in_code = True
        else:
            _style_text(cursor, block, block_format, look)
            in_code = False
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _style_table(frame, look)


def _style_code(cursor: QTextCursor, look: Look, *, begins: bool, ends: bool) -> None:
    lines = QTextBlockFormat()
    lines.setNonBreakableLines(False)
    lines.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    lines.setLeftMargin(styling.GAP_M)
    lines.setRightMargin(styling.GAP_M)
    lines.setTopMargin(2 * PADDING if begins else 0)
    lines.setBottomMargin(2 * PADDING if ends else 0)
    lines.setLineHeight(_CODE_LINE_HEIGHT, _PROPORTIONAL)
    if begins:
        lines.setProperty(CODE_BEGINS, True)
    letters = _code_letters(look)
    cursor.mergeBlockFormat(lines)
    cursor.mergeBlockCharFormat(letters)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(letters)


def _style_text(cursor: QTextCursor, block: QTextBlock, current: QTextBlockFormat, look: Look) -> None:
    lines = QTextBlockFormat(current)
    level = current.headingLevel()
    lines.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
    lines.setTopMargin(styling.GAP_L if level else 0)
    within_list = block.textList() and block.next().textList()
    lines.setBottomMargin(styling.GAP_XS if level or within_list else styling.GAP_S)
    if quoted := current.intProperty(QTextFormat.Property.BlockQuoteLevel):
        lines.setLeftMargin(styling.GAP_L * quoted)
        lines.setRightMargin(0)
    if lines.hasProperty(QTextFormat.Property.BlockTrailingHorizontalRulerWidth):
        lines.clearProperty(QTextFormat.Property.BlockTrailingHorizontalRulerWidth.value)
        lines.setProperty(RULE, True)
    cursor.setBlockFormat(lines)
    if level:
        _style_heading(cursor, block, QFontInfo(look.font).pointSizeF() * HEADING_SCALES[level - 1])


def _style_heading(cursor: QTextCursor, block: QTextBlock, points: float) -> None:
    for position, length, letters in list(runs_of(block)):
        letters.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)
        letters.setFontPointSize(points)
        letters.setFontWeight(QFont.Weight.DemiBold)
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(letters)


def _style_inline_code(document: QTextDocument, look: Look) -> None:
    letters = _code_letters(look)
    letters.setBackground(look.raised)
    cursor = QTextCursor(document)
    for position, length, current in list(runs(document)):
        cursor.setPosition(position)
        if current.fontFixedPitch() and not is_code(cursor.blockFormat()):
            cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(letters)


def _code_letters(look: Look) -> QTextCharFormat:
    letters = QTextCharFormat()
    letters.setFont(look.code_font, QTextCharFormat.FontPropertiesInheritanceBehavior.FontPropertiesSpecifiedOnly)
    return letters


def _style_table(table: QTextTable, look: Look) -> None:
    frame = table.format()
    frame.setBorder(1)
    frame.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    frame.setBorderBrush(QBrush(look.line))
    frame.setBorderCollapse(True)
    frame.setCellPadding(6)
    frame.setCellSpacing(0)
    frame.setTopMargin(styling.GAP_M)
    frame.setBottomMargin(styling.GAP_S)
    table.setFormat(frame)
    cells = QTextBlockFormat()
    cells.setTopMargin(0)
    cells.setBottomMargin(0)
    cells.setLineHeight(_CODE_LINE_HEIGHT, _PROPORTIONAL)
    cursor = table.firstCursorPosition()
    cursor.setPosition(table.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeBlockFormat(cells)
    header = QTextCharFormat()
    header.setFontWeight(QFont.Weight.DemiBold)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        shade = cell.format()
        shade.setBackground(look.raised)
        cell.setFormat(shade)
        cursor = cell.firstCursorPosition()
        cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(header)
    _shrink_gap(table)


def _shrink_gap(table: QTextTable) -> None:
    """The empty line that a document needs after a table becomes a small distance."""
    cursor = QTextCursor(table.document())
    cursor.setPosition(table.lastPosition() + 1)
    if not cursor.block().text():
        lines = QTextBlockFormat()
        lines.setLineHeight(styling.GAP_S, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        lines.setBottomMargin(0)
        cursor.mergeBlockFormat(lines)
