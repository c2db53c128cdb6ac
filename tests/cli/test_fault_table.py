"""Every fault as a person at a terminal meets it: the real program, its two outputs, its exit code, what it wrote."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomli_w

from grokdesk.errors import EXIT_NETWORK, EXIT_OK
from grokdesk.store.history.history import History
from tests.cli.conftest import PROGRAM, ROOT
from tests.support.servers.faults import CHAT, KEY, Fault, Scene, at_work, faults, names

TABLE = faults(CHAT)
AT_ONCE = 4
"""Commands at a time: some only wait."""


@dataclass(frozen=True)
class Done:
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
        return ("--profile", "acme")
    return ("--base-url", scene.base_url, "--model", "grok-4.5")


def ask(fault: Fault, home: Path) -> Done:
    with at_work(fault) as scene:
        (home / "config").mkdir(parents=True)
        (home / "config" / "settings.toml").write_text(tomli_w.dumps({"profiles": [scene.profile]}), "utf-8")
        done = subprocess.run(
            [*PROGRAM, "ask", "-p", "How many?", *words_for(scene)],
            cwd=ROOT,
            env={**os.environ, "GROKDESK_HOME": str(home), "GROKDESK_API_KEY": KEY},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    return Done(scene, home, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Done]]]:
    """All of them are on their way as soon as the first is asked for; those that wait come first."""
    folder = tmp_path_factory.mktemp("faults")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        order = sorted(enumerate(TABLE), key=lambda numbered: not numbered[1].waits)
        yield {fault.name: pool.submit(ask, fault, folder / str(number)) for number, fault in order}


@pytest.fixture(params=TABLE, ids=names(TABLE))
def done(request: pytest.FixtureRequest, commands: Mapping[str, Future[Done]]) -> Done:
    return commands[request.param.name].result()


def test_a_fault_on_the_command_line(done: Done) -> None:
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
