from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest

from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_NETWORK, EXIT_NOT_POSSIBLE, EXIT_OK
from grokdesk.paths import paths_from
from grokdesk.system.capture_request import CaptureRequest, packed
from grokdesk.system.instance_client import socket_name
from tests.cli.conftest import CommandLine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this stand-in listens on a Unix socket")


@contextmanager
def running_program(home: str, reply: dict[str, object]) -> Iterator[list[dict[str, object]]]:
    """Listens where the running program would, answers one request, and notes it."""
    if sys.platform == "win32":
        raise NotImplementedError
    paths = paths_from({"GROKDESK_HOME": home})
    paths.runtime.mkdir(parents=True)
    heard: list[dict[str, object]] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(socket_name(paths))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rwb") as lines:
                heard.append(json.loads(lines.readline()))
                lines.write(json.dumps(reply).encode() + b"\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield heard
        thread.join()


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ((), ["show"]),
        (("--background",), ["background"]),
        (("--quit",), ["quit"]),
        (("capture",), ["capture", packed(CaptureRequest())]),
        (("capture", "--region", "--action", "alt-text"), ["capture", packed(CaptureRequest(action_id="alt-text"))]),
    ],
)
def test_the_running_program_is_asked(grokdesk: CommandLine, words: Sequence[str], sent: list[str]) -> None:
    with running_program(str(grokdesk.home), {"exit_code": 0, "out": "", "err": ""}) as heard:
        done = grokdesk(*words)
    assert (done.code, done.out, done.err) == (EXIT_OK, "", "")
    assert [request["words"] for request in heard] == [sent]


def test_what_the_running_program_says_is_passed_on(grokdesk: CommandLine) -> None:
    reply = {"exit_code": EXIT_NOT_POSSIBLE, "out": "", "err": "grokdesk: The screen cannot be read.\n"}
    with running_program(str(grokdesk.home), reply):
        done = grokdesk("capture")
    assert (done.code, done.out, done.err) == (EXIT_NOT_POSSIBLE, "", "grokdesk: The screen cannot be read.\n")


def test_waking_the_running_program_needs_no_services(grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def services(*_arguments: object, **_options: object) -> None:
        raise AssertionError("only the socket is needed")

    monkeypatch.setattr(Session, "services", services)
    with running_program(str(grokdesk.home), {"exit_code": 0, "out": "", "err": ""}):
        assert grokdesk("capture").code == EXIT_OK


def test_a_start_that_comes_second_by_a_moment_waits_for_the_first(
    grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as running:

        def run(*_arguments: object) -> None:
            """Finds that somebody else has the lock, and now listens."""
            reply = {"exit_code": EXIT_OK, "out": "here\n", "err": ""}
            running.enter_context(running_program(str(grokdesk.home), reply))

        monkeypatch.setattr("grokdesk.cli.start._load_windows", lambda: run)
        monkeypatch.setenv("DISPLAY", ":0")
        done = grokdesk()
    assert (done.code, done.out) == (EXIT_OK, "here\n")


def test_a_first_start_that_never_listens_is_named(grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grokdesk.cli.start._load_windows", lambda: lambda *_arguments: None)
    monkeypatch.setattr("grokdesk.cli.start.START_SECONDS", 0.0)
    monkeypatch.setenv("DISPLAY", ":0")
    done = grokdesk()
    assert done.code == EXIT_NETWORK
    assert "The running GrokDesk cannot be reached." in done.err
