"""A key chord such as Ctrl+Alt+G, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grokdesk.errors import UsageError

_MODIFIERS = {
    "ctrl": "Ctrl",
    "control": "Ctrl",
    "alt": "Alt",
    "shift": "Shift",
    "super": "Super",
    "meta": "Super",
    "win": "Super",
    "cmd": "Super",
}
_ORDER = ("Ctrl", "Alt", "Shift", "Super")
_NAMED_KEYS = {
    name.lower(): name
    for name in ("Space", "Tab", "Return", "Escape", "Insert", "Delete", "Home", "End", "Print", "Pause")
} | {f"f{n}": f"F{n}" for n in range(1, 25)}


@dataclass(frozen=True, slots=True)
class Hotkey:
    """``modifiers`` in the order Ctrl, Alt, Shift, Super; ``key`` a letter, a digit or a named key."""

    modifiers: tuple[str, ...]
    key: str

    def __str__(self) -> str:
        return "+".join((*self.modifiers, self.key))


def parse_hotkey(text: str) -> Hotkey:
    """Read ``"ctrl+alt+g"`` in any case. Raises UsageError with the reason."""
    *words, key = (word.strip() for word in text.split("+"))
    modifiers = {_MODIFIERS.get(word.lower(), "") for word in words}
    hint = "Write it like Ctrl+Alt+G."
    if "" in modifiers:
        raise UsageError(f"{text!r} is not a hotkey.", hint)
    if re.fullmatch(r"[A-Za-z0-9]", key):
        key = key.upper()
        if not modifiers - {"Shift"}:
            raise UsageError(f"{text!r} would take the key away from typing.", "Add Ctrl, Alt or Super.")
    elif key.lower() in _NAMED_KEYS:
        key = _NAMED_KEYS[key.lower()]
    else:
        raise UsageError(f"{text!r} is not a hotkey.", hint)
    return Hotkey(tuple(name for name in _ORDER if name in modifiers), key)
