"""Before a real X server without a desktop, whose keys are pressed by its test extension. Desktops: tests/e2e."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from grokdesk.system.connection_x11 import connect, load_xcffib
from grokdesk.system.hotkey import Hotkey, parse_hotkey
from grokdesk.system.hotkey_state import Refusal
from grokdesk.system.hotkeys.x11 import X11Keys
from tests.support.desktops.needs import need_programs
from tests.system.hotkeys.hotkeys_contract import G, H

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X server")

CODES = {"Ctrl": 37, "Alt": 64, "Shift": 50, "Super": 133, "G": 42, "H": 43, "F9": 75, "Caps": 66, "Num": 77}
"""Of the evdev keyboard that Xvfb has."""
PRESS, RELEASE = 2, 3


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    need_programs("Xvfb")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "64x64x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


class Fingers:
    """Presses keys as a person does, one connection for all of them."""

    def __init__(self, display: str) -> None:
        xcffib = load_xcffib("xtest")
        self._connection: Any = connect(display)
        self._xtest = self._connection(xcffib.xtest.key)

    def send(self, kind: int, *names: str) -> None:
        for name in names:
            self._xtest.FakeInput(kind, CODES[name], 0, 0, 0, 0, 0, is_checked=True).check()

    def type(self, *names: str) -> None:
        self.send(PRESS, *names)
        self.send(RELEASE, *reversed(names))

    def close(self) -> None:
        self._connection.disconnect()


@pytest.fixture
def fingers(display: str) -> Iterator[Fingers]:
    with closing(Fingers(display)) as fingers:
        yield fingers


@pytest.fixture
def make(display: str) -> Iterator[Callable[[], X11Keys]]:
    made: list[X11Keys] = []

    def make() -> X11Keys:
        made.append(X11Keys(display))
        made[-1].open()
        return made[-1]

    yield make
    for keys in made:
        with suppress(OSError):
            keys.close()


@pytest.fixture
def keys(make: Callable[[], X11Keys]) -> X11Keys:
    return make()


def pressed(keys: X11Keys) -> list[Hotkey]:
    """What has been pressed so far."""
    keys._connection.core.GetInputFocus().reply()  # whatever the server sent before this is here then
    keys.wake()  # so that it does not wait for more
    return list(keys.wait().pressed)


def test_each_hotkey_is_told_apart_from_the_other_and_from_other_chords(keys: X11Keys, fingers: Fingers) -> None:
    assert keys.take(G) is None
    assert keys.take(H) is None
    fingers.type("Ctrl", "Alt", "G")
    fingers.type("Ctrl", "Alt", "H")
    fingers.type("Ctrl", "G")
    fingers.type("Ctrl", "Alt", "Shift", "G")
    fingers.type("G")
    assert pressed(keys) == [G, H]


@pytest.mark.parametrize("locks", [("Caps",), ("Num",), ("Caps", "Num")])
def test_locks_do_not_matter(keys: X11Keys, fingers: Fingers, locks: tuple[str, ...]) -> None:
    assert keys.take(G) is None
    for lock in locks:
        fingers.type(lock)
    try:
        fingers.type("Ctrl", "Alt", "G")
        assert pressed(keys) == [G]
    finally:
        for lock in locks:
            fingers.type(lock)


def test_what_is_released_is_heard_no_more_and_free_for_others(
    keys: X11Keys, make: Callable[[], X11Keys], fingers: Fingers
) -> None:
    assert keys.take(G) is None
    assert keys.take(H) is None
    keys.release(G)
    other = make()
    assert other.take(G) is None
    fingers.type("Ctrl", "Alt", "G")
    assert (pressed(keys), pressed(other)) == ([], [G])
    fingers.type("Ctrl", "Alt", "H")
    assert pressed(keys) == [H]


def test_a_key_of_another_program_is_refused_whole_and_free_when_that_ends(
    keys: X11Keys, make: Callable[[], X11Keys], fingers: Fingers
) -> None:
    other = make()
    assert other.take(G) is None
    refusal = keys.take(G)
    assert isinstance(refusal, Refusal)
    assert (refusal.state, "in use by another program" in refusal.why) == ("taken", True)
    fingers.type("Ctrl", "Alt", "G")
    assert (pressed(keys), pressed(other)) == ([], [G])
    other.close()
    assert keys.take(G) is None


def test_a_held_key_is_one_press(keys: X11Keys, fingers: Fingers) -> None:
    hotkey = parse_hotkey("F9")
    assert keys.take(hotkey) is None
    fingers.send(PRESS, "F9")
    time.sleep(1.0)  # the server repeats after 500 ms, and tells nobody when
    fingers.send(RELEASE, "F9")
    assert pressed(keys) == [hotkey]
    fingers.type("F9")
    assert pressed(keys) == [hotkey]


@pytest.mark.parametrize(
    ("hotkey", "state", "why"),
    [("Ctrl+Alt+F1", "taken", "switches to a text console"), ("F24", "impossible", "This keyboard has no")],
)
def test_what_cannot_be_taken_says_why(keys: X11Keys, hotkey: str, state: str, why: str) -> None:
    refusal = keys.take(parse_hotkey(hotkey))
    assert isinstance(refusal, Refusal)
    assert refusal.state == state
    assert why in refusal.why


def test_waking_ends_the_wait_with_nothing(keys: X11Keys) -> None:
    keys.wake()
    assert keys.wait().pressed == ()
