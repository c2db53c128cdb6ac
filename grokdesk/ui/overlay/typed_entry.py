"""What a person types while selecting: ``800x600`` a size, ``16:9`` a shape, ``2`` a screen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grokdesk.translation import N_, _, ngettext

LONGEST = 12
"""Characters; nobody means more."""
_STARTS, _GOES_ON = frozenset("123456789"), frozenset("0123456789xX×*:.")
_SIZE = re.compile(r"(\d+)\s*[xX×*]\s*(\d+)")
_SHAPE = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")
FORMS = N_("Type a size such as 800x600, a shape such as 16:9, or the number of a screen.")


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shape:
    """``aspect`` is width / height."""

    aspect: float


@dataclass(frozen=True, slots=True)
class ScreenNumber:
    """Counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Unclear:
    why: str


def goes_on(entry: str, character: str) -> bool:
    """Whether ``character`` can be typed after ``entry``; an entry begins with a digit."""
    return len(entry) < LONGEST and character in (_GOES_ON if entry else _STARTS)


def read_entry(entry: str, screens: int) -> Size | Shape | ScreenNumber | Unclear:
    """What ``entry`` means where there are so many ``screens``."""
    if size := _SIZE.fullmatch(entry):
        width, height = int(size[1]), int(size[2])
        return Size(width, height) if width and height else Unclear(_("A size has at least one pixel each way."))
    if shape := _SHAPE.fullmatch(entry):
        return _shape(float(shape[1]), float(shape[2]))
    if entry.isdecimal():
        number = int(entry)
        if 1 <= number <= screens:
            return ScreenNumber(number)
        there_are = ngettext("There is one screen.", "There are {count} screens.", screens).format(count=screens)
        return Unclear(f"{there_are} {_(FORMS)}")
    return Unclear(_(FORMS))


def _shape(across: float, down: float) -> Shape | Unclear:
    if across and down and 1 / 50 <= across / down <= 50:
        return Shape(across / down)
    return Unclear(_("A shape is at most 50 times as long one way as the other."))
