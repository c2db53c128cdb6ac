"""Hotkeys on a real X server, pressed by xdotool."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grokdesk.system.hotkey import Hotkey, parse_hotkey
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.system.hotkeys.x11 import x11_hotkeys
from tests.support.desktops.desktop import PATIENCE, Desktop, wait_until
from tests.system.hotkeys.hotkeys_contract import Bench, G, WorkingHotkeysContract

MakeKeys = Callable[[], "Keys"]


class Keys(Bench):
    def __init__(self, desktop: Desktop) -> None:
        display = desktop.environment["DISPLAY"]
        super().__init__(lambda pressed, changed: x11_hotkeys(display, pressed, changed), self._type)
        self._desktop = desktop
        self._wanted: dict[str, Hotkey] = {}

    def _type(self, hotkey: Hotkey) -> None:
        self.type(str(hotkey).lower())

    def type(self, *chords: str) -> None:
        self._desktop.xdotool(*(word for chord in chords for word in ("key", chord)))

    def bind(self, **chords: str) -> dict[str, HotkeyState]:
        self._wanted = {binding: parse_hotkey(chord) for binding, chord in chords.items()}
        return dict(self.hotkeys.bind(self._wanted))

    def nothing_more(self) -> bool:
        """True when nothing was pressed until now: what a marker key reports after it comes last."""
        self.hotkeys.bind(self._wanted | {"marker": parse_hotkey("Ctrl+Alt+M")})
        self.type("ctrl+alt+m")
        return self.next() == "marker"


@pytest.fixture
def make_keys(desktop: Desktop) -> Iterator[MakeKeys]:
    made: list[Keys] = []

    def make() -> Keys:
        made.append(Keys(desktop))
        return made[-1]

    yield make
    for keys in made:
        keys.hotkeys.close()


@pytest.fixture
def keys(make_keys: MakeKeys) -> Keys:
    return make_keys()


@pytest.fixture
def bench(keys: Keys) -> Bench:
    return keys


@pytest.fixture
def layout(desktop: Desktop) -> Iterator[Callable[[str], None]]:
    def switch(name: str) -> None:
        desktop.run("setxkbmap", name)

    yield switch
    switch("us")


class TestX11Hotkeys(WorkingHotkeysContract):
    pass


def test_other_chords_are_left_alone(keys: Keys) -> None:
    keys.bind(region="Ctrl+Alt+G")
    keys.type("g", "ctrl+g", "alt+g", "ctrl+alt+shift+g", "ctrl+alt+h")
    assert keys.nothing_more()


@pytest.mark.parametrize("locks", [["Num_Lock"], ["Caps_Lock"], ["Num_Lock", "Caps_Lock"]])
def test_locks_do_not_matter(desktop: Desktop, keys: Keys, locks: list[str]) -> None:
    keys.bind(region="Ctrl+Alt+G")
    desktop.xdotool("key", *locks)
    try:
        assert "on" in desktop.run("xset", "q").stdout.decode().split("Caps Lock:")[1].split("Scroll Lock:")[0]
        keys.press(G)
        assert keys.next() == "region"
    finally:
        desktop.xdotool("key", *locks)


def test_a_held_key_is_one_press(desktop: Desktop, keys: Keys) -> None:
    keys.bind(region="Ctrl+Alt+G")
    desktop.run("xset", "r", "rate", "50", "100")
    try:
        desktop.xdotool("keydown", "ctrl", "keydown", "alt", "keydown", "g", "sleep", "0.5")
    finally:
        desktop.xdotool("keyup", "g", "keyup", "alt", "keyup", "ctrl")
        desktop.run("xset", "r", "rate")
    assert keys.next() == "region"
    assert keys.nothing_more()


def test_a_key_of_another_program_is_refused(keys: Keys, make_keys: MakeKeys) -> None:
    theirs = make_keys()
    theirs.bind(theirs="Ctrl+Alt+G")
    states = keys.bind(region="Ctrl+Alt+G", panel="Ctrl+Alt+H")
    assert states["region"].state == "taken"
    assert states["region"].why == "Ctrl+Alt+G is in use by another program."
    assert states["region"].command == "grokdesk capture --region"
    assert states["panel"].works
    keys.press(G)
    assert theirs.next() == "theirs"
    assert keys.nothing_more()


def test_a_key_that_another_program_gives_back(keys: Keys, make_keys: MakeKeys) -> None:
    theirs = make_keys()
    theirs.bind(theirs="Ctrl+Alt+G")
    assert not keys.bind(region="Ctrl+Alt+G")["region"].works
    theirs.hotkeys.bind({})
    assert keys.bind(region="Ctrl+Alt+G")["region"].works


def test_a_key_of_the_window_manager_is_refused(keys: Keys) -> None:
    assert keys.bind(region="Alt+Space")["region"].state == "taken"


def test_a_key_that_the_server_keeps_is_refused(keys: Keys) -> None:
    state = keys.bind(region="Ctrl+Alt+F11")["region"]
    assert (state.state, state.why) == ("taken", "Ctrl+Alt+F11 switches to a text console.")


@pytest.mark.parametrize("key", ["MediaPlay", "Super+Print", "Ctrl+Shift+PageUp", "Ctrl+Super+Left"])
def test_named_keys(keys: Keys, key: str) -> None:
    names = {"MediaPlay": "XF86AudioPlay", "PageUp": "Prior"}
    assert keys.bind(region=key)["region"].works
    keys.type("+".join(names.get(word, word) for word in key.replace("Ctrl", "ctrl").split("+")))
    assert keys.next() == "region"


def test_what_stays_is_never_let_go(keys: Keys, make_keys: MakeKeys) -> None:
    """Otherwise another program could take it in between."""
    keys.bind(region="Ctrl+Alt+G", panel="F9")
    keys.bind(region="Ctrl+Alt+G", panel="Ctrl+Alt+H")
    assert make_keys().bind(theirs="Ctrl+Alt+G")["theirs"].state == "taken"
    assert make_keys().bind(theirs="F9")["theirs"].works


def test_closing_releases_the_keys(keys: Keys, make_keys: MakeKeys) -> None:
    keys.bind(region="Ctrl+Alt+G")
    keys.hotkeys.close()
    assert make_keys().bind(theirs="Ctrl+Alt+G")["theirs"].works


def test_the_letter_is_followed_to_another_layout(keys: Keys, layout: Callable[[str], None]) -> None:
    keys.bind(region="Ctrl+Alt+G")
    layout("dvorak")
    keys.bind(region="Ctrl+Alt+G", other="F9")  # comes after the notice of the new layout
    keys.press(G)
    assert keys.next() == "region"
    assert keys.nothing_more()
    assert keys.changes.empty()


def test_a_layout_without_latin_letters_keeps_the_place(keys: Keys, layout: Callable[[str], None]) -> None:
    layout("ru")
    keys.bind(region="Ctrl+Alt+G")
    place_of_g = "42"
    keys.type(f"ctrl+alt+{place_of_g}")
    assert keys.next() == "region"


def test_an_idle_back_end_never_wakes_up(keys: Keys) -> None:
    keys.bind(region="Ctrl+Alt+G")
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "hotkeys"]
    status = Path(f"/proc/self/task/{thread.native_id}/status")

    def switches() -> list[str]:
        return [line for line in status.read_text().splitlines() if "ctxt_switches" in line]

    def slept_for_a_second() -> bool:
        before = switches()
        return not threading.Event().wait(1.0) and switches() == before

    wait_until(slept_for_a_second, "a second without a wake-up")


def test_a_display_that_goes_away_is_said(tmp_path: Path) -> None:
    with Desktop(tmp_path / "logs", 320, 200) as short_lived:
        keys = Keys(short_lived)
        keys.bind(region="Ctrl+Alt+G")
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "hotkeys"]
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert keys.change()["region"].why == "The connection to the display is lost."
    assert keys.bind(region="Ctrl+Alt+G")["region"].state == "impossible"
    keys.hotkeys.close()
