"""Against a real dbus-daemon and a notification service that a test plays."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grokdesk.paths import resources
from grokdesk.system.notification import Notification
from grokdesk.system.notify.bus import BusNotifier
from grokdesk.system.notify.choice import choose_notifier
from grokdesk.system.notify.freedesktop import NAME, freedesktop_notifier, look_for_service
from grokdesk.system.notify.none import NoNotifier
from grokdesk.system.notify.portal import PORTAL, portal_notifier
from grokdesk.system.portal import NAME as PORTAL_NAME
from grokdesk.system.portal import PATH as PORTAL_PATH
from grokdesk.system.session import Session
from tests.support.desktops.bus_service import BusService, Call, Reply, bus_service
from tests.support.desktops.desktop import wait_until
from tests.support.desktops.notifications import PATIENCE, notification_service

ICON = resources() / "icons" / "app.svg"
READY = Notification("turn-7", "The answer is ready", "Click to read it.")


class Desk:
    """A notifier and what it told us."""

    def __init__(self, make: Callable[[Callable[[str, str], None], Callable[[Notification], None]], BusNotifier]):
        self.clicks: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self.failures: queue.SimpleQueue[Notification] = queue.SimpleQueue()
        self.notifier = make(lambda id_, token: self.clicks.put((id_, token)), self.failures.put)

    def show(self, id_: str, group: str = "", text: str = "") -> None:
        self.notifier.show(Notification(id_, f"About {id_}", text, group))

    def click(self) -> tuple[str, str]:
        return self.clicks.get(timeout=PATIENCE)

    def failure(self) -> Notification:
        return self.failures.get(timeout=PATIENCE)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "notifications"]


@pytest.fixture
def make_desk() -> Iterator[Callable[[str], Desk]]:
    made: list[Desk] = []

    def make(address: str) -> Desk:
        made.append(Desk(lambda activated, failed: freedesktop_notifier(address, ICON, activated, failed)))
        return made[-1]

    yield make
    for desk in made:
        desk.notifier.close()
    assert threads() == []


def test_a_notification_has_our_icon_and_can_be_clicked(bus_address: str, make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address) as service:
        desk.notifier.show(READY)
        note = service.wait()
        assert (note.title, note.text) == ("The answer is ready", "Click to read it.")
        assert note.actions == ("default", "Open")
        assert Path(note.icon.removeprefix("file://")) == ICON
        assert note.hints["image-path"] == note.icon
        assert note.hints["desktop-entry"] == "io.github.grokdesk.GrokDesk"
        service.click(note.number)
        assert desk.click() == ("turn-7", "")
        assert desk.notifier.state.state == "ok"


def test_the_token_for_raising_a_window_comes_with_the_click(
    bus_address: str, make_desk: Callable[[str], Desk]
) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address) as service:
        for id_ in ("a", "b"):
            desk.show(id_)
            service.click(service.wait().number, token=f"token of {id_}")
            assert desk.click() == (id_, f"token of {id_}")


def test_they_do_not_pile_up(bus_address: str, make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address) as service:
        desk.show("a")
        first = service.wait()
        desk.show("b")
        assert service.wait().replaces == first.number
        desk.show("c", group="other")
        other = service.wait()
        assert other.replaces == 0
        service.click(first.number)
        assert desk.click() == ("b", "")
        desk.show("d")
        assert service.wait().replaces == 0  # what was clicked is gone
        desk.show("e", group="other")
        assert service.wait().replaces == other.number


def test_a_click_on_what_belongs_to_others_is_not_ours(bus_address: str, make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address) as service:
        desk.show("a")
        note = service.wait()
        service.click(note.number + 1)
        service.click(note.number, action="other")
        service.click(note.number)
        assert desk.click() == ("a", "")
        assert desk.clicks.empty()


@pytest.mark.parametrize(
    ("abilities", "expected"),
    [(("body", "body-markup"), 'a &lt;b&gt; &amp; "c"'), (("body",), 'a <b> & "c"')],
)
def test_markup_is_escaped_where_it_would_be_read(
    bus_address: str, make_desk: Callable[[str], Desk], abilities: tuple[str, ...], expected: str
) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address, abilities) as service:
        desk.show("a", text='a <b> & "c"')
        assert service.wait().text == expected


def test_an_absent_service_is_told_and_may_come_later(bus_address: str, make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk(bus_address)
    desk.notifier.show(READY)
    assert desk.failure() == READY
    assert desk.notifier.state.state == "missing"
    with notification_service(bus_address) as service:
        desk.notifier.show(READY)
        service.wait()
        service.click(1)
        assert desk.click() == ("turn-7", "")


def test_a_service_that_starts_again_does_not_get_old_numbers(
    bus_address: str, make_desk: Callable[[str], Desk]
) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address) as service:
        desk.show("a")
        number = service.wait().number
    with notification_service(bus_address, first=50) as service:
        desk.show("b")
        note = service.wait()
        assert note.replaces == 0
        service.click(number)
        service.click(note.number)
        assert desk.click() == ("b", "")


def test_a_service_that_hangs_holds_nobody_up(
    bus_address: str, make_desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grokdesk.system.notify.freedesktop.CALL_SECONDS", 0.1)
    desk = make_desk(bus_address)
    with notification_service(bus_address, hangs=True):
        desk.notifier.show(READY)
        assert desk.failure() == READY
        assert desk.notifier.state.state == "missing"


def test_closing_does_not_wait_for_a_service_that_hangs(bus_address: str, make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address, hangs=True) as service:
        desk.notifier.show(READY)
        wait_until(lambda: service.asked, "a call of the service")
        desk.notifier.close()
        assert threads() == []


def test_closing_takes_back_what_is_shown(bus_address: str, make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk(bus_address)
    with notification_service(bus_address) as service:
        desk.show("a")
        desk.show("b", group="other")
        numbers = [service.wait().number, service.wait().number]
        service.dismiss(numbers[0])
        desk.show("c", group="third")
        numbers.append(service.wait().number)
        desk.notifier.close()
        assert service.closed == numbers[1:]
    desk.notifier.show(READY)
    assert threads() == []


@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus"])
def test_without_a_bus_every_notification_fails(address: str, make_desk: Callable[[str], Desk]) -> None:
    desk = make_desk(address)
    for _ in range(2):
        desk.notifier.show(READY)
        assert desk.failure() == READY


def test_a_click_that_leads_to_a_failure_does_not_end_the_notifications(
    bus_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    called: queue.SimpleQueue[str] = queue.SimpleQueue()

    def fail(id_: str, _token: str) -> None:
        called.put(id_)
        raise ValueError("planted")

    notifier = freedesktop_notifier(bus_address, ICON, fail, lambda _notification: None)
    with notification_service(bus_address) as service:
        for id_ in ("a", "b"):
            notifier.show(Notification(id_, "", ""))
            service.click(service.wait().number)
            assert called.get(timeout=PATIENCE) == id_
    notifier.close()
    assert "planted" in caplog.text
    caplog.clear()


# --- who is there -------------------------------------------------------------------------------------------


def test_who_shows_notifications_is_told(bus_address: str) -> None:
    assert look_for_service(bus_address).state == "missing"
    with notification_service(bus_address):
        state = look_for_service(bus_address)
        assert (state.state, state.backend, state.why) == ("ok", NAME, "tests 1 shows notifications.")
    with notification_service(bus_address, abilities=("body",)):
        assert look_for_service(bus_address).state == "degraded"
    assert look_for_service("").state == "impossible"


# --- the portal ---------------------------------------------------------------------------------------------


class Portal:
    def __init__(self) -> None:
        self.calls: queue.SimpleQueue[tuple[str, tuple[object, ...]]] = queue.SimpleQueue()

    def answer(self, service: BusService, call: Call) -> Reply:
        self.service = service
        self.calls.put((call.method, call.arguments))
        return "", ()

    def click(self, group: str, action: str, *parameters: tuple[str, object]) -> None:
        values = (group, action, list(parameters))
        self.service.emit(PORTAL_PATH, PORTAL.interface, "ActionInvoked", "ssav", *values)


def test_in_a_sandbox_the_portal_shows_them(bus_address: str) -> None:
    portal = Portal()
    desk = Desk(lambda activated, failed: portal_notifier(bus_address, activated, failed))
    with bus_service(bus_address, PORTAL_NAME, portal.answer):
        desk.notifier.show(READY)
        method, arguments = portal.calls.get(timeout=PATIENCE)
        assert (method, arguments[0]) == ("AddNotification", "grokdesk")
        content = arguments[1]
        assert isinstance(content, dict)
        assert content["title"] == ("s", "The answer is ready")
        assert content["default-action"] == ("s", "open")
        portal.click("grokdesk", "other")
        portal.click("others", "open")
        portal.click("grokdesk", "open", ("a{sv}", {"activation-token": ("s", "token")}))
        assert desk.click() == ("turn-7", "token")
        portal.click("grokdesk", "open")
        assert desk.click() == ("turn-7", "")
        desk.notifier.close()
        assert portal.calls.get(timeout=PATIENCE) == ("RemoveNotification", ("grokdesk",))
    assert threads() == []


# --- the choice ---------------------------------------------------------------------------------------------


def choose(session: Session, environment: dict[str, str]) -> tuple[str, str]:
    def ignore(*_arguments: object) -> None:
        pass

    chosen = choose_notifier(session, environment, ICON, ignore, ignore)
    chosen.close()
    return chosen.state.state, chosen.state.backend


def test_each_desktop_has_its_own() -> None:
    assert choose(Session("x11", bus="unix:path=/bus"), {}) == ("ok", NAME)
    assert choose(Session("wayland", bus="unix:path=/bus"), {"SNAP_NAME": "grokdesk"}) == ("ok", PORTAL.interface)
    assert choose(Session("x11"), {}) == ("missing", "tray icon")
    assert choose(Session("windows"), {}) == ("ok", "tray icon")


def test_where_no_service_is_everything_goes_to_the_tray() -> None:
    failures: list[Notification] = []
    chosen = choose_notifier(Session("macos"), {}, ICON, lambda _id, _token: None, failures.append)
    assert isinstance(chosen, NoNotifier)
    chosen.show(READY)
    assert failures == [READY]
