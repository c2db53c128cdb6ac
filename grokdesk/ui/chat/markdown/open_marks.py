"""Markdown that breaks off in the middle, made fit to be looked at until its rest comes.

Without it a bold sentence shows its stars until the last word is there, and a link its whole address.
"""

from __future__ import annotations

import re

_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)")
_MATH = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]|\$\$.*?\$\$")
_OPEN_MATH = re.compile(r"\\[(\[]|\$\$")
_LABEL = r"!?\[([^\]\n]{0,300}|!\[[^\]\n]*\](?:\([^)\n]*\)?)?)"
_TARGET = r"(?:\]|\](?:\((?:[^()\n]|\([^()\n]*\)?)*|\[[^\]\n]*))?"
_HALF_LINK = re.compile(rf"(?<!\\){_LABEL}{_TARGET}\Z")
_HALF_ADDRESS = re.compile(r"<(?=https?:|mailto:|www\.)[^<>\s]*\Z")
_HALF_MARK = re.compile(r"(?:(?<!\\)[*_~]+|(?<!\\)`+|(?<!\\)\\|\$|!|&#?\w{0,8}|</?[bB]?[rR]?[ \t]*/?)\Z")
_HALF_TASK = re.compile(r"\[[ xX]?\]?\Z")

_PREFIX = r"[ \t>]*"
_HALF_LINE = re.compile(
    rf"{_PREFIX}(?:(?:[-+*][ \t]+|\d{{1,9}}[.)][ \t]+)*)"
    r"(?:[-=*_+#]+[ \t]*|`{1,2}|`{3,}[^`]*|~{1,2}|~{3,}.*|\d{1,9}[.)]?|\[\^?[^\]\n]*\]:.*|>)"
)
_RULE_ROW = re.compile(rf"{_PREFIX}(?=[^\n]*-)[|:\- \t]+\Z")
_ROW_BEGIN = re.compile(rf"{_PREFIX}(?:[-+*][ \t]+|\d{{1,9}}[.)][ \t]+)*\||[^\n]* \|(?:[ \t]|\Z)")


def certain(text: str) -> str:
    """``text`` without what only its rest can tell: a line that may become a rule, a heading, a fence or a table."""
    start = text.rfind("\n") + 1
    last = text[start:]
    before = text[:start]
    row = before[before.rfind("\n", 0, -1) + 1 : -1] if before else ""
    if _ROW_BEGIN.match(row) and not _is_in_table(before) and re.fullmatch(rf"{_PREFIX}[|:\- \t]*", last):
        return before[: len(before) - len(row) - 1]
    if _ROW_BEGIN.match(last) and not _is_in_table(before):
        return before
    return before if last.strip() and _HALF_LINE.fullmatch(last) else text


def _is_in_table(before: str) -> bool:
    """Whether one of the rows that end the text is the line below a head."""
    for line in reversed(before.rstrip("\n").split("\n")):
        if "|" not in line:
            return False
        if _RULE_ROW.match(line):
            return True
    return False


def mended(content: str) -> str:
    """The last paragraph of a text without the half marks at its end; a half link is its words."""
    if _HALF_TASK.fullmatch(content):
        return ""
    start = content.rfind("\n") + 1
    begun, line = content[:start], content[start:]
    outside = _blanked(_MATH, _blanked(_CODE_SPAN, line))
    if _OPEN_MATH.search(outside):
        return content
    while half := _HALF_MARK.search(outside):
        line, outside = line[: half.start()], outside[: half.start()]
    if "`" in outside:
        return begun + line
    if half := _HALF_LINK.search(outside):
        line = line[: half.start()] + line[half.start(1) : half.end(1)]
        if half[1].startswith("!["):
            line = _HALF_LINK.sub(lambda inner: inner[1], line)
        return begun + line
    if half := _HALF_ADDRESS.search(outside):
        line = line[: half.start()] + line[half.start() + 1 :]
    return begun + line


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: "." * len(found[0]), text)
