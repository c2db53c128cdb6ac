"""How a text may hold a secret otherwise than letter by letter: escaped, broken into lines, or only in part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_BLOCK = 8
"""Letters that are looked for at once. Every part of 15 letters holds one of the blocks that a secret is cut into."""
_LONGEST_MIDDLE, _LONGEST_END = 15, 12
"""So many letters of a secret are never shown; so few that nobody is any nearer to it may be."""
_STARS = r"[*•·…]|\.\."
_SHORTEST_IN_PARTS = 16
"""A shorter secret, such as a password, may be made of ordinary words."""

# Percent-encoding once or twice, JSON, HTML, and the line breaks of base64 (after 64 or 76 letters) and of mails.
_ESCAPED = re.compile(
    r"%(?:25)*([0-9a-f]{2})|\\u00([0-9a-f]{2})|&#x0*([0-9a-f]{2});|&#0*([0-9]{2,3});|\\(/)"
    r"|[ \t]*(?:\r|\n|\\r|\\n|=\r?\n)[ \t\r\n]*",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"(?:%(?:25)?[0-9a-f]?|\\(?:u[0-9a-f]{0,3})?|&(?:#x?[0-9a-f]{0,4})?|[*•·…]+|\.{2,})$", re.IGNORECASE
)
_BLANKS = re.compile(r"(?:[ \t\r\n=]+|\.)$")

Span = tuple[int, int]


def unescaped(text: str) -> str:
    """The text as whoever wrote it meant it, in one line."""
    return _ESCAPED.sub(_letter, text)


def letters_of(text: str) -> list[Span]:
    """Where in ``text`` each letter of ``unescaped(text)`` stands."""
    found: list[Span] = []
    at = 0
    for escape in _ESCAPED.finditer(text):
        found += ((each, each + 1) for each in range(at, escape.start()))
        found += [escape.span()] * len(_letter(escape))
        at = escape.end()
    return [*found, *((each, each + 1) for each in range(at, len(text)))]


def unfinished_escape(text: str) -> int:
    """How many characters at the end may be the beginning of an escaped letter, or stars that stand for a secret."""
    end = _UNFINISHED.search(text)
    return len(text) - end.start() if end else 0


def blanks_at_end(text: str) -> int:
    """How many characters at the end may belong to a line break within a secret, or to the dots that stand for it."""
    end = _BLANKS.search(text)
    return len(text) - end.start() if end else 0


def _letter(escape: re.Match[str]) -> str:
    percent, json, hexadecimal, decimal, slash = escape.groups()
    if slash:
        return slash
    if code := percent or json or hexadecimal:
        return chr(int(code, 16))
    return chr(int(decimal)) if decimal and int(decimal) < 256 else ""


class Parts:
    """Finds long parts of secrets, and shorter ones beside stars: "sk-12345****cdef5678"."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret.lower() for secret in secrets if len(secret) >= _SHORTEST_IN_PARTS]
        blocks = {
            secret[at : at + _BLOCK]
            for secret in self._secrets
            for at in (*range(0, len(secret) - _BLOCK + 1, _BLOCK), len(secret) - _BLOCK)
        }
        self._blocks = re.compile("|".join(map(re.escape, blocks)) or "(?!)")

    def spans(self, text: str) -> Iterator[Span]:
        """In their order; they do not overlap."""
        text, at = text.lower(), 0
        while (block := self._blocks.search(text, at)) is not None:
            start, end = max((self._grown(secret, text, block) for secret in self._secrets), key=lambda s: s[1] - s[0])
            at = block.start() + 1
            if end > start:
                yield start, end
                at = end

    def _grown(self, secret: str, text: str, block: re.Match[str]) -> Span:
        """The block with what stands around it in the secret, too; nothing where that may be shown."""
        best = (block.start(), block.start())
        within = secret.find(block.group())
        while within >= 0:
            start, first = block.start(), within
            while start and first and text[start - 1] == secret[first - 1]:
                start, first = start - 1, first - 1
            end, last = block.end(), within + _BLOCK
            while end < len(text) and last < len(secret) and text[end] == secret[last]:
                end, last = end + 1, last + 1
            is_end = first == 0 or last == len(secret)
            beside = _are_stars(text[max(0, start - 2) : start]) or re.match(_STARS, text[end : end + 2])
            if (end - start >= (_LONGEST_END if is_end else _LONGEST_MIDDLE) or (is_end and beside)) and (
                end - start > best[1] - best[0]
            ):
                best = start, end
            within = secret.find(block.group(), within + 1)
        return best

    def held(self, text: str) -> int:
        """How many characters at the end may become such a part when more follows."""
        for secret in self._secrets:
            tail = text[-len(secret) :].lower()
            for at in range(len(tail) - 3):
                if tail[at:] in secret:
                    return len(tail) - at
            for size in (3, 2, 1):
                if len(text) > size and tail[-size:] in secret and _are_stars(text[-size - 2 : -size]):
                    return size
        return 0


def _are_stars(text: str) -> bool:
    return re.search(rf"(?:{_STARS})$", text) is not None
