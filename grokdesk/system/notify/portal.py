"""Notifications through the desktop portal, for programs in a sandbox.

Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Notification.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grokdesk.system.notification import Notification
from grokdesk.system.notify.bus import CALL_SECONDS, Activated, BusNotifier, Failed
from grokdesk.system.portal import interface
from grokdesk.system.session_bus import SessionBus, Signals

PORTAL = interface("Notification")
OPEN = "open"
ICON = "io.github.grokdesk.GrokDesk"
"""A sandboxed program is installed with its icon, and may name no file."""
UNGROUPED = "grokdesk"


def portal_notifier(address: str, activated: Activated, failed: Failed) -> BusNotifier:
    @contextmanager
    def open_line(bus: SessionBus) -> Iterator[PortalLine]:
        with bus.signals(PORTAL, "ActionInvoked") as actions:
            yield PortalLine(bus, actions)

    return BusNotifier(address, PORTAL.interface, open_line, activated, failed)


class PortalLine:
    def __init__(self, bus: SessionBus, actions: Signals) -> None:
        self._bus = bus
        self._actions = actions
        self._ids: dict[str, str] = {}
        """What is shown of each group; the portal replaces what has the same name."""

    def show(self, notification: Notification) -> None:
        group = notification.group or UNGROUPED
        content = {
            "title": ("s", notification.title),
            "body": ("s", notification.text),
            "icon": ("(sv)", ("themed", ("as", [ICON]))),
            "default-action": ("s", OPEN),
        }
        self._bus.call(PORTAL, "AddNotification", "sa{sv}", group, content, seconds=CALL_SECONDS)
        self._ids[group] = notification.id

    def clicks(self) -> Iterator[tuple[str, str]]:
        for signal in self._actions.take():
            group, action, parameters = signal.arguments
            if action == OPEN and group in self._ids:
                # Newer portals append a dictionary about the click; its place depends on what else there is.
                facts = [value for _signature, value in parameters if isinstance(value, dict)]
                tokens = [str(each["activation-token"][1]) for each in facts if "activation-token" in each]
                yield self._ids[group], tokens[0] if tokens else ""

    def take_back(self) -> None:
        for group in self._ids:
            self._bus.call(PORTAL, "RemoveNotification", "s", group, seconds=CALL_SECONDS)
