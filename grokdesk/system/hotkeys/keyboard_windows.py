"""What Windows calls keys, modifiers and refusals. No window system is needed here.

Sources: https://learn.microsoft.com/windows/win32/inputdev/virtual-key-codes,
https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-registerhotkey
"""

from __future__ import annotations

from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Refusal
from grokdesk.translation import _

_MODIFIERS = {"Alt": 0x0001, "Ctrl": 0x0002, "Shift": 0x0004, "Super": 0x0008}
NO_REPEAT = 0x4000
"""A key that is held down counts once."""
_NAMED = {
    "Tab": 0x09,
    "Return": 0x0D,
    "Pause": 0x13,
    "Escape": 0x1B,
    "Space": 0x20,
    "PageUp": 0x21,
    "PageDown": 0x22,
    "End": 0x23,
    "Home": 0x24,
    "Left": 0x25,
    "Up": 0x26,
    "Right": 0x27,
    "Down": 0x28,
    "Print": 0x2C,
    "Insert": 0x2D,
    "Delete": 0x2E,
    "Menu": 0x5D,
    "HomePage": 0xAC,
    "VolumeMute": 0xAD,
    "VolumeDown": 0xAE,
    "VolumeUp": 0xAF,
    "MediaNext": 0xB0,
    "MediaPrevious": 0xB1,
    "MediaStop": 0xB2,
    "MediaPlay": 0xB3,
    "Mail": 0xB4,
    "Calculator": 0xB7,
} | {f"F{number}": 0x70 + number - 1 for number in range(1, 25)}

ALREADY_REGISTERED = 1409
KEYBOARD_SETTINGS = "ms-settings:easeofaccess-keyboard"


def virtual_key(hotkey: Hotkey) -> int:
    """The code of the key; that of a letter or digit is the character, whatever the layout."""
    return _NAMED.get(hotkey.key) or ord(hotkey.key)


def modifiers_of(hotkey: Hotkey) -> int:
    """Without ``NO_REPEAT``."""
    mask = 0
    for name in hotkey.modifiers:
        mask |= _MODIFIERS[name]
    return mask


def is_altgr(hotkey: Hotkey) -> bool:
    """Windows cannot tell AltGr from Ctrl+Alt, so such a hotkey may take a character away from typing."""
    return {"Ctrl", "Alt"} <= set(hotkey.modifiers) and "Super" not in hotkey.modifiers


def types_instead(hotkey: Hotkey, character: str) -> Refusal:
    return Refusal(
        "taken",
        _("{hotkey} types {character} with one of your keyboard layouts: AltGr is Ctrl+Alt.").format(
            hotkey=hotkey, character=character
        ),
        _("Choose another key, or add Win."),
    )


def refusal_of(hotkey: Hotkey, error: int, *, snipping: bool) -> Refusal:
    """What the error of RegisterHotKey means; ``snipping``: Windows opens its Snipping Tool with Print."""
    if error == ALREADY_REGISTERED and hotkey.key == "Print" and snipping:
        return Refusal(
            "taken",
            _("Windows opens its Snipping Tool with this key."),
            _("Turn that off in Settings > Accessibility > Keyboard, or choose another hotkey."),
            configurable=True,
        )
    if error == ALREADY_REGISTERED:
        return Refusal("taken", _("{hotkey} is in use by another program or by Windows.").format(hotkey=hotkey))
    return Refusal(
        "impossible", _("Windows did not register {hotkey} (error {error}).").format(hotkey=hotkey, error=error)
    )
