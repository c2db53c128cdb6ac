"""Markdown that breaks off in the middle, made fit to be looked at until its rest comes.

Without it a bold sentence shows its stars until the last word is there, and a link its whole address.
"""

from __future__ import annotations

import re

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_HALF_LINK = re.compile(r"!?\[([^\]\n]*)(?:\](?:\([^)\n]*)?)?\Z")
_STRONG = re.compile(r"(?<!\\)\*\*")


def closed(text: str) -> str:
    """``text`` with code, bold and links of its last line closed; what is not begun for sure stays as it is."""
    start = text.rfind("\n") + 1
    begun, line = text[:start], text[start:]
    if _begins_table(text) or _begins_fence(line):
        return begun if _begins_fence(line) else ""
    outside = _CODE_SPAN.sub(lambda span: "." * len(span[0]), line)
    if (tick := outside.find("`")) >= 0:
        marks = re.match(r"`+", outside[tick:])
        rest = line[tick:].strip("`")
        return begun + (f"{line.rstrip('`')}{marks[0]}" if marks and rest else line[:tick])
    if half := _HALF_LINK.search(outside):
        line = line[: half.start()] + line[half.start(1) : half.end(1)]
        outside = outside[: half.start()] + outside[half.start(1) : half.end(1)]
    if len(_STRONG.findall(outside)) % 2:
        line = line.rstrip()
        line = line.removesuffix("**") if line.endswith("**") else f"{line.removesuffix('*')}**"
    return begun + line


def _begins_table(text: str) -> bool:
    """A table shows itself with its second line only."""
    return text.lstrip().startswith("|") and text.count("\n") < 2


def _begins_fence(line: str) -> bool:
    return bool(re.fullmatch(r" {0,3}(?:`{1,2}|~{1,2}|`{3,}[^`]*|~{3,}.*)", line))
