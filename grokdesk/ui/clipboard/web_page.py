"""The pictures and words of a piece of a web page, as browsers put it on the clipboard and into a drag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

MOST_CHARACTERS = 64 * 1024 * 1024
"""More is not looked at: a page may hold its pictures in itself."""
MOST_WORDS = 256 * 1024
_NAME = re.compile(r"/?[a-z][a-z0-9:-]*", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_QUOTE_OR_END = re.compile("[\"'>]")
_SILENT = frozenset(("style", "script", "head", "title", "noscript"))
_BREAKS = frozenset(("br", "/p", "/div", "/li", "/tr", "/h1", "/h2", "/h3", "/h4", "/h5", "/h6"))
_DOT = re.compile(r"[01](?:px)?")


@dataclass(frozen=True, slots=True)
class WebPage:
    """``pictures`` are whole addresses, each once; ``words`` is what can be read beside them."""

    pictures: tuple[str, ...] = ()
    words: str = ""


def page_in(html: str) -> WebPage:
    if len(html) > MOST_CHARACTERS:
        return WebPage()
    pictures: dict[str, None] = {}
    words: list[str] = []
    count = 0
    for tag, piece in _pieces(html):
        if tag == "img":
            if address := _address(piece):
                pictures[address] = None
        elif tag in _BREAKS:
            words.append("\n")
        elif not tag and count < MOST_WORDS:
            words.append(piece)
            count += len(piece)
    lines = (" ".join(line.split()) for line in unescape("".join(words)).splitlines())
    return WebPage(tuple(pictures), "\n".join(filter(None, lines)))


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Each tag with its attributes, and "" with the text between. What has no end reaches to the end: expressions that
    look for it again and again would hold up the window."""
    at, lower = 0, html.lower()
    while at < len(html):
        start = html.find("<", at)
        start = len(html) if start < 0 else start
        if start > at:
            yield "", html[at:start]
        name = _NAME.match(html, start + 1)
        if html.startswith("<!--", start):
            at = _behind(html, "-->", start)
        elif name is None:
            at = _behind(html, ">", start)
        else:
            tag, end = name[0].lower(), _end_of_tag(html, name.end())
            yield tag, html[name.end() : end]
            at = end + 1
            if tag in _SILENT:
                at = _behind(lower, ">", _behind(lower, f"</{tag}", at))


def _behind(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    return len(text) if found < 0 else found + len(end)


def _end_of_tag(html: str, at: int) -> int:
    while (found := _QUOTE_OR_END.search(html, at)) is not None:
        if found[0] == ">":
            return found.start()
        at = _behind(html, found[0], found.end())
    return len(html)


def _address(attributes: str) -> str:
    """ "" for what is no picture: without a whole address, or a dot that only counts visitors."""
    found = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(attributes)}
    if any(_DOT.fullmatch(found.get(side, "").strip()) for side in ("width", "height")):
        return ""
    address = found.get("src", "").strip()
    if address.startswith("//"):
        return f"https:{address}"
    return address if re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE) else ""
