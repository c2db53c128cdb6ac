"""Cuts Markdown that is still coming into finished blocks and an open tail.

A cut is only made where both sides mean the same alone as together, so that a finished block can be drawn once and
left alone: after the blank line that ends a paragraph, a heading, a quote or a table; around a code fence; and where
a line at the margin shows that a list is over. Where it is not sure, nothing is cut. ``$`` is text like any other.

The rules for lists and fences are those of CommonMark: https://spec.commonmark.org/0.31.2/
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "list", "code"]
"""``list`` is also text that is indented: like a list it may go on after a blank line. ``code`` is a fence at the
margin; a fence within a list belongs to the list."""

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r" {0,3}(?:(`{3,})[^`\n]*|(~{3,})[^\n]*)\n?")
_MARKER = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t\r\n]|$)")
_HALF_MARKER = re.compile(r"[-+*]|\d{1,9}[.)]?")
_HEAD = 12
"""Characters that always tell a list marker: nine digits, a dot, a space, and one to spare."""


@dataclass(frozen=True, slots=True)
class Block:
    text: str
    """As it came, blank lines included: all blocks of a text, joined, are the text."""
    kind: Kind


class BlockSplitter:
    """Splits one text, fed piece by piece; the same blocks come out whatever the pieces are."""

    _kind: Kind | None
    """None while the block has nothing but blank lines."""
    _after_gap: bool
    """A blank line was seen in a list: the next line tells whether it goes on."""
    _line_decided: bool

    def __init__(self) -> None:
        self._begin("")

    @property
    def open_kind(self) -> Kind:
        """What the open block is, as far as its finished lines tell."""
        return self._kind or "text"

    @property
    def open_length(self) -> int:
        return self._open.tell()

    def open_text(self, start: int = 0) -> str:
        """The open block from its character ``start`` on."""
        if start == 0:
            return self._open.getvalue()
        self._open.seek(start)
        return self._open.read()

    def feed(self, text: str) -> list[Block]:
        """Take the next piece; returns the blocks it finished, in order."""
        finished: list[Block] = []
        for piece in _LINES.findall(text):
            self._open.write(piece)
            if self._after_gap and not self._line_decided and (starts := self._line_starts_block()) is not None:
                self._line_decided = True
                if starts:
                    finished.append(self._cut(self._line_start))
            if piece.endswith("\n"):
                self._end_line(finished)
        return finished

    def finish(self) -> list[Block]:
        """The text is complete: returns what was open. The splitter is as new afterwards."""
        finished: list[Block] = []
        if self._after_gap and not self._line_decided and _starts_block(self.open_text(self._line_start), last=True):
            finished.append(self._cut(self._line_start))
        self._end_line(finished)
        if self.open_length:
            finished.append(Block(self.open_text(), self.open_kind))
        self._begin("")
        return finished

    def _begin(self, text: str) -> None:
        """Begin a block with the text of it that came already."""
        self._open = io.StringIO()
        self._open.write(text)
        self._kind = None
        self._fence = ""
        self._line_start = 0
        self._line_decided = False
        self._after_gap = False

    def _cut(self, end: int) -> Block:
        """Close the open block at the character ``end``; what follows begins the next one."""
        text = self.open_text()
        block = Block(text[:end], self.open_kind)
        self._begin(text[end:])
        return block

    def _line_starts_block(self) -> bool | None:
        self._open.seek(self._line_start)
        head = self._open.read(_HEAD)
        self._open.seek(0, io.SEEK_END)
        return _starts_block(head, last=False)

    def _end_line(self, finished: list[Block]) -> None:
        line = self.open_text(self._line_start)
        if self._fence:
            if re.fullmatch(rf" {{0,3}}{re.escape(self._fence)}{self._fence[0]}*[ \t\r]*\n?", line):
                finished.append(self._cut(self.open_length))
        elif not line.strip():
            if self._kind == "text" and line:
                finished.append(self._cut(self.open_length))
            self._after_gap = self._kind == "list"
        else:
            self._end_written_line(line, finished)
        self._line_start = self.open_length
        self._line_decided = False

    def _end_written_line(self, line: str, finished: list[Block]) -> None:
        fence = _FENCE.fullmatch(line)
        if fence and not (self._kind == "list" and line.startswith(" ")):
            if self._kind is not None:
                finished.append(self._cut(self._line_start))
            self._kind, self._fence = "code", fence[1] or fence[2]
        elif _MARKER.match(line) or (self._kind is None and line.startswith(("    ", "\t"))):
            self._kind = "list"
        else:
            self._kind = self._kind or "text"
        self._after_gap = False


def _starts_block(head: str, *, last: bool) -> bool | None:
    """Whether a line that begins like this, after a blank one, ends a list; None when its rest has to tell.

    ``last``: there is no rest.
    """
    if head in ("", "\r"):
        return None
    if head[0] in " \t\n" or head.startswith("\r\n") or _MARKER.match(head if last else head + "x"):
        return False
    if not last and _HALF_MARKER.fullmatch(head):
        return None
    return True
