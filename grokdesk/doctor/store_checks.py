"""Keyring and history: a value that goes in, comes back and is deleted; a row that is taken back."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.store.history.history_check import check_history
from grokdesk.store.keys import Keys
from grokdesk.system.part_state import PartState, StateName
from grokdesk.system.session import Session
from grokdesk.system.session_bus import BusClosed, BusRefused, Service, SessionBus
from grokdesk.translation import _

log = logging.getLogger(__name__)

# Source: https://specifications.freedesktop.org/secret-service-spec/latest/
SECRETS = Service("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
_COLLECTION = "org.freedesktop.Secret.Collection"
Lock = Literal["open", "locked", "not made", "unknown"]
_STATES: dict[str, StateName] = {"ok": "ok", "none": "missing"}


def check_keyring(keys: Keys, session: Session, seconds: float) -> PartState:
    """A keyring that is locked, or has to be made first, would ask the person for a password: it is only looked at."""
    match lock_of(session):
        case "locked":
            what_to_do = _("Unlock it, or set XAI_API_KEY in the environment.")
            return PartState("degraded", "Secret Service", _("The keyring is locked."), what_to_do)
        case "not made":
            what_to_do = _("It is created when the first key is saved: grokdesk key set")
            return PartState("missing", "Secret Service", _("There is no keyring yet."), what_to_do)
    report = keys.probe(seconds)
    name = report.backend or "none"
    state = _STATES.get(report.state, "degraded")
    if state == "ok":
        return PartState("ok", name, _("A test value was saved, read and deleted."))
    why, dot, what_to_do = report.sentence.partition(". ")
    return PartState(state, name if state == "degraded" else "none", why + ("." if dot else ""), what_to_do)


def lock_of(session: Session) -> Lock:
    """What the Secret Service says of its usual keyring. "unknown" where another one is used, or none."""
    if not session.bus:
        return "unknown"
    try:
        bus = SessionBus(session.bus)
    except NotPossibleHere:
        return "unknown"
    try:
        if not bus.can_start(SECRETS.name):
            return "unknown"
        path = str(bus.call(SECRETS, "ReadAlias", "s", "default")[0])
        if path == "/":
            return "not made"
        return "locked" if bus.read(Service(SECRETS.name, path, _COLLECTION), "Locked") else "open"
    except (BusRefused, BusClosed) as error:
        log.info("keyring: %s", error)
        return "unknown"
    finally:
        bus.close()


def check_kept_turns(path: Path, cancel: CancelSwitch) -> PartState:
    """Raises StoreError, Cancelled."""
    report = check_history(path, cancel)
    if report.turns is None:
        return PartState("ok", "SQLite", _("No history yet; its folder is writable."))
    size = f"{report.size / 1_000_000:.1f} MB"
    return PartState(
        "ok", "SQLite", _("Answers: {turns}, {size}, intact and writable.").format(turns=report.turns, size=size)
    )
