from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from grokdesk.system.portal import CANCELLED, DONE, NAME, REQUEST, ask_portal, version_of
from grokdesk.system.session_bus import BusRefused, SessionBus
from tests.support.desktops.bus_service import BusService, Call, Reply, bus_service, properties


def request_path(call: Call) -> str:
    sender = call.sender.removeprefix(":").replace(".", "_")
    return f"/org/freedesktop/portal/desktop/request/{sender}/{call.arguments[-1]['handle_token'][1]}"


def answer(service: BusService, call: Call) -> Reply | None:
    if call.method != "Screenshot":
        return properties({"version": ("u", 2)}, call)
    window = call.arguments[0]
    if window != "silent":
        # Before the reply, as a quick portal may do it.
        code, results = (CANCELLED, {}) if window == "refuse" else (DONE, {"uri": ("s", "file:///shot.png")})
        service.emit(request_path(call), REQUEST.interface, "Response", "ua{sv}", code, results)
    return "o", (request_path(call),)


@pytest.fixture
def bus(bus_address: str) -> Iterator[SessionBus]:
    with bus_service(bus_address, NAME, answer):
        bus = SessionBus(bus_address)
        yield bus
        bus.close()


def ask(bus: SessionBus, window: str) -> Callable[[], object]:
    options = {"interactive": ("b", False)}
    return lambda: ask_portal(bus, "Screenshot", "Screenshot", "s", window, options=options, seconds=0.2)


def test_the_answer_to_a_request(bus: SessionBus) -> None:
    answer = ask_portal(bus, "Screenshot", "Screenshot", "s", "", options={"interactive": ("b", False)})
    assert (answer.code, answer.results) == (DONE, {"uri": "file:///shot.png"})
    assert version_of(bus, "Screenshot") == 2


def test_a_refusal_and_silence(bus: SessionBus) -> None:
    assert ask_portal(bus, "Screenshot", "Screenshot", "s", "refuse", options={}).code == CANCELLED
    with pytest.raises(TimeoutError):
        ask(bus, "silent")()


def test_without_a_portal(bus_address: str) -> None:
    bus = SessionBus(bus_address)
    try:
        with pytest.raises(BusRefused):
            version_of(bus, "Screenshot")
    finally:
        bus.close()
