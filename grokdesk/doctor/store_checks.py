"""Keyring and history: a value that goes in, comes back and is deleted; a row that is taken back."""

from __future__ import annotations

import logging
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.store.history_check import check_history
from grokdesk.store.keys import Keys
from grokdesk.system.part_state import PartState, StateName
from grokdesk.system.session import Session
from grokdesk.system.session_bus import BusClosed, BusRefused, Service, SessionBus

log = logging.getLogger(__name__)

# Source: https://specifications.freedesktop.org/secret-service-spec/latest/
COLLECTION = Service(
    "org.freedesktop.secrets", "/org/freedesktop/secrets/aliases/default", "org.freedesktop.Secret.Collection"
)
_STATES: dict[str, StateName] = {"ok": "ok", "none": "missing"}


def check_keyring(keys: Keys, session: Session, seconds: float) -> PartState:
    """A locked keyring would ask the person for its password, so it is only said to be locked."""
    if is_locked(session):
        why = "The keyring is locked."
        return PartState("degraded", "Secret Service", why, "Unlock it, or set XAI_API_KEY in the environment.")
    report = keys.probe(seconds)
    name = report.backend or "none"
    state = _STATES.get(report.state, "degraded")
    if state == "ok":
        return PartState("ok", name, "A value was kept, read and deleted.")
    why, dot, what_to_do = report.sentence.partition(". ")
    return PartState(state, name if state == "degraded" else "none", why + ("." if dot else ""), what_to_do)


def is_locked(session: Session) -> bool:
    if not session.bus:
        return False
    try:
        bus = SessionBus(session.bus)
    except NotPossibleHere:
        return False
    try:
        return bus.has(COLLECTION.name) and bool(bus.read(COLLECTION, "Locked"))
    except (BusRefused, BusClosed) as error:
        log.info("keyring: %s", error)  # there is no default collection yet, or no service
        return False
    finally:
        bus.close()


def check_kept_turns(path: Path, cancel: CancelSwitch) -> PartState:
    """Raises StoreError, Cancelled."""
    report = check_history(path, cancel)
    if report.turns is None:
        return PartState("ok", "SQLite", "There is no history yet; its folder can be written.")
    size = f"{report.size / 1_000_000:.1f} MB"
    return PartState("ok", "SQLite", f"Answers kept: {report.turns}, in {size}, whole and writable.")
