"""Where the keys of a US keyboard are, as the kernel numbers them.

Source: https://github.com/torvalds/linux/blob/master/include/uapi/linux/input-event-codes.h
"""

from __future__ import annotations

from dataclasses import dataclass

SHIFT = 42
MODIFIERS = {"shift": (SHIFT, 1), "ctrl": (29, 4), "alt": (56, 8), "super": (125, 64)}
"""The key of each modifier, and its bit in the mask that X11 and Wayland give programs."""
BUTTONS = {1: 0x110, 2: 0x112, 3: 0x111}
"""Left, middle and right button."""

_ROWS = {2: "1234567890-=", 16: "qwertyuiop[]", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./", 57: " "}
_SHIFTED = {2: "!@#$%^&*()_+", 16: "QWERTYUIOP{}", 30: 'ASDFGHJKL:"~', 43: "|ZXCVBNM<>?"}
_NAMED = {
    "Escape": 1, "BackSpace": 14, "Tab": 15, "Return": 28, "space": 57, "Caps_Lock": 58, "KP_Enter": 96, "Print": 99,
    "Home": 102, "Up": 103, "Prior": 104, "Left": 105, "Right": 106, "End": 107, "Down": 108, "Next": 109,
    "Insert": 110, "Delete": 111, "F11": 87, "F12": 88, **{f"F{number}": 58 + number for number in range(1, 11)},
}  # fmt: skip
_PLAIN = {sign: first + at for first, row in _ROWS.items() for at, sign in enumerate(row)}
_WITH_SHIFT = {sign: first + at for first, row in _SHIFTED.items() for at, sign in enumerate(row)}


@dataclass(frozen=True, slots=True)
class Stroke:
    """Keys that are pressed in this order and released in the other; ``mask`` is what their modifiers add up to."""

    codes: tuple[int, ...]
    mask: int = 0


def stroke_of(name: str) -> Stroke:
    """The keys of "Return", "a" or "ctrl+shift+g". Raises KeyError for a name that is not known here."""
    *held, last = name.split("+") if name != "+" else [name]
    modifiers = [MODIFIERS[each] for each in held]
    mask = sum(bit for _, bit in modifiers)
    return Stroke((*(code for code, _ in modifiers), _NAMED[last] if last in _NAMED else _PLAIN[last]), mask)


def strokes_of(text: str) -> list[Stroke]:
    """How ``text`` is typed. Raises KeyError for what a US keyboard has not."""
    return [
        Stroke((SHIFT, _WITH_SHIFT[sign]), MODIFIERS["shift"][1]) if sign in _WITH_SHIFT else Stroke((_PLAIN[sign],))
        for sign in text
    ]
