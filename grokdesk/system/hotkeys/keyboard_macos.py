"""What macOS calls keys, modifiers and refusals. No window system is needed here.

Sources: HIToolbox/Events.h (kVK codes, modifier bits) and CarbonEvents.h of the macOS SDK. A code names a place on the
keyboard, as printed on a US one.
"""

from __future__ import annotations

from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Refusal
from grokdesk.translation import _

_MODIFIERS = {"Super": 1 << 8, "Shift": 1 << 9, "Alt": 1 << 11, "Ctrl": 1 << 12}
"""cmdKey, shiftKey, optionKey, controlKey."""

_CODES = {
    "A": 0x00, "S": 0x01, "D": 0x02, "F": 0x03, "H": 0x04, "G": 0x05, "Z": 0x06, "X": 0x07, "C": 0x08, "V": 0x09,
    "B": 0x0B, "Q": 0x0C, "W": 0x0D, "E": 0x0E, "R": 0x0F, "Y": 0x10, "T": 0x11, "1": 0x12, "2": 0x13, "3": 0x14,
    "4": 0x15, "6": 0x16, "5": 0x17, "9": 0x19, "7": 0x1A, "8": 0x1C, "0": 0x1D, "O": 0x1F, "U": 0x20, "I": 0x22,
    "P": 0x23, "L": 0x25, "J": 0x26, "K": 0x28, "N": 0x2D, "M": 0x2E,
    "Return": 0x24, "Tab": 0x30, "Space": 0x31, "Delete": 0x75, "Escape": 0x35, "Insert": 0x72, "Home": 0x73,
    "PageUp": 0x74, "End": 0x77, "PageDown": 0x79, "Left": 0x7B, "Right": 0x7C, "Down": 0x7D, "Up": 0x7E,
    "F1": 0x7A, "F2": 0x78, "F3": 0x63, "F4": 0x76, "F5": 0x60, "F6": 0x61, "F7": 0x62, "F8": 0x64, "F9": 0x65,
    "F10": 0x6D, "F11": 0x67, "F12": 0x6F, "F13": 0x69, "F14": 0x6B, "F15": 0x71, "F16": 0x6A, "F17": 0x40,
    "F18": 0x4F, "F19": 0x50, "F20": 0x5A, "Print": 0x69, "Pause": 0x71, "Menu": 0x6E,
}  # fmt: skip
"""Print and Pause are F13 and F15 on a keyboard for PCs."""

ALREADY_REGISTERED, NO_MODIFIER = -9878, -9868


def key_code(hotkey: Hotkey) -> int | None:
    """None for a key that macOS does not give to programs, such as those for the volume."""
    return _CODES.get(hotkey.key)


def key_at(code: int) -> str | None:
    """The letter or digit that a US keyboard has at this place."""
    return next((key for key, place in _CODES.items() if place == code and len(key) == 1), None)


def modifiers_of(hotkey: Hotkey) -> int:
    mask = 0
    for name in hotkey.modifiers:
        mask |= _MODIFIERS[name]
    return mask


def refusal_of(hotkey: Hotkey, error: int) -> Refusal:
    """What the error of RegisterEventHotKey means."""
    if error == ALREADY_REGISTERED:
        return Refusal("taken", _("{hotkey} is in use by another program.").format(hotkey=hotkey))
    if error == NO_MODIFIER:
        return Refusal("impossible", _("macOS reserves {hotkey}.").format(hotkey=hotkey), _("Add Ctrl or Cmd."))
    return Refusal(
        "impossible", _("macOS did not register {hotkey} (error {error}).").format(hotkey=hotkey, error=error)
    )
