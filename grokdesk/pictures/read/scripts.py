"""What scripts other than Latin need: letters from right to left in their own order, ideographs without blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grokdesk.pictures.read.page import Line, Word

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT_RUN = re.compile(
    r"[A-Za-z0-9\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f.,:/%+@_\-]*[A-Za-z0-9\u00c0-\u024f])?"
)
_CJK = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_CJK_BLANK = re.compile(f"(?<=[{_CJK}]) +(?=[{_CJK}])")
_IS_CJK = re.compile(f"[{_CJK}]")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def is_right_to_left(text: str) -> bool:
    return len(_RIGHT_TO_LEFT.findall(text)) * 2 > sum(map(str.isalpha, text))


def in_reading_order(line: Line) -> Line:
    """The line with its letters and words as they are spoken, where it has any from right to left.

    The iterator of the engine's binding gives them as they stand on the picture, from left to right.
    """
    if not _RIGHT_TO_LEFT.search("".join(word.text for word in line.words)):
        return line
    words = tuple(replace(word, text=_spoken(word.text)) for word in line.words)
    text = " ".join(word.text for word in ordered(words))
    return replace(line, text=text, words=words)


def ordered(words: Sequence[Word]) -> list[Word]:
    """From right to left where most letters are, but words of other scripts among them from left to right."""
    across = sorted(words, key=lambda word: word.region.x)
    if not is_right_to_left("".join(word.text for word in words)):
        return across
    turned: list[Word] = []
    run: list[Word] = []
    for word in reversed(across):
        if _RIGHT_TO_LEFT.search(word.text):
            turned += [*reversed(run), word]
            run = []
        else:
            run.append(word)
    return [*turned, *reversed(run)]


def _spoken(text: str) -> str:
    if not _RIGHT_TO_LEFT.search(text):
        return text
    turned = text[::-1].translate(_MIRRORED)
    return _LEFT_TO_RIGHT_RUN.sub(lambda run: run[0][::-1], turned)


def without_blanks_between_ideographs(text: str) -> str:
    """Chinese and Japanese have none, but engines put one between any two words that they know."""
    return _CJK_BLANK.sub("", text)


def are_ideographs(one: str, other: str) -> bool:
    """The end of one word and the beginning of the next, in a script that has no blanks."""
    return bool(_IS_CJK.match(one[-1:]) and _IS_CJK.match(other[:1]))
