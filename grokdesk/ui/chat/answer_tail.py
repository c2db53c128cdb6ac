"""The end of an answer's document that may still change."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor

from grokdesk.ui.chat.answer_document import Look, fragment, next_code_line
from grokdesk.ui.chat.markdown_blocks import Block, BlockSplitter
from grokdesk.ui.chat.open_marks import closed

LONG_TAIL = 4096
"""Characters from which on an open block is continued as plain text, and read again when it has grown by a quarter:
so the cost stays in proportion to the text."""

_LINE_SEPARATOR = "\u2028"
_UNSURE_CODE_END = re.compile(r"\n+ *[`~]*\Z")
"""May become the end of the fence."""
_CODE_BEGIN = re.compile(r"\n*(`{3,}|~{3,})")
"""A fence that is not indented, so that its lines are shown as they are."""


class Tail:
    """What is shown behind the position ``start``, which is the end of the last finished block."""

    def __init__(self, start: int = 0, before: QTextBlockFormat | None = None) -> None:
        self.start = start
        self._before = before or QTextBlockFormat()
        """The format of the block at whose end the tail starts: removing all behind an empty block changes it."""
        self._shown = 0
        """Characters of the open block that were dealt with."""
        self._read = 0
        """How many there were when they were last read as Markdown."""
        self._text: str | None = ""
        """What was read; None when plain text came behind it."""
        self._is_code = False

    def shows(self, block: Block) -> bool:
        """True when the finished block looks as it should already."""
        if self._is_code:
            fence = _CODE_BEGIN.match(block.text)
            return fence is not None and _ends_code(block.text[self._shown :], fence[1])
        if self._text is None or block.kind != "text":
            return self._text == block.text
        return self._text.rstrip("\n") == block.text.rstrip("\n")

    def replace(self, writer: QTextCursor, markdown: str, look: Look) -> None:
        """Show this in the place of what is there."""
        writer.setPosition(self.start)
        writer.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        writer.removeSelectedText()
        if writer.blockFormat() != self._before:
            writer.setBlockFormat(self._before)
        if self.start == 0:
            writer.setBlockCharFormat(QTextCharFormat())
        if markdown.strip():
            writer.insertFragment(fragment(markdown, look, first=self.start == 0))
        self._text = markdown
        self._is_code = False

    def update(self, writer: QTextCursor, splitter: BlockSplitter, look: Look) -> None:
        """Bring the open block up to date."""
        length = splitter.open_length
        if length == self._shown:
            return
        if splitter.open_kind == "code":
            self._update_code(writer, splitter, look)
        elif length > LONG_TAIL and length < self._read * 1.25:
            self._continue_plain(writer, splitter)
        else:
            text = splitter.open_text()
            self.replace(writer, closed(text) if length <= LONG_TAIL else text, look)
            self._shown = self._read = length

    def _update_code(self, writer: QTextCursor, splitter: BlockSplitter, look: Look) -> None:
        added = splitter.open_text(self._shown if self._is_code else 0)
        if unsure := _UNSURE_CODE_END.search(added):
            added = added[: unsure.start()]
        if self._is_code:
            _add_code(writer, added)
            self._shown += len(added)
            return
        begun = "\n" in added.lstrip("\n")
        self.replace(writer, added if begun else "", look)
        self._is_code = begun
        self._shown = len(added)

    def _continue_plain(self, writer: QTextCursor, splitter: BlockSplitter) -> None:
        added = splitter.open_text(self._shown).rstrip("\n")
        writer.movePosition(QTextCursor.MoveOperation.End)
        if added and not _is_behind_table(writer):
            writer.insertText(added.replace("\n", _LINE_SEPARATOR), QTextCharFormat())
            self._shown += len(added)
            self._text = None


def _add_code(writer: QTextCursor, text: str) -> None:
    writer.movePosition(QTextCursor.MoveOperation.End)
    letters = writer.blockCharFormat()
    first, *others = text.split("\n")
    writer.insertText(first, letters)
    for line in others:
        ended, added = next_code_line(writer.blockFormat())
        writer.setBlockFormat(ended)
        writer.insertBlock(added, letters)
        writer.insertText(line, letters)


def _ends_code(rest: str, fence: str) -> bool:
    """Nothing but the end of the fence is left."""
    return re.fullmatch(rf"(?:\n {{0,3}}{fence}{fence[0]}*[ \t\r]*)?\n?", rest) is not None


def _is_behind_table(cursor: QTextCursor) -> bool:
    before = cursor.block().previous()
    return before.isValid() and not cursor.currentTable() and QTextCursor(before).currentTable() is not None
