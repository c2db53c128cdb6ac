"""Markdown laid down as plain values: one for each block of a document, ready to be drawn and to be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from grokdesk.translation import _

if TYPE_CHECKING:
    from markdown_it.token import Token

BOLD, ITALIC, STRUCK, CODE, LINK = 1, 2, 4, 8, 16
LINE_BREAK = "\u2028"
HELD = "\ufdd0"
"""The text of list items that only say where what follows belongs: no character, so nobody writes it."""

_TASK = re.compile(r"\[([ xX])\][ \t]")
_PLAIN = re.compile(r"\n*[^\W\d_][^\n*_`~\[\]<>&\\|@$!:]*(?<!\s)\n*")
_OPEN_BRACKETS = 200
_STYLES = {"strong": BOLD, "em": ITALIC, "s": STRUCK}


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style."""

    text: str
    style: int = 0
    """BOLD, ITALIC, STRUCK, CODE and LINK, added."""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What stands before the first line of a list item."""

    key: tuple[int, int]
    """The same for all items of a list."""
    depth: int
    """1 for a list that is in no other."""
    number: int | None
    """None in a bulleted list."""
    delimiter: str = "."
    checked: bool | None = None
    """None when it is no task."""


@dataclass(frozen=True, slots=True)
class Line:
    """A block of text: a paragraph, a heading, a line of code, a rule."""

    kind: Literal["text", "heading", "code", "rule"]
    runs: tuple[Run, ...] = ()
    level: int = 0
    """Of a heading, 1 to 6."""
    quotes: int = 0
    """How many quotes it is in."""
    indent: int = 0
    """How many lists it is in, without being the first line of an item."""
    item: Item | None = None
    begins: bool = False
    """The first line of a code block."""
    ends: bool = False
    """The last one, as far as is known."""
    joins: bool = False
    """Goes on where the line above ended: there is no line end in the text."""
    goes_on: bool = False
    """The line below joins."""
    is_close: bool = False
    """The line below belongs to it: the gap is small."""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]
    alignments: tuple[str, ...]
    """``""``, ``"left"``, ``"center"`` or ``"right"`` for each column."""
    quotes: int = 0
    indent: int = 0
    continues: bool = False
    """The rows belong to the table above; there is no head among them."""


Piece = Line | Table


Lists = tuple[tuple[tuple[int, int], int | None], ...]
"""Key and last number of lists within each other, outermost first."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What a block has to know of the one it was cut from."""

    prefix: str = ""
    """Markdown that opens what is still open."""
    inside: str = ""
    """What stands in front of the rest of a line that was cut, so that it belongs there too."""
    lists: Lists = ()
    """Those that are open."""
    in_code: bool = False
    in_table: bool = False
    joins: bool = False
    """The cut is within a line."""
    as_written: Line | None = None
    """The line is so long that its rest is shown as it is, and in this place."""


NOTHING_CARRIED = Carry()


def build(
    markdown: str, references: dict[str, Any], *, number: int = 0, carry: Carry | None = None, is_open: bool = False
) -> list[Piece]:
    """The pieces of a block.

    ``number`` tells its lists from those of other blocks; ``is_open``: its rest is to come.
    """
    carry = carry or NOTHING_CARRIED
    if carry.as_written is not None:
        text = markdown.removesuffix("\n")
        return [replace(carry.as_written, runs=(Run(text),), joins=True)] if text else []
    if markdown.count("[") - markdown.count("]") > _OPEN_BRACKETS:  # each would be read to the end for its other one
        return [Line("text", (Run(markdown.strip("\n").replace("\n", LINE_BREAK)),), joins=carry.joins)]
    if not carry.prefix and not carry.inside and _PLAIN.fullmatch(markdown) and "www." not in markdown:
        text = markdown.strip("\n")
        return [Line("text", (Run(text),), joins=carry.joins)] if text else []
    from grokdesk.ui.chat.markdown.parser import parse

    builder = _Builder(number, carry)
    builder.read(parse(carry.prefix + carry.inside + markdown, references, is_open=is_open))
    return _with_gaps(builder.pieces)


def open_lists(tokens: Sequence[Token], number: int, carry: Carry) -> Lists:
    """Those that were open last, as in Carry."""
    builder = _Builder(number, carry)
    builder.read(tokens)
    return builder.last_lists


def code_lines(content: str, *, begins: bool = True, ends: bool = True, joins: bool = False) -> list[Line]:
    """A line for each line of code; ``content`` without the line end of the last one."""
    lines = [Line("code", (Run(text),) if text else ()) for text in content.split("\n")]
    lines[0] = replace(lines[0], begins=begins, joins=joins)
    lines[-1] = replace(lines[-1], ends=ends)
    return lines


