"""What of an engine's findings is text: not the strokes of icons, the rules of tables, or the grain of photos."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from grokdesk.model import Region
from grokdesk.pictures.read.page import Line, Word

if TYPE_CHECKING:
    from PIL import Image

_TRUSTED, _DOUBTFUL = 60.0, 10.0
"""Confidence of a whole picture from which its lines are believed, and of a line that is left out all the same."""


_SURE = 70.0
"""Confidence of a line that is believed in a picture that is otherwise full of false finds, as photos are."""


_FAIR, _FEW_LINES = 40.0, 2
"""The same where there are so few lines that their average says little."""


_LIKELY = 55.0
READ_AGAIN = 45.0
"""Confidence of a word that a second look may replace."""


_PLAIN_WORD = re.compile(r"[(\"'“‘]?(?:[a-z]{1,14}|[A-Z][a-z]{0,13})(?:[’'][a-z]{1,2})?[.,;?!)\"'”’]{0,2}")
_SPECKS = frozenset("|¦[]_-—–=~.,'‘’`°:;")


def believed(lines: Sequence[Line]) -> list[Line]:
    """The lines without what the engine takes for letters in photos and icons."""
    letters = sum(len(line.text) for line in lines)
    if not letters:
        return []
    if sum(line.confidence * len(line.text) for line in lines) / letters >= _TRUSTED:
        likely = (line for line in map(_without_specks, lines) if line.text and not _is_of_an_icon(line))
        return [line for line in likely if line.confidence >= _DOUBTFUL]
    # The average of one or two short lines says little; a photo has more of them, or worse ones.
    least = _SURE if len(lines) > _FEW_LINES else _FAIR
    return [line for line in lines if line.confidence >= least and _has_word(line.text)]


def is_plain(line: Line) -> bool:
    """Words of a language and nothing else, surely read, and no label among them that may have a value behind it."""
    return bool(line.words) and all(
        word.confidence >= _SURE and _PLAIN_WORD.fullmatch(word.text) is not None for word in line.words
    )


def with_rest(lines: Sequence[Line], rest: Iterable[Line]) -> list[Line]:
    """Both, where a second look found something in an empty place, or better lines than what was hardly believed."""
    sure = [line for line in lines if line.words and confidence_of(line) >= READ_AGAIN]
    read = [word.region for line in lines for word in line.words if line in sure or word.confidence >= READ_AGAIN]
    seen_again = list(rest)
    better = [line for line in (_believed_words(line, read) for line in seen_again) if line.words]
    places = [word.region for line in better for word in line.words]

    def is_bettered(word: Word) -> bool:
        return word.confidence < READ_AGAIN and any(meet(word.region, place) for place in places)

    kept = (line if line in sure else _without(line, is_bettered) for line in lines)
    again = [word for line in seen_again for word in line.words]
    return [*(_with_surer_words(line, again) for line in kept if line.words), *better]


def _with_surer_words(line: Line, again: Sequence[Word]) -> Line:
    """A word that was hardly read, as the second look has it in the same place."""
    words = tuple(_surer(word, again) if word.confidence < READ_AGAIN else word for word in line.words)
    return line if words == line.words else replace(line, text=" ".join(word.text for word in words), words=words)


def _surer(word: Word, again: Sequence[Word]) -> Word:
    near = max(2, word.region.height // 3)
    for other in again:
        box, place = other.region, word.region
        is_same = abs(box.x - place.x) <= near and abs(box.right - place.right) <= near and meet(box, place)
        if is_same and other.confidence > word.confidence + 20 and len(other.text) >= len(word.text):
            return other
    return word


def _believed_words(line: Line, read: Sequence[Region]) -> Line:
    return _without(
        line,
        lambda word: (
            word.confidence < _SURE or not _says_something(word) or any(_covers(region, word.region) for region in read)
        ),
    )


def _says_something(word: Word) -> bool:
    """Not one stroke or ring of an icon, but a number of one digit."""
    letters = sum(map(str.isalnum, word.text))
    return letters > 1 or (word.text.isdigit() and word.confidence >= _SURE + 15)


def meet(one: Region, other: Region) -> bool:
    """True when one covers the other for a good part."""
    return _covers(one, other) or _covers(other, one)


def _without(line: Line, is_dropped: Callable[[Word], bool]) -> Line:
    words = tuple(word for word in line.words if not is_dropped(word))
    return line if words == line.words else replace(line, text=" ".join(word.text for word in words), words=words)


def _is_of_an_icon(line: Line) -> bool:
    """Hardly more than a few letters by themselves, and these in doubt."""
    letters = sum(map(str.isalnum, line.text))
    if not line.words or letters > 4 or (letters > 2 and line.text.isalnum()):
        return False
    return confidence_of(line) < (_LIKELY if letters <= 2 else _FAIR)


def _without_specks(line: Line) -> Line:
    wide = statistics.median([word.region.width / len(word.text) for word in line.words] or [0])
    if len(line.words) > 2:  # the picture of a sign before a line is read as one or two wide letters
        line = _without(
            line,
            lambda word: (
                len(word.text) <= 2 and word.confidence < READ_AGAIN and word.region.width > 1.7 * wide * len(word.text)
            ),
        )
    return _without(line, lambda word: word.confidence < _TRUSTED and set(word.text) <= _SPECKS)


def without_rules(grey: Image.Image, lines: Iterable[Line]) -> list[Line]:
    """Rules of tables and edges of buttons are read as bars; they go on above and below their line."""
    kept = [_without(line, lambda word: set(word.text) <= set("|¦[]lI") and _goes_on(grey, word)) for line in lines]
    return [line for line in kept if line.words]


def _goes_on(grey: Image.Image, word: Word) -> bool:
    box = word.region
    if box.width > box.height / 2:
        return False
    beyond = max(3, round(0.45 * box.height))
    ink = _darkest(grey, box.x, box.y, box.right, box.bottom)
    ends = (
        _darkest(grey, box.x - 1, box.y - beyond, box.right + 1, box.y - beyond + 2),
        _darkest(grey, box.x - 1, box.bottom + beyond - 2, box.right + 1, box.bottom + beyond),
    )
    around = grey.crop((box.x - 2, box.y, box.right + 2, box.bottom)).getextrema()
    paper = float(cast("float", around[1]))
    return all(end <= ink + 0.4 * (paper - ink) for end in ends)


def _darkest(grey: Image.Image, left: int, top: int, right: int, bottom: int) -> float:
    place = (max(0, left), max(0, top), min(grey.width, right), min(grey.height, bottom))
    if place[0] >= place[2] or place[1] >= place[3]:
        return 255
    return float(cast("float", grey.crop(place).getextrema()[0]))


def _covers(region: Region, other: Region) -> bool:
    shared = region.intersected(other)
    return not shared.is_empty and shared.width * shared.height > 0.4 * other.width * other.height


def _has_word(text: str) -> bool:
    return any(sum(character.isalnum() for character in word) >= 3 for word in text.split())


def confidence_of(line: Line) -> float:
    """Of its words, on average; the engine's own for a line is that of the worst."""
    return statistics.fmean(word.confidence for word in line.words)
