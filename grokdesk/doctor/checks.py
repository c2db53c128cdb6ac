"""Which check looks at which part, and how long it may take. To add a part, name it in ``examination`` and here."""

from __future__ import annotations

from dataclasses import dataclass

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.bus_checks import check_notifications, check_tray
from grokdesk.doctor.clipboard_check import check_clipboard
from grokdesk.doctor.desktop import Desktop
from grokdesk.doctor.examination import Check
from grokdesk.doctor.reading_check import check_reading
from grokdesk.doctor.running import Running
from grokdesk.doctor.screen_checks import check_capture
from grokdesk.doctor.server_checks import VisionCheck, check_network, check_provider, check_vision
from grokdesk.doctor.session_check import check_session, look_at_qt
from grokdesk.doctor.store_checks import check_kept_turns, check_keyring, lock_of
from grokdesk.errors import GrokDeskError, KeyMissing, KeyringLocked
from grokdesk.model import Profile
from grokdesk.providers.http.trust import SystemTrust, Trust
from grokdesk.services import Services
from grokdesk.store.settings.profiles import choose_profile
from grokdesk.system.part_state import PartState
from grokdesk.translation import _


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person allows: a question that may cost something, a notification that is seen."""

    vision: bool = False
    notification: bool = False


def checks_for(
    services: Services,
    desktop: Desktop,
    running: Running | None,
    profile: Profile | None = None,
    wishes: Wishes = Wishes(),
    trust: Trust | None = None,
) -> list[Check]:
    """One check a part; for what the running program has, its own word is taken.

    ``profile`` is the active one and ``trust`` the computer's own unless others are given.
    """
    session = desktop.session
    used = profile or usual_profile(services, desktop)

    def look_at_session(cancel: CancelSwitch) -> PartState:
        has_windows = session.kind != "none"
        qt = look_at_qt(desktop.qt_command, desktop.environment, cancel) if has_windows else None
        return check_session(session, qt, running.version if running else None)

    def look_at_server(cancel: CancelSwitch) -> PartState:
        return check_provider(used, services.transport(), lambda wanted: key_of(services, desktop, wanted), cancel)

    def look_with_model(cancel: CancelSwitch) -> PartState:
        asker, model = services.asker(keep=False), services.model_of(used)
        return check_vision(VisionCheck(used, asker, model, wishes.vision), cancel)

    checks = [
        Check("session", look_at_session, 20.0),
        Check("capture", lambda cancel: check_capture(lambda: desktop.grab(cancel), desktop.grabber)),
        Check("hotkeys", lambda _cancel: desktop.hotkeys()),
        Check("tray", lambda _cancel: check_tray(session, desktop.has_selection)),
        Check("clipboard", lambda _cancel: check_clipboard(desktop.clipboard), 20.0),
        Check("notifications", lambda _cancel: check_notifications(session, show=wishes.notification), 12.0),
        Check("keyring", lambda _cancel: check_keyring(services.keys, session, services.key_seconds), 15.0),
        Check("network", lambda cancel: check_network(used, trust or SystemTrust().context, cancel), 25.0),
        Check("provider", look_at_server, 45.0),
        Check("vision", look_with_model, 120.0),
        Check("reading", lambda cancel: check_reading(services.prepare, services.reader_command, cancel), 60.0),
        Check("history", lambda cancel: check_kept_turns(services.paths.history_file, cancel), 30.0),
        Check("autostart", lambda _cancel: desktop.autostart()),
    ]
    of_running = running.parts if running else {}
    return [_as_reported(check, of_running[check.part]) if check.part in of_running else check for check in checks]


def usual_profile(services: Services, desktop: Desktop) -> Profile:
    """The active profile; a keyring that is locked or broken is not asked for a key, and none is found there."""

    def has_key(profile: Profile) -> bool:
        try:
            return bool(key_of(services, desktop, profile))
        except GrokDeskError:
            return False

    return choose_profile(services.settings.load(), has_key)


def key_of(services: Services, desktop: Desktop, profile: Profile) -> str:
    """The key, without a prompt of the keyring. Raises KeyMissing, KeyringTrouble."""
    if profile.needs_key and services.keys.variable_for(profile) is None:
        lock = lock_of(desktop.session)
        if lock == "locked":
            raise KeyringLocked(_("The keyring is locked."), _("Unlock it, or set XAI_API_KEY in the environment."))
        if lock == "not made":
            raise KeyMissing(
                _("There is no key for {name}.").format(name=profile.name), _("Add one with: grokdesk key set")
            )
    return services.key_of(profile)


def _as_reported(check: Check, state: PartState) -> Check:
    return Check(check.part, lambda _cancel: state, check.seconds)
