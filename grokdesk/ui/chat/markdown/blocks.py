"""Cuts Markdown that is still coming into finished blocks and an open tail.

A cut is only made where both sides mean the same alone as together, so that a finished block can be drawn once and
left alone: after the blank line that ends a paragraph, a heading, a quote or a table; around a code fence; and where
a line at the margin shows that a list is over. What grows beyond ``LONG`` is cut all the same, so that the cost of a
text stays in proportion to its length, and the block behind such a cut carries on what is open there (``Carry``).

The rules for lists and fences are those of CommonMark: https://spec.commonmark.org/0.31.2/
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from grokdesk.ui.chat.markdown.carrying import carry_after
from grokdesk.ui.chat.markdown.fences import FenceDepth
from grokdesk.ui.chat.markdown.flat import flat_carry, flat_pieces
from grokdesk.ui.chat.markdown.pieces import NOTHING_CARRIED, Carry, Line, Piece, build, code_lines

Kind = Literal["text", "list", "code"]
"""``list`` is also text that is indented: like a list it may go on after a blank line. ``code`` is a fence at the
margin; a fence within a list belongs to the list."""

LONG = 4096
"""Characters of a block from which on it is cut at the next line end."""
LONG_LINE = 4608
"""Where it is cut when no line ends."""
LONG_WORD = 2048
"""Characters without a blank, from which on a line is cut: a document lays out each block as a whole."""
AS_WRITTEN = 8192
"""Characters of one line from which on its rest is shown as it is, without looking for marks: it is data, and to
parse a megabyte takes seconds."""
MANY_ROWS = 100
"""Lines of a table from which on it is cut: a document lays out all rows of a table for each one that comes."""
LONG_FENCE = 4 * LONG
"""Where a list is cut within a fence."""

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_BLANK = re.compile(r"[ \t\n]")
_LONG_WORD = re.compile(rf"[^ \t\n]{{{LONG_WORD}}}")
_FENCE = re.compile(r"( {0,3})(?:(`{3,})[^`\n]*|(~{3,})[^\n]*)\n?")
_INNER_FENCE = re.compile(r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`\n]*\n?\Z)|~{3,})")
_MARKER = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t\r\n]|$)")
_HALF_MARKER = re.compile(r"[-+*]|\d{1,9}[.)]?")
_HEAD = 12
"""Characters that always tell a list marker: nine digits, a dot, a space, and one to spare."""

_DATA = re.compile(r"(?:\]\(\s*|\]:[ \t]*)<?data:[^,\s()<>]{0,100},", re.IGNORECASE)
_NO_PAYLOAD = re.compile(r"[^A-Za-z0-9+/=_%-]")
_DATA_SHOWN = 32
"""Characters of a picture within the address of a link that are kept: it is not shown and opens nothing."""
_DATA_HEAD = 160
"""Characters of a line that are looked at for the beginning of such an address."""


@dataclass(frozen=True, slots=True)
class Block:
    text: str
    """As it came, blank lines included, but for the bytes of pictures in addresses: all blocks, joined, are the text.
    """
    kind: Kind
    number: int = 0
    carry: Carry = NOTHING_CARRIED
    is_cut: bool = False
    """What follows belongs to it."""

    def pieces(self, references: dict[str, Any], *, is_open: bool = False) -> list[Piece]:
        if self.kind == "code":
            pieces = self._code(is_open=is_open)
        else:
            known = flat_pieces(self.text, references, number=self.number, carry=self.carry, is_open=is_open)
            if known is None:
                known = build(self.text, references, number=self.number, carry=self.carry, is_open=is_open)
            pieces = known
        if self.is_cut and pieces and isinstance(last := pieces[-1], Line):
            goes_on = not self.text.endswith("\n")
            pieces[-1] = replace(last, goes_on=goes_on, is_close=not goes_on and last.item is not None)
        return pieces

    def _code(self, *, is_open: bool) -> list[Piece]:
        text, resumes = self.text, self.carry.in_code
        fence = self.carry.prefix
        if not resumes:
            head, newline, text = _BLANK_LINES.sub("", text).partition("\n")
            fence = head
            if not newline:
                return [] if is_open else list(code_lines(""))
        marks, margin = fence.lstrip(" "), len(fence) - len(fence.lstrip(" "))
        length = len(marks) - len(marks.lstrip(marks[0]))
        text = text.removesuffix("\n") if self.is_cut else _without_end(text, marks[:length], is_open=is_open)
        if resumes and not text and not self.text.startswith("\n"):
            return []
        if margin:
            text = re.sub(rf"(?m)^ {{1,{margin}}}", "", text)
        return list(code_lines(text, begins=not resumes, ends=not self.is_cut, joins=self.carry.joins))


_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")
"""Before a fence: a block begins where the one before ended."""


def _without_end(text: str, marks: str, *, is_open: bool) -> str:
    before, newline, last = text.rstrip("\n").rpartition("\n")
    sign = marks[0]
    if re.fullmatch(rf" {{0,3}}{re.escape(marks)}{re.escape(sign)}*[ \t\r]*", last):
        return before if newline else ""
    if is_open and not text.endswith("\n") and re.fullmatch(rf" {{0,3}}{re.escape(sign)}*", last):
        return before if newline else ""
    if is_open:
        return text.rstrip("\n")
    if not text.endswith("\n") and not last.strip(" \t"):  # markdown-it does not count such a last line either
        return before
    return text.removesuffix("\n")


class BlockSplitter:
    """Splits one text, fed piece by piece; the same blocks come out whatever the pieces are."""

    _kind: Kind | None
    """None while the block has nothing but blank lines."""
    _after_gap: bool
    """A blank line was seen in a list: the next line tells whether it goes on."""
    _line_decided: bool

    def __init__(self, *, nesting: bool = True) -> None:
        """``nesting``: fences within fences wait for an end of their own."""
        self._nesting = nesting
        self._number = 0
        self._payload: int | None = None
        self._line_head = ""
        self._line_before = 0
        """Characters of the open line that are in finished blocks."""
        self.has_lost_end = False
        """A fence within a fence had no end, so that the text is better split without ``nesting``."""
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

    def open_block(self) -> Block:
        return Block(self.open_text(), self.open_kind, self._number, self._carry)

    def feed(self, text: str) -> list[Block]:
        """Take the next piece; returns the blocks it finished, in order."""
        finished: list[Block] = []
        for line in _LINES.findall(text):
            rest = line if self._kind == "code" else self._without_data(line)
            while rest:
                taken = rest[: self._room(rest)]
                rest = rest[len(taken) :]
                self._take(taken, finished)
        return finished

    def finish(self) -> list[Block]:
        """The text is complete: returns what was open. The splitter is as new afterwards."""
        finished: list[Block] = []
        if self._after_gap and not self._line_decided and _starts_block(self.open_text(self._line_start), last=True):
            finished.append(self._cut(self._line_start))
        self._end_line(finished)
        self.has_lost_end = self._kind == "code" and self._depth is not None and self._depth.is_in_doubt
        if self.open_length:
            finished.append(self.open_block())
        self._begin("")
        self._number = 0
        return finished

    # --- lines ---

    def _begin(self, text: str, carry: Carry | None = None, kind: Kind | None = None) -> None:
        """Begin a block with the text of it that came already."""
        self._open = io.StringIO()
        self._open.write(text)
        self._carry = carry or NOTHING_CARRIED
        self._kind = kind
        if kind is None:
            self._depth: FenceDepth | None = None
            self._inner: FenceDepth | None = None
        self._line_start = 0
        self._rows = 0
        """Lines at the end of it that can be those of a table."""
        self._last_blank = -1
        self._line_decided = False
        self._after_gap = False

    def _take(self, piece: str, finished: list[Block]) -> None:
        start = self.open_length
        self._open.write(piece)
        blank = max(piece.rfind(" "), piece.rfind("\t"))
        if blank >= 0:
            self._last_blank = start + blank
        if self._after_gap and not self._line_decided and (starts := self._line_starts_block()) is not None:
            self._line_decided = True
            if starts:
                finished.append(self._cut(self._line_start))
        if piece.endswith("\n"):
            self._end_line(finished)
        elif self._room("x") <= 0:
            finished.append(self._cut_within_line())

    def _cut(self, end: int) -> Block:
        """Close the open block at the character ``end``; what follows begins the next one."""
        text = self.open_text()
        block = Block(text[:end], self.open_kind, self._number, self._carry)
        self._number += 1
        self._begin(text[end:])
        return block

    def _line_starts_block(self) -> bool | None:
        self._open.seek(self._line_start)
        head = self._open.read(_HEAD)
        self._open.seek(0, io.SEEK_END)
        return _starts_block(head, last=False)

    def _end_line(self, finished: list[Block]) -> None:
        line = self.open_text(self._line_start)
        if self._carry.as_written is not None:
            pass
        elif self._depth is not None:
            is_rest = self._carry.joins and self._line_start == 0
            if line and not is_rest and self._depth.ends_with(line, nesting=self._nesting):
                finished.append(self._cut(self.open_length))
        elif not line.strip():
            if self._kind == "text" and line:
                finished.append(self._cut(self.open_length))
            self._after_gap = self._kind == "list"
        else:
            self._end_written_line(line, finished)
        self._rows = self._rows + 1 if line.startswith("|") and self._kind == "text" else 0
        self._line_start = self.open_length
        self._last_blank = self._line_start - 1
        self._line_decided = False
        self._line_before = 0
        if self._is_too_long():
            finished.append(self._cut_between_lines(line))

    def _end_written_line(self, line: str, finished: list[Block]) -> None:
        fence = _FENCE.fullmatch(line)
        if self._kind == "list" and self._inner is not None:
            if self._inner.ends_with(line.lstrip(" \t>"), nesting=self._nesting):
                self._inner = None
            elif line.startswith((" ", "\t", ">")) or not fence:
                self._after_gap = False
                return None
            else:
                self._inner = None
                return self._end_written_line(line, finished)
        elif fence and not (self._kind == "list" and line.startswith(" ")):
            if self._line_start:
                finished += [self._cut(self._line_start)] if self._kind is not None else []
            elif self._carry != NOTHING_CARRIED:
                self._begin(line)
            marks = fence[2] or fence[3]
            self._kind, self._depth = "code", FenceDepth(marks, line.strip()[len(marks) :])
        elif _MARKER.match(line) or (self._kind is None and line.startswith(("    ", "\t"))):
            self._kind = "list"
            self._note_inner_fence(line)
        else:
            self._kind = self._kind or "text"
            if self._kind == "list":
                self._note_inner_fence(line)
        self._after_gap = False
        return None

    def _note_inner_fence(self, line: str) -> None:
        if inner := _INNER_FENCE.match(line):
            self._inner = FenceDepth(inner[1])

    # --- what is too long ---

    def _room(self, piece: str) -> int:
        """How many characters of this piece the open block may still have before it is cut within the line."""
        length = self.open_length
        limit = LONG_LINE
        if self._inner is not None:
            limit = min(LONG_FENCE + LONG_LINE, self._line_start + LONG_LINE)
        word = LONG_WORD - (length - max(self._last_blank + 1, self._line_start))
        first = _BLANK.search(piece)
        if (first.start() if first else len(piece)) >= word:
            return min(limit - length, word)
        longest = _LONG_WORD.search(piece)
        return min(limit - length, longest.end()) if longest else limit - length

    def _is_too_long(self) -> bool:
        if self._kind is None or not self.open_length:
            return False
        if self.open_length <= LONG and self._rows < MANY_ROWS and self._carry.as_written is None:
            return False
        return self._inner is None or self.open_length > LONG_FENCE

    def _cut_between_lines(self, last_line: str) -> Block:
        end = self.open_length
        if self._kind == "code" and len(last_line) < end // 2:
            end -= len(last_line)  # so that the rest is more than the end of the fence, and the last line known
        after_gap, self._line_before = self._after_gap, 0
        block = self._cut_open(end, joins=False)
        self._after_gap = after_gap
        self._line_start = self.open_length
        return block

    def _cut_within_line(self) -> Block:
        place = self._calm_place()
        self._line_before += place - self._line_start
        return self._cut_open(place, joins=True)

    def _cut_open(self, end: int, *, joins: bool) -> Block:
        text = self.open_text()
        kind = self._kind or _kind_of_line(text[:end])
        block = Block(text[:end], kind, self._number, self._carry, is_cut=True)
        if kind == "code":
            head = self._carry.prefix or text.lstrip("\n").split("\n", 1)[0]
            carry = Carry(prefix=head, in_code=True, joins=joins)
        else:
            carry = self._carry_after(block, joins=joins)
        self._number += 1
        self._begin(text[end:], carry, kind)
        self._last_blank = max(text.rfind(" ", end), text.rfind("\t", end)) - end if len(text) > end else -1
        return block

    def _carry_after(self, block: Block, *, joins: bool) -> Carry:
        carry = block.carry
        if carry.as_written is None:
            known = None if joins else flat_carry(block.text, carry, self._number)
            carry = known or carry_after(block.text, carry, self._number, joins=joins)
            if joins and self._line_before >= AS_WRITTEN and not carry.in_code:
                last = next(reversed(block.pieces({})), Line("text"))
                item = last.item if isinstance(last, Line) else None
                place = Line("text", quotes=last.quotes, indent=item.depth if item else last.indent)
                carry = replace(carry, as_written=place)
        return carry if joins else replace(carry, as_written=None, inside="", joins=False)

    def _calm_place(self) -> int:
        """Behind a blank where nothing is open, if there is one near the end."""
        text = self.open_text()
        line = max(self._line_start, len(text) - LONG_WORD)
        if self._kind != "code" and self._carry.as_written is None:
            for blank in reversed([found.end() for found in re.finditer(r"[ \t]+(?=\S)", text[line:])][-200:]):
                before = text[self._line_start : line + blank]
                if not (
                    before.count("`") % 2
                    or before.count("**") % 2
                    or before.count("[") - before.count("]")
                    or before.count("$$") % 2
                    or before.count("\\(") - before.count("\\)")
                ):
                    return line + blank
        return len(text)

    def _without_data(self, line: str) -> str:
        """The line without the bytes of pictures that are written into the address of a link.

        They would be most of the text, and each look at the open block would read them again.
        """
        kept = []
        while line:
            if self._payload is None:
                head = self._line_head
                found = _DATA.search(head + line)
                if found is None or found.end() <= len(head):
                    kept.append(line)
                    self._line_head = "" if line.endswith("\n") else (head + line)[-_DATA_HEAD:]
                    break
                end = found.end() - len(head)
                kept.append(line[:end])
                line, self._payload, self._line_head = line[end:], 0, ""
                continue
            behind = _NO_PAYLOAD.search(line)
            length = behind.start() if behind else len(line)
            kept.append(line[: max(0, min(length, _DATA_SHOWN - self._payload))])
            self._payload = None if behind else self._payload + length
            line = line[length:]
        return "".join(kept)


def split_whole(markdown: str) -> list[list[Piece]]:
    """The pieces of each block of a whole text."""
    splitter = BlockSplitter()
    blocks = splitter.feed(markdown) + splitter.finish()
    if splitter.has_lost_end:
        splitter = BlockSplitter(nesting=False)
        blocks = splitter.feed(markdown) + splitter.finish()
    references: dict[str, Any] = {}
    for block in blocks:
        block.pieces(references)
    return [block.pieces(references) for block in blocks]


def _kind_of_line(text: str) -> Kind:
    return "list" if _MARKER.match(text.lstrip("\n")) or text.lstrip("\n").startswith(("    ", "\t")) else "text"


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
