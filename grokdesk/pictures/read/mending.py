"""Letters that look like digits, put right where only one of them makes sense: in commits, devices, options.

What might be either is left as it was read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import replace

from grokdesk.pictures.read.page import Line, Word

_DIGITS = str.maketrans("OolI|", "00111")
_HEXADECIMAL = re.compile(r"(?<![\w.])[0-9a-fOlI]{7,40}(?!\w)")
_PREFIXED = re.compile(r"(?<![0-9A-Za-z])[0O][xX][0-9A-Fa-fOolI]{1,16}(?![0-9A-Za-z])")
_DEVICE = re.compile(
    r"\b(?P<disk>(?:s|h|v|xv)d[a-z])(?P<part>[lI|OoQ\d]{1,2})(?!\w)"
    r"|\b(?P<name>nvme|mmcblk|eth|wlan|loop|tty(?:S|USB|ACM)?|veth|dm-)(?P<number>[OolI\d]{1,2}"
    r"(?:n[OolI\d]{1,2})?(?:p[OolI\d]{1,2})?)(?!\w)"
)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[OolI](?=\d)|(?<=[1-9]0)O\b|(?<=\d\d)O\b")
_VERSION = re.compile(r"(?<![A-Za-z0-9])v[lI](?=[/.\d]|$)")
_OPTIMIZED = re.compile(r"^-0(?=(?:[0-3sgz]|fast)$)")
_COMPILING = re.compile(
    r"\b(?:gcc|g\+\+|clang|cc|c\+\+|rustc|ld|nvcc|emcc|cflags|cxxflags|release|optimi[sz])|(?:^| )-(?:W\w|o |l\w|I)",
    re.IGNORECASE,
)
_ROUND_SIGNS = frozenset("@©®")


def mended(lines: Iterable[Line]) -> list[Line]:
    """Each line with its text and its words mended."""
    return [_mended(line) for line in lines]


def _mended(line: Line) -> Line:
    is_compiling = _COMPILING.search(line.text) is not None
    words = tuple(replace(word, text=_word(word.text, is_compiling=is_compiling)) for word in line.words)
    words = tuple(_zero(words, at) for at in range(len(words)))
    if words == line.words:
        return line
    text, at = line.text, 0
    for before, word in zip(line.words, words, strict=True):  # the text may have other blanks than its words
        place = text.find(before.text, at)
        if place >= 0:
            text = f"{text[:place]}{word.text}{text[place + len(before.text) :]}"
            at = place + len(word.text)
    return replace(line, text=text, words=words)


def _word(text: str, *, is_compiling: bool) -> str:
    text = _BETWEEN_DIGITS.sub(lambda found: found[0].translate(_DIGITS), text)
    text = _HEXADECIMAL.sub(lambda found: _as_hexadecimal(found[0]), text)
    text = _PREFIXED.sub(lambda found: f"0{found[0][1]}{found[0][2:].translate(_DIGITS)}", text)
    text = _DEVICE.sub(_as_device, text)
    text = _VERSION.sub("v1", text)
    return _OPTIMIZED.sub("-O", text) if is_compiling else text


def _as_hexadecimal(text: str) -> str:
    """Of a commit or the like: digits and letters change often, or a capital stands within, as in no word."""
    changes = sum(one.isdigit() != two.isdigit() for one, two in itertools.pairwise(text))
    has_odd_capital = re.search(r"[a-f]O[a-f]", text) is not None or ("O" in text and changes >= 2)
    return text.translate(_DIGITS) if changes >= 3 or has_odd_capital else text


def _as_device(found: re.Match[str]) -> str:
    if found["disk"]:
        return f"{found['disk']}{found['part'].translate(_DIGITS).replace('Q', '0')}"
    return f"{found['name']}{found['number'].translate(_DIGITS)}"


def _zero(words: tuple[Word, ...], at: int) -> Word:
    """A zero with a dot or a stroke in it, alone among numbers, is read as a round sign."""
    word = words[at]
    if word.text not in _ROUND_SIGNS:
        return word
    beside = words[max(0, at - 1) : at] + words[at + 1 : at + 2]
    is_number = [any(map(str.isdigit, other.text)) for other in beside]
    return replace(word, text="0") if is_number and all(is_number) else word
