"""A desktop portal with global shortcuts that a test plays on a real bus."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from grokdesk.system.portal import CANCELLED, DONE, NAME, PATH
from tests.support.desktops.bus_service import BusService, Call, Reply, bus_service, properties

SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST = "org.freedesktop.portal.Request"
SESSION = "org.freedesktop.portal.Session"
Shortcuts = list[tuple[str, dict[str, tuple[str, Any]]]]


def as_gnome_says(trigger: str) -> str:
    """``"CTRL+ALT+g"`` in the words of a desktop."""
    *modifiers, key = trigger.split("+")
    names = {"CTRL": "Control", "ALT": "Alt", "SHIFT": "Shift", "LOGO": "Super"}
    return "Press " + "".join(f"<{names[name]}>" for name in modifiers) + key


class ShortcutsPortal:
    """``describe`` makes the desktop's words from what was wished for; "" binds without a key."""

    def __init__(self) -> None:
        self.version = 2
        self.code = DONE
        self.binds = True
        self.answers = True
        self.describe: Callable[[str], str] = as_gnome_says
        self.session = ""
        self.wanted: Shortcuts = []
        self.service: BusService | None = None
        self.asked, self.configured, self.closed = threading.Event(), threading.Event(), threading.Event()
        """A dialog is open; the desktop's settings were asked for; the session was ended by its program."""
        self._open_request: Call | None = None

    def answer(self, service: BusService, call: Call) -> Reply | None:
        self.service = service
        match call.method:
            case "Register":
                return "", ()
            case "CreateSession":
                token = call.arguments[0]["session_handle_token"][1]
                self.session = f"{PATH}/session/{_sender(call)}/{token}"
                self._respond(call, DONE, {"session_handle": ("s", self.session)})
            case "BindShortcuts":
                self.wanted = call.arguments[1]
                if self.answers:
                    self._respond(call, self.code, self._bound())
                else:
                    self._open_request = call
                    self.asked.set()
            case "ListShortcuts":
                self._respond(call, DONE, self._bound())
            case "ConfigureShortcuts":
                self.configured.set()
                return "", ()
            case "Close":
                self.closed.set()
                return "", ()
            case _:
                return properties({"version": ("u", self.version)}, call)
        return "o", (_request_path(call),)

    def answer_dialog(self, code: int = DONE) -> None:
        assert self._open_request is not None
        self._respond(self._open_request, code, self._bound())

    def press(self, binding: str) -> None:
        self.emit(SHORTCUTS, "Activated", "osta{sv}", self.session, binding, 1, {})

    def change(self, descriptions: Mapping[str, str]) -> None:
        shortcuts = [(name, {"trigger_description": ("s", text)}) for name, text in descriptions.items()]
        self.emit(SHORTCUTS, "ShortcutsChanged", "oa(sa{sv})", self.session, shortcuts)

    def close_session(self) -> None:
        self.emit(SESSION, "Closed", "a{sv}", {}, path=self.session)

    def emit(self, interface: str, name: str, signature: str, *values: object, path: str = PATH) -> None:
        assert self.service is not None
        self.service.emit(path, interface, name, signature, *values)

    def _bound(self) -> dict[str, tuple[str, Any]]:
        bound = [
            (name, {"trigger_description": ("s", self.describe(about["preferred_trigger"][1]))})
            for name, about in self.wanted
        ]
        return {"shortcuts": ("a(sa{sv})", bound if self.binds else [])}

    def _respond(self, call: Call, code: int, results: Mapping[str, tuple[str, Any]]) -> None:
        self.emit(REQUEST, "Response", "ua{sv}", code, {} if code == CANCELLED else results, path=_request_path(call))


def _sender(call: Call) -> str:
    return call.sender.removeprefix(":").replace(".", "_")


def _request_path(call: Call) -> str:
    return f"{PATH}/request/{_sender(call)}/{call.arguments[-1]['handle_token'][1]}"


@contextmanager
def shortcuts_portal(address: str) -> Iterator[ShortcutsPortal]:
    portal = ShortcutsPortal()
    with bus_service(address, NAME, portal.answer) as service:
        portal.service = service
        yield portal
