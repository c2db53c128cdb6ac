"""What doctor found, safe to paste where everybody reads it: no key, no home folder, no name of the person."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grokdesk.doctor.examination import PARTS, Part
from grokdesk.system.part_state import WORDS, PartState, StateName
from grokdesk.translation import _

_SYMBOLS: dict[StateName, str] = {
    "ok": "✓",
    "degraded": "!",
    "taken": "!",
    "desktop-decides": "→",
    "impossible": "-",
    "missing": "?",
}
# User information, query and fragment of an address: where people put what is theirs alone.
_USER_INFO = re.compile(r"(?<=://)[^/\s@]+@")
_QUERY = re.compile(r"(://[^\s?#\"'<>”]*)[?#][^\s\"'<>”]*")
_EVERYWHERE: frozenset[Part] = frozenset(("network", "provider", "vision", "reading", "history"))
"""What works on every computer: there is no desktop that lacks it."""


@dataclass(frozen=True, slots=True)
class Scrubber:
    """``redact`` masks keys; ``home`` becomes ~, and so does the name of the ``user``."""

    home: Path
    user: str
    redact: Callable[[str], str]

    def __call__(self, text: str) -> str:
        text = _QUERY.sub(r"\1", _USER_INFO.sub("", self.redact(text)))
        home = str(self.home)
        if len(home) > 1:
            text = re.sub(rf"{re.escape(home)}(?![^/\\\s.,;:'\")])", "~", text)
        if self.user:
            # Not inside of a word, nor a word with capital letters that only looks like it.
            text = re.sub(rf"(?<![\w~-]){re.escape(self.user)}(?![\w-])", "~", text)
        return text


def scrubbed(state: PartState, scrub: Callable[[str], str]) -> PartState:
    return replace(
        state,
        backend=scrub(state.backend),
        why=scrub(state.why),
        what_to_do=scrub(state.what_to_do),
        command=scrub(state.command),
    )


def is_broken(part: Part, state: PartState) -> bool:
    """True for what should work here and does not. What a desktop has not, or nobody installed, is not broken."""
    if state.state in ("degraded", "taken"):
        return True
    if state.state == "missing":
        return part in _EVERYWHERE or part == "session"
    return state.state == "impossible" and part in _EVERYWHERE


def object_of(found: Mapping[Part, PartState]) -> dict[str, dict[str, str]]:
    """What ``--json`` prints; scripts rely on its fields."""
    return {
        part: {
            "state": found[part].state,
            "backend": found[part].backend,
            "why": found[part].why,
            "what_to_do": what_to_do_in(found[part]),
        }
        for part in PARTS
        if part in found
    }


def what_to_do_in(state: PartState) -> str:
    """With the command, where there is one that the sentence does not name."""
    if not state.command or state.command in state.what_to_do:
        return state.what_to_do
    return f"{state.what_to_do} {state.command}".strip()


def lines_of(found: Mapping[Part, PartState], width: int, *, plain: bool = False) -> Iterator[str]:
    """A table: symbol, part, the state in words, back end; below each, why and what to do. ``plain`` is ASCII."""
    width, first = max(40, width), max(map(len, PARTS))
    second = max(len(_(WORDS[state.state])) for state in found.values())
    for part, state in found.items():
        symbol = _SYMBOLS[state.state]
        if plain and not symbol.isascii():
            symbol = {"✓": "+", "→": ">"}[symbol]
        yield f"{symbol} {part:{first}}  {_(WORDS[state.state]):{second}}  {state.backend}"
        for sentence in (state.why, what_to_do_in(state)):
            yield from textwrap.wrap(sentence, width - 4, initial_indent="    ", subsequent_indent="    ")


def verdict_of(found: Mapping[Part, PartState]) -> str:
    broken = [part for part, state in found.items() if is_broken(part, state)]
    return _("Needs attention: {names}.").format(names=", ".join(broken)) if broken else _("No problems found.")
