from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.system.notification import Notification
from grokdesk.system.notify.choice import choose_notifier
from grokdesk.system.part_state import PartState
from grokdesk.system.session import Session
from grokdesk.ui.shell.notifications import ACTIVATION, Notifications
from tests.support.desktops.notifications import notification_service

ICON = resources() / "icons" / "app.svg"


class HandNotifier:
    """Shows what it is told on a thread, or fails, and is clicked by hand."""

    def __init__(self, activated: Callable[[str, str], None], failed: Callable[[Notification], None]) -> None:
        self.state = PartState("ok", "hand", "It is a test.")
        self.activated = activated
        self.failed = failed
        self.shown: list[Notification] = []
        self.fails = False

    def show(self, notification: Notification) -> None:
        self.shown.append(notification)
        if self.fails:
            self._elsewhere(partial(self.failed, notification))

    def click(self, id_: str, token: str = "") -> None:
        self._elsewhere(partial(self.activated, id_, token))

    def close(self) -> None:
        self.shown.clear()

    def _elsewhere(self, call: Callable[[], None]) -> None:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()


class Stage:
    def __init__(self) -> None:
        self.made: list[HandNotifier] = []
        self.by_tray: list[tuple[str, str]] = []
        self.notifications = Notifications(self._choose, lambda title, text: self.by_tray.append((title, text)))

    def _choose(self, activated: Callable[[str, str], None], failed: Callable[[Notification], None]) -> HandNotifier:
        self.made.append(HandNotifier(activated, failed))
        return self.made[-1]


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.notifications.close()


def test_the_back_end_is_chosen_when_it_is_needed(stage: Stage) -> None:
    assert stage.made == []
    stage.notifications.show("a", "Title", "Text", "group")
    stage.notifications.show("b", "Title", "Text")
    [notifier] = stage.made
    assert notifier.shown == [Notification("a", "Title", "Text", "group"), Notification("b", "Title", "Text")]


def test_a_click_arrives_on_this_thread_with_its_token(qtbot: QtBot, stage: Stage) -> None:
    stage.notifications.show("a", "Title", "Text")
    seen: list[tuple[str, str, threading.Thread]] = []
    stage.notifications.clicked.connect(
        lambda id_: seen.append((id_, os.environ.get(ACTIVATION, ""), threading.current_thread()))
    )
    with qtbot.waitSignal(stage.notifications.clicked):
        stage.made[0].click("a", "token")
    with qtbot.waitSignal(stage.notifications.clicked):
        stage.made[0].click("b")
    here = threading.current_thread()
    assert seen == [("a", "token", here), ("b", "", here)]
    assert ACTIVATION not in os.environ


def test_what_the_desktop_does_not_show_the_tray_shows(qtbot: QtBot, stage: Stage) -> None:
    stage.notifications.show("a", "Title", "Text")
    stage.made[0].fails = True
    stage.notifications.show("b", "Other", "Words")
    qtbot.waitUntil(lambda: stage.by_tray == [("Other", "Words")])
    with qtbot.waitSignal(stage.notifications.clicked) as clicked:
        stage.notifications.click_by_tray()
    assert clicked.args == ["b"]


def test_on_a_real_bus(qtbot: QtBot, bus_address: str) -> None:
    session = Session("x11", bus=bus_address)
    notifications = Notifications(partial(choose_notifier, session, {}, ICON), lambda _title, _text: None)
    with notification_service(bus_address) as service:
        notifications.show("turn-7", "The answer is ready", "Click to read it.")
        with qtbot.waitSignal(notifications.clicked) as clicked:
            service.click(service.wait().number)
    assert clicked.args == ["turn-7"]
    notifications.close()
