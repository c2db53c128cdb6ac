"""Desktop entries: the files that say how the desktop starts a program.

Source: https://specifications.freedesktop.org/desktop-entry-spec/latest/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

GROUP = "[Desktop Entry]"
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_MEANINGS = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_PLAIN = re.compile(r"[A-Za-z0-9_@+:,./=-]+")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)', re.DOTALL)


def escape(text: str) -> str:
    """A value of the type string."""
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in text)
    return "\\s" + escaped[1:] if escaped.startswith(" ") else escaped


def unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: _MEANINGS.get(found[1], found[0]), value)


def quote_command(words: Sequence[str]) -> str:
    """The value of Exec. Each word is quoted by the rules for Exec, and the whole escaped as every string is."""
    return escape(" ".join(_quote(word) for word in words))


def split_command(value: str) -> tuple[str, ...]:
    """The words of an Exec value; field codes such as %U are left out."""
    words = []
    for found in _WORD.finditer(unescape(value)):
        quoted, plain = found.groups()
        if quoted is None and re.fullmatch("%[a-zA-Z]", plain):
            continue
        word = plain if quoted is None else re.sub(r'\\(["`$\\])', r"\1", quoted)
        words.append(word.replace("%%", "%"))
    return tuple(words)


def read_entry(text: str) -> dict[str, str]:
    """The keys of the main group with their values as they are written."""
    entry: dict[str, str] = {}
    inside = False
    for line in text.split("\n"):
        if line.startswith("["):
            inside = line.rstrip() == GROUP
        elif inside and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            entry[key.strip(" \t")] = value.strip(" \t\r")
    return entry


def write_entry(entry: Mapping[str, str]) -> str:
    """``entry`` holds values as ``escape`` and ``quote_command`` make them."""
    return "\n".join([GROUP, *(f"{key}={value}" for key, value in entry.items()), ""])


def _quote(word: str) -> str:
    word = word.replace("%", "%%")
    if _PLAIN.fullmatch(word):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"'
