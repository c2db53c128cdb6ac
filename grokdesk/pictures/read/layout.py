"""The order in which a person reads what an engine found: rows of a screen from left to right, columns of a page one
after the other, and the columns and the indentation of code and terminals kept.

Engines look for the blocks of a printed page. On a screen these cut tables, receipts and terminals into columns.
"""

from __future__ import annotations

import cmath
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from grokdesk.pictures.read.page import Line, Word
from grokdesk.pictures.read.scripts import is_right_to_left, ordered, without_blanks_between_ideographs

_COLUMN_GAP, _PROSE_GAP, _BAND_GAP = 1.0, 1.4, 0.9
"""In heights of a line: the least gutter between columns, between columns of running text, and between parts of a page
that are looked at by themselves."""
_LEAST_ROWS = 3
_PROSE_WORDS, _PROSE_LETTERS = 4, 22
"""Of a line of running text, at least; the cells of tables have less."""
_MOST_BANDS = 12
_LEAST_WORDS, _LEAST_HARMONY = 5, 0.72
"""How many words a monospaced block has at least, and how well they stand on its grid; chance reaches about 0.6."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the letters of a monospaced block stand: ``phase`` is the left edge of its first column, in pixels."""

    pitch: float
    phase: float

    def left(self, column: int) -> float:
        # The phase is where most letters begin, which is a little inside their cells.
        return self.phase + (column - 0.1) * self.pitch

    def column(self, x: float) -> int:
        return round((x - self.phase) / self.pitch)

    def end(self, right: float) -> int:
        """The column behind what ends there; narrow signs end early in their cells."""
        return round((right - self.phase) / self.pitch + 0.15)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of the engine, or a part of it."""

    line: Line
    left: int
    right: int
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return max(1.0, self.bottom - self.top)


Mend = Callable[[Sequence[Word], Grid], Sequence[Word]]
Part = Callable[[Sequence[Word]], Sequence[Word]]


def arranged(lines: Iterable[Line], mend: Mend | None = None, part: Part | None = None) -> list[Line]:
    """The rows of each block, each as one line; ``text`` begins with blanks where code is indented. ``mend`` has a
    closer look at the words of a monospaced row, ``part`` at those of any other."""
    rows: list[Line] = []
    for block in _blocks([_piece(line) for line in lines if line.words]):
        grid = grid_of([word for piece in block for word in piece.line.words])
        rows += [
            _line_of(row, grid, mend, part) for row in (_rows(block) if grid else _with_values_in_rows(_rows(block)))
        ]
    return [row for row in rows if row.text.strip()]


def grid_of(words: Sequence[Word]) -> Grid | None:
    """The grid of a monospaced typeface, or None: words begin on it, and each is as wide as it has letters."""
    sized = [(word.region.width, len(word.text)) for word in words if len(word.text) >= 3]
    if len(words) < _LEAST_WORDS or len(sized) < 3:
        return None
    # The ink of a word is narrower than its cells by what is left free beside its first and last letter.
    rough = statistics.median(width / (letters - 0.25) for width, letters in sized)
    fitting = sum(abs(width - (letters - 0.25) * rough) < 0.5 * rough for width, letters in sized)
    if rough < 2 or fitting < 0.7 * len(sized):
        return None
    # Each place once: the columns of a table prove nothing by having many rows.
    lefts = sorted({round(word.region.x / 3) * 3 for word in words})
    lefts = [min(word.region.x for word in words if round(word.region.x / 3) * 3 == left) for left in lefts]
    if len(lefts) < _LEAST_WORDS:
        return None
    best = max(
        ((abs(sum(cmath.exp(2j * math.pi * left / pitch) for left in lefts)), pitch) for pitch in _around(rough)),
    )
    harmony, pitch = best[0] / len(lefts), best[1]
    if harmony < (_LEAST_HARMONY if fitting < 0.85 * len(sized) or len(lefts) < 2 * _LEAST_WORDS else 0.5):
        return None
    turn = cmath.phase(sum(cmath.exp(2j * math.pi * left / pitch) for left in lefts)) / (2 * math.pi)
    first = min(lefts)
    return Grid(pitch, turn * pitch + round((first - turn * pitch) / pitch) * pitch)


def _around(rough: float) -> list[float]:
    return [rough * (1 + step / 1000) for step in range(-60, 61, 2)]


def _piece(line: Line) -> _Piece:
    boxes = [word.region for word in line.words]
    # The median, as one bracket or one false find more is often much taller than its neighbours.
    top, bottom = statistics.median(box.y for box in boxes), statistics.median(box.bottom for box in boxes)
    return _Piece(line, min(box.x for box in boxes), max(box.right for box in boxes), top, bottom)


def _rows(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """From top to bottom, each from left to right."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        row = rows[-1] if rows else []
        if row and all(_is_beside(other, piece) for other in row):
            row.append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _is_beside(one: _Piece, other: _Piece) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    overlap = min(one.right, other.right) - max(one.left, other.left)
    # Boxes of words with underscores are wider than what was read of them.
    narrower = min(one.right - one.left, other.right - other.left)
    return shared >= 0.45 * min(one.height, other.height) and overlap <= 0.5 * narrower


