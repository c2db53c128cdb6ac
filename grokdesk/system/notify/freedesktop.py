"""Notifications through org.freedesktop.Notifications, which nearly every Linux desktop has.

Source: https://specifications.freedesktop.org/notification-spec/latest/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from grokdesk.errors import NotPossibleHere
from grokdesk.system.notification import Notification
from grokdesk.system.notify.bus import CALL_SECONDS, Activated, BusNotifier, Failed
from grokdesk.system.part_state import PartState
from grokdesk.system.session_bus import BUS, BusClosed, BusRefused, Service, SessionBus, Signals
from grokdesk.translation import _

NAME = "org.freedesktop.Notifications"
SERVICE = Service(NAME, "/org/freedesktop/Notifications", NAME)
DESKTOP_ENTRY = "io.github.grokdesk.GrokDesk"
OPEN = "default"
"""The action of a click on the notification itself."""
USUAL_TIME = -1
NORMAL = 1
REMEMBERED = 100


def freedesktop_notifier(address: str, icon: Path, activated: Activated, failed: Failed) -> BusNotifier:
    """``icon`` is shown with each notification."""

    @contextmanager
    def open_line(bus: SessionBus) -> Iterator[FreedesktopLine]:
        with (
            bus.signals(SERVICE, "ActivationToken") as tokens,
            bus.signals(SERVICE, "ActionInvoked") as actions,
            bus.signals(SERVICE, "NotificationClosed") as closed,
        ):
            yield FreedesktopLine(bus, icon, tokens, actions, closed)

    return BusNotifier(address, NAME, open_line, activated, failed)


def look_for_service(address: str) -> PartState:
    """Ask who shows notifications. Waits for an answer, but not long."""
    try:
        bus = SessionBus(address)
    except NotPossibleHere as error:
        return PartState("impossible", "none", error.title, error.hint)
    try:
        name, _vendor, version, _spec = bus.call(SERVICE, "GetServerInformation", seconds=CALL_SECONDS)
        abilities = bus.call(SERVICE, "GetCapabilities", seconds=CALL_SECONDS)[0]
    except (BusRefused, BusClosed, ValueError):
        advice = _("Install one, such as dunst or mako.")
        return PartState("missing", NAME, _("No notification service is running in this session."), advice)
    finally:
        bus.close()
    who = f"{name} {version}".strip()
    if "actions" not in abilities:
        advice = _("Open GrokDesk from the tray or with: grokdesk")
        return PartState(
            "degraded", NAME, _("{who} shows notifications, but clicking them does nothing.").format(who=who), advice
        )
    return PartState("ok", NAME, _("{who} shows notifications.").format(who=who))


class FreedesktopLine:
    def __init__(self, bus: SessionBus, icon: Path, tokens: Signals, actions: Signals, closed: Signals) -> None:
        self._bus = bus
        self._icon = icon.absolute().as_uri()
        self._tokens, self._actions, self._closed = tokens, actions, closed
        self._owner = ""
        self._shown: dict[str, int] = {}
        """The number of what is shown of each group."""
        self._ids: dict[int, str] = {}

    def show(self, notification: Notification) -> None:
        # Starts the service where the bus can start it.
        abilities = self._bus.call(SERVICE, "GetCapabilities", seconds=CALL_SECONDS)[0]
        if (owner := self._current_owner()) != self._owner:
            # Numbers of an earlier service may belong to others in this one.
            self._owner, self._shown, self._ids = owner, {}, {}
        self._forget_closed()
        text = escape(notification.text, quote=False) if "body-markup" in abilities else notification.text
        hints = {
            "desktop-entry": ("s", DESKTOP_ENTRY),
            "image-path": ("s", self._icon),
            "urgency": ("y", NORMAL),
        }
        [number] = self._bus.call(
            SERVICE,
            "Notify",
            "susssasa{sv}i",
            "GrokDesk",
            self._shown.get(notification.group, 0),
            self._icon,
            notification.title,
            text,
            [OPEN, "Open"],
            hints,
            USUAL_TIME,
            seconds=CALL_SECONDS,
        )
        self._shown[notification.group] = number
        self._ids[number] = notification.id
        if len(self._ids) > REMEMBERED:
            del self._ids[next(iter(self._ids))]

    def clicks(self) -> Iterator[tuple[str, str]]:
        self._forget_closed()
        # Last, as taking signals of one kind may bring in clicks, and then nothing would wake us for them.
        for signal in self._actions.take():
            number, action = signal.arguments
            # The token comes before the click, so it is here now.
            tokens = {each.arguments[0]: str(each.arguments[1]) for each in self._tokens.take()}
            if action == OPEN and number in self._ids and self._current_owner() == self._owner:
                yield self._ids[number], tokens.get(number, "")

    def take_back(self) -> None:
        self._forget_closed()
        for number in self._shown.values():
            self._bus.call(SERVICE, "CloseNotification", "u", number, seconds=CALL_SECONDS)

    def _forget_closed(self) -> None:
        """What is closed cannot be replaced; its number may be needed for a click that came with the end."""
        closed = {signal.arguments[0] for signal in self._closed.take()}
        self._shown = {group: number for group, number in self._shown.items() if number not in closed}

    def _current_owner(self) -> str:
        return str(self._bus.call(BUS, "GetNameOwner", "s", NAME)[0])
