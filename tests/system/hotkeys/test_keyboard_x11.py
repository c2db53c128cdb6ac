"""Keyboard maps as X servers send them, cut down to a few keys."""

from __future__ import annotations

from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkeys.keyboard_x11 import Keyboard, key_at, keycodes_of, lock_masks, mask_of

G, CYRILLIC_P, NUM_LOCK, ALT_L, SUPER_L, PRINT = 0x67, 0x6D0, 0xFF7F, 0xFFE9, 0xFFEB, 0xFF61
CTRL_ALT_G = Hotkey(("Ctrl", "Alt"), "G")
NO_MODIFIERS = [(0, 0)] * 8


def keyboard(keys: dict[int, tuple[int, ...]], modifiers: list[tuple[int, int]] | None = None) -> Keyboard:
    """A map of the keycodes 8 to 255 with four columns."""
    symbols = [symbol for code in range(8, 256) for symbol in (*keys.get(code, ()), 0, 0, 0, 0)[:4]]
    return Keyboard(8, 4, symbols, modifiers or NO_MODIFIERS)


def test_the_key_is_found_by_its_letter() -> None:
    assert keycodes_of(CTRL_ALT_G, keyboard({30: (G, 0x47)})) == (30,)


def test_a_letter_of_the_second_layout_is_found_too() -> None:
    assert keycodes_of(CTRL_ALT_G, keyboard({42: (CYRILLIC_P, 0, G)})) == (42,)


def test_an_unshifted_symbol_comes_before_a_shifted_one() -> None:
    two = 0x32
    keys = keyboard({11: (0xE9, two), 80: (two, 0)})
    assert keycodes_of(Hotkey(("Ctrl",), "2"), keys) == (80,)


def test_every_key_with_the_symbol_is_taken() -> None:
    assert keycodes_of(Hotkey((), "Print"), keyboard({107: (PRINT,), 218: (PRINT,)})) == (107, 218)


def test_without_latin_letters_the_place_on_the_keyboard_counts() -> None:
    assert keycodes_of(CTRL_ALT_G, keyboard({42: (CYRILLIC_P,)})) == (42,)


def test_a_place_that_the_keyboard_does_not_have_is_not_taken() -> None:
    small = Keyboard(8, 1, [0] * 10, NO_MODIFIERS)
    assert keycodes_of(CTRL_ALT_G, small) == ()


def test_a_named_key_that_is_missing_is_not_guessed() -> None:
    assert keycodes_of(Hotkey((), "F9"), keyboard({})) == ()


def test_a_key_for_consoles_is_recognised() -> None:
    keys = keyboard({95: (0xFFC8, 0xFFC8, 0xFFC8, 0x1008FE0B), 96: (0xFFC9,)})
    assert keys.switches_console(95)
    assert not keys.switches_console(96)


def test_the_usual_modifiers() -> None:
    every = Hotkey(("Ctrl", "Alt", "Shift", "Super"), "G")
    assert mask_of(every, keyboard({})) == 0b0100_1101


def test_alt_and_super_are_read_from_the_map() -> None:
    keys = keyboard({64: (ALT_L,), 133: (SUPER_L,)}, [(0, 0)] * 4 + [(0, 64), (133, 0)] + [(0, 0)] * 2)
    assert mask_of(Hotkey(("Alt",), "G"), keys) == 1 << 4
    assert mask_of(Hotkey(("Super",), "G"), keys) == 1 << 5


def test_locks_never_matter() -> None:
    keys = keyboard({77: (NUM_LOCK,)}, [(0, 0)] * 4 + [(77, 0)] + [(0, 0)] * 3)
    assert lock_masks(keys) == (0, 0b10, 0b1_0000, 0b1_0010)


def test_a_keyboard_without_num_lock_has_two_states() -> None:
    assert lock_masks(keyboard({})) == (0, 0b10)


def test_what_is_printed_on_a_key() -> None:
    assert (key_at(42), key_at(10), key_at(9)) == ("G", "1", None)
