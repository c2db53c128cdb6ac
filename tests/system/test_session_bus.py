"""Against a real dbus-daemon and a program of our own on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.session_bus import BusClosed, BusRefused, Service, SessionBus
from tests.support.desktops.bus_service import BusService, Call, Refuse, Reply, bus_service, properties

NAME = "io.github.grokdesk.Test"
ECHO = Service(NAME, "/echo", "io.github.grokdesk.Echo")


def answer(service: BusService, call: Call) -> Reply | None:
    match call.method:
        case "Say":
            service.emit(ECHO.path, ECHO.interface, "Heard", "s", *call.arguments)
            return "", ()
        case "Echo":
            return "s", call.arguments
        case "Refuse":
            raise Refuse("io.github.grokdesk.No", "not today")
        case "Hang":
            return None
    return properties({"version": ("u", 7)}, call)


@pytest.fixture
def service(bus_address: str) -> Iterator[BusService]:
    with bus_service(bus_address, NAME, answer) as service:
        yield service


@pytest.fixture
def bus(bus_address: str, service: BusService) -> Iterator[SessionBus]:
    bus = SessionBus(bus_address)
    yield bus
    bus.close()


def test_a_call_is_answered(bus: SessionBus) -> None:
    assert bus.call(ECHO, "Echo", "s", "grüße") == ("grüße",)
    assert bus.read(ECHO, "version") == 7


def test_a_refusal_has_its_name(bus: SessionBus) -> None:
    with pytest.raises(BusRefused, match="not today") as refused:
        bus.call(ECHO, "Refuse")
    assert refused.value.name == "io.github.grokdesk.No"


def test_a_service_that_hangs_does_not_hang_us(bus: SessionBus) -> None:
    with pytest.raises(BusRefused, match="NoReply"):
        bus.call(ECHO, "Hang", seconds=0.05)
    assert bus.call(ECHO, "Echo", "s", "still here") == ("still here",)


def test_who_is_there(bus: SessionBus) -> None:
    assert bus.has(NAME)
    assert bus.can_start(NAME)
    assert not bus.has("io.github.grokdesk.Nobody")
    assert not bus.can_start("io.github.grokdesk.Nobody")


def test_signals_are_kept_until_they_are_wanted(bus: SessionBus, service: BusService) -> None:
    with bus.signals(ECHO, "Happened", path="/echo") as happened:
        service.emit("/other", ECHO.interface, "Happened", "u", 1)
        for number in (2, 3):
            service.emit("/echo", ECHO.interface, "Happened", "u", number)
        bus.call(ECHO, "Echo", "s", "between")
        assert [happened.next(5).arguments for _ in range(2)] == [(2,), (3,)]
        with pytest.raises(TimeoutError):
            happened.next(0.05)
    service.emit("/echo", ECHO.interface, "Happened", "u", 4)
    assert bus.call(ECHO, "Echo", "s", "after") == ("after",)


def test_who_waits_can_be_woken(bus: SessionBus) -> None:
    timer = threading.Timer(0.05, bus.interrupt)
    with bus.signals(ECHO, "Happened") as happened:
        timer.start()
        with pytest.raises(BusClosed):
            happened.next()
    timer.join()
    with pytest.raises(BusClosed):
        bus.call(ECHO, "Echo", "s", "too late")


@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus", "nonsense"])
def test_without_a_bus_it_is_said(address: str) -> None:
    with pytest.raises(NotPossibleHere, match="session bus"):
        SessionBus(address)


def test_a_call_without_waiting_from_another_thread(bus: SessionBus, service: BusService) -> None:
    with bus.signals(ECHO, "Heard") as heard:
        threading.Thread(target=bus.post, args=(ECHO, "Say", "s", "hello")).start()
        assert heard.next(5).arguments == ("hello",)
    assert [call.method for call in service.calls] == ["Say"]


def test_signals_of_several_kinds_in_one_line(bus: SessionBus, service: BusService, bus_address: str) -> None:
    other = Service(NAME, "", "io.github.grokdesk.Other")
    with bus.every_signal(ECHO, other, owner_of="io.github.grokdesk.Late") as signals:
        service.emit("/elsewhere", ECHO.interface, "NotMine", "s", "a")
        service.emit("/echo", ECHO.interface, "First", "s", "a")
        service.emit("/anywhere", other.interface, "Second", "s", "b")
        found = [signals.next(5), signals.next(5)]
        assert [(signal.path, signal.name) for signal in found] == [("/echo", "First"), ("/anywhere", "Second")]
        assert {signal.sender for signal in found} == {bus.owner_of(NAME)}
        with bus_service(bus_address, "io.github.grokdesk.Unheard", answer):
            pass
        with bus_service(bus_address, "io.github.grokdesk.Late", answer):
            changed = signals.next(5)
        assert (changed.name, changed.arguments[0]) == ("NameOwnerChanged", "io.github.grokdesk.Late")
        assert changed.sender == "org.freedesktop.DBus"


def test_a_name_that_nobody_owns(bus: SessionBus) -> None:
    with pytest.raises(BusRefused):
        bus.owner_of("io.github.grokdesk.Nobody")
