"""The checks together: which profile is looked at, and that no keyring is made to ask for a password."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.checks import checks_for, key_of, usual_profile
from grokdesk.doctor.desktop import Desktop, desktop_of
from grokdesk.doctor.examination import PARTS
from grokdesk.doctor.running import Running
from grokdesk.errors import KeyMissing, KeyringLocked
from grokdesk.services import Services, services_from
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER, XAI
from grokdesk.system.part_state import PartState
from tests.doctor.test_store_checks import secrets
from tests.support.desktops.bus_service import bus_service
from tests.support.windows.keystores import MemoryStore

Asked = tuple[Services, Desktop, MemoryStore]


@pytest.fixture
def parts(tmp_path: Path, bus_address: str) -> Callable[..., Asked]:
    """Services with a key in the keyring, on a desktop whose session bus has what the test puts there."""

    def make(**variables: str) -> Asked:
        environment = {"GROKDESK_HOME": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": bus_address, **variables}
        store = MemoryStore({"xai": "xai-key-of-these-tests"})
        return services_from(environment, lambda _sentence: None, store), desktop_of(environment, "Ctrl+Alt+G"), store

    return make


def test_every_part_has_a_check(parts: Callable[..., Asked]) -> None:
    services, desktop, _ = parts()
    assert tuple(check.part for check in checks_for(services, desktop, None)) == PARTS


def test_the_word_of_the_running_program_is_taken(parts: Callable[..., Asked]) -> None:
    services, desktop, _ = parts()
    told = PartState("ok", "x11", "Ctrl+Alt+G is active.")
    checks = {check.part: check for check in checks_for(services, desktop, Running("1", {"hotkeys": told}))}
    assert checks["hotkeys"].look(CancelSwitch()) == told


def test_a_key_in_an_open_keyring_decides(parts: Callable[..., Asked]) -> None:
    services, desktop, _ = parts()
    assert usual_profile(services, desktop) == XAI
    assert key_of(services, desktop, XAI) == "xai-key-of-these-tests"


def test_a_locked_keyring_is_not_asked(parts: Callable[..., Asked], bus_address: str) -> None:
    services, desktop, store = parts()
    with bus_service(bus_address, "org.freedesktop.secrets", secrets(locked=True)):
        assert usual_profile(services, desktop) == ON_THIS_COMPUTER
        with pytest.raises(KeyringLocked):
            key_of(services, desktop, XAI)
    with (
        bus_service(bus_address, "org.freedesktop.secrets", secrets(alias="/")),
        pytest.raises(KeyMissing),
    ):
        key_of(services, desktop, XAI)
    assert store.asked == []


def test_a_key_in_the_environment_needs_no_keyring(parts: Callable[..., Asked], bus_address: str) -> None:
    services, desktop, store = parts(XAI_API_KEY="xai-other-key-of-these-tests")
    with bus_service(bus_address, "org.freedesktop.secrets", secrets(locked=True)):
        assert key_of(services, desktop, XAI) == "xai-other-key-of-these-tests"
    assert store.asked == []