class _Builder:
    def __init__(self, number: int, carry: Carry) -> None:
        self._number, self._carry = number, carry
        self._count = 0
        self.pieces: list[Piece] = []
        self.last_lists: Lists = ()
        self._quotes = 0
        self._lists: list[tuple[tuple[int, int], int | None]] = []
        self._delimiters: list[str] = []
        self._waiting: Item | None = None
        """The item whose first line is to come."""

    def read(self, tokens: Sequence[Token]) -> None:
        position = 0
        while position < len(tokens):
            position = self._read(tokens, position)
        if self.pieces and self._carry.joins and isinstance(first := self.pieces[0], Line):
            self.pieces[0] = replace(first, joins=True)

    def _read(self, tokens: Sequence[Token], position: int) -> int:
        """Take what begins at ``position``; returns where the next one does."""
        token = tokens[position]
        match token.type:
            case "paragraph_open" | "heading_open":
                self._text(tokens[position + 1], int(token.tag[1]) if token.type == "heading_open" else 0)
                return position + 3
            case "fence" | "code_block":
                self._code(token)
            case "math_block":
                self._line(Line("text", (Run(token.content.replace("\n", LINE_BREAK)),)))
            case "hr":
                self._line(Line("rule"))
            case "table_open":
                return self._table(tokens, position)
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case _:
                self._list(token)
        return position + 1

    def _list(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._empty_item()
                self._count += 1
                ordered = token.type == "ordered_list_open"
                start = int(token.attrs.get("start", 1)) - 1 if ordered else None
                self._lists.append(((self._number, self._count), start))
                self._delimiters.append(token.markup)
            case "list_item_open":
                key, last = self._lists[-1]
                self._lists[-1] = (key, None if last is None else last + 1)
                self.last_lists = tuple(self._lists)
                self._waiting = self._item()
            case "list_item_close":
                self._empty_item()
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._delimiters.pop()

    def _item(self) -> Item:
        key, number = self._lists[-1]
        return Item(key, len(self._lists), number, self._delimiters[-1])

    def _empty_item(self) -> None:
        if self._waiting is not None:
            self._line(Line("text"))

    def _line(self, line: Line) -> None:
        if self._waiting is not None and line.kind not in {"text", "heading"}:
            self._line(Line("text"))
        item, self._waiting = self._waiting, None
        indent = 0 if item else len(self._lists)
        self.pieces.append(replace(line, quotes=self._quotes, indent=indent, item=item))

    def _text(self, token: Token, level: int) -> None:
        children = token.children or []
        if token.content == HELD and self._waiting is not None:
            self._resume_list()
            return
        checked: bool | None = None
        if self._waiting is not None and (task := _TASK.match(token.content)):
            checked = task[1] != " "
            # There are none where only the blocks are wanted.
            first = next((child for child in children if child.type == "text"), None)
            if first is not None and _TASK.match(first.content):
                first.content = first.content[task.end() :]
            self._waiting = replace(self._waiting, checked=checked)
        runs = tuple(merged(runs_of(children)))
        if not runs and self._waiting is None:
            return  # what of it came so far is not to be seen
        self._line(Line("heading" if level else "text", runs, level=level))

    def _resume_list(self) -> None:
        """The item was begun in the block before."""
        self._waiting = None
        depth = len(self._lists)
        if depth <= len(self._carry.lists):
            self._lists[-1] = self._carry.lists[depth - 1]
            self.last_lists = tuple(self._lists)

    def _code(self, token: Token) -> None:
        content = token.content.removesuffix("\n")
        if content.strip("\n"):
            content = content.rstrip("\n") if token.type == "code_block" else content
        resumes = self._carry.in_code
        self._carry = replace(self._carry, in_code=False) if resumes else self._carry
        if resumes and not content:
            return
        for line in code_lines(content, begins=not resumes):
            self._line(line)

    def _table(self, tokens: Sequence[Token], position: int) -> int:
        rows: list[tuple[Cell, ...]] = []
        row: list[Cell] = []
        alignments: list[str] = []
        while tokens[position].type != "table_close":
            token = tokens[position]
            if token.type == "tr_open":
                row = []
            elif token.type == "tr_close":
                rows.append(tuple(row))
            elif token.type == "inline":
                row.append(tuple(merged(runs_of(token.children or []))))
            elif token.type == "th_open":
                alignments.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
            position += 1
        continues = self._carry.in_table
        self._carry = replace(self._carry, in_table=False) if continues else self._carry
        self._empty_item()
        taken = tuple(rows[1:] if continues else rows)
        if taken:
            place = (self._quotes, len(self._lists), continues)
            self.pieces.append(Table(taken, tuple(alignments), *place))
        return position + 1


def _with_gaps(pieces: list[Piece]) -> list[Piece]:
    """The items of a list are close to each other."""
    for number, (piece, following) in enumerate(pairwise(pieces)):
        both = isinstance(piece, Line) and isinstance(following, Line) and piece.item and following.item
        if both and isinstance(piece, Line):
            pieces[number] = replace(piece, is_close=True)
    return pieces


# --- text ---


def runs_of(children: Sequence[Token]) -> Iterator[Run]:
    style, address = 0, ""
    for token in children:
        match token.type:
            case "text" | "text_special" | "math" | "html_inline":
                yield Run(token.content, style, address)
            case "code_inline":
                yield Run(token.content, style | CODE, address)
            case "softbreak":
                yield Run(" ", style, address)
            case "hardbreak":
                yield Run(LINE_BREAK, style, address)
            case "link_open":
                address = str(token.attrs.get("href", ""))
                style |= LINK
            case "link_close":
                style, address = style & ~LINK, ""
            case "image":
                yield _picture(token, style, address)
            case _ if token.tag in _STYLES:
                style = style | _STYLES[token.tag] if token.nesting > 0 else style & ~_STYLES[token.tag]


def _picture(token: Token, style: int, around: str) -> Run:
    """A link in its place: loading it would tell its server that the answer was read."""
    words = "".join(run.text for run in runs_of(token.children or [])).strip()
    address = around or str(token.attrs.get("src", ""))
    text = _("[picture: {words}]").format(words=words) if words else _("[picture]")
    if address[:5].lower() == "data:":
        return Run(text, style)
    return Run(text, style | LINK, address)


def merged(runs: Iterator[Run]) -> Iterator[Run]:
    """Neighbours of the same style as one; nothing that is empty."""
    held: Run | None = None
    for run in runs:
        if not run.text:
            continue
        if held is not None and (held.style, held.address) == (run.style, run.address):
            held = replace(held, text=held.text + run.text)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held
