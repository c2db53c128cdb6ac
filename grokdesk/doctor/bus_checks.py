"""Tray and notifications: who is there on the session bus to show them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grokdesk.errors import NotPossibleHere
from grokdesk.system.part_state import PartState
from grokdesk.system.session import Session
from grokdesk.system.session_bus import BusClosed, BusRefused, Service, SessionBus
from grokdesk.translation import _

log = logging.getLogger(__name__)

WATCHER = Service("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher")
NOTIFICATIONS = Service(
    "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications"
)
SHOWN_MS = 3000
_BUS_IS_NOT_NEEDED = ("windows", "macos")


def check_tray(session: Session, is_owned: Callable[[str], bool]) -> PartState:
    """``is_owned``: whether a program has this selection of the X server."""
    if session.kind in _BUS_IS_NOT_NEEDED:
        return PartState("ok", session.system, _("{system} has a tray.").format(system=session.system))
    if session.kind == "none":
        return PartState("impossible", "none", _("No display, so no tray."))
    sentence = _tray_host(session)
    if not sentence:
        return PartState("ok", "StatusNotifier", _("A panel shows tray icons."))
    from grokdesk.system.clipboard.selections_x11 import tray_selection

    if session.kind == "x11" and is_owned(tray_selection()):
        return PartState("ok", "XEmbed", _("A panel shows legacy tray icons."))
    return PartState("missing", "none", sentence, _tray_advice(session.desktop))


def _tray_host(session: Session) -> str:
    """Why no panel shows icons; "" when one does."""
    try:
        with _bus(session) as bus:
            if not bus.has(WATCHER.name):
                return _("No panel shows tray icons.")
            return (
                "" if bus.read(WATCHER, "IsStatusNotifierHostRegistered") else _("The panel shows no tray icons now.")
            )
    except (NotPossibleHere, BusRefused, BusClosed) as error:
        log.info("tray: %s", error)
        return (
            _("The panel can't be reached: {error}").format(error=error)
            if isinstance(error, NotPossibleHere)
            else _("The panel is not responding.")
        )


def _tray_advice(desktop: str) -> str:
    if desktop == "gnome":
        return _(
            "Install GNOME's extension AppIndicator and KStatusNotifierItem Support; without it a window is shown."
        )
    if desktop == "sway":
        return _("Add a bar with a tray, such as waybar; without it a window is shown.")
    return _("Add a tray to your panel; without it a window is shown.")


def check_notifications(session: Session, *, show: bool) -> PartState:
    """Ask the service what it can. Nothing pops up, unless ``show``: then one notification that is taken back."""
    if session.kind in _BUS_IS_NOT_NEEDED:
        return PartState(
            "ok", "tray icon", _("{system} shows notifications from the tray icon.").format(system=session.system)
        )
    try:
        with _bus(session) as bus:
            if not bus.can_start(NOTIFICATIONS.name):
                why = _("No notification service is running in this session.")
                return PartState("missing", "none", why, _("Install one, such as dunst or mako."))
            name, _vendor, version, _spec = bus.call(NOTIFICATIONS, "GetServerInformation")
            abilities = bus.call(NOTIFICATIONS, "GetCapabilities")[0]
            shown = _show_one(bus) if show else ""
    except NotPossibleHere as error:
        return PartState("impossible", "none", error.title, error.hint)
    except (BusRefused, BusClosed) as error:
        log.info("notifications: %s", error)
        return PartState("degraded", "none", _("The notification service is not responding."), _("Restart it."))
    can = ", ".join(sorted(map(str, abilities))) or _("text only")
    sentences = [_("Version {version}, supports: {can}.").format(version=version, can=can)]
    if "actions" not in abilities:
        sentences.append(_("They cannot be clicked."))
    return PartState("ok", str(name), " ".join(filter(None, (*sentences, shown))))


def _show_one(bus: SessionBus) -> str:
    hints = {"urgency": ("y", 0), "transient": ("b", True)}
    title, text, no_buttons = _("GrokDesk doctor"), _("Notifications work."), list[str]()
    bus.call(NOTIFICATIONS, "Notify", "susssasa{sv}i", "GrokDesk", 0, "", title, text, no_buttons, hints, SHOWN_MS)
    return _("A test notification was shown.")


@contextmanager
def _bus(session: Session) -> Iterator[SessionBus]:
    """Raises NotPossibleHere."""
    bus = SessionBus(session.bus)
    try:
        yield bus
    finally:
        bus.close()
