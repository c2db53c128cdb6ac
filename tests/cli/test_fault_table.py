"""Every fault as a person at a terminal meets it: two outputs, the exit code, what was written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomli_w

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import EXIT_NETWORK, EXIT_OK
from grokdesk.store.history.history import History
from tests.cli.conftest import PROGRAM, ROOT, CommandLine
from tests.support.servers.faults import CHAT, KEY, Fault, Scene, at_work, faults, names

TABLE = faults(CHAT)
AS_PROGRAM = [fault for fault in TABLE if fault.idle_seconds or fault.name in {"401", "a web page of 502"}]
"""Asked by the program itself, all at once; the rest by a command line in this process, which makes no pauses."""
HERE = [fault for fault in TABLE if fault not in AS_PROGRAM]


@dataclass(frozen=True)
class Asked:
    scene: Scene
    home: Path
    code: int
    out: str
    err: str

    @property
    def log(self) -> str:
        return (self.home / "data" / "logs" / "grokdesk.log").read_text("utf-8")


def words_for(scene: Scene) -> tuple[str, ...]:
    """The address on the command line, unless its profile says more about it."""
    if scene.fault.idle_seconds or scene.proxy != "system" or scene.fault.place == "unknown":
        return ("ask", "-p", "How many?", "--profile", "acme")
    return ("ask", "-p", "How many?", "--base-url", scene.base_url, "--model", "grok-4.5")


def ask(fault: Fault, home: Path) -> Asked:
    with at_work(fault) as scene:
        (home / "config").mkdir(parents=True)
        (home / "config" / "settings.toml").write_text(tomli_w.dumps({"profiles": [scene.profile]}), "utf-8")
        done = subprocess.run(
            [*PROGRAM, *words_for(scene)],
            cwd=ROOT,
            env={**os.environ, "GROKDESK_HOME": str(home), "GROKDESK_API_KEY": KEY},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    return Asked(scene, home, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Asked]]]:
    """All of them are on their way as soon as the first is asked for."""
    folder = tmp_path_factory.mktemp("faults")
    with ThreadPoolExecutor(len(AS_PROGRAM)) as pool:
        numbered = enumerate(AS_PROGRAM)
        yield {fault.name: pool.submit(ask, fault, folder / str(number)) for number, fault in numbered}


@pytest.mark.parametrize("fault", AS_PROGRAM, ids=names(AS_PROGRAM))
def test_a_fault_of_the_program(fault: Fault, commands: Mapping[str, Future[Asked]]) -> None:
    check(commands[fault.name].result())


@pytest.mark.parametrize("fault", HERE, ids=names(HERE))
def test_a_fault_on_the_command_line(grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    monkeypatch.setenv("GROKDESK_API_KEY", KEY)
    monkeypatch.setattr(CancelSwitch, "sleep", lambda _switch, _seconds: None)
    with at_work(fault) as scene:
        grokdesk.write_settings(profiles=[scene.profile])
        done = grokdesk(*words_for(scene))
    check(Asked(scene, grokdesk.home, done.code, done.out, done.err))


def check(done: Asked) -> None:
    fault, scene = done.scene.fault, done.scene
    assert done.out == (f"{fault.kept}\n" if fault.kept else "")
    assert scene.filled(fault.title) in done.err
    assert scene.filled(fault.hint) in done.err
    if fault.retried:
        assert done.err.count(scene.filled(f"grokdesk: {fault.retried} Trying again in")) == fault.requests - 1
    assert all(line.startswith("grokdesk: ") for line in done.err.splitlines())
    assert bool(done.err) == bool(fault.title or fault.retried)
    assert done.code == (EXIT_NETWORK if fault.title else EXIT_OK)
    scene.check_requests()

    (entry,) = History(done.home / "data" / "history.sqlite3").list()
    assert (entry.answer, entry.finish) == (fault.kept, fault.finish)
    if fault.title:
        assert entry.error is not None
        assert entry.error.title == scene.filled(fault.title)
        assert scene.filled(fault.hint) in entry.error.hint

    for words in (done.out, done.err, done.log):
        assert "Traceback" not in words
    assert " WARNING " not in done.log
    assert " ERROR " not in done.log
    places = [file for file in done.home.rglob("*") if file.is_file()]
    assert places
    assert [file for file in places if KEY.encode() in file.read_bytes()] == []
    assert KEY not in done.out + done.err
