"""Blanks beside single letters and digits, which the engine swallows in proportional text: "2 kg", "1 l", "a 1".

What stands apart by as much as a blank becomes a word of its own. A single stroke between blanks, which may be a 1, an
l or an I to the engine, is told by its shape and by what stands before it.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from grokdesk.model import Region
from grokdesk.pictures.read.page import Word

if TYPE_CHECKING:
    from PIL import Image

_LEAST_BLANK = 0.36
"""In heights of the highest word: a blank with what letters leave free beside it has 0.5 and more, a letter and a 1
0.27."""
_OF_A_BLANK, _OF_LETTERS = 0.62, 2.2
"""A gap within a word is a blank when it is as wide as this share of the others in the row, and so many times as wide
as those between letters."""
_SURELY = 1.5
"""How much wider it has to be between two digits, which stand in columns of one width however narrow a 1 is."""
_LONGEST = 12
"""Letters of a word in which a blank can have been lost: there is a single one beside it."""
_NARROW, _WIDE = frozenset("iljtfrI1|!.,:;'"), frozenset("mwMW@%")
_STROKES = frozenset("1lI|!")
_FAINT = 1
"""By how much a column is darker than paper, on average, before it has ink."""


class Blanks:
    """Of one picture, dark on light."""

    def __init__(self, grey: Image.Image) -> None:
        self._grey = grey

    def mended(self, words: Sequence[Word]) -> list[Word]:
        """A row of proportional text with the blanks that were lost."""
        height = max(word.region.height for word in words)
        runs = [self._runs(word.region) for word in words]
        inner = [right[0] - left[1] for found in runs for left, right in pairwise(found)]
        if not inner or height < 6:
            return list(words)
        between = [two.region.x - one.region.right for one, two in pairwise(words)]
        blanks = [gap for gap in between if 0 < gap < height]
        least = max(3.0, _LEAST_BLANK * height, _OF_LETTERS * statistics.median_low(inner) if len(inner) > 3 else 0.0)
        if len(blanks) > 1:
            least = max(least, _OF_A_BLANK * statistics.median(blanks))
        found: list[Word] = []
        for word, ink in zip(words, runs, strict=True):
            parts = list(_parts(word, ink, least, self._is_bar))
            for part in parts:
                found.append(self._stroke(part, found, is_new=len(parts) > 1))
        return found

    def _stroke(self, word: Word, before: Sequence[Word], *, is_new: bool) -> Word:
        """``word`` as an l behind a number and an I elsewhere, when it is one upright stroke; an l that is none is a 1,
        as no l stands alone behind anything else."""
        if word.text not in _STROKES or not (is_new or word.text in "1l"):
            return word
        is_measure = bool(before) and before[-1].text[-1:].isdigit()
        if self._is_bar(word.region):
            return replace(word, text="l" if is_measure else "I")
        return replace(word, text="1") if word.text == "l" and not is_measure else word

    def _runs(self, place: Region) -> list[tuple[int, int]]:
        """From where to where columns have ink, one after the other."""
        crop = self._grey.crop((place.x, place.y, place.right, place.bottom))
        if crop.width < 1 or crop.height < 1:
            return []
        paper = cast("tuple[int, int]", crop.getextrema())[1]
        columns = crop.resize((crop.width, 1)).tobytes()
        ink = [paper - shade > _FAINT for shade in columns]
        edges = [at for at in range(len(ink) + 1) if (at < len(ink) and ink[at]) != (at > 0 and ink[at - 1])]
        return [(place.x + left, place.x + right) for left, right in zip(edges[::2], edges[1::2], strict=True)]

    def _is_bar(self, place: Region) -> bool:
        """Each of its rows is the same: no flag, no foot, no dot."""
        runs = self._runs(place)
        if len(runs) != 1 or runs[0][1] - runs[0][0] > 0.3 * place.height:
            return False
        crop = self._grey.crop((runs[0][0], place.y, runs[0][1], place.bottom))
        dark, paper = cast("tuple[int, int]", crop.getextrema())
        rows = crop.resize((1, crop.height)).tobytes()
        inside = [at for at, shade in enumerate(rows) if paper - shade > _FAINT or dark == paper]
        if not inside or len(inside) < 0.6 * place.height:
            return False
        shades = [rows[at] for at in range(inside[0] + 1, inside[-1])]
        return bool(shades) and max(shades) - min(shades) < 0.15 * max(1, paper - min(shades))


def _parts(
    word: Word, ink: Sequence[tuple[int, int]], least: float, is_bar: Callable[[Region], bool]
) -> Iterator[Word]:
    """The word, cut at each gap of at least so many pixels that stands between a letter or digit and another one."""
    text, start, left = word.text, 0, word.region.x
    if 2 <= len(text) <= _LONGEST and text.isascii():
        for number, (one, two) in enumerate(pairwise(ink), 1):
            if two[0] - one[1] < least:
                continue
            at = number if len(ink) == len(text) else _letter_at(text, word.region, (one[1] + two[0]) / 2)
            if not start < at < len(text) or not _may_part(text[at - 1], text[at]):
                continue
            both = text[at - 1] + text[at]
            # A 1 takes as much room as any other digit, and looks as if it stood apart.
            ends = (text[start:at], left, one[1]), (text[at:], two[0], word.region.right)
            if both.isdigit() and not any(_is_lone_stroke(word, *end, is_bar) for end in ends):
                continue
            if (both.isdigit() or both.isalpha()) and two[0] - one[1] < _SURELY * least:
                continue
            yield _cut(word, text[start:at], left, one[1])
            start, left = at, two[0]
    yield word if start == 0 else _cut(word, text[start:], left, word.region.right)


def _may_part(before: str, after: str) -> bool:
    """A point between digits has much room beside it in some typefaces."""
    if after in _STROKES and before.isdigit():
        return True
    return after.isalnum() and (before.isalnum() or (before in ",;" and after.isalpha()))


def _is_lone_stroke(word: Word, text: str, left: int, right: int, is_bar: Callable[[Region], bool]) -> bool:
    return text in _STROKES and is_bar(replace(word.region, x=left, width=max(1, right - left)))


def _cut(word: Word, text: str, left: int, right: int) -> Word:
    return replace(word, text=text, region=replace(word.region, x=left, width=max(1, right - left)))


def _letter_at(text: str, place: Region, x: float) -> int:
    """Before which letter that is, by how wide letters are."""
    widths = [0.5 if letter in _NARROW else 1.5 if letter in _WIDE else 1.0 for letter in text]
    share = (x - place.x) / place.width * sum(widths)
    nearest = min(range(1, len(text)), key=lambda at: abs(sum(widths[:at]) - share))
    # Between a letter and a digit it is likelier than one letter beside.
    turns = [at for at in range(1, len(text)) if text[at - 1].isdigit() != text[at].isdigit()]
    return next((at for at in turns if abs(at - nearest) <= 1), nearest)
