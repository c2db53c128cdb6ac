"""A Screenshot portal and the store of its permissions, played on a real bus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from grokdesk.system.portal import CANCELLED, DONE, ENDED, NAME, REQUEST
from grokdesk.system.portal_permission import NOT_FOUND, STORE
from tests.support.desktops.bus_service import UNKNOWN, BusService, Call, Refuse, Reply, bus_service

__all__ = ["CANCELLED", "DONE", "ENDED", "Shot", "StoryPortal", "screenshot_portal"]


@dataclass(frozen=True, slots=True)
class Shot:
    """How the portal was asked for a picture."""

    parent_window: str
    interactive: bool


@dataclass(slots=True)
class StoryPortal:
    """``answer`` makes the code and the address of the picture, or raises Refuse; None leaves the request open.

    ``permission``: what is remembered, "" for nothing. ``shots`` has every request.
    """

    answer: Callable[[Shot], tuple[int, str] | None]
    permission: str = ""
    shots: list[Shot] = field(default_factory=list)

    def reply(self, service: BusService, call: Call) -> Reply | None:
        if call.method != "Screenshot":
            raise Refuse(UNKNOWN)
        parent_window, options = call.arguments
        shot = Shot(parent_window, options["interactive"][1])
        self.shots.append(shot)
        answer = self.answer(shot)
        sender = call.sender.removeprefix(":").replace(".", "_")
        path = f"/org/freedesktop/portal/desktop/request/{sender}/{options['handle_token'][1]}"
        if answer is not None:
            code, uri = answer
            results = {"uri": ("s", uri)} if uri else {}
            service.emit(path, REQUEST.interface, "Response", "ua{sv}", code, results)
        return "o", (path,)

    def remembered(self, _service: BusService, call: Call) -> Reply:
        if call.method != "Lookup":
            raise Refuse(UNKNOWN)
        if not self.permission:
            raise Refuse(NOT_FOUND, "No entry for screenshot")
        return "a{sas}v", ({"": [self.permission], "org.other.Program": ["yes"]}, ("s", ""))


@contextmanager
def screenshot_portal(address: str, portal: StoryPortal, *, store: bool = True) -> Iterator[StoryPortal]:
    with ExitStack() as stack:
        stack.enter_context(bus_service(address, NAME, portal.reply))
        if store:
            stack.enter_context(bus_service(address, STORE.name, portal.remembered))
        yield portal
