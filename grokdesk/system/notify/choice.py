"""Who shows notifications on this desktop."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grokdesk.system.autostart.choice import is_boxed
from grokdesk.system.notify.bus import Activated, Failed
from grokdesk.system.notify.none import NoNotifier
from grokdesk.system.part_state import PartState
from grokdesk.system.protocols import Notifier
from grokdesk.system.session import Session
from grokdesk.translation import _


def choose_notifier(
    session: Session, environment: Mapping[str, str], icon: Path, activated: Activated, failed: Failed
) -> Notifier:
    """Nothing is opened yet, so it is quick. The callbacks are those of ``protocols.Notifier``."""
    if session.kind in ("windows", "macos"):
        why = _("{system} shows notifications from the tray icon.").format(system=session.system)
        return NoNotifier(PartState("ok", "tray icon", why), failed)
    if not session.bus:
        why = _("There is no session bus, so only the tray icon can show notifications.")
        advice = _("Start GrokDesk from within your desktop session.")
        return NoNotifier(PartState("missing", "tray icon", why, advice), failed)
    if is_boxed(environment):
        from grokdesk.system.notify.portal import portal_notifier

        return portal_notifier(session.bus, activated, failed)
    from grokdesk.system.notify.freedesktop import freedesktop_notifier

    return freedesktop_notifier(session.bus, icon, activated, failed)
