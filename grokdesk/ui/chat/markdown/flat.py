"""Lists of one level and tables, read line by line: what markdown-it makes of them, in a tenth of the time.

They are what is long in answers. A line with anything in front of its text that could be more than that is left to
markdown-it, and so is the whole block it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from grokdesk.ui.chat.markdown.pieces import (
    HELD,
    NOTHING_CARRIED,
    Carry,
    Cell,
    Item,
    Line,
    Piece,
    Run,
    Table,
    build,
    merged,
    runs_of,
)

_ITEM = re.compile(
    r"(([-+*])|(\d{1,9})([.)]))( {1,4})(?!\d{1,9}[.)](?: |\t|$))(\[[ xX]\] )?((?:\*\*|__|[*_`~])?[^\W_].*)"
)
_HELD_ITEM = re.compile(rf"(([-+*])|(\d{{1,9}})([.)]))( {{1,4}}){HELD}\n\n")
_DELIMITER = re.compile(r":?-+:?")
_PLAIN = re.compile(r"[^*_`~\[\]<>&\\|@$!:]*")
_STRANGE = re.compile(r"[\r\0\t]")


@dataclass(frozen=True, slots=True)
class _List:
    key: tuple[int, int]
    before: int | None
    """The number in front of that of the first item; None in a bulleted list."""
    sign: str
    """``-``, ``+`` and ``*`` are lists of their own, and so are ``.`` and ``)``."""
    items: list[re.Match[str]]

    def item(self, index: int, checked: bool | None = None) -> Item:
        number = None if self.before is None else self.before + index + 1
        return Item(self.key, 1, number, self.sign, checked)


def flat_pieces(
    markdown: str, references: dict[str, Any], *, number: int, carry: Carry, is_open: bool
) -> list[Piece] | None:
    """As ``build``; None when this is neither a list of one level nor a table."""
    if (table := _read_table(markdown, carry)) is not None:
        return _table_pieces(*table, references, number=number, carry=carry, is_open=is_open)
    if (found := _read_list(markdown, number, carry)) is None or (is_open and len(found.items) < 2):
        return None
    pieces: list[Piece] = []
    for index, item in enumerate(found.items[:-1] if is_open else found.items):
        checked = item[6][1] != " " if item[6] else None
        runs = _runs(item[7].strip(), references)
        pieces.append(Line("text", runs, item=found.item(index, checked), is_close=True))
    if is_open:
        last = len(found.items) - 1
        count = None if found.before is None else found.before + last
        held = Carry(f"{found.items[-1][1]} {HELD}\n\n", lists=((found.key, count),))
        end = markdown[len(markdown.rstrip("\n")) :]
        pieces += build(found.items[-1][0] + end, references, number=number, carry=held, is_open=True)
    elif isinstance(pieces[-1], Line):
        pieces[-1] = replace(pieces[-1], is_close=False)
    return pieces


def flat_carry(markdown: str, carry: Carry, number: int) -> Carry | None:
    """As ``carry_after`` for a cut between lines; None as above."""
    if (table := _read_table(markdown, carry)) is not None:
        head = table[0] if carry.in_table else table[1][:2]
        return Carry("".join(f"{line}\n" for line in head), in_table=True)
    if (found := _read_list(markdown, number, carry)) is None:
        return None
    last = found.items[-1]
    count = None if found.before is None else found.before + len(found.items)
    return Carry(f"{last[1]}{last[5]}{HELD}\n\n", lists=((found.key, count),))


def _read_list(markdown: str, number: int, carry: Carry) -> _List | None:
    begin_of_text = markdown.lstrip("\n")[:1]
    if not begin_of_text or begin_of_text not in "-+*0123456789" or carry.inside or carry.joins or carry.in_code:
        return None
    if _STRANGE.search(markdown):
        return None
    items = []
    for line in markdown.split("\n"):
        if line:
            if (item := _ITEM.fullmatch(line)) is None:
                return None
            items.append(item)
    begin: re.Match[str] | None = items[0]
    key, before = (number, 1), int(items[0][3]) - 1 if items[0][3] else None
    if carry.prefix:
        begin = _HELD_ITEM.fullmatch(carry.prefix)
        if begin is None or len(carry.lists) != 1:
            return None
        key, before = carry.lists[0]
    sign = begin[2] or begin[4] if begin is not None else ""
    if any((item[2] or item[4]) != sign for item in items):
        return None
    return _List(key, before, sign, items)


def _read_table(markdown: str, carry: Carry) -> tuple[list[str], list[str]] | None:
    """The two lines of the head, which may be in ``carry``, and the lines of the block."""
    if not markdown.startswith("|") or "\\" in markdown or "\\" in carry.prefix or _STRANGE.search(markdown):
        return None
    lines = markdown.rstrip("\n").split("\n")
    if not all(line.startswith("|") for line in lines):
        return None
    if carry.in_table:
        head = carry.prefix.removesuffix("\n").split("\n")
        if carry.inside or carry.joins or carry.lists or len(head) != 2 or not head[0].startswith("|"):
            return None
    elif carry != NOTHING_CARRIED or len(lines) < 3:
        return None
    else:
        head = lines[:2]
    signs = _cells(head[1])
    if not all(head_line.rstrip().endswith("|") for head_line in head) or len(signs) != len(_cells(head[0])):
        return None
    return (head, lines) if signs and all(map(_DELIMITER.fullmatch, signs)) else None


def _table_pieces(
    head: list[str], lines: list[str], references: dict[str, Any], *, number: int, carry: Carry, is_open: bool
) -> list[Piece] | None:
    alignments = tuple(_alignment(sign) for sign in _cells(head[1]))
    body = lines if carry.in_table else lines[2:]
    last: Sequence[Piece] = ()
    if is_open:
        if not any(_cells(body[-1])):
            return None  # the end of the row above is what is not sure yet
        held = Carry("".join(f"{line}\n" for line in head), in_table=True)
        last = build(body[-1], references, number=number, carry=held, is_open=True)
        if len(last) > 1 or not all(isinstance(piece, Table) for piece in last):
            return None
        body = body[:-1]
    shown = body if carry.in_table else [head[0], *body]
    rows = [_row(line, len(alignments), references) for line in shown]
    for piece in last:
        if isinstance(piece, Table):
            rows += piece.rows
    return [Table(tuple(rows), alignments, continues=carry.in_table)] if rows else []


def _cells(line: str) -> list[str]:
    cells = line.strip()[1:].split("|")
    return [cell.strip() for cell in (cells if cells[-1] else cells[:-1])]


def _alignment(sign: str) -> str:
    if sign.endswith(":"):
        return "center" if sign.startswith(":") else "right"
    return "left" if sign.startswith(":") else ""


def _row(line: str, columns: int, references: dict[str, Any]) -> tuple[Cell, ...]:
    cells = [_runs(cell, references) for cell in _cells(line)[:columns]]
    return (*cells, *[()] * (columns - len(cells)))


def _runs(text: str, references: dict[str, Any]) -> tuple[Run, ...]:
    if _PLAIN.fullmatch(text) and "www." not in text.lower():
        return (Run(text),) if text else ()
    from grokdesk.ui.chat.markdown.parser import parse_inline

    return tuple(merged(runs_of(parse_inline(text, references))))
