from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from grokdesk.ui.shell.instance import InstanceServer, Request
from grokdesk.ui.shell.instance_pipe import PipeListener
from grokdesk.ui.shell.instance_socket import SocketListener

if sys.platform == "win32":
    pytest.skip("there the socket is a named pipe", allow_module_level=True)


@pytest.fixture
def name(tmp_path: Path) -> str:
    return str(tmp_path / "i.sock")


@pytest.fixture(params=[SocketListener, PipeListener])
def server(qtbot: QtBot, name: str, request: pytest.FixtureRequest) -> Iterator[InstanceServer]:
    """Qt gives what listens on a named pipe on Windows a socket here, so both are held to the same."""
    server = InstanceServer(name, Path(name + ".lock"), make_listener=request.param)
    assert server.claim()
    server.listen()
    yield server
    server.close()


class Caller(threading.Thread):
    """Another program: sends a line in two parts, and waits for the answer."""

    def __init__(self, name: str, line: bytes) -> None:
        super().__init__(daemon=True)
        self._name, self._line = name, line
        self.answer: dict[str, object] | None = None
        self.start()

    def run(self) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(self._name)
            connection.sendall(self._line[:5])
            connection.sendall(self._line[5:])
            with connection.makefile("rb") as lines:
                answer = lines.readline()
            self.answer = json.loads(answer) if answer else None


def line(*words: str) -> bytes:
    return json.dumps({"version": "1", "words": words}).encode() + b"\n"


def test_words_arrive_and_the_reply_goes_back_late(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    with qtbot.waitSignal(server.requested) as requested:
        caller = Caller(name, line("capture", "--region"))
    request: Request = requested.args[0]
    assert request.words == ("capture", "--region")
    assert caller.answer is None
    request.reply(3, "out", "err")
    request.reply(0)
    qtbot.waitUntil(lambda: caller.answer is not None)
    assert caller.answer == {"exit_code": 3, "out": "out", "err": "err"}


def test_nonsense_gets_a_sentence(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    caller = Caller(name, b'{"words": 3}\n')
    qtbot.waitUntil(lambda: caller.answer is not None)
    assert caller.answer is not None
    assert caller.answer["exit_code"] == 2


def test_the_second_program_is_told_that_it_is_second(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    second = InstanceServer(name, Path(name + ".lock"))
    assert not second.claim()


def test_a_socket_left_behind_is_taken_over(qtbot: QtBot, name: str) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(name)
    assert Path(name).exists()
    server = InstanceServer(name, Path(name + ".lock"))
    assert server.claim()
    server.listen()
    server.close()


def test_only_this_person_may_connect(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    assert Path(name).stat().st_mode & 0o077 == 0


def test_a_caller_that_left_does_not_matter(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    with qtbot.waitSignal(server.requested) as early, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(name)
        connection.sendall(line("show"))
    with qtbot.waitSignal(server.requested) as late:
        caller = Caller(name, line("show"))
    early.args[0].reply(1)
    late.args[0].reply(0)
    qtbot.waitUntil(lambda: caller.answer is not None)
    assert caller.answer is not None
    assert caller.answer["exit_code"] == 0


def test_a_caller_that_never_ends_its_line_is_hung_up_on(server: InstanceServer, qtbot: QtBot, name: str) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(name)
        connection.setblocking(False)

        def is_hung_up() -> bool:
            try:
                connection.send(b"x" * 4096)
            except BlockingIOError:
                return False
            except OSError:
                return True
            return False

        qtbot.waitUntil(is_hung_up)


def test_what_cannot_be_listened_on_is_logged(qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = InstanceServer(str(tmp_path / "no folder" / "i.sock"), tmp_path / "lock")
    assert server.claim()
    server.listen()
    server.close()
    assert "no other start can reach this program" in caplog.text
    caplog.clear()
