"""Reasoning that a model writes into its answer: ``<think>...</think>`` at the very beginning."""

from __future__ import annotations

_OPEN, _CLOSE = "<think>", "</think>"
_MOST_BLANKS = 1000
"""Before a tag; more of them are an answer of blanks."""


class LeadingThought:
    """Splits one text, piece by piece. Tags may be cut anywhere; only the beginning of the text is looked at."""

    def __init__(self) -> None:
        self._held = ""
        self._step = self._before
        self.is_over = False
        """True once every piece is part of the answer, as it is."""

    def split(self, piece: str) -> tuple[str, str]:
        """The reasoning and the answer in the next piece; either may be empty, and a part may be held back."""
        return self._step(piece)

    def rest(self) -> tuple[str, str]:
        """What is still held back when the text is over."""
        held, self._held = self._held, ""
        return (held, "") if self._step == self._inside else ("", held)

    def _before(self, piece: str) -> tuple[str, str]:
        text = self._held + piece
        start = text.lstrip()
        if start.startswith(_OPEN):
            self._held, self._step = "", self._inside
            return self._inside(start[len(_OPEN) :])
        if _OPEN.startswith(start) and len(text) < _MOST_BLANKS:
            self._held = text
            return "", ""
        self._end()
        return "", text

    def _inside(self, piece: str) -> tuple[str, str]:
        text = self._held + piece
        thought, closed, answer = text.partition(_CLOSE)
        if closed:
            self._held, self._step = "", self._between
            return thought, self._between(answer)[1]
        kept = next((n for n in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:n])), 0)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept], ""

    def _between(self, piece: str) -> tuple[str, str]:
        """The blank lines that separate the thought from the answer belong to neither."""
        piece = piece.lstrip()
        if piece:
            self._end()
        return "", piece

    def _end(self) -> None:
        self._held, self._step, self.is_over = "", self._after, True

    def _after(self, piece: str) -> tuple[str, str]:
        return "", piece
