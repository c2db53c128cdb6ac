"""The boxes on a picture while a person decides about them: values and steps without widgets, with undo and redo.

Regions are in pixels of the upright picture, whatever is shown of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from grokdesk.model import Finding, Region
from grokdesk.translation import _

LEAST_SIDE = 3
"""A box smaller than this was a click."""


@dataclass(frozen=True, slots=True)
class Box:
    region: Region
    rule: str = ""
    """What it was found as, "" for one that the person drew."""
    is_on: bool = True
    """False: what is below stays to be seen."""
    is_burnt: bool = False
    """It is in the picture already, not only suggested or drawn."""

    @property
    def in_words(self) -> str:
        words = _("{what}, redacted") if self.is_on else _("{what}, not redacted")
        return words.format(what=self.rule or _("drawn box"))


@dataclass(frozen=True, slots=True)
class Boxes:
    boxes: tuple[Box, ...] = ()
    selected: int | None = None

    @property
    def on(self) -> tuple[Region, ...]:
        return tuple(box.region for box in self.boxes if box.is_on)

    @property
    def kept(self) -> tuple[Region, ...]:
        """What was found and is to be seen."""
        return tuple(box.region for box in self.boxes if box.rule and not box.is_on)

    def at(self, x: int, y: int) -> int | None:
        """The smallest box there."""
        point = Region(x, y, 1, 1)
        hit = [number for number, box in enumerate(self.boxes) if box.region.intersected(point) == point]
        return min(
            hit, key=lambda number: self.boxes[number].region.width * self.boxes[number].region.height, default=None
        )

    def select(self, number: int | None) -> Boxes:
        return replace(self, selected=number)

    def neighbour(self, step: int) -> int | None:
        """The next box, or the one before; None behind the last and before the first."""
        start = (-1 if step > 0 else len(self.boxes)) if self.selected is None else self.selected
        number = start + step
        return number if 0 <= number < len(self.boxes) else None

    def added(self, region: Region, whole: Region) -> Boxes:
        inside = region.intersected(whole)
        if inside.width < LEAST_SIDE or inside.height < LEAST_SIDE:
            return self
        return Boxes((*self.boxes, Box(inside)), len(self.boxes))

    def toggled(self, number: int) -> Boxes:
        box = self.boxes[number]
        return self._with(number, replace(box, is_on=not box.is_on))

    def removed(self, number: int) -> Boxes:
        """A drawn box goes; what was found stays to be seen, not covered."""
        if self.boxes[number].rule:
            return self._with(number, replace(self.boxes[number], is_on=False))
        return Boxes(self.boxes[:number] + self.boxes[number + 1 :])

    def shaped(self, number: int, change: Region, whole: Region) -> Boxes:
        """``change`` is added to place and size."""
        old = self.boxes[number].region
        width, height = max(LEAST_SIDE, old.width + change.width), max(LEAST_SIDE, old.height + change.height)
        x = min(max(whole.x, old.x + change.x), max(whole.x, whole.right - width))
        y = min(max(whole.y, old.y + change.y), max(whole.y, whole.bottom - height))
        region = Region(x, y, width, height).intersected(whole)
        return self._with(number, replace(self.boxes[number], region=region, is_burnt=False))

    def _with(self, number: int, box: Box) -> Boxes:
        return Boxes((*self.boxes[:number], box, *self.boxes[number + 1 :]), number)


def boxes_for(found: Iterable[Finding], burnt: Iterable[Region], kept: Iterable[Region]) -> Boxes:
    """What is suggested: everything found is redacted unless the person kept it; what is redacted already stays so."""
    burnt, kept = tuple(burnt), tuple(kept)
    boxes = [
        Box(region, finding.rule, region not in kept, region in burnt)
        for finding in found
        for region in finding.regions
    ]
    known = {box.region for box in boxes}
    boxes += [Box(region, is_burnt=True) for region in burnt if region not in known]
    return Boxes(tuple(boxes))


class BoxHistory:
    """The boxes now, and the way back and forth."""

    def __init__(self, boxes: Boxes) -> None:
        self.now = boxes
        self._before: list[Boxes] = []
        self._after: list[Boxes] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def take(self, boxes: Boxes) -> bool:
        """The next step; which box is selected is none. True when something changed."""
        if boxes.boxes == self.now.boxes:
            self.now = boxes
            return False
        self._before.append(self.now)
        self._after.clear()
        self.now = boxes
        return True

    def undo(self) -> None:
        if self._before:
            self._after.append(self.now)
            self.now = self._before.pop()

    def redo(self) -> None:
        if self._after:
            self._before.append(self.now)
            self.now = self._after.pop()
