"""The command line as a script sees it: words and standard input in, exit code and two outputs out."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from grokdesk.cli.command_line import run
from grokdesk.pictures.decode import decoder as decoding
from grokdesk.store.history.history import History
from grokdesk.store.keys import KeyStore
from tests.support.images.pictures import png_bytes
from tests.support.servers.server import ScriptedServer

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "grokdesk")


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class CommandLine:
    """Runs commands with a home of their own, in this process or as a program."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *words: str, stdin: str | bytes = b"", keyring: KeyStore | None = None) -> Done:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        with io.TextIOWrapper(io.BytesIO(data), "utf-8", "surrogateescape") as given:
            self._monkeypatch.setattr(sys, "stdin", given)
            self._capsys.readouterr()
            code = run(words, keyring)
            shown = self._capsys.readouterr()
        return Done(code, shown.out, shown.err)

    def start(self, *words: str, **options: Any) -> subprocess.Popen[bytes]:
        """As a program; the caller waits for it."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([*PROGRAM, *words], cwd=ROOT, env=dict(os.environ), **pipes)

    @property
    def history(self) -> History:
        return History(self.home / "data" / "history.sqlite3")

    def write_settings(self, **settings: object) -> None:
        file = self.home / "config" / "settings.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(tomli_w.dumps(settings), encoding="utf-8")
        written = file.stat().st_mtime - 60  # long ago, or a command would wait for an editor to finish it
        os.utime(file, (written, written))

    def log(self) -> str:
        file = self.home / "data" / "logs" / "grokdesk.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.fixture(scope="session")
def decoder() -> Iterator[decoding.Decoder]:
    shared = decoding.Decoder(kept_seconds=600)
    yield shared
    shared.close()


@pytest.fixture(autouse=True)
def one_decoder(decoder: decoding.Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """For all commands in this process: its child process would start anew with each."""
    monkeypatch.setattr(decoding, "Decoder", lambda *_: decoder)


@pytest.fixture
def grokdesk(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    """Fails the test when the program's own log has a warning, unless the test removed it."""
    command_line = CommandLine(home, capsys, monkeypatch)
    yield command_line
    loud = [line for line in command_line.log().splitlines() if " WARNING " in line or " ERROR " in line]
    assert not loud


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def at_server(grokdesk: CommandLine, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """``ask`` with the xAI profile leading to the scripted server, and a key in the environment."""
    xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{server.url}/v1", "model": "grok-4.5"}
    grokdesk.write_settings(profiles=[xai])
    monkeypatch.setenv("GROKDESK_API_KEY", "xai-key-of-these-tests")

    def ask(*words: str, stdin: str | bytes = b"") -> Done:
        return grokdesk("ask", *words, stdin=stdin)

    return ask


@pytest.fixture
def shot(tmp_path: Path) -> str:
    """The name of a picture file."""
    file = tmp_path / "shot.png"
    file.write_bytes(png_bytes())
    return str(file)
