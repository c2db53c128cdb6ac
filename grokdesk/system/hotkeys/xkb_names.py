"""Hotkeys as xkbcommon, portals and Wayland compositors write them.

Sources: https://specifications.freedesktop.org/shortcuts-spec/latest/ and the key names of xkbcommon-keysyms.h.
"""

from __future__ import annotations

import re

from grokdesk.errors import UsageError
from grokdesk.system.hotkey import Hotkey, parse_hotkey

_SYMBOLS = {
    "Space": "space",
    "PageUp": "Prior",
    "PageDown": "Next",
    "MediaPlay": "XF86AudioPlay",
    "MediaStop": "XF86AudioStop",
    "MediaPrevious": "XF86AudioPrev",
    "MediaNext": "XF86AudioNext",
    "VolumeDown": "XF86AudioLowerVolume",
    "VolumeUp": "XF86AudioRaiseVolume",
    "VolumeMute": "XF86AudioMute",
    "Calculator": "XF86Calculator",
    "Mail": "XF86Mail",
    "HomePage": "XF86HomePage",
}
_KEYS = {symbol.lower(): key for key, symbol in _SYMBOLS.items()}
_PORTAL_MODIFIERS = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Super": "LOGO"}
_MODIFIERS = {"control": "Ctrl", "primary": "Ctrl", "logo": "Super", "mod1": "Alt", "mod4": "Super"}


def symbol_of(key: str) -> str:
    """The key's name for xkbcommon: ``"g"``, ``"Print"``, ``"XF86AudioPlay"``."""
    return _SYMBOLS.get(key) or (key.lower() if len(key) == 1 else key)


def trigger_of(hotkey: Hotkey) -> str:
    """As the portal wants it: ``"CTRL+ALT+g"``."""
    return "+".join([*(_PORTAL_MODIFIERS[name] for name in hotkey.modifiers), symbol_of(hotkey.key)])


def readable(trigger: str) -> str:
    """A desktop's own description of a key, in our words where they are understood.

    ``"Press <Control><Alt>g"`` is Ctrl+Alt+G.
    """
    text = trigger.removeprefix("Press ").strip()
    words = [word for word in re.split(r"[<>+]+", text) if word.strip()]
    if not words:
        return ""
    *modifiers, key = words
    modifiers = [_MODIFIERS.get(word.strip().lower(), word.strip()) for word in modifiers]
    try:
        return str(parse_hotkey("+".join([*modifiers, _KEYS.get(key.strip().lower(), key)])))
    except UsageError:
        return text


def sway_line(hotkey: Hotkey, command: str) -> str:
    names = {"Ctrl": "Ctrl", "Alt": "Alt", "Shift": "Shift", "Super": "Mod4"}
    return f"bindsym {_joined(hotkey, names)} exec {command}"


def hyprland_line(hotkey: Hotkey, command: str) -> str:
    modifiers = " ".join(name.upper() for name in hotkey.modifiers)
    key = symbol_of(hotkey.key)
    return f"bind = {modifiers}, {key.upper() if len(key) == 1 else key}, exec, {command}"


def niri_line(hotkey: Hotkey, command: str) -> str:
    names = {"Ctrl": "Ctrl", "Alt": "Alt", "Shift": "Shift", "Super": "Super"}
    words = " ".join(f'"{word}"' for word in command.split())
    return f"{_joined(hotkey, names)} {{ spawn {words}; }}"


def _joined(hotkey: Hotkey, names: dict[str, str]) -> str:
    return "+".join([*(names[name] for name in hotkey.modifiers), symbol_of(hotkey.key)])
