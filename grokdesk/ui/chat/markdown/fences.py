"""Where a fence ends, when what it shows may have fences of its own."""

from __future__ import annotations

import re

_LANGUAGE = re.compile(r"[ \t]*[A-Za-z0-9_+#.-]{1,40}[ \t\r]*")
_MARKDOWN = re.compile(r"[ \t]*(?:md|mdx|markdown|rmd|qmd)\b", re.IGNORECASE)


class FenceDepth:
    """Fed the lines behind an opening fence, one by one.

    By CommonMark the first bare fence ends the block. Models show Markdown in fences of the same length, though, and
    a fence with a language can only begin a block: so each of those waits for a bare one of its own.
    """

    def __init__(self, fence: str, info: str = "") -> None:
        """``fence``: the opening signs, such as three backticks; ``info``: what stands behind them."""
        self._sign = fence[0]
        self._open = [len(fence)]
        self._shows_markdown = _MARKDOWN.match(info) is not None
        self._has_inner_end = False

    @property
    def is_in_doubt(self) -> bool:
        """A bare fence was taken for the end of an inner one. If no end of the outer one comes, it was that."""
        return self._has_inner_end and not self._shows_markdown

    def ends_with(self, line: str, *, nesting: bool = True) -> bool:
        """Whether this line is the end of the outermost fence; ``line`` is without what a list or quote adds."""
        stripped = line.lstrip(" \t")
        length = len(stripped) - len(stripped.lstrip(self._sign))
        if length < self._open[0]:
            return False
        rest = stripped[length:].rstrip("\r\n")
        if rest.strip(" \t"):
            if nesting and _LANGUAGE.fullmatch(rest):
                self._open.append(length)
            return False
        if length < self._open[-1] or (len(self._open) == 1 and _columns(line) > 3):
            return False
        self._open.pop()
        self._has_inner_end = True
        return not self._open


def _columns(line: str) -> int:
    """Of blank space before the text."""
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" "))
