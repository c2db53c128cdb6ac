"""A notification service on a session bus that keeps what it is told, and plays the person who clicks.

Source: https://specifications.freedesktop.org/notification-spec/latest/protocol.html
"""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.desktops.bus_service import UNKNOWN, BusService, Call, Refuse, Reply, bus_service

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
PATIENCE = 30.0
DISMISSED = 2


@dataclass(frozen=True, slots=True)
class Note:
    """One notification as the service got it; ``replaces`` is the number of an older one, 0 for none."""

    number: int
    replaces: int
    icon: str
    title: str
    text: str
    actions: tuple[str, ...]
    hints: dict[str, Any]


class Notifications:
    """``shown`` has title and text of every notification, in order; ``closed`` the numbers that were taken back."""

    def __init__(self, abilities: Sequence[str] = ("body", "actions"), *, hangs: bool = False, first: int = 1) -> None:
        self.shown: list[tuple[str, str]] = []
        self.closed: list[int] = []
        self._abilities = list(abilities)
        self._hangs = hangs
        self._next = first
        self._arrived: queue.SimpleQueue[Note] = queue.SimpleQueue()
        self.asked = 0

    def wait(self) -> Note:
        """The next notification."""
        return self._arrived.get(timeout=PATIENCE)

    def click(self, number: int, action: str = "default", token: str = "") -> None:
        """As a person does: the service hands over a token, tells of the click, and closes the notification."""
        if token:
            self._emit("ActivationToken", "us", number, token)
        self._emit("ActionInvoked", "us", number, action)
        self.dismiss(number)

    def dismiss(self, number: int) -> None:
        self._emit("NotificationClosed", "uu", number, DISMISSED)

    def _emit(self, name: str, signature: str, *values: object) -> None:
        self._service.emit(PATH, NAME, name, signature, *values)

    def answer(self, service: BusService, call: Call) -> Reply | None:
        self._service = service
        self.asked += 1
        if self._hangs:
            return None
        match call.method:
            case "Notify":
                return "u", (self._keep(*call.arguments),)
            case "CloseNotification":
                self.closed.append(call.arguments[0])
                return "", ()
            case "GetCapabilities":
                return "as", (self._abilities,)
            case "GetServerInformation":
                return "ssss", ("tests", "GrokDesk", "1", "1.2")
        raise Refuse(UNKNOWN, call.method)

    def _keep(
        self,
        _program: str,
        replaces: int,
        icon: str,
        title: str,
        text: str,
        actions: list[str],
        hints: dict[str, tuple[str, Any]],
        _time: int,
    ) -> int:
        number = replaces or self._next
        self._next = max(self._next, number + 1)
        self.shown.append((title, text))
        values = {name: value for name, (_signature, value) in hints.items()}
        self._arrived.put(Note(number, replaces, icon, title, text, tuple(actions), values))
        return number


@contextmanager
def notification_service(
    address: str, abilities: Sequence[str] = ("body", "actions"), *, hangs: bool = False, first: int = 1
) -> Iterator[Notifications]:
    """``abilities`` as GetCapabilities tells them; one that ``hangs`` never answers; ``first`` is its first number."""
    notifications = Notifications(abilities, hangs=hangs, first=first)
    with bus_service(address, NAME, notifications.answer):
        yield notifications
