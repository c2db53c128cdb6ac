"""A key chord such as Ctrl+Alt+G, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grokdesk.errors import UsageError
from grokdesk.translation import _

_MODIFIERS = {
    "ctrl": "Ctrl",
    "control": "Ctrl",
    "alt": "Alt",
    "option": "Alt",
    "shift": "Shift",
    "super": "Super",
    "meta": "Super",
    "win": "Super",
    "cmd": "Super",
}
MODIFIERS = ("Ctrl", "Alt", "Shift", "Super")
"""In the order in which they are written."""
FUNCTION_KEYS = tuple(f"F{number}" for number in range(1, 25))
MEDIA_KEYS = (
    "MediaPlay", "MediaStop", "MediaPrevious", "MediaNext", "VolumeDown", "VolumeUp", "VolumeMute", "Calculator",
    "Mail", "HomePage",
)  # fmt: skip
EDITING_KEYS = (
    "Space", "Tab", "Return", "Escape", "Insert", "Delete", "Home", "End", "PageUp", "PageDown", "Left", "Right", "Up",
    "Down",
)  # fmt: skip
"""What every program needs: such a key is a hotkey only with Ctrl, Alt or Super."""
KEYS = ("Print", "Pause", "Menu", *FUNCTION_KEYS, *MEDIA_KEYS, *EDITING_KEYS)
"""Every named key."""
_NAMED_KEYS = {name.lower(): name for name in KEYS} | {"enter": "Return", "esc": "Escape", "prtsc": "Print"}

_NEEDED = {f"Ctrl+{letter}" for letter in "ACFNOPQSTVWXYZ"} | {"Alt+F4", "Alt+Tab", "Alt+Shift+Tab", "Ctrl+Alt+Delete"}
"""Chords without which other programs cannot be used."""


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
    hint = _("Use the form Ctrl+Alt+G.")
    if "" in modifiers:
        raise UsageError(_("{text!r} is not a valid hotkey.").format(text=text), hint)
    if re.fullmatch(r"[A-Za-z0-9]", key):
        key = key.upper()
    elif key.lower() in _NAMED_KEYS:
        key = _NAMED_KEYS[key.lower()]
    else:
        raise UsageError(_("{text!r} is not a valid hotkey.").format(text=text), hint)
    hotkey = Hotkey(tuple(name for name in MODIFIERS if name in modifiers), key)
    check_hotkey(hotkey)
    return hotkey


def check_hotkey(hotkey: Hotkey) -> None:
    """Raises UsageError when nobody should want this chord everywhere."""
    is_typed = len(hotkey.key) == 1 or hotkey.key in EDITING_KEYS
    if is_typed and not set(hotkey.modifiers) - {"Shift"}:
        raise UsageError(_("{hotkey} is needed for typing.").format(hotkey=hotkey), _("Add Ctrl, Alt or Super."))
    if str(hotkey) in _NEEDED:
        raise UsageError(
            _("{hotkey} is used by many other programs.").format(hotkey=hotkey),
            _("Add another modifier, or choose another key."),
        )
