"""What an X11 keyboard map says about hotkeys: which keys, which modifier bits. No connection is needed here.

Sources: https://www.x.org/releases/current/doc/xproto/x11protocol.html (Keyboards, and the encoding of
GetKeyboardMapping and GetModifierMapping), keysymdef.h and XF86keysym.h of
https://gitlab.freedesktop.org/xorg/proto/xorgproto.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grokdesk.system.hotkey import Hotkey

SHIFT, LOCK, CONTROL, MOD1, MOD4 = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 6
NUM_LOCK = 0xFF7F
ALT = (0xFFE9, 0xFFEA)
SUPER = (0xFFEB, 0xFFEC)
SWITCH_CONSOLE = range(0x1008FE01, 0x1008FE0D)
"""XF86Switch_VT_1 to 12: with Ctrl+Alt the server keeps such a key for itself, whoever has taken it."""

_NAMED = {
    "Space": 0x0020,
    "Tab": 0xFF09,
    "Return": 0xFF0D,
    "Pause": 0xFF13,
    "Escape": 0xFF1B,
    "Home": 0xFF50,
    "End": 0xFF57,
    "Left": 0xFF51,
    "Up": 0xFF52,
    "Right": 0xFF53,
    "Down": 0xFF54,
    "PageUp": 0xFF55,
    "PageDown": 0xFF56,
    "Print": 0xFF61,
    "Insert": 0xFF63,
    "Menu": 0xFF67,
    "Delete": 0xFFFF,
    "VolumeDown": 0x1008FF11,
    "VolumeMute": 0x1008FF12,
    "VolumeUp": 0x1008FF13,
    "MediaPlay": 0x1008FF14,
    "MediaStop": 0x1008FF15,
    "MediaPrevious": 0x1008FF16,
    "MediaNext": 0x1008FF17,
    "HomePage": 0x1008FF18,
    "Mail": 0x1008FF19,
    "Calculator": 0x1008FF1D,
} | {f"F{number}": 0xFFBE + number - 1 for number in range(1, 25)}

# The first keycode of each row of a PC keyboard and what is printed on it: the one thing that is left when a layout
# has no Latin letters at all. Source: keycodes/evdev of xkeyboard-config.
_ROWS = {10: "1234567890", 24: "QWERTYUIOP", 38: "ASDFGHJKL", 52: "ZXCVBNM"}
_PLACES = {key: first + column for first, row in _ROWS.items() for column, key in enumerate(row)}


@dataclass(frozen=True, slots=True)
class Keyboard:
    """A keyboard map as the server sends it.

    ``keysyms`` has ``width`` entries for each keycode from ``first`` on; ``modifiers`` eight rows of keycodes, one for
    each modifier bit from Shift to Mod5, 0 where there is none.
    """

    first: int
    width: int
    keysyms: Sequence[int]
    modifiers: Sequence[Sequence[int]]

    def has(self, keycode: int) -> bool:
        return self.first <= keycode < self.first + len(self.keysyms) // self.width

    def keycodes(self, keysym: int) -> tuple[int, ...]:
        """The keys that give this symbol, in the first column of the map where any does (column 0 is unshifted)."""
        for column in range(self.width):
            codes = [self.first + at // self.width for at in range(column, len(self.keysyms), self.width)
                     if self.keysyms[at] == keysym]  # fmt: skip
            if codes:
                return tuple(codes)
        return ()

    def switches_console(self, keycode: int) -> bool:
        row = (keycode - self.first) * self.width
        return any(symbol in SWITCH_CONSOLE for symbol in self.keysyms[row : row + self.width])

    def modifier(self, *keysyms: int) -> int:
        """The bits of the modifiers that hold one of these symbols; 0 when none does."""
        wanted = {code for keysym in keysyms for code in self._all_keycodes(keysym)}
        return sum(1 << bit for bit, codes in enumerate(self.modifiers) if wanted.intersection(codes))

    def _all_keycodes(self, keysym: int) -> set[int]:
        return {self.first + at // self.width for at, found in enumerate(self.keysyms) if found == keysym}


def keycodes_of(hotkey: Hotkey, keyboard: Keyboard) -> tuple[int, ...]:
    """The keys to take; with a layout that has no such letter, the key that has it on a PC keyboard."""
    keysym = _NAMED.get(hotkey.key) or ord(hotkey.key.lower())
    place = _PLACES.get(hotkey.key, 0)
    return keyboard.keycodes(keysym) or ((place,) if keyboard.has(place) else ())


def key_at(keycode: int) -> str | None:
    """What is printed on the key of a PC keyboard with this keycode: its letter or digit."""
    return next((key for key, code in _PLACES.items() if code == keycode), None)


def mask_of(hotkey: Hotkey, keyboard: Keyboard) -> int:
    """The modifier bits that have to be down."""
    bits = {
        "Shift": SHIFT,
        "Ctrl": CONTROL,
        "Alt": keyboard.modifier(*ALT) or MOD1,
        "Super": keyboard.modifier(*SUPER) or MOD4,
    }
    mask = 0
    for name in hotkey.modifiers:
        mask |= bits[name]
    return mask


def lock_masks(keyboard: Keyboard) -> tuple[int, ...]:
    """Every state of CapsLock and NumLock in which a hotkey has to work as well."""
    num_lock = keyboard.modifier(NUM_LOCK)
    return tuple(dict.fromkeys((0, LOCK, num_lock, LOCK | num_lock)))
