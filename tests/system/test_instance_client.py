"""Against a plain socket that speaks the two lines; the real other end is tested with the window."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grokdesk import __version__
from grokdesk.errors import Interrupted, NotPossibleHere, NotReachable, TimedOut
from grokdesk.paths import Paths
from grokdesk.system.instance_client import LONGEST_NAME, Reply, listening_place, send, socket_name

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")

PATIENCE = 10.0


@pytest.fixture
def paths() -> Iterator[Paths]:
    with tempfile.TemporaryDirectory(prefix="gd-") as folder:
        yield Paths(Path(folder), Path(folder), Path(folder), Path(folder))


def unix_socket() -> socket.socket:
    if sys.platform == "win32":
        raise NotImplementedError
    return socket.socket(socket.AF_UNIX)


@contextmanager
def running_program(paths: Paths, serve: Callable[[socket.socket], None]) -> Iterator[None]:
    """Accepts one connection and hands it to ``serve``."""
    with unix_socket() as listener:
        listener.bind(socket_name(paths))
        listener.listen()
        listener.settimeout(PATIENCE)

        def accept() -> None:
            connection, _address = listener.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield
        finally:
            thread.join(PATIENCE)


def test_request_and_reply(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "from-the-launcher")
    received: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            received.append(stream.readline())
            stream.write(json.dumps({"exit_code": 3, "out": "größer\n", "err": "stopped"}).encode() + b"\n")

    with running_program(paths, serve):
        assert send(paths, ("capture", "--out", "ä b.png"), PATIENCE) == Reply(3, "größer\n", "stopped")
    assert json.loads(received[0]) == {
        "version": __version__,
        "words": ["capture", "--out", "ä b.png"],
        "token": "from-the-launcher",
    }


def test_nobody_is_running(paths: Paths) -> None:
    assert send(paths, ("capture",), PATIENCE) is None


def test_the_folder_does_not_exist_yet(tmp_path: Path) -> None:
    nowhere = tmp_path / "none"
    assert send(Paths(nowhere, nowhere, nowhere, nowhere), ("capture",), PATIENCE) is None


def test_a_crash_left_its_socket_behind(paths: Paths) -> None:
    with unix_socket() as listener:
        listener.bind(socket_name(paths))
    assert Path(socket_name(paths)).exists()
    assert send(paths, ("capture",), PATIENCE) is None


def test_a_socket_of_somebody_else_is_not_talked_to(paths: Paths) -> None:
    if sys.platform == "win32" or os.getuid() != 0:
        pytest.skip("only root can give a file away")
    with unix_socket() as listener:
        listener.bind(socket_name(paths))
        listener.listen()
        os.chown(socket_name(paths), 65534, 65534)
        assert send(paths, ("capture",), PATIENCE) is None
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_program_that_does_not_answer(paths: Paths) -> None:
    asked = threading.Event()

    def serve(connection: socket.socket) -> None:
        asked.wait(PATIENCE)

    with running_program(paths, serve):
        with pytest.raises(TimedOut, match="is not responding"):
            send(paths, ("capture",), 0.05)
        asked.set()


@pytest.mark.parametrize("answer", [b"", b"{", b"[]\n", b"{}\n", b'{"exit_code": "x", "out": "", "err": ""}\n'])
def test_a_program_that_ends_before_it_answered(paths: Paths, answer: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    with running_program(paths, serve), pytest.raises(Interrupted, match="before it answered"):
        send(paths, ("capture",), PATIENCE)


def test_what_listens_is_no_socket(paths: Paths) -> None:
    Path(socket_name(paths)).write_text("not a socket")
    try:
        reply = send(paths, ("capture",), PATIENCE)
    except NotReachable:
        return
    assert reply is None


def test_a_short_path_is_used_as_it_is(paths: Paths) -> None:
    assert socket_name(paths) == str(paths.socket_file)


def test_a_long_path_gets_a_short_name_of_its_own(tmp_path: Path) -> None:
    def name_in(folder: str) -> str:
        runtime = tmp_path / ("ö" * 60) / folder
        return socket_name(Paths(runtime, runtime, runtime, runtime))

    assert len(name_in("one").encode()) <= LONGEST_NAME
    assert name_in("one") == name_in("one")
    assert name_in("one") != name_in("two")


# --- where the running program listens -------------------------------------------------------------------------


def below(runtime: Path) -> Paths:
    return Paths(runtime, runtime, runtime, runtime)


@pytest.fixture
def spare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, with a short name as the system's has."""
    with tempfile.TemporaryDirectory(prefix="gd-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_the_usual_place_is_a_private_folder(tmp_path: Path) -> None:
    os.umask(os.umask(0))
    name, folder = listening_place(below(tmp_path / "run"))
    assert name == str(tmp_path / "run" / "instance.sock")
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("trouble", ["a file in its place", "a file above it", "a long path"])
def test_elsewhere_it_is_a_private_folder_among_the_temporary_files(tmp_path: Path, spare: Path, trouble: str) -> None:
    (tmp_path / "file").write_text("")
    runtime = {
        "a file in its place": tmp_path / "file",
        "a file above it": tmp_path / "file" / "run",
        "a long path": tmp_path / ("x" * 100),
    }[trouble]
    paths = below(runtime)
    assert send(paths, ("show",), PATIENCE) is None  # and no word of a program that runs
    name, _folder = listening_place(paths)
    assert Path(name).parent.parent == spare or trouble == "a long path"
    Path(name).parent.mkdir(exist_ok=True, mode=0o700)
    with unix_socket() as listener:
        listener.bind(name)
        listener.listen()
        assert Path(name).parent.stat().st_mode & 0o777 == 0o700

        def answer() -> None:
            connection, _address = listener.accept()
            with connection, connection.makefile("rwb") as lines:
                lines.readline()
                lines.write(b'{"exit_code":0,"out":"","err":""}\n')

        thread = threading.Thread(target=answer)
        thread.start()
        assert send(paths, ("show",), PATIENCE) == Reply(0, "", "")
        thread.join()


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_somebody_else_has_made_is_not_used(tmp_path: Path, spare: Path) -> None:
    (tmp_path / "file").write_text("")
    paths = below(tmp_path / "file")
    name, folder = listening_place(paths)
    with unix_socket() as listener:
        listener.bind(name)
        listener.listen()
        if sys.platform != "win32":
            os.chown(folder, 65534, 65534)
        assert send(paths, ("show",), PATIENCE) is None
    with pytest.raises(NotPossibleHere) as error:
        listening_place(paths)
    assert str(folder) in error.value.hint
    assert str(tmp_path / "file") in error.value.hint
