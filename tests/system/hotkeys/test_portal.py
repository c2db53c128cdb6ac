"""The portal's back end with a portal that a test plays on a real bus."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey, parse_hotkey
from grokdesk.system.hotkey_state import Changed, HotkeyState
from grokdesk.system.hotkeys.by_hand import ByHand
from grokdesk.system.hotkeys.portal import PortalHotkeys
from grokdesk.system.hotkeys.portal_shortcuts import shortcuts_version
from grokdesk.system.portal import CANCELLED, ENDED, PATH
from grokdesk.system.session_bus import Service, SessionBus
from tests.support.desktops.bus_service import bus_service
from tests.support.desktops.desktop import wait_until
from tests.support.desktops.keyring_daemon import session_bus
from tests.support.desktops.portal import SHORTCUTS, ShortcutsPortal, shortcuts_portal
from tests.system.hotkeys.hotkeys_contract import SECONDS, Bench, G, H, WorkingHotkeysContract, threads

KDE = ByHand("kde")


@pytest.fixture
def portal(bus_address: str) -> Iterator[ShortcutsPortal]:
    with shortcuts_portal(bus_address) as portal:
        yield portal


@pytest.fixture
def bench(bus_address: str, portal: ShortcutsPortal) -> Iterator[Bench]:
    def make(pressed: Callable[[str], None], changed: Changed) -> PortalHotkeys:
        return PortalHotkeys(bus_address, 2, KDE, pressed, changed)

    def press(hotkey: Hotkey) -> None:
        """As a desktop does: what is bound to the key, if anything is."""
        wanted = {about["preferred_trigger"][1]: name for name, about in portal.wanted}
        if (name := wanted.get(f"CTRL+ALT+{hotkey.key.lower()}")) is not None:
            portal.press(name)

    bench = Bench(make, press)
    yield bench
    bench.hotkeys.close()


class TestPortalHotkeys(WorkingHotkeysContract):
    pass


def called(portal: ShortcutsPortal, method: str) -> int:
    assert portal.service is not None
    return [call.method for call in portal.service.calls].count(method)


def test_the_version_says_whether_there_are_shortcuts(bus_address: str, tmp_path: Path) -> None:
    assert shortcuts_version(bus_address) == 0
    assert shortcuts_version("") == 0
    assert shortcuts_version(f"unix:path={tmp_path}/nothing") == 0
    with shortcuts_portal(bus_address):
        assert shortcuts_version(bus_address) == 2


def test_we_say_who_we_are_and_what_we_wish(bench: Bench, portal: ShortcutsPortal) -> None:
    bench.hotkeys.bind({"last": parse_hotkey("Ctrl+Alt+Shift+G"), "panel": parse_hotkey("Super+Print")})
    assert portal.service is not None
    first = portal.service.calls[0]
    assert (first.method, first.arguments[0]) == ("Register", "io.github.grokdesk.GrokDesk")
    wanted = dict(portal.wanted)
    assert wanted["last"]["preferred_trigger"] == ("s", "CTRL+ALT+SHIFT+g")
    assert wanted["last"]["description"] == ("s", "Capture last region again")
    assert wanted["panel"]["preferred_trigger"] == ("s", "LOGO+Print")


def test_another_key_than_the_wished_one_is_named(bench: Bench, portal: ShortcutsPortal) -> None:
    portal.describe = lambda trigger: "Meta+F9"
    state = bench.hotkeys.bind({"region": G})["region"]
    assert (state.state, state.keys, state.configurable) == ("ok", "Super+F9", True)
    assert "Super+F9" in state.what_to_do


@pytest.mark.parametrize("binds", [True, False])
def test_without_a_key_the_desktop_decides(bench: Bench, portal: ShortcutsPortal, binds: bool) -> None:
    portal.binds, portal.describe = binds, lambda trigger: ""
    state = bench.hotkeys.bind({"region": G})["region"]
    assert (state.state, state.keys) == ("desktop-decides", "")
    assert "System Settings > Keyboard > Shortcuts" in state.what_to_do
    assert state.command == "grokdesk capture --region"
    assert called(portal, "ListShortcuts") == (0 if binds else 1)


@pytest.mark.parametrize(("code", "why"), [(CANCELLED, "denied"), (ENDED, "does not provide hotkeys")])
def test_a_refusal_is_said(bench: Bench, portal: ShortcutsPortal, code: int, why: str) -> None:
    portal.code = code
    state = bench.hotkeys.bind({"region": G})["region"]
    assert state.state == "impossible"
    assert why in state.why


def test_a_key_that_the_desktop_changes_is_reported(bench: Bench, portal: ShortcutsPortal) -> None:
    bench.hotkeys.bind({"region": G, "panel": H})
    portal.change({"region": "Ctrl+Alt+X", "panel": "Ctrl+Alt+H"})
    (binding, state), *others = bench.change().items()
    assert (binding, state.keys, others) == ("region", "Ctrl+Alt+X", [])
    portal.change({"panel": "Ctrl+Alt+H"})
    assert bench.change()["region"].state == "desktop-decides"


def test_a_signal_of_somebody_else_presses_nothing(bench: Bench, portal: ShortcutsPortal, bus_address: str) -> None:
    bench.hotkeys.bind({"region": G, "panel": H})
    other = Service("io.github.grokdesk.Other", "/", "io.github.grokdesk.Other")
    with bus_service(bus_address, other.name, lambda _service, _call: ("", ())) as service:
        service.emit(PATH, SHORTCUTS, "Activated", "osta{sv}", portal.session, "region", 1, {})
        bus = SessionBus(bus_address)
        bus.call(other, "Answer")  # comes after the signal
        bus.close()
    portal.emit(SHORTCUTS, "Activated", "osta{sv}", f"{portal.session}x", "region", 1, {})
    portal.press("panel")
    assert bench.next() == "panel"


def test_what_is_let_go_for_a_while_needs_no_other_session(bench: Bench, portal: ShortcutsPortal) -> None:
    bench.hotkeys.bind({"region": G, "panel": H})
    session = portal.session
    bench.hotkeys.bind({})
    portal.press("region")
    assert bench.hotkeys.bind({"panel": H})["panel"].works
    portal.press("region")
    portal.press("panel")
    assert bench.next() == "panel"
    assert (called(portal, "BindShortcuts"), portal.session) == (1, session)
    bench.hotkeys.bind({"panel": G})
    assert called(portal, "BindShortcuts") == 2
    assert portal.closed.wait(SECONDS)


def test_closing_ends_the_session(bench: Bench, portal: ShortcutsPortal) -> None:
    bench.hotkeys.bind({"region": G})
    bench.hotkeys.close()
    assert not threads()
    assert portal.closed.wait(SECONDS)


def test_a_dialog_that_stays_open_holds_nobody_up(
    bench: Bench, portal: ShortcutsPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grokdesk.system.hotkeys.portal.DIALOG_SECONDS", 0.05)
    portal.answers = False
    state = bench.hotkeys.bind({"region": G})["region"]
    assert (state.state, state.what_to_do) == ("desktop-decides", "Answer its dialog.")
    portal.answer_dialog()
    assert bench.change()["region"].works


def test_closing_while_a_dialog_is_open(bench: Bench, portal: ShortcutsPortal) -> None:
    portal.answers = False
    binding = threading.Thread(target=bench.hotkeys.bind, args=({"region": G},))
    binding.start()
    portal.asked.wait(SECONDS)
    bench.hotkeys.close()
    binding.join(SECONDS)
    assert not binding.is_alive()
    assert not threads()


def test_the_desktop_s_settings(bench: Bench, portal: ShortcutsPortal) -> None:
    bench.hotkeys.bind({"region": G})
    bench.hotkeys.configure()
    assert portal.configured.wait(SECONDS)


def test_an_old_portal_cannot_open_them(bus_address: str, portal: ShortcutsPortal) -> None:
    hotkeys = PortalHotkeys(bus_address, 1, ByHand("unknown"), lambda _binding: None, lambda _states: None)
    try:
        portal.describe = lambda trigger: ""
        assert not hotkeys.bind({"region": G})["region"].configurable
        with pytest.raises(NotPossibleHere):
            hotkeys.configure()
    finally:
        hotkeys.close()
    assert called(portal, "ConfigureShortcuts") == 0


def test_a_session_that_the_desktop_ends_is_said(bench: Bench, portal: ShortcutsPortal) -> None:
    bench.hotkeys.bind({"region": G})
    portal.close_session()
    state = bench.change()["region"]
    assert (state.state, state.why) == ("impossible", "Your desktop stopped the hotkeys.")
    assert bench.hotkeys.bind({"region": G})["region"].works


def test_a_portal_that_starts_again_is_asked_again(bus_address: str) -> None:
    wanted = {"region": G}
    changes: queue.SimpleQueue[Mapping[str, HotkeyState]] = queue.SimpleQueue()
    pressed: queue.SimpleQueue[str] = queue.SimpleQueue()
    hotkeys = PortalHotkeys(bus_address, 2, KDE, pressed.put, changes.put)
    try:
        with shortcuts_portal(bus_address):
            assert hotkeys.bind(wanted)["region"].works
        state = changes.get(timeout=SECONDS)["region"]
        assert (state.state, state.why) == ("impossible", "The desktop portal stopped, so hotkeys stopped working.")
        with shortcuts_portal(bus_address) as another:
            assert changes.get(timeout=SECONDS)["region"].works
            another.press("region")
            assert pressed.get(timeout=SECONDS) == "region"
    finally:
        hotkeys.close()


def test_a_bus_that_goes_away_is_said(tmp_path: Path) -> None:
    changes: queue.SimpleQueue[Mapping[str, HotkeyState]] = queue.SimpleQueue()
    with session_bus(tmp_path, os.environ) as address, shortcuts_portal(address):
        hotkeys = PortalHotkeys(address, 2, KDE, lambda _binding: None, changes.put)
        assert hotkeys.bind({"region": G})["region"].works
    why = [changes.get(timeout=SECONDS)["region"].why for _ in range(2)]
    assert why == [
        "The desktop portal stopped, so hotkeys stopped working.",
        "The session bus closed, so hotkeys stopped working.",
    ]
    assert hotkeys.bind({"region": G})["region"].why == "The session bus cannot be reached."
    hotkeys.close()
    assert not threads()


def test_an_idle_back_end_never_wakes_up(bench: Bench, bus_address: str) -> None:
    """Other programs that come and go on the bus are nothing to it."""
    bench.hotkeys.bind({"region": G})
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "hotkeys"]
    status = Path(f"/proc/self/task/{thread.native_id}/status")

    def switches() -> list[str]:
        return [line for line in status.read_text().splitlines() if "ctxt_switches" in line]

    def slept_while_others_came_and_went() -> bool:
        before = switches()
        for _ in range(20):
            SessionBus(bus_address).close()
        return switches() == before

    wait_until(slept_while_others_came_and_went, "twenty programs without a wake-up")
