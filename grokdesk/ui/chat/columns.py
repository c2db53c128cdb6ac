"""How wide the columns of a table are: no word is broken, and what then does not fit is scrolled (``sideways``)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtGui import QFont, QFontMetricsF

from grokdesk.ui.chat.markdown.pieces import BOLD, CODE, ITALIC, LINE_BREAK, Cell

LONGEST_WORD = 40
"""Letters of a word that are never broken; what is longer is data, such as an address."""
_PROSE, _ROOMY_PROSE = 12, 24
"""Letters that a column of sentences has at least: where the table fits, and where it is scrolled anyway."""
CELL_PADDING = 6
HEAD_WEIGHT = QFont.Weight.DemiBold
_AROUND = 2 * CELL_PADDING + 2
"""Pixels of a column beside its text: Qt counts padding and one border into it, and 1 is to spare."""
_SLANT = 0.3
"""How far Qt moves the top of a letter to the right, in its height, where it makes italics itself."""
_EDGE = 4
"""Pixels of borders beside the columns."""

# Between these letters a line may end; Qt breaks there without breaking a word.
_WORD = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]+|[\u2e80-\u9fff\uac00-\uffef]")


@dataclass(frozen=True, slots=True)
class Measured:
    """Pixels of one column: of its longest word, and of its longest cell in one line."""

    word: float = 0.0
    line: float = 0.0


@dataclass(slots=True)
class Columns:
    """What is known of the columns of one table while its rows come."""

    chain: int
    """Where the table begins that this one continues, or where it begins itself: they are scrolled together."""
    margin: int
    """Pixels at its left."""
    measured: list[tuple[Measured, ...]] = field(default_factory=list)
    """For each row the greatest of the rows up to it."""
    before: tuple[Measured, ...] = ()
    """Of the tables that this one continues."""
    widths: list[int] = field(default_factory=list)
    """Pixels that are set."""

    @property
    def widest(self) -> tuple[Measured, ...]:
        return self.measured[-1] if self.measured else self.before

    def add(self, first: int, rows: Sequence[Sequence[Cell]], ruler: Ruler, *, has_head: bool) -> None:
        """``rows`` begin at row ``first``; what was known of that row and those below is forgotten."""
        del self.measured[first:]
        for number, row in enumerate(rows, first):
            known = self.widest or (Measured(),) * len(row)
            is_head = has_head and number == 0
            self.measured.append(
                tuple(ruler.measure(cell, column, is_head=is_head) for cell, column in zip(row, known, strict=False))
            )


class Ruler:
    """Measures cells in the fonts in which they are drawn."""

    def __init__(self, font: QFont, code_font: QFont) -> None:
        self._font, self._code_font = font, code_font
        self._metrics: dict[tuple[int, bool], tuple[QFontMetricsF, float]] = {}
        self._digits: dict[int, float] = {}
        self.letter = QFontMetricsF(font).horizontalAdvance("n")

    def _of(self, style: int, *, is_head: bool) -> tuple[QFontMetricsF, float]:
        """Metrics, and more than the width of any letter."""
        made = self._metrics.get((style, is_head))
        if made is None:
            font = QFont(self._code_font if style & CODE else self._font)
            if is_head:
                font.setWeight(HEAD_WEIGHT)
            elif style & BOLD:
                font.setWeight(QFont.Weight.Bold)
            font.setItalic(bool(style & ITALIC))
            metrics = QFontMetricsF(font)
            made = self._metrics[style, is_head] = (metrics, 2 * metrics.horizontalAdvance("W"))
        return made

    def measure(self, cell: Cell, known: Measured, *, is_head: bool) -> Measured:
        word, line = known.word, known.line
        if len(cell) == 1 and not is_head and self._is_shorter(cell[0].text, cell[0].style, min(word, line)):
            return known
        whole = joined = 0.0  # of this line, and of the word that goes on in the next run
        for run in cell:
            metrics, wide = self._of(run.style, is_head=is_head)
            # The last letter leans out of its own width, and where the typeface has no italic Qt slants an upright one.
            lean = _SLANT * metrics.ascent() if run.style & ITALIC else 0.0
            for number, text in enumerate(run.text.split(LINE_BREAK)):
                if number:
                    whole = joined = 0.0
                whole += metrics.horizontalAdvance(text)
                line = max(line, whole + lean)
                if joined == 0.0 and len(text) * wide <= word and run is cell[-1]:
                    continue
                word, joined = self._longest_word(text, metrics, word, joined, lean)
        return Measured(min(word, LONGEST_WORD * self.letter), line)

    def _is_shorter(self, text: str, style: int, width: float) -> bool:
        """Without measuring each cell: most of them are no wider than what is known."""
        if not text.isascii():
            return False
        metrics, wide = self._of(style, is_head=False)
        if text.isdigit():
            if style not in self._digits:
                self._digits[style] = max(metrics.horizontalAdvance(digit) for digit in "0123456789")
            wide = self._digits[style]
        return len(text) * wide <= width

    def _longest_word(
        self, text: str, metrics: QFontMetricsF, word: float, joined: float, lean: float
    ) -> tuple[float, float]:
        for found in _WORD.finditer(text):
            width = metrics.horizontalAdvance(found[0][: 2 * LONGEST_WORD])
            if found.start() == 0:
                width += joined
            word = max(word, width + lean)
            joined = width if found.end() == len(text) else 0.0
        return word, joined if text and not text[-1].isspace() else 0.0

    def widths(self, columns: Sequence[Measured], room: float) -> list[int]:
        """Pixels for each column of a table that has ``room`` pixels; more than that when words need it."""
        lines = [column.line for column in columns]
        room -= _EDGE + (_AROUND + 1) * len(columns)  # 1 for what is rounded up
        least = [max(column.word, min(column.line, _PROSE * self.letter)) for column in columns]
        if sum(lines) <= room:
            chosen = lines
        elif sum(least) > room:
            chosen = [max(column.word, min(column.line, _ROOMY_PROSE * self.letter)) for column in columns]
        else:
            chosen = _levelled(least, lines, room)
        return [math.ceil(width) + _AROUND for width in chosen]


def _levelled(least: Sequence[float], most: Sequence[float], room: float) -> list[float]:
    """All as wide as a common level within their bounds, so that they fill the room: short columns get what they
    need, and long ones share what is left."""
    low, high = 0.0, max(most)
    for _step in range(20):
        level = (low + high) / 2
        if sum(map(_clamped, [level] * len(most), least, most)) > room:
            high = level
        else:
            low = level
    return [_clamped(low, lower, upper) for lower, upper in zip(least, most, strict=True)]


def _clamped(level: float, least: float, most: float) -> float:
    return max(least, min(level, most))
