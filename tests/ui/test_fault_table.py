"""Every fault as a person at the window meets it: real Qt, real provider, real server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import STOPPED, Retrying
from grokdesk.store.settings.profile_tables import profile_from
from tests.support.servers.faults import KEY, RESPONSES, TEXT, Fault, Scene, at_work, faults, names
from tests.support.windows.asking_window import AskingWindow

TABLE = faults(RESPONSES)
WAITING = [fault for fault in TABLE if fault.waits]
STALLING = [replace(fault, idle_seconds=0) for fault in TABLE if fault.name.startswith("stall")]
LIKE_ANOTHER = {"stall before the headers", "stall before the first word", "429 with seconds"}
"""These take a second each, and look like another one."""
SHOWN = [fault for fault in TABLE if not fault.waits and fault.name not in LIKE_ANOTHER]

Open = Callable[[Scene], AskingWindow]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Open:
    caplog.set_level(logging.DEBUG)

    def opened(scene: Scene) -> AskingWindow:
        window = AskingWindow(qapp, tmp_path, profile_from(scene.profile), KEY)
        qtbot.addWidget(window.chat.window)
        return window

    return opened


def check_what_was_kept(window: AskingWindow, kept: str, finish: str, home: Path, log: str) -> None:
    (entry,) = window.services.history.list()
    assert (entry.answer, entry.finish) == (kept, finish)
    places = [file for file in home.rglob("*") if file.is_file()]
    assert places
    assert [file for file in places if KEY.encode() in file.read_bytes()] == []
    assert KEY not in log
    assert KEY not in " ".join(window.words)


@pytest.mark.parametrize("fault", SHOWN, ids=names(SHOWN))
def test_a_fault_in_the_window(
    qtbot: QtBot, opened: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    with at_work(fault) as scene:
        window = opened(scene)
        ended = window.ask(qtbot, "How many?")
    assert window.answer == fault.kept
    card = window.card.error_card
    if not fault.title:
        assert card is None
        assert ended.error is None
    else:
        assert card is not None
        assert card.isVisible()
        assert scene.filled(fault.title) in window.words
        assert any(scene.filled(fault.hint) in words for words in window.words)
        assert card.button.isVisible()
    retries = [event.why for event in window.events if isinstance(event, Retrying)]
    assert retries == [scene.filled(fault.retried)] * (fault.requests - 1)
    assert not window.controller.is_busy
    scene.check_requests()
    check_what_was_kept(window, fault.kept, fault.finish, tmp_path, caplog.text)


@pytest.mark.parametrize("fault", STALLING, ids=names(STALLING))
def test_stop_ends_a_stall(
    qtbot: QtBot, opened: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    with at_work(fault) as scene:
        window = opened(scene)
        window.begin("How many?")
        scene.server.wait_until_stalled()
        qtbot.waitUntil(lambda: window.card.text == fault.kept)
        window.stop(qtbot)
        scene.server.wait_until_client_left()
    assert window.answer == fault.kept
    assert window.card.error_card is None
    assert "Stopped." in window.words
    scene.check_requests()
    check_what_was_kept(window, fault.kept, STOPPED, tmp_path, caplog.text)


@pytest.mark.parametrize("fault", WAITING, ids=names(WAITING))
def test_stop_ends_the_wait_for_another_try(
    qtbot: QtBot, opened: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    with at_work(fault) as scene:
        window = opened(scene)
        window.begin("How many?")
        why = scene.filled(fault.title)
        qtbot.waitUntil(lambda: any(words.startswith(f"{why} Trying again in") for words in window.words))
        window.stop(qtbot)
    assert window.card.error_card is None
    assert "Stopped." in window.words
    check_what_was_kept(window, "", STOPPED, tmp_path, caplog.text)


def test_retry_after_a_fault_asks_the_same_again(qtbot: QtBot, opened: Open) -> None:
    fault = next(fault for fault in TABLE if fault.name == "reset in the middle")
    with at_work(fault) as scene:
        window = opened(scene)
        window.ask(qtbot, "How many?")
        scene.server.on("POST", fault.speech.path, fault.speech.stream())
        card = window.card.error_card
        assert card is not None
        with qtbot.waitSignal(window.controller.busy_changed, check_params_cb=lambda busy: not busy):
            card.button.click()
        qtbot.waitUntil(lambda: not window.chat.panel.has_to_paint)
        first, second = scene.server.requests
    assert window.answer == TEXT
    assert first.json["input"] == second.json["input"]
