"""A notification service on a session bus that keeps what it is told.

Source: https://specifications.freedesktop.org/notification-spec/latest/protocol.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.bus_service import UNKNOWN, BusService, Call, Refuse, Reply, bus_service

NAME = "org.freedesktop.Notifications"


class Notifications:
    """``shown`` has title and text of every notification, in order."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []

    def answer(self, _service: BusService, call: Call) -> Reply:
        match call.method:
            case "Notify":
                self.shown.append((call.arguments[3], call.arguments[4]))
                return "u", (len(self.shown),)
            case "GetCapabilities":
                return "as", (["body"],)
            case "GetServerInformation":
                return "ssss", ("tests", "GrokDesk", "1", "1.2")
        raise Refuse(UNKNOWN, call.method)


@contextmanager
def notification_service(address: str) -> Iterator[Notifications]:
    notifications = Notifications()
    with bus_service(address, NAME, notifications.answer):
        yield notifications
