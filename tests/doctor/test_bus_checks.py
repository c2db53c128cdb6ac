"""Tray and notifications, against programs on a real bus."""

from __future__ import annotations

import pytest

from grokdesk.doctor.bus_checks import NOTIFICATIONS, WATCHER, check_notifications, check_tray
from grokdesk.system.session import Session
from tests.support.desktops.bus_service import BusService, Call, Refuse, Reply, bus_service, properties
from tests.support.desktops.notifications import notification_service

OTHERS = [Session("windows"), Session("macos")]


def x11(address: str, desktop: str = "") -> Session:
    return Session("x11", desktop, ":0", bus=address)


def nobody(_selection: str) -> bool:
    return False


def test_a_panel_on_the_bus(bus_address: str) -> None:
    is_there = {"IsStatusNotifierHostRegistered": ("b", True)}
    with bus_service(bus_address, WATCHER.name, lambda _service, call: properties(is_there, call)):
        state = check_tray(x11(bus_address), nobody)
    assert (state.state, state.backend) == ("ok", "StatusNotifier")


def test_a_watcher_without_a_panel(bus_address: str) -> None:
    is_away = {"IsStatusNotifierHostRegistered": ("b", False)}
    with bus_service(bus_address, WATCHER.name, lambda _service, call: properties(is_away, call)):
        state = check_tray(x11(bus_address), nobody)
    assert (state.state, state.why) == ("missing", "The panel shows no tray icons now.")


def test_a_panel_of_the_older_kind(bus_address: str) -> None:
    state = check_tray(x11(bus_address), lambda name: name == "_NET_SYSTEM_TRAY_S0")
    assert (state.state, state.backend) == ("ok", "XEmbed")
    wayland = Session("wayland", "sway", ":0", "wayland-0", bus_address)
    assert check_tray(wayland, lambda _name: True).state == "missing"


@pytest.mark.parametrize(
    ("desktop", "advice"), [("gnome", "AppIndicator"), ("sway", "waybar"), ("xfce", "Add a tray to your panel")]
)
def test_what_to_do_depends_on_the_desktop(bus_address: str, desktop: str, advice: str) -> None:
    state = check_tray(x11(bus_address, desktop), nobody)
    assert state.state == "missing"
    assert advice in state.what_to_do


def test_a_panel_that_refuses(bus_address: str) -> None:
    def refuse(_service: BusService, _call: Call) -> Reply:
        raise Refuse("org.freedesktop.DBus.Error.Failed")

    with bus_service(bus_address, WATCHER.name, refuse):
        assert check_tray(x11(bus_address), nobody).why == "The panel is not responding."


def test_without_a_bus_or_a_display() -> None:
    assert check_tray(x11("unix:path=/nonexistent"), nobody).state == "missing"
    assert check_tray(Session("none"), nobody).state == "impossible"
    assert check_notifications(Session("none"), show=False).state == "impossible"


@pytest.mark.parametrize("session", OTHERS)
def test_where_no_bus_is_needed(session: Session) -> None:
    assert check_tray(session, nobody).state == "ok"
    assert check_notifications(session, show=False).state == "ok"


def test_notifications_are_asked_and_nothing_pops_up(bus_address: str) -> None:
    with notification_service(bus_address, ["body"]) as notifications:
        state = check_notifications(x11(bus_address), show=False)
    assert (state.state, state.backend) == ("ok", "tests")
    assert state.why == "Version 1, supports: body. They cannot be clicked."
    assert notifications.shown == []


def test_one_is_shown_when_it_is_wanted(bus_address: str) -> None:
    with notification_service(bus_address) as notifications:
        state = check_notifications(x11(bus_address), show=True)
    assert state.why.endswith("A test notification was shown.")
    assert notifications.shown == [("GrokDesk doctor", "Notifications work.")]


def test_nobody_shows_notifications(bus_address: str) -> None:
    assert check_notifications(x11(bus_address), show=False).state == "missing"


def test_a_service_that_refuses(bus_address: str) -> None:
    def refuse(_service: BusService, _call: Call) -> Reply:
        raise Refuse("org.freedesktop.DBus.Error.Failed")

    with bus_service(bus_address, NOTIFICATIONS.name, refuse):
        state = check_notifications(x11(bus_address), show=False)
    assert state.state == "degraded"