def _with_values_in_rows(rows: list[list[_Piece]]) -> list[list[_Piece]]:
    """Of a chart, the values of its bars as one row in the order of the names below them, not by their heights."""
    for at, row in enumerate(rows):
        names = [_part(piece.line, [word]) for piece in row for word in piece.line.words]
        if len(names) < _LEAST_ROWS or at < 2:
            continue
        near = 0.3 * min(two.left - one.left for one, two in pairwise(sorted(names, key=lambda name: name.left)))
        cells = [
            [part for piece in other for part in (_part(piece.line, [word]) for word in piece.line.words)]
            for other in rows[:at]
        ]
        above = [
            (number, part)
            for number, parts in enumerate(cells)
            if not any(map(str.isalpha, "".join(part.line.text for part in parts)))
            for part in parts
            if sum(abs(part.left + part.right - name.left - name.right) < 2 * near for name in names) == 1
        ]
        apart = len({number for number, _ in above})
        if apart > 1 and len(names) - 1 <= len(above) <= len(names):
            moved = [part for _, part in above]
            changed = {number for number, _ in above}
            rest = [
                [part for part in cells[number] if part not in moved] if number in changed else rows[number]
                for number in range(at)
            ]
            return [*filter(None, rest), sorted(moved, key=lambda part: part.left), *rows[at:]]
    return rows


