from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.store_checks import check_kept_turns, check_keyring, lock_of
from grokdesk.errors import KeyringSlow, KeyringTrouble
from grokdesk.logs import Redactor
from grokdesk.store.history.history import History
from grokdesk.store.keys import Keys, no_keyring
from grokdesk.system.session import Session
from tests.store.history.test_history import turn
from tests.support.desktops.bus_service import BusService, Call, Reply, bus_service, properties
from tests.support.desktops.keyring_daemon import keyring_session, missing_programs
from tests.support.desktops.needs import need
from tests.support.windows.keystores import MemoryStore


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
        (KeyringSlow("The keyring did not respond within 5 s.", "It may wait for you."), "degraded"),
        (KeyringTrouble("The keyring failed (OSError).", "Look at it."), "degraded"),
    ],
)
def test_troubles(trouble: KeyringTrouble, expected: str) -> None:
    state = check_keyring(keys(MemoryStore(trouble=trouble)), Session("none"), 5)
    assert (state.state, state.why, state.what_to_do) == (expected, trouble.title, trouble.hint)


def secrets(*, alias: str = "/login", locked: bool = False) -> Callable[[BusService, Call], Reply]:
    """A Secret Service whose usual keyring is ``alias``; "/" for none."""

    def answer(_service: BusService, call: Call) -> Reply:
        if call.method == "ReadAlias":
            return "o", (alias,)
        return properties({"Locked": ("b", locked)}, call)

    return answer


@pytest.mark.parametrize(
    ("service", "expected", "why"),
    [
        (secrets(locked=True), "degraded", "The keyring is locked."),
        (secrets(alias="/"), "missing", "There is no keyring yet."),
    ],
)
def test_a_keyring_that_would_ask_for_a_password_is_only_looked_at(
    bus_address: str, service: Callable[[BusService, Call], Reply], expected: str, why: str
) -> None:
    store, session = MemoryStore(), Session("x11", bus=bus_address)
    with bus_service(bus_address, "org.freedesktop.secrets", service):
        state = check_keyring(keys(store), session, 5)
    assert (state.state, state.why) == (expected, why)
    assert store.asked == []


def test_an_open_one_is_tried(bus_address: str) -> None:
    store, session = MemoryStore(), Session("x11", bus=bus_address)
    with bus_service(bus_address, "org.freedesktop.secrets", secrets()):
        assert check_keyring(keys(store), session, 5).state == "ok"
    assert store.asked != []


@pytest.mark.parametrize(("unlocked", "lock"), [(True, "open"), (False, "locked")])
def test_the_lock_of_a_real_keyring_is_seen(tmp_path: Path, unlocked: bool, lock: str) -> None:
    need(missing_programs())
    with keyring_session(tmp_path) as made:
        assert lock_of(Session("x11", bus=made.environment["DBUS_SESSION_BUS_ADDRESS"])) == "open"
    with keyring_session(tmp_path, unlocked=unlocked) as again:
        assert lock_of(Session("x11", bus=again.environment["DBUS_SESSION_BUS_ADDRESS"])) == lock


def test_a_real_service_without_a_keyring_is_seen(tmp_path: Path) -> None:
    need(missing_programs())
    with keyring_session(tmp_path, unlocked=False) as session:
        assert lock_of(Session("x11", bus=session.environment["DBUS_SESSION_BUS_ADDRESS"])) == "not made"


@pytest.mark.parametrize("bus", ["", "unix:path=/nonexistent"])
def test_without_a_bus_nothing_is_known(bus: str) -> None:
    assert lock_of(Session("x11", bus=bus)) == "unknown"


def test_without_a_service_nothing_is_known(bus_address: str) -> None:
    session = Session("x11", bus=bus_address)
    assert lock_of(session) == "unknown"
    with bus_service(bus_address, "org.freedesktop.secrets", lambda _service, call: properties({}, call)):
        assert lock_of(session) == "unknown"


def test_the_history_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    assert check_kept_turns(file, CancelSwitch()).why == "No history yet; its folder is writable."
    History(file).save("one", turn())
    assert check_kept_turns(file, CancelSwitch()).why.startswith("Answers: 1, ")
