"""What was read, spelled so that rules can search it, with the way back from letters to places on the picture.

Engines split what has no blank in it, and screens wrap long keys; they also take one letter for another that looks
like it. So a text is spelled more than once: as it was read, and with what belongs together joined.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from grokdesk.model import Region
from grokdesk.pictures.read.page import Line
from grokdesk.pictures.read.scripts import are_ideographs

_SPLIT_GAP, _WIDEST_SPLIT = 0.2, 0.8
"""In heights of a line: a smaller gap than the first is no blank; up to the second one it is none between parts of what
nobody writes by hand."""
_WRAPPED_LETTERS = 16
"""A word of so many letters at the end of a line may go on in the next one."""

_DIGIT_OF = str.maketrans("OoQDIl|!iSBZ", "000011111582")
DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Spelled:
    """``owners`` has for each letter of ``text`` the place of its word: line and region. None for what joins words."""

    text: str = field(repr=False)
    owners: tuple[tuple[int, Region] | None, ...] = field(repr=False)

    def regions_of(self, start: int, end: int) -> tuple[Region, ...]:
        """One region for each line that these letters touch, whole words."""
        lines: dict[int, list[Region]] = {}
        for owner in self.owners[start:end]:
            if owner is not None:
                lines.setdefault(owner[0], []).append(owner[1])
        return tuple(reduce(united, regions) for regions in lines.values())


def united(one: Region, other: Region) -> Region:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Region(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)


def spellings(lines: Sequence[Line]) -> tuple[Spelled, ...]:
    """As it was read, and joined; once when both are the same."""
    plain, joined = _spelled(lines, joins=False), _spelled(lines, joins=True)
    return (plain,) if plain.text == joined.text else (plain, joined)


def mended_digits(text: str) -> str:
    """The text with letters that look like digits as these where they stand between digits; as long as before."""
    mended = list(text)
    likely = text.translate(_DIGIT_OF)
    for at, letter in enumerate(text):
        if letter in DIGITS or likely[at] not in DIGITS:
            continue
        before, after = _neighbour(mended, at, -1), _neighbour(text, at, 1)
        # What comes after may be read wrongly as well, so one digit beside it is enough.
        if before in DIGITS or after in DIGITS:
            mended[at] = likely[at]
    return "".join(mended)


def as_digits(text: str) -> str:
    return text.translate(_DIGIT_OF)


def _neighbour(text: Sequence[str], at: int, step: int) -> str:
    """The next letter in that direction that is not a separator of groups, "" when there is none or a blank more."""
    for distance in (1, 2):
        place = at + step * distance
        if not 0 <= place < len(text):
            return ""
        if text[place] not in " -.":
            return text[place]
    return ""


def _spelled(lines: Sequence[Line], *, joins: bool) -> Spelled:
    letters: list[str] = []
    owners: list[tuple[int, Region] | None] = []
    before: tuple[int, Region, str] | None = None
    for number, line in enumerate(lines):
        is_alone = len(line.words) == 1
        for word in line.words:
            if before is not None:
                blank = _between(before, (number, word.region, word.text), line.height, joins=joins, is_alone=is_alone)
                letters.append(blank)
                owners += [None] * len(blank)
                run = word.text if blank else before[2] + word.text
            else:
                run = word.text
            letters.append(word.text)
            owners += [(number, word.region)] * len(word.text)
            before = number, word.region, run
    return Spelled("".join(letters), tuple(owners))


def _between(
    before: tuple[int, Region, str], word: tuple[int, Region, str], height: int, *, joins: bool, is_alone: bool
) -> str:
    """What stands between two words; ``is_alone``: the second one is all of its line."""
    if before[0] == word[0] and are_ideographs(before[2], word[2]):
        return ""
    if before[0] == word[0]:
        gap = word[1].x - before[1].right
        if not joins or word[1].x <= before[1].x or gap > _WIDEST_SPLIT * height:
            return " "
        return "" if gap < _SPLIT_GAP * height or _belong_together(before[2], word[2]) else " "
    may_go_on = joins and before[0] + 1 == word[0] and len(before[2]) >= _WRAPPED_LETTERS
    if may_go_on and _goes_below(before[1], word[1]) and _may_wrap(before[2], word[2], is_alone=is_alone):
        return ""
    return "\n"


def _may_wrap(run: str, word: str, *, is_alone: bool) -> bool:
    return _is_made_up(run) and (is_alone or _belong_together(run, word))


def _belong_together(run: str, word: str) -> bool:
    """Two parts of a key that was split where none of its letters is a blank."""
    if run[-1] in "_-=" or word[0] in "_-=":
        return True
    return _is_made_up(run) and (_is_made_up(word) or len(word) <= 2 or not any(map(str.isalpha, word)))


def _is_made_up(word: str) -> bool:
    """Letters and digits mixed, or capitals after small letters."""
    inner = word.strip("\"'`()[]{}<>,;:.!?")
    has_digit, has_letter = any(map(str.isdigit, inner)), any(map(str.isalpha, inner))
    return (has_digit and has_letter) or any(
        one.islower() and next_.isupper() for one, next_ in itertools.pairwise(inner)
    )


def _goes_below(before: Region, word: Region) -> bool:
    """The word begins the next line, left of where the one before ends, and no empty line is between them."""
    height = max(before.height, word.height)
    return word.x < before.right and 0 < word.y - before.y < 2.5 * height


def widened(regions: Iterable[Region], whole: Region) -> tuple[Region, ...]:
    """A little larger than what was read, as engines cut the edges of letters, and inside the picture."""
    padded = []
    for region in regions:
        rim = max(2, round(0.12 * region.height))
        padded.append(
            Region(region.x - rim, region.y - rim, region.width + 2 * rim, region.height + 2 * rim).intersected(whole)
        )
    return tuple(region for region in padded if not region.is_empty)
