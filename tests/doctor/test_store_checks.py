from __future__ import annotations

from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.store_checks import check_kept_turns, check_keyring, is_locked
from grokdesk.errors import KeyringSlow, KeyringTrouble
from grokdesk.logs import Redactor
from grokdesk.store.history import History
from grokdesk.store.keys import Keys, no_keyring
from grokdesk.system.session import Session
from tests.store.test_history import turn
from tests.support.bus_service import bus_service, properties
from tests.support.keyring_daemon import keyring_session, missing_programs
from tests.support.keystores import MemoryStore


def keys(store: MemoryStore) -> Keys:
    return Keys({}, store, Redactor())


def test_a_value_goes_in_and_out_and_is_gone() -> None:
    store = MemoryStore()
    state = check_keyring(keys(store), Session("none"), 5)
    assert (state.state, state.backend) == ("ok", "a keyring in memory")
    assert [what for what, _, _ in store.asked] == ["set", "delete"]
    assert store.kept == {}


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (no_keyring(), "missing"),
        (KeyringSlow("The keyring did not answer within 5 seconds.", "It may wait for you."), "degraded"),
        (KeyringTrouble("The keyring does not work (OSError).", "Look at it."), "degraded"),
    ],
)
def test_troubles(trouble: KeyringTrouble, expected: str) -> None:
    state = check_keyring(keys(MemoryStore(trouble=trouble)), Session("none"), 5)
    assert (state.state, state.why, state.what_to_do) == (expected, trouble.title, trouble.hint)


def test_a_locked_keyring_is_said_and_not_asked(bus_address: str) -> None:
    store = MemoryStore()
    session = Session("x11", bus=bus_address)
    locked = {"Locked": ("b", True)}
    with bus_service(bus_address, "org.freedesktop.secrets", lambda _service, call: properties(locked, call)):
        state = check_keyring(keys(store), session, 5)
    assert (state.state, state.why) == ("degraded", "The keyring is locked.")
    assert store.asked == []


@pytest.mark.skipif(bool(missing_programs()), reason="no gnome-keyring-daemon")
@pytest.mark.parametrize("unlocked", [True, False])
def test_the_lock_of_a_real_keyring_is_seen(tmp_path: Path, unlocked: bool) -> None:
    with keyring_session(tmp_path) as made:
        assert not is_locked(Session("x11", bus=made.environment["DBUS_SESSION_BUS_ADDRESS"]))
    with keyring_session(tmp_path, unlocked=unlocked) as again:
        assert is_locked(Session("x11", bus=again.environment["DBUS_SESSION_BUS_ADDRESS"])) is not unlocked


@pytest.mark.parametrize("bus", ["", "unix:path=/nonexistent"])
def test_without_a_bus_nothing_is_locked(bus: str) -> None:
    assert not is_locked(Session("x11", bus=bus))


def test_a_service_without_a_keyring_is_not_locked(bus_address: str) -> None:
    session = Session("x11", bus=bus_address)
    assert not is_locked(session)
    with bus_service(bus_address, "org.freedesktop.secrets", lambda _service, call: properties({}, call)):
        assert not is_locked(session)


def test_the_history_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    assert check_kept_turns(file, CancelSwitch()).why == "There is no history yet; its folder can be written."
    History(file).save("one", turn())
    assert check_kept_turns(file, CancelSwitch()).why.startswith("Answers kept: 1, in ")
