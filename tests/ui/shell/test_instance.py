from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from grokdesk.errors import NotPossibleHere
from grokdesk.ui.shell.instance import InstanceServer, Request
from grokdesk.ui.shell.instance_lock import InstanceLock
from grokdesk.ui.shell.instance_pipe import PipeListener
from grokdesk.ui.shell.instance_socket import MOST_CALLERS, SocketListener

if sys.platform == "win32":
    pytest.skip("there the socket is a named pipe", allow_module_level=True)
import resource


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
    """Another program: sends a line in two parts, the second when it is let, and waits for the answer."""

    def __init__(self, name: str, line: bytes, *, waits: bool = False) -> None:
        super().__init__(daemon=True)
        self._name, self._line = name, line
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()
        if not waits:
            self.may_go_on.set()
        self.answer: dict[str, object] | None = None
        self.start()

    def run(self) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(self._name)
            connection.sendall(self._line[:5])
            self.has_begun.set()
            assert self.may_go_on.wait(10)
            if len(self._line) > 5:  # else the answer may be here already, and nobody listens any more
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


def received(server: InstanceServer) -> int:
    """How many bytes the only caller has said so far, as the program has them."""
    listener = server._listener
    if isinstance(listener, SocketListener):
        return sum(len(caller._said) for caller in listener._callers)
    assert isinstance(listener, PipeListener)
    return sum(each.bytesAvailable() for each in listener.findChildren(QLocalSocket))


def test_a_line_may_arrive_in_two_parts(qtbot: QtBot, server: InstanceServer, name: str) -> None:
    requests: list[Request] = []
    server.requested.connect(requests.append)
    caller = Caller(name, line("show"), waits=True)
    assert caller.has_begun.wait(5)
    qtbot.waitUntil(lambda: received(server) == 5)
    assert requests == []
    caller.may_go_on.set()
    qtbot.waitUntil(lambda: bool(requests))
    requests[0].reply(0)
    qtbot.waitUntil(lambda: caller.answer is not None)


NONSENSE = (
    b'{"words": 3}',
    b"",
    b"\xff\xfe",
    b"[" * 60_000,
    b'{"words": ["show"], "version": 3}',
    b'{"words": ["show"], "version": "1", "token": "a\\u0000b"}',
    b'{"words": ["show"], "version": "1", "token": ["x"]}',
    b'{"words": ["sh\\u0000ow"], "version": "1"}',
    b'{"words": "show", "version": "1"}',
    b'{"words": [["show"]], "version": "1"}',
    json.dumps({"words": ["show"], "version": "1", "token": "x" * 5000}).encode(),
    json.dumps({"words": ["show"] * 100, "version": "1"}).encode(),
)


@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda nonsense: nonsense[:40].decode("latin-1"))
def test_nonsense_of_any_kind_gets_a_sentence_and_does_nothing(
    qtbot: QtBot, server: InstanceServer, name: str, nonsense: bytes
) -> None:
    requests: list[Request] = []
    server.requested.connect(requests.append)
    caller = Caller(name, nonsense + b"\n")
    qtbot.waitUntil(lambda: caller.answer is not None)
    assert caller.answer is not None
    assert caller.answer["exit_code"] == 2
    assert requests == []


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


# --- callers that hold on --------------------------------------------------------------------------------------


def rounds_of(qtbot: QtBot, milliseconds: int) -> int:
    """How often the loop of the windows turns while nothing is done."""
    dispatcher = QAbstractEventDispatcher.instance()
    turns: list[None] = []
    connection = dispatcher.awake.connect(lambda: turns.append(None))
    qtbot.wait(milliseconds)
    dispatcher.awake.disconnect(connection)
    return len(turns)


@pytest.fixture
def listener(qtbot: QtBot, name: str) -> Iterator[SocketListener]:
    made = SocketListener(name, lambda _line, answer: answer(b"{}\n"), QCoreApplication.instance())
    yield made
    made.close()