def _blocks(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Columns one after the other where there are some, else bands from top to bottom; in the order of reading."""
    if len(pieces) < 2 * _LEAST_ROWS:
        return [pieces] if pieces else []
    gutter = _gutter(pieces)
    if gutter is not None:
        left, right = _cut(pieces, gutter)
        halves = (right, left) if is_right_to_left("".join(piece.line.text for piece in pieces)) else (left, right)
        return [block for half in halves for block in _blocks(half)]
    bands = _bands(pieces)
    blocks: list[list[_Piece]] = []
    plain: list[_Piece] = []
    at = 0
    while at < len(bands):
        for end in range(min(len(bands), at + _MOST_BANDS), at, -1):
            together = [piece for band in bands[at:end] for piece in band]
            if end - at < len(bands) and _gutter(together) is not None:
                blocks += [plain] if plain else []
                blocks += _blocks(together)
                plain, at = [], end
                break
        else:
            plain = plain + bands[at]
            at += 1
    return [*blocks, plain] if plain else blocks


def _bands(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Parts with an empty stripe between them."""
    height = statistics.median(piece.height for piece in pieces)
    bands: list[list[_Piece]] = []
    lowest = -math.inf
    for piece in sorted(pieces, key=lambda piece: piece.top):
        if piece.top - lowest > _BAND_GAP * height or not bands:
            bands.append([])
        bands[-1].append(piece)
        lowest = max(lowest, piece.bottom)
    return bands


def _gutter(pieces: Sequence[_Piece]) -> float | None:
    """Where an empty stripe from top to bottom parts what is read separately."""
    height = statistics.median(piece.height for piece in pieces)
    boxes = sorted((word.region.x, word.region.right) for piece in pieces for word in piece.line.words)
    gaps: list[tuple[float, float]] = []
    reached = boxes[0][1]
    for left, right in boxes[1:]:
        if left - reached >= _COLUMN_GAP * height:
            gaps.append((reached, left))
        reached = max(reached, right)
    if not gaps:
        return None
    is_mono = grid_of([word for piece in pieces for word in piece.line.words]) is not None
    for start, end in sorted(gaps, key=lambda gap: gap[0] - gap[1]):
        sides = [_rows(side) for side in _cut(pieces, (start + end) / 2)]
        fewer, more = sorted(sides, key=len)
        if len(fewer) < _LEAST_ROWS:
            continue
        is_prose = end - start >= _PROSE_GAP * height and all(map(_is_prose, sides)) and not is_mono
        if not all(map(_has_words, sides)):  # the values of a chart and its axis
            continue
        if is_prose or _aligned(fewer, more) < 0.5 * len(fewer):
            return (start + end) / 2
    return None


def _aligned(rows: Sequence[Sequence[_Piece]], others: Sequence[Sequence[_Piece]]) -> int:
    """How many rows have one beside them."""
    return sum(
        any(abs(row[0].middle - other[0].middle) < 0.35 * min(row[0].height, other[0].height) for other in others)
        for row in rows
    )


def _has_words(rows: Sequence[Sequence[_Piece]]) -> bool:
    return statistics.median(sum(map(str.isalpha, "".join(piece.line.text for piece in row))) for row in rows) >= 3


def _is_prose(rows: Sequence[Sequence[_Piece]]) -> bool:
    texts = [" ".join(piece.line.text for piece in row) for row in rows]
    return (
        statistics.median(len(text.split()) for text in texts) >= _PROSE_WORDS
        and statistics.median(map(len, texts)) >= _PROSE_LETTERS
    )


def _cut(pieces: Iterable[_Piece], gutter: float) -> tuple[list[_Piece], list[_Piece]]:
    halves: tuple[list[_Piece], list[_Piece]] = ([], [])
    for piece in pieces:
        for half, words in enumerate(
            (
                [word for word in piece.line.words if word.region.x < gutter],
                [word for word in piece.line.words if word.region.x >= gutter],
            )
        ):
            if words:
                halves[half].append(piece if len(words) == len(piece.line.words) else _part(piece.line, words))
    return halves


def _part(line: Line, words: Sequence[Word]) -> _Piece:
    top, bottom = min(word.region.y for word in words), max(word.region.bottom for word in words)
    return _piece(Line(" ".join(word.text for word in words), line.confidence, top, bottom, tuple(words)))


def _line_of(row: Sequence[_Piece], grid: Grid | None, mend: Mend | None, part: Part | None) -> Line:
    words = tuple(word for piece in row for word in piece.line.words)
    letters = sum(len(piece.line.text) for piece in row)
    sure = sum(piece.line.confidence * len(piece.line.text) for piece in row) / max(1, letters)
    top, bottom = min(piece.line.top for piece in row), max(piece.line.bottom for piece in row)
    line = Line(" ".join(piece.line.text for piece in row), sure, top, bottom, words)
    if is_right_to_left(line.text):
        return replace(line, text=" ".join(word.text for word in ordered(words)))
    if grid is not None:
        return replace(line, text=_on_grid(mend(words, grid) if mend else words, grid))
    if any(set(word.text) <= _BARS for word in words):
        words = _without_rules(words)
        line = replace(line, text=" ".join(word.text for word in words), words=words)
    if part is not None and words and (parted := tuple(part(words))) != words:
        line = replace(line, text=" ".join(word.text for word in parted), words=parted)
    return replace(line, text=without_blanks_between_ideographs(line.text))


_BARS = frozenset("|¦")


def _without_rules(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Bars stay where they stand between words, as in menus; others are rules of a table or edges of a button."""
    height = statistics.median(word.region.height for word in words)
    kept = []
    for at, word in enumerate(words):
        beside = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
        gaps = [max(other.region.x - word.region.right, word.region.x - other.region.right) for other in beside]
        is_sign = (
            len(beside) == 2 and max(gaps) < 0.5 * height and not any(set(other.text) <= _BARS for other in beside)
        )
        if is_sign or not set(word.text) <= _BARS:
            kept.append(word)
    return tuple(kept)


def _on_grid(words: Sequence[Word], grid: Grid) -> str:
    """As many blanks as there is room for, and none where the engine put one into what stands together."""
    ordered = sorted(words, key=lambda word: word.region.x)
    text = " " * max(0, grid.column(ordered[0].region.x)) + ordered[0].text
    for before, word in pairwise(ordered):
        free = grid.column(word.region.x) - grid.end(before.region.right)
        if free > 0:
            # Not by the column alone: a letter too many or too few before it must not move or swallow blanks.
            text += " " * (max(1, grid.column(word.region.x) - len(text)) if free > 1 else 1)
        text += word.text
    return text
