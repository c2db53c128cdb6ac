"""What a reading engine saw on a picture: words in lines, each with its place; and what can be made of the places."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from grokdesk.model import Region

_CELL_GAP = 1.2
"""In heights of a line: words further apart stand in two cells of a table."""
_LEAST_ROWS, _LEAST_COLUMNS = 3, 2
_LONGEST_CELL = 60
"""Two columns of running text are no table."""


_MARKUP = re.compile(r"([\\`*_\[\]<>#|~!&$])")


@dataclass(frozen=True, slots=True)
class Word:
    """One word; ``confidence`` from 0 to 100."""

    text: str = field(repr=False)
    region: Region
    confidence: float = 100.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the engine saw it; ``top`` and ``bottom`` in pixels of the picture."""

    text: str = field(repr=False)
    confidence: float
    top: int
    bottom: int
    words: tuple[Word, ...] = ()

    @property
    def height(self) -> int:
        return max(1, self.bottom - self.top)


def join_lines(lines: Sequence[Line]) -> str:
    """One text; an empty line before what stands clearly further away than lines do, or in another column.

    The engine's own blocks and paragraphs are no help on screens: it makes one of nearly every line.
    """
    if not lines:
        return ""
    height = statistics.median(line.bottom - line.top for line in lines)
    steps = [line.top - before.top for before, line in pairwise(lines)]
    widest = 2.5 * height
    ordinary = [step for step in steps if 0 < step <= widest]
    usual = statistics.median(ordinary) if ordinary else widest
    parts = [lines[0].text]
    for line, step in zip(lines[1:], steps, strict=True):
        apart = step < -height / 2 or step > min(1.4 * usual, widest)
        parts.append(f"\n\n{line.text}" if apart else f"\n{line.text}")
    return "".join(parts)


def tables_on(lines: Iterable[Line]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Rows of cells where neighbouring rows have the same number of cells, and those stand below each other."""
    tables: list[tuple[tuple[str, ...], ...]] = []
    block: list[list[_Cell]] = []
    for row in [*map(_cells, _rows(lines)), []]:
        if block and _goes_on(block[-1], row):
            block.append(row)
            continue
        if len(block) >= _LEAST_ROWS:
            tables.append(tuple(tuple(cell.text for cell in cells) for cells in block))
        block = [row] if _may_be_a_row(row) else []
    return tuple(tables)


def markdown_of(table: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; its first row is the head."""
    head, *body = [[_MARKUP.sub(r"\\\1", cell) for cell in row] for row in table]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    left: int
    right: int


def _rows(lines: Iterable[Line]) -> list[list[Word]]:
    """The words of each row from left to right, whatever columns the engine made of them."""
    words = sorted((word for line in lines for word in line.words), key=lambda word: _middle(word.region))
    rows: list[list[Word]] = []
    for word in words:
        if rows and _middle(word.region) - _middle(rows[-1][0].region) < rows[-1][0].region.height / 2:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.region.x) for row in rows]


def _middle(region: Region) -> float:
    return region.y + region.height / 2


def _cells(row: list[Word]) -> list[_Cell]:
    if not row:
        return []
    height = statistics.median(word.region.height for word in row)
    cells = [_Cell(row[0].text, row[0].region.x, row[0].region.right)]
    for before, word in pairwise(row):
        if word.region.x - before.region.right > _CELL_GAP * height:
            cells.append(_Cell(word.text, word.region.x, word.region.right))
        else:
            last = cells.pop()
            cells.append(_Cell(f"{last.text} {word.text}", last.left, word.region.right))
    return cells


def _may_be_a_row(row: list[_Cell]) -> bool:
    return len(row) >= _LEAST_COLUMNS and all(len(cell.text) <= _LONGEST_CELL for cell in row)


def _goes_on(before: list[_Cell], row: list[_Cell]) -> bool:
    """As many cells, each in line with the one above: by its left or right edge, or one above the other."""
    if len(before) != len(row) or not _may_be_a_row(row):
        return False
    return all(above.left < cell.right and cell.left < above.right for above, cell in zip(before, row, strict=True))