def test_more_callers_than_can_be_let_in_do_not_keep_the_program_busy(
    qtbot: QtBot, listener: SocketListener, name: str
) -> None:
    with ExitStack() as held:
        for _ in range(70):
            connection = held.enter_context(socket.socket(socket.AF_UNIX))
            connection.connect(name)
        qtbot.waitUntil(lambda: len(listener._callers) == MOST_CALLERS)
        assert rounds_of(qtbot, 300) < 30


def test_without_a_descriptor_left_it_waits_and_goes_on_later(
    qtbot: QtBot, listener: SocketListener, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grokdesk.ui.shell.instance_socket.FULL_MS", 50)
    with ExitStack() as held:
        callers = [held.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(3)]
        taken: list[int] = []
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 8, limit[1]))  # noqa: PTH208
        try:
            while True:
                try:
                    taken.append(os.dup(0))
                except OSError:
                    break
            for connection in callers:
                connection.connect(name)
            assert rounds_of(qtbot, 300) < 30
            assert not listener._callers
        finally:
            for handle in taken:
                os.close(handle)
            resource.setrlimit(resource.RLIMIT_NOFILE, limit)
        qtbot.waitUntil(lambda: len(listener._callers) == 3)


def test_who_says_nothing_is_hung_up_on(qtbot: QtBot, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grokdesk.ui.shell.instance_socket.LINE_MS", 30)
    listener = SocketListener(name, lambda _line, _answer: None, QCoreApplication.instance())
    with socket.socket(socket.AF_UNIX) as silent, socket.socket(socket.AF_UNIX) as waiting:
        waiting.connect(name)
        waiting.sendall(line("capture"))
        silent.connect(name)
        silent.setblocking(False)

        def is_hung_up() -> bool:
            try:
                return silent.recv(1) == b""
            except BlockingIOError:
                return False

        qtbot.waitUntil(is_hung_up)
        assert len(listener._callers) == 1
    qtbot.waitUntil(lambda: not listener._callers)
    listener.close()


def test_who_says_more_than_a_line_is_hung_up_on(qtbot: QtBot, name: str) -> None:
    heard: list[bytes] = []
    listener = SocketListener(name, lambda said, _answer: heard.append(said), QCoreApplication.instance())
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(name)
        caller.sendall(line("show"))
        qtbot.waitUntil(lambda: bool(heard))
        caller.sendall(line("show"))
        caller.settimeout(5)
        qtbot.waitUntil(lambda: not listener._callers)
    assert len(heard) == 1
    listener.close()


# --- the lock --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", ["of a dead process", "of another computer", "of nobody", "leading nowhere"])
def test_a_lock_that_nobody_holds_is_taken(tmp_path: Path, left: str) -> None:
    file = tmp_path / "instance.lock"
    match left:
        case "of a dead process":
            file.write_text("999999999\ngrokdesk\nhere\n")
        case "of another computer":
            file.write_text(f"{os.getppid()}\ngrokdesk\nelsewhere\n")
        case "of nobody":
            file.write_bytes(b"\xff\0")
        case _:
            file.symlink_to(tmp_path / "nowhere")
    lock = InstanceLock(file)
    assert lock.take()
    assert not InstanceLock(file).take()
    lock.release()
    assert not (tmp_path / "nowhere").exists()
    again = InstanceLock(file)
    assert again.take()
    again.release()


def test_a_lock_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "instance.lock").mkdir()
    with pytest.raises(NotPossibleHere, match=r"instance\.lock"):
        InstanceServer(str(tmp_path / "i.sock"), tmp_path / "instance.lock").claim()


def test_what_cannot_be_listened_on_is_logged(qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "no folder").write_text("a file")
    server = InstanceServer(str(tmp_path / "no folder" / "i.sock"), tmp_path / "lock")
    assert server.claim()
    server.listen()
    server.close()
    assert "no other start can reach this program" in caplog.text
    caplog.clear()
