"""What every hotkey back end has to do. A test class inherits this and says how a key is pressed on its desktop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping

import pytest

from grokdesk.system.hotkey import Hotkey, parse_hotkey
from grokdesk.system.hotkey_state import Changed, HotkeyState
from grokdesk.system.protocols import Hotkeys

SECONDS = 10.0
G, H = parse_hotkey("Ctrl+Alt+G"), parse_hotkey("Ctrl+Alt+H")
Make = Callable[[Callable[[str], None], Changed], Hotkeys]


class Bench:
    """A back end and what it said."""

    def __init__(self, make: Make, press: Callable[[Hotkey], None]) -> None:
        self._press = press
        self.heard: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.changes: queue.SimpleQueue[Mapping[str, HotkeyState]] = queue.SimpleQueue()
        self.fails = False
        self.hotkeys = make(self._pressed, self.changes.put)

    def _pressed(self, binding: str) -> None:
        self.heard.put(binding)
        if self.fails:
            self.fails = False
            raise ValueError("planted")

    def press(self, *hotkeys: Hotkey) -> None:
        for hotkey in hotkeys:
            self._press(hotkey)

    def next(self) -> str:
        return self.heard.get(timeout=SECONDS)

    def change(self) -> Mapping[str, HotkeyState]:
        return self.changes.get(timeout=SECONDS)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "hotkeys"]


class HotkeysContract:
    """The fixture ``bench`` comes from the class that inherits."""

    def test_the_state_says_why_and_nothing_is_opened(self, bench: Bench) -> None:
        assert bench.hotkeys.state.why.endswith(".")
        assert bench.hotkeys.state.backend
        assert not bench.hotkeys.bind({})
        assert not threads()

    def test_there_is_a_state_for_each_binding(self, bench: Bench) -> None:
        states = bench.hotkeys.bind({"region": G, "panel": H})
        assert sorted(states) == ["panel", "region"]
        for state in states.values():
            assert state.why.endswith(".")
            assert bool(state.keys) == state.works
            assert state.works or "grokdesk" in state.command

    def test_two_bindings_with_one_chord(self, bench: Bench) -> None:
        states = bench.hotkeys.bind({"region": G, "panel": G})
        assert not states["panel"].works
        assert states["panel"].command

    def test_closing_twice_and_binding_after_it(self, bench: Bench) -> None:
        bench.hotkeys.bind({"region": G})
        bench.hotkeys.close()
        bench.hotkeys.close()
        assert not threads()
        states = bench.hotkeys.bind({"region": G})
        assert states["region"].state == "impossible"
        assert not threads()

    def test_closing_what_never_began(self, bench: Bench) -> None:
        bench.hotkeys.close()
        assert not threads()


class WorkingHotkeysContract(HotkeysContract):
    """Where a hotkey can really be had."""

    def test_a_press_is_reported_with_the_name_of_the_binding(self, bench: Bench) -> None:
        states = bench.hotkeys.bind({"region": G, "panel": H})
        assert {binding: state.keys for binding, state in states.items()} == {"region": str(G), "panel": str(H)}
        bench.press(H, G)
        assert [bench.next(), bench.next()] == ["panel", "region"]

    def test_binding_again_lets_the_others_go(self, bench: Bench) -> None:
        bench.hotkeys.bind({"region": G, "panel": H})
        assert list(bench.hotkeys.bind({"panel": H})) == ["panel"]
        bench.press(G, H)
        assert bench.next() == "panel"

    def test_two_bindings_change_their_keys(self, bench: Bench) -> None:
        bench.hotkeys.bind({"region": G, "panel": H})
        states = bench.hotkeys.bind({"region": H, "panel": G})
        assert all(state.works for state in states.values())
        bench.press(H)
        assert bench.next() == "region"

    def test_letting_all_go_and_taking_them_again(self, bench: Bench) -> None:
        bench.hotkeys.bind({"region": G})
        assert not bench.hotkeys.bind({})
        bench.press(G)
        assert bench.hotkeys.bind({"region": G, "panel": H})["region"].works
        bench.press(H)
        assert bench.next() == "panel"

    def test_the_first_of_two_with_one_chord_has_it(self, bench: Bench) -> None:
        states = bench.hotkeys.bind({"region": G, "panel": G})
        assert states["region"].works
        assert states["panel"].state == "taken"
        bench.press(G)
        assert bench.next() == "region"

    def test_a_callback_that_fails_does_not_end_the_hotkeys(
        self, bench: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        bench.hotkeys.bind({"region": G})
        bench.fails = True
        bench.press(G, G)
        assert [bench.next(), bench.next()] == ["region", "region"]
        assert "planted" in caplog.text
        caplog.clear()
