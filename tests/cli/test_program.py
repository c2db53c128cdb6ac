"""The command line as a real program: streaming, signals, pipes, standard input."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.cli.interrupts import interrupts_throw
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_OK
from tests.cli.conftest import PROGRAM, ROOT, CommandLine
from tests.support.images.pictures import png_bytes
from tests.support.servers.replies import Reply, Stall
from tests.support.servers.server import PATIENCE, ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream
from tests.support.windows.keystores import MemoryStore

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")


@pytest.fixture
def words(server: ScriptedServer, shot: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """``ask`` at a server that stalls after half of its answer."""
    monkeypatch.setenv("GROKDESK_API_KEY", "xai-key-of-these-tests")
    events = responses_stream("Two pears and an apple.")
    half = next(number for number, event in enumerate(events) if b" pears" in event) + 1
    reply = Reply.stream(events[:half], end=(Stall(), *Reply.stream(events[half:]).steps))
    server.on("POST", "/v1/responses", reply)
    return ("ask", shot, "--dialect", "xai-responses", "--base-url", f"{server.url}/v1", "--model", "m")


def read_until(process: subprocess.Popen[bytes], wanted: bytes) -> bytes:
    """What came on standard output, up to and with ``wanted``."""
    assert process.stdout is not None
    read = b""
    while wanted not in read:
        byte = os.read(process.stdout.fileno(), 1)
        assert byte, f"ended after {read!r}"
        read += byte
    return read


def test_the_answer_comes_while_it_is_written(
    grokdesk: CommandLine, words: tuple[str, ...], server: ScriptedServer
) -> None:
    with grokdesk.start(*words) as process:
        first = read_until(process, b"pears")
        server.wait_until_stalled()
        assert process.poll() is None
        server.release()
        out, err = process.communicate(timeout=PATIENCE)
    assert (first + out, err, process.returncode) == (b"Two pears and an apple.\n", b"", EXIT_OK)


@on_posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_came(
    grokdesk: CommandLine, words: tuple[str, ...], server: ScriptedServer, number: signal.Signals
) -> None:
    with grokdesk.start(*words) as process:
        first = read_until(process, b"pears")
        server.wait_until_stalled()
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert (first + out, err, process.returncode) == (b"Two pears\n", b"grokdesk: Stopped.\n", EXIT_CANCELLED)
    (entry,) = grokdesk.history.list()
    assert (entry.answer, entry.finish) == ("Two pears", "stopped")


@on_posix
def test_ctrl_c_before_the_first_word_ends_it_too(
    grokdesk: CommandLine, words: tuple[str, ...], server: ScriptedServer
) -> None:
    server.on("POST", "/v1/responses", Reply(before=(Stall(),)))
    with grokdesk.start(*words, "--json") as process:
        server.wait_until_stalled()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (err, process.returncode) == (b"grokdesk: Stopped.\n", EXIT_CANCELLED)
    assert b'"finish": "stopped"' in out
    assert b'"error": null' in out


@on_posix
def test_a_reader_who_leaves_ends_it_quietly_and_what_came_is_kept(
    grokdesk: CommandLine, words: tuple[str, ...], server: ScriptedServer
) -> None:
    with grokdesk.start(*words) as process:
        read_until(process, b"pears")
        server.wait_until_stalled()
        assert process.stdout is not None
        process.stdout.close()
        server.release()
        assert process.stderr is not None
        err = process.stderr.read()
    assert (err, process.returncode) == (b"", EXIT_FAILURE)
    (entry,) = grokdesk.history.list()
    assert entry.answer.startswith("Two pears")
    assert entry.finish == "stopped"


@pytest.fixture
def heard_interrupts() -> Iterator[None]:
    """What a shell starts in the background ignores them."""
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, earlier)


@on_posix
@pytest.mark.usefixtures("heard_interrupts")
@pytest.mark.parametrize("profile", [[], ["--profile", "xai"]])
def test_ctrl_c_while_a_keyring_waits_for_its_prompt_ends_it_at_once(
    grokdesk: CommandLine, shot: str, profile: list[str]
) -> None:
    class Prompting(MemoryStore):
        def get(self, account: str, seconds: float) -> str | None:
            signal.raise_signal(signal.SIGINT)
            return super().get(account, seconds)

    keyring = Prompting()
    done = grokdesk("ask", shot, "--json", *profile, keyring=keyring)
    assert (done.code, done.err) == (EXIT_CANCELLED, "grokdesk: Stopped.\n")
    assert (done.json["finish"], done.json["error"]) == ("stopped", None)
    assert keyring.asked == []


def test_standard_input_brings_a_picture(grokdesk: CommandLine, server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("A pear.")))
    command = [*PROGRAM, "ask", "-", "--base-url", f"{server.url}/v1", "--model", "m"]
    done = subprocess.run(command, cwd=ROOT, input=png_bytes(), capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (EXIT_OK, b"A pear.\n", b"")


@on_posix
def test_a_closed_standard_input_is_no_trouble(grokdesk: CommandLine) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m grokdesk actions <&-"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (EXIT_OK, b"")


@on_posix
def test_an_answer_survives_a_terminal_without_letters(
    grokdesk: CommandLine, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Größe 東")))
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    command = [*PROGRAM, "ask", "-p", "?", "--base-url", f"{server.url}/v1", "--model", "m"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (EXIT_OK, b"Gr??e ?\n")


# --- the switch of Ctrl-C itself ---------------------------------------------------------------------------


@pytest.fixture
def restored() -> Iterator[None]:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert "interrupts" not in {thread.name for thread in threading.enumerate()}


@on_posix
def test_a_signal_throws_the_switch_and_a_second_one_interrupts(restored: None) -> None:
    cancel = CancelSwitch()
    woken = threading.Event()
    with interrupts_throw(cancel), cancel.waking(woken.set):
        os.kill(os.getpid(), signal.SIGINT)
        assert woken.wait(PATIENCE)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert cancel.thrown


@on_posix
def test_another_signal_does_not_throw_it(restored: None) -> None:
    if sys.platform == "win32":
        raise NotImplementedError
    cancel = CancelSwitch()
    earlier = signal.signal(signal.SIGUSR1, lambda _number, _frame: None)
    with interrupts_throw(cancel):
        os.kill(os.getpid(), signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, earlier)
    assert not cancel.thrown


def test_without_a_signal_nothing_is_thrown(restored: None) -> None:
    cancel = CancelSwitch()
    with interrupts_throw(cancel):
        pass
    assert not cancel.thrown


def test_on_another_thread_there_are_no_signals_to_watch(restored: None) -> None:
    entered: list[bool] = []

    def work() -> None:
        with interrupts_throw(CancelSwitch()):
            entered.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert entered == [True]


def test_the_program_can_be_started_from_anywhere(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*PROGRAM, "--version"], cwd=tmp_path, env=environment, capture_output=True, check=True, timeout=60
    )
    assert done.stdout.startswith(b"grokdesk ")
