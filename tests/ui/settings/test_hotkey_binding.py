from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from tests.support.desktops.hotkeys import PlayedHotkeys

TEXTS = {"region": "Ctrl+Alt+G", "panel": "Ctrl+Alt+H"}


@pytest.fixture
def played() -> PlayedHotkeys:
    return PlayedHotkeys()


@pytest.fixture
def bindings(qtbot: QtBot, played: PlayedHotkeys) -> HotkeyBindings:
    bindings = HotkeyBindings(played.choose)
    bind(qtbot, bindings, TEXTS)
    return bindings


def bind(qtbot: QtBot, bindings: HotkeyBindings, texts: dict[str, str]) -> None:
    with qtbot.waitSignals([bindings.state_changed] * len(texts)):
        bindings.bind(texts)
    # The states may arrive before the end of the job, and until then nothing new is begun.
    qtbot.waitUntil(lambda: bindings._job is None)


def press(bindings: HotkeyBindings, played: PlayedHotkeys, binding: str) -> None:
    """From a thread of the back end."""
    thread = threading.Thread(target=played.pressed, args=(binding,))
    thread.start()
    thread.join()


def test_every_hotkey_is_bound_off_the_gui_thread(bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    assert played.wanted == [TEXTS]
    assert threading.main_thread().name not in played.threads
    assert bindings.keys == TEXTS
    assert bindings.backend == played.state


def test_a_press_comes_to_the_gui_thread(qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    heard: list[tuple[str, threading.Thread]] = []
    bindings.pressed.connect(lambda name: heard.append((name, threading.current_thread())))
    with qtbot.waitSignal(bindings.pressed):
        press(bindings, played, "panel")
    assert heard == [("panel", threading.main_thread())]


def test_only_a_state_that_is_another_one_is_told(qtbot: QtBot, bindings: HotkeyBindings) -> None:
    told: list[str] = []
    bindings.state_changed.connect(lambda binding, _state: told.append(binding))
    with qtbot.waitSignal(bindings.state_changed):
        bindings.bind({**TEXTS, "panel": "F9"})
    assert told == ["panel"]
    assert bindings.keys["panel"] == "F9"


def test_no_hotkey_and_one_that_is_none(qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    bind(qtbot, bindings, {"region": "", "panel": "G"})
    assert played.wanted[-1] == {}
    assert bindings.states["region"].why == "No hotkey."
    assert (bindings.states["panel"].state, bindings.keys) == ("impossible", {})
    assert "typing" in bindings.states["panel"].why


def test_a_state_that_changes_later(qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    lost = HotkeyState("taken", "played", "Another layout.", "Choose another hotkey.")
    with qtbot.waitSignal(bindings.state_changed) as changed:
        thread = threading.Thread(target=played.changed, args=({"region": lost, "unknown": lost},))
        thread.start()
    assert changed.args == ["region", lost]
    assert bindings.keys == {"panel": "Ctrl+Alt+H"}
    thread.join()


def test_pausing_gives_the_keys_back(qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    with qtbot.waitSignals([bindings.paused_changed, bindings.state_changed, bindings.state_changed]):
        bindings.set_paused(True)
    assert played.wanted[-1] == {}
    assert {state.sentence for state in bindings.states.values()} == {"Paused."}
    assert bindings.keys == {}
    with qtbot.assertNotEmitted(bindings.pressed, wait=1):
        press(bindings, played, "region")
    with qtbot.waitSignals([bindings.paused_changed, bindings.state_changed, bindings.state_changed]):
        bindings.set_paused(False)
    assert bindings.keys == TEXTS


def test_recording_gives_them_back_without_a_word(
    qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys
) -> None:
    with qtbot.assertNotEmitted(bindings.state_changed):
        bindings.set_recording(True)
        qtbot.waitUntil(lambda: played.wanted[-1] == {})
        press(bindings, played, "region")
        bindings.set_recording(False)
        qtbot.waitUntil(lambda: played.wanted[-1] == TEXTS)
    assert bindings.keys == TEXTS


def test_what_is_wanted_meanwhile_is_done_once(qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    played.waits = threading.Event()
    for key in ("F5", "F6", "F7"):
        bindings.bind({"region": key})
    qtbot.waitUntil(lambda: len(played.wanted) == 2)
    with qtbot.waitSignals([bindings.state_changed] * 2):
        played.waits.set()
    assert played.wanted[1:] == [{"region": "F5"}, {"region": "F7"}]


def test_trying_again_asks_a_new_back_end(qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    played.states["region"] = HotkeyState("taken", "played", "Taken.", "Choose another hotkey.")
    with qtbot.waitSignal(bindings.state_changed):
        bindings.try_again()
    assert (played.made, played.closed) == (2, 1)


def test_what_fails_is_a_state(
    qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys, caplog: pytest.LogCaptureFixture
) -> None:
    played.error = ValueError("planted")
    with qtbot.waitSignals([bindings.state_changed] * 2):
        bindings.bind(TEXTS)
    assert {state.state for state in bindings.states.values()} == {"impossible"}
    caplog.clear()


def test_settings_that_do_not_open_are_said(qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys) -> None:
    bindings.configure()
    qtbot.waitUntil(lambda: played.configured == 1)
    with qtbot.waitSignal(bindings.problem) as problem:
        bindings.configure()
    assert "could not be opened" in problem.args[0].title


def test_closing_ends_the_back_end_and_what_comes_later(
    qtbot: QtBot, bindings: HotkeyBindings, played: PlayedHotkeys
) -> None:
    bindings.close()
    bindings.close()
    assert played.closed == 1
    bindings.bind({"region": "F5"})
    assert played.wanted == [TEXTS]


def test_closing_before_the_back_end_is_there(qtbot: QtBot, played: PlayedHotkeys) -> None:
    goes_on, asked = threading.Event(), threading.Event()

    def choose(*callbacks: object) -> PlayedHotkeys:
        asked.set()
        goes_on.wait(10)
        return played

    bindings = HotkeyBindings(choose)
    bindings.bind(TEXTS)
    assert asked.wait(10)
    bindings.close()
    goes_on.set()
    qtbot.waitUntil(lambda: "hotkeys wanted" not in [thread.name for thread in threading.enumerate()])
    assert played.wanted == []


def test_without_any_hotkey_nothing_is_opened(qtbot: QtBot, played: PlayedHotkeys) -> None:
    bindings = HotkeyBindings(played.choose)
    bind(qtbot, bindings, {"region": ""})
    assert played.made == 0
