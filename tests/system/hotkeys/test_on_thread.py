"""What is the same for every system that gives keys away one by one, with a system that a test plays."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Refusal
from grokdesk.system.hotkeys.on_thread import Happened, ThreadHotkeys
from tests.system.hotkeys.hotkeys_contract import Bench, G, H, WorkingHotkeysContract, threads


class PlayedSource:
    """``others`` are the keys of other programs."""

    name = "played"
    why = "A test plays it."

    def __init__(self) -> None:
        self.others: set[Hotkey] = set()
        self.held: set[Hotkey] = set()
        self.done: list[str] = []
        self.opens = True
        self.events: queue.SimpleQueue[Happened | Exception] = queue.SimpleQueue()

    def open(self) -> None:
        if not self.opens:
            raise NotPossibleHere("Nobody is there.", "Try again.")
        self.done.append("open")

    def close(self) -> None:
        self.done.append("close")

    def take(self, hotkey: Hotkey) -> Refusal | None:
        if hotkey in self.others:
            return Refusal("taken", f"{hotkey} is in use by another program.")
        self.done.append(f"take {hotkey}")
        self.held.add(hotkey)
        return None

    def release(self, hotkey: Hotkey) -> None:
        self.done.append(f"release {hotkey}")
        self.held.remove(hotkey)

    def wake(self) -> None:
        self.events.put(Happened())

    def wait(self) -> Happened:
        happened = self.events.get()
        if isinstance(happened, Exception):
            raise happened
        return happened

    def press(self, hotkey: Hotkey) -> None:
        if hotkey in self.held:
            self.events.put(Happened((hotkey,)))


@pytest.fixture
def source() -> PlayedSource:
    return PlayedSource()


@pytest.fixture
def bench(source: PlayedSource) -> Iterator[Bench]:
    bench = Bench(lambda pressed, changed: ThreadHotkeys(source, pressed, changed), source.press)
    yield bench
    bench.hotkeys.close()


class TestThreadHotkeys(WorkingHotkeysContract):
    pass


def test_only_the_difference_is_let_go_and_taken(bench: Bench, source: PlayedSource) -> None:
    bench.hotkeys.bind({"region": G})
    source.done.clear()
    bench.hotkeys.bind({"region": G, "panel": H})
    bench.hotkeys.bind({"region": H})
    assert source.done == [f"take {H}", f"release {G}", f"release {H}", f"take {H}"]


def test_a_key_that_moved_onto_another_program_s_is_said(bench: Bench, source: PlayedSource) -> None:
    bench.hotkeys.bind({"region": G, "panel": H})
    source.others.add(G)
    source.events.put(Happened(moved=(G,), layout_changed=True))
    (state,) = bench.change().values()
    assert (state.state, state.why) == ("taken", "Ctrl+Alt+G is in use by another program.")
    source.others.clear()
    source.events.put(Happened(layout_changed=True))
    assert bench.change()["region"].works


def test_a_layout_that_moves_nothing_is_not_reported(bench: Bench, source: PlayedSource) -> None:
    bench.hotkeys.bind({"region": G})
    source.done.clear()
    source.events.put(Happened(layout_changed=True))
    source.press(G)
    assert bench.next() == "region"
    assert source.done == []
    assert bench.changes.empty()


def test_a_system_that_goes_away_is_said(bench: Bench, source: PlayedSource) -> None:
    bench.hotkeys.bind({"region": G})
    source.events.put(NotPossibleHere("It is gone.", "Start it."))
    assert bench.change()["region"].sentence == "It is gone. Start it."
    assert bench.hotkeys.bind({"region": G})["region"].why == "It is gone."
    bench.hotkeys.close()
    assert source.done[-1] == "close"


def test_a_system_that_is_not_there_is_said_each_time(bench: Bench, source: PlayedSource) -> None:
    source.opens = False
    for _ in range(2):
        assert bench.hotkeys.bind({"region": G})["region"].why == "Nobody is there."
    assert bench.changes.empty()
    bench.hotkeys.close()
    assert not threads()


def test_our_own_mistake_ends_the_thread_and_is_said(
    bench: Bench, source: PlayedSource, caplog: pytest.LogCaptureFixture
) -> None:
    bench.hotkeys.bind({"region": G})
    source.events.put(ValueError("planted"))
    assert bench.change()["region"].state == "impossible"
    assert "planted" in caplog.text
    caplog.clear()
