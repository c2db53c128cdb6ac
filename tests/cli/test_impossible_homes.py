"""Folders that cannot be: every command says in a sentence which one it is, and does what it can without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grokdesk.errors import EXIT_OK
from tests.cli.conftest import PROGRAM, ROOT, CommandLine
from tests.support.ordinary_user import as_ordinary_user
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="folders are impossible in other ways there")

HOMES = ["a file", "below a file", "a dangling link", "nowhere", "read-only", "a file in each place", "a device"]


def home_of(kind: str, tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    match kind:
        case "a file" | "below a file":
            folder.write_text("in the way")
        case "a dangling link":
            folder.symlink_to("/nonexistent/home")
        case "nowhere":
            return Path("/proc/nothing")
        case "a device":
            return Path("/dev/null")
        case "read-only":
            folder.mkdir(mode=0o500)
        case _:
            folder.mkdir()
            for place in ("config", "data", "cache", "run"):
                (folder / place).write_text("in the way")
    return folder / "below" if kind in {"below a file", "read-only"} else folder


@pytest.fixture(params=HOMES)
def impossible(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = home_of(request.param, tmp_path)
    monkeypatch.setenv("GROKDESK_HOME", str(home))
    return home


def run(grokdesk: CommandLine, *words: str) -> tuple[int, str, str]:
    done = as_ordinary_user(lambda: grokdesk(*words))
    for bad in ("Traceback", "internal error", "report it", "went wrong in GrokDesk"):
        assert bad not in done.err
    return done.code, done.out, done.err


def test_an_answer_comes_all_the_same(grokdesk: CommandLine, server: ScriptedServer, impossible: Path) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Two pears.")))
    code, out, err = run(grokdesk, "ask", "-p", "?", "--base-url", f"{server.url}/v1", "--model", "m-1")
    assert (code, out) == (EXIT_OK, "Two pears.\n")
    assert str(impossible) in err


@pytest.mark.parametrize(
    "words",
    [("history",), ("history", "export"), ("settings", "set", "theme", "dark"), ("requests",)],
    ids=" ".join,
)
def test_what_needs_the_folder_names_it(grokdesk: CommandLine, impossible: Path, words: tuple[str, ...]) -> None:
    code, _, err = run(grokdesk, *words)
    assert str(impossible) in err
    assert code != EXIT_OK or words[0] in ("requests", "history")


@pytest.mark.parametrize("words", [("--help",), ("--quit",), ("actions",), ("profiles",)], ids=" ".join)
def test_what_needs_no_folder_works(grokdesk: CommandLine, impossible: Path, words: tuple[str, ...]) -> None:
    assert run(grokdesk, *words)[0] == EXIT_OK


@pytest.mark.parametrize("kind", ["a file", "below a file", "nowhere", "read-only"])
@pytest.mark.parametrize("variable", ["HOME", "XDG_RUNTIME_DIR"])
def test_other_folders_of_the_person(
    grokdesk: CommandLine,
    server: ScriptedServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    variable: str,
) -> None:
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    for name in (*names, "GROKDESK_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    home = home_of(kind, tmp_path)
    monkeypatch.setenv(variable, str(home))
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Two pears.")))
    code, out, err = run(grokdesk, "ask", "-p", "?", "--base-url", f"{server.url}/v1", "--model", "m-1")
    assert (code, out) == (EXIT_OK, "Two pears.\n")
    assert variable != "HOME" or str(home) in err
    assert run(grokdesk, "--quit")[0] == EXIT_OK


def test_a_home_that_is_no_path(grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    grokdesk.home.mkdir(exist_ok=True)
    monkeypatch.setenv("GROKDESK_HOME", "~nobody-of-this-name/x")
    code, _, err = run(grokdesk, "history")
    assert code != EXIT_OK
    assert "~nobody-of-this-name/x" in err


def test_the_program_itself_says_its_version(impossible: Path) -> None:
    done = subprocess.run([*PROGRAM, "--version"], cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert done.stdout.startswith(b"grokdesk ")
    assert done.stderr == b""
