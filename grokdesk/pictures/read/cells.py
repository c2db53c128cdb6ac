"""Monospaced text looked at cell by cell: underscores, which the engine overlooks, and blanks, which it swallows."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from grokdesk.model import Region
from grokdesk.pictures.read.layout import Grid
from grokdesk.pictures.read.page import Word

if TYPE_CHECKING:
    from PIL import Image

_BELOW_THE_LINE = frozenset("gjpqyQ,;()[]{}|_@$/\\\"'`*^-~=+<>:.")
_BEFORE_AND_AFTER = 4
"""Cells that are looked at on either side of what was read."""


class Cells:
    """Of one picture, dark on light."""

    def __init__(self, grey: Image.Image) -> None:
        self._grey = grey

    def mended(self, words: Sequence[Word], grid: Grid) -> list[Word]:
        """A row with its underscores and inner blanks; words that do not fit what is seen stay as they are."""
        standing = [word.region.bottom for word in words if not _BELOW_THE_LINE & set(word.text)]
        bottoms = standing or [word.region.bottom for word in words if "_" not in word.text]
        if not bottoms or grid.pitch < 5:
            return list(words)
        baseline, top = round(statistics.median(bottoms)), min(word.region.y for word in words)
        first = min(grid.column(word.region.x) for word in words) - _BEFORE_AND_AFTER
        last = max(grid.column(word.region.right) for word in words) + _BEFORE_AND_AFTER
        ink, paper = self._shades(words, baseline + 1)
        under, empty = set(), set()
        for column in range(first, last):
            left, right = round(grid.left(column)), round(grid.left(column + 1))
            if left < 0 or right > self._grey.width:
                continue
            foot = baseline + max(2, round(0.6 * grid.pitch))
            is_clear = self._darkest(left + 1, top, right - 1, baseline - 1) > (ink + 2 * paper) / 3
            if is_clear and self._has_bar(left, baseline - 1, right, foot, (ink + paper) / 2):
                under.add(column)
            elif is_clear and self._darkest(left, top, right, foot) > (ink + 3 * paper) / 4:
                empty.add(column)
        return _put_in(words, grid, under, empty, Region(0, top, 0, baseline - top))

    def _shades(self, words: Iterable[Word], bottom: int) -> tuple[float, float]:
        boxes = [word.region for word in words]
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        place = (left, top, min(self._grey.width, max(box.right for box in boxes)), min(self._grey.height, bottom))
        dark, light = self._grey.crop(place).getextrema()
        return float(cast("float", dark)), float(cast("float", light))

    def _darkest(self, left: int, top: int, right: int, bottom: int) -> float:
        place = (max(0, left), max(0, top), min(self._grey.width, right), min(self._grey.height, bottom))
        if place[0] >= place[2] or place[1] >= place[3]:
            return 255
        return float(cast("float", self._grey.crop(place).getextrema()[0]))

    def _has_bar(self, left: int, top: int, right: int, bottom: int, darker: float) -> bool:
        """A level stroke over the whole cell; the end ones may be a pixel short."""
        for y in range(max(0, top), min(bottom, self._grey.height - 1)):
            lightest = self._grey.crop((left + 1, y, right - 1, y + 1)).getextrema()[1]
            if float(cast("float", lightest)) < darker:
                return True
        return False


def _put_in(words: Sequence[Word], grid: Grid, under: set[int], empty: set[int], row: Region) -> list[Word]:
    mended, taken = [], set()
    for word in words:
        cells = range(grid.column(word.region.x), grid.end(word.region.right))
        letters = iter(word.text.replace("_", ""))
        if len(word.text.replace("_", "")) == len([cell for cell in cells if cell not in under | empty]):
            text = "".join("_" if cell in under else " " if cell in empty else next(letters) for cell in cells)
            mended.append(replace(word, text=text.strip() or word.text))
            taken |= set(cells)
        else:
            mended.append(word)
            # An underscore that it has already may be any of those in its place.
            taken |= set(cells) if "_" in word.text else set()
    for cell in sorted(under - taken):
        left, right = round(grid.left(cell)), round(grid.left(cell + 1))
        mended.append(Word("_", Region(left, row.y, right - left, row.height)))
    return mended
