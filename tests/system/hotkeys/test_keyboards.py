"""The keys of Windows, macOS and xkbcommon: tables that are right on every system."""

from __future__ import annotations

import pytest

from grokdesk.store.settings.settings import SETTINGS
from grokdesk.system.hotkey import KEYS, MEDIA_KEYS, Hotkey, parse_hotkey
from grokdesk.system.hotkeys import keyboard_macos, keyboard_windows
from grokdesk.system.hotkeys.xkb_names import readable, trigger_of

G = parse_hotkey("Ctrl+Alt+G")
EVERY_KEY = [*KEYS, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]


def test_every_key_has_its_own_virtual_key() -> None:
    codes = [keyboard_windows.virtual_key(Hotkey((), key)) for key in EVERY_KEY]
    assert len(set(codes)) == len(codes)
    assert all(0 < code < 0xFF for code in codes)


@pytest.mark.parametrize(
    ("chord", "key", "modifiers"),
    [("Ctrl+Alt+G", 0x47, 0x3), ("Shift+Super+F12", 0x7B, 0xC), ("Print", 0x2C, 0), ("Ctrl+5", 0x35, 0x2)],
)
def test_windows_codes(chord: str, key: int, modifiers: int) -> None:
    hotkey = parse_hotkey(chord)
    assert keyboard_windows.virtual_key(hotkey) == key
    assert keyboard_windows.modifiers_of(hotkey) == modifiers


@pytest.mark.parametrize(
    ("chord", "altgr"),
    [("Ctrl+Alt+G", True), ("Ctrl+Alt+Shift+G", True), ("Ctrl+Alt+Super+G", False), ("Ctrl+Shift+G", False)],
)
def test_what_windows_takes_for_altgr(chord: str, altgr: bool) -> None:
    assert keyboard_windows.is_altgr(parse_hotkey(chord)) is altgr


def test_what_windows_says_of_a_refusal() -> None:
    taken = keyboard_windows.refusal_of(G, 1409, snipping=True)
    assert (taken.state, taken.configurable) == ("taken", False)
    snipping = keyboard_windows.refusal_of(parse_hotkey("Print"), 1409, snipping=True)
    assert (snipping.state, snipping.configurable) == ("taken", True)
    assert "Snipping Tool" in snipping.why
    assert "Snipping" not in keyboard_windows.refusal_of(parse_hotkey("Print"), 1409, snipping=False).why
    assert keyboard_windows.refusal_of(G, 5, snipping=False).state == "impossible"
    assert "types ]" in keyboard_windows.types_instead(G, "]").why


def test_macos_knows_every_key_but_those_it_keeps() -> None:
    unknown = {key for key in EVERY_KEY if keyboard_macos.key_code(Hotkey((), key)) is None}
    assert unknown == {*MEDIA_KEYS, "F21", "F22", "F23", "F24"}


@pytest.mark.parametrize(
    ("chord", "code", "modifiers"),
    [("Ctrl+Alt+G", 0x05, 0x1800), ("Shift+Super+F12", 0x6F, 0x300), ("Ctrl+5", 0x17, 0x1000)],
)
def test_macos_codes(chord: str, code: int, modifiers: int) -> None:
    hotkey = parse_hotkey(chord)
    assert keyboard_macos.key_code(hotkey) == code
    assert keyboard_macos.modifiers_of(hotkey) == modifiers


def test_letters_and_digits_are_at_their_own_places() -> None:
    for key in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
        code = keyboard_macos.key_code(Hotkey((), key))
        assert code is not None
        assert keyboard_macos.key_at(code) == key


def test_what_macos_says_of_a_refusal() -> None:
    assert keyboard_macos.refusal_of(G, -9878).state == "taken"
    assert "Add Ctrl or Cmd." in keyboard_macos.refusal_of(G, -9868).what_to_do
    assert keyboard_macos.refusal_of(G, -1).state == "impossible"


@pytest.mark.parametrize(
    ("chord", "trigger"),
    [
        ("Ctrl+Alt+G", "CTRL+ALT+g"),
        ("Ctrl+Alt+Shift+G", "CTRL+ALT+SHIFT+g"),
        ("Super+Print", "LOGO+Print"),
        ("MediaPlay", "XF86AudioPlay"),
        ("Ctrl+PageUp", "CTRL+Prior"),
    ],
)
def test_what_the_portal_is_told(chord: str, trigger: str) -> None:
    assert trigger_of(parse_hotkey(chord)) == trigger


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Press <Control><Alt>g", "Ctrl+Alt+G"),
        ("Ctrl+Alt+Shift+G", "Ctrl+Alt+Shift+G"),
        ("Meta+Print", "Super+Print"),
        ("<Super>Prior", "Super+PageUp"),
        ("Press <Control>eacute", "<Control>eacute"),
        ("Drücken Sie Strg+G", "Drücken Sie Strg+G"),
        ("", ""),
    ],
)
def test_what_a_desktop_says_is_read_where_it_can_be(said: str, read: str) -> None:
    assert readable(said) == read


def test_the_defaults_differ_and_take_nothing_from_typing() -> None:
    """On Windows AltGr is Ctrl+Alt; these letters with Shift have no character there, whatever the common layout."""
    defaults = [str(setting.default) for setting in SETTINGS if setting.kind == "hotkey"]
    assert len(set(defaults)) == len(defaults) == 5
    for default in defaults:
        hotkey = parse_hotkey(default)
        assert hotkey.key in "BFGHJV"
