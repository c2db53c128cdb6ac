"""Stop and quit while a connection is being opened: nothing listens to a closing socket there."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import STOPPED, Profile
from tests.support.windows.asking_window import AskingWindow


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Connections to it are neither accepted nor refused: the queue of those that wait is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port: int = listener.getsockname()[1]
        while True:
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0.3)
            try:
                waiting.connect(("127.0.0.1", port))
            except TimeoutError:
                yield port
                return


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path, silent_port: int) -> Iterator[AskingWindow]:
    profile = Profile("p", "P", "xai-responses", f"http://127.0.0.1:{silent_port}/v1", "grok-4.5", is_local=True)
    window = AskingWindow(qapp, tmp_path, profile, "xai-of-this-test")
    qtbot.addWidget(window.chat.window)
    window.begin("What?")
    qtbot.wait(200)  # it is connecting by now, and nothing tells
    assert window.controller.is_busy
    yield window
    window.controller.shut_down(5)


def test_stop_while_connecting(qtbot: QtBot, window: AskingWindow) -> None:
    with qtbot.waitSignal(window.controller.busy_changed, timeout=1000):
        window.composer.stop_requested.emit()
    assert [(turn.question.text, turn.answer.finish) for turn in window.controller.turns] == [("What?", STOPPED)]


def test_quitting_while_connecting_throws_the_switch_and_keeps_the_question(window: AskingWindow) -> None:
    begun = time.monotonic()
    window.controller.shut_down(5)
    assert time.monotonic() - begun < 1
    [entry] = window.services.history.list()
    assert (entry.question, entry.finish) == ("What?", STOPPED)
