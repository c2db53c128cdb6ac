from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grokdesk import __version__
from grokdesk.cli import main
from grokdesk.cli.command_line import VERBS
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_NOT_POSSIBLE, EXIT_OK, EXIT_USAGE
from tests.cli.conftest import ROOT, CommandLine

HEAVY = {"httpx", "PIL", "keyring", "PySide6", "mss", "ssl", "asyncio", "tesserocr", "zxingcpp", "numpy", "truststore"}


def modules_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after running the code."""
    code = f"import sys\n{code}\nprint('MODULES', *{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("MODULES")[2].split())


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == EXIT_OK
    assert capsys.readouterr().out == f"grokdesk {__version__}\n"
    assert main(["-V"]) == EXIT_OK


def test_the_version_needs_nothing_but_the_interpreter() -> None:
    modules = modules_after("from grokdesk.cli import main; main(['--version'])")
    bare = modules_after("")
    assert modules - bare == {"__future__", "grokdesk"}


@pytest.mark.parametrize(
    "words", [["history"], ["settings"], ["profiles"], ["actions"], ["--help"], ["history", "--help"]]
)
def test_light_commands_import_nothing_heavy(grokdesk: CommandLine, words: list[str]) -> None:
    modules = modules_after(f"from grokdesk.cli import main; assert main({words!r}) == 0")
    assert not modules & HEAVY


def test_asking_imports_no_qt(grokdesk: CommandLine) -> None:
    modules = modules_after("from grokdesk.cli import main; main(['ask', '/no/such/file.png'])")
    assert not modules & {"PySide6", "shiboken6", "mss", "keyring"}


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_names_every_command(grokdesk: CommandLine, word: str) -> None:
    done = grokdesk(word)
    assert (done.code, done.err) == (EXIT_OK, "")
    for verb, what in VERBS.items():
        assert verb in done.out
        assert what in done.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help(grokdesk: CommandLine, verb: str) -> None:
    done = grokdesk(verb, "--help")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert f"grokdesk {verb}" in done.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_refuses_unknown_options_with_a_sentence(grokdesk: CommandLine, verb: str) -> None:
    done = grokdesk(verb, "--no-such-option")
    assert (done.code, done.out) == (EXIT_USAGE, "")
    assert done.err.startswith("grokdesk: ")
    assert "--no-such-option" in done.err


def test_options_are_not_guessed(grokdesk: CommandLine) -> None:
    assert grokdesk("history", "--js").code == EXIT_USAGE


@pytest.mark.parametrize("words", [("paint",), ("--paint",), ("",), ("--background", "now")])
def test_an_unknown_command_is_a_sentence(grokdesk: CommandLine, words: tuple[str, ...]) -> None:
    done = grokdesk(*words)
    assert (done.code, done.out) == (EXIT_USAGE, "")
    assert "grokdesk --help" in done.err


def test_a_picture_without_a_command_gets_advice(grokdesk: CommandLine, shot: str) -> None:
    done = grokdesk(shot)
    assert done.code == EXIT_USAGE
    assert f"grokdesk ask {shot}" in done.err


@pytest.mark.parametrize(
    "words", [(), ("--background",), ("capture",), ("capture", "--region", "--action", "alt-text")]
)
def test_without_a_display_windows_are_not_possible(
    grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there is always a display")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = grokdesk(*words)
    assert (done.code, done.out) == (EXIT_NOT_POSSIBLE, "")
    assert "There is no display here." in done.err


def test_capture_refuses_an_unknown_action_before_anything_happens(grokdesk: CommandLine) -> None:
    done = grokdesk("capture", "--action", "no-such")
    assert done.code == EXIT_USAGE
    assert "no action called 'no-such'" in done.err


def test_ctrl_c_anywhere_is_one_line_and_exit_code_3(grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("grokdesk.cli.actions.run", interrupted)
    done = grokdesk("actions")
    assert (done.code, done.out, done.err) == (EXIT_CANCELLED, "", "grokdesk: Stopped.\n")


def test_a_mistake_of_ours_is_a_sentence_without_a_traceback(home: Path) -> None:
    code = "from grokdesk.cli import actions, main\ndef run(*_): raise ZeroDivisionError\nactions.run = run\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}raise SystemExit(main(['actions']))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == EXIT_FAILURE
    assert done.stderr == "grokdesk: GrokDesk hit an internal error. Please report it: ZeroDivisionError.\n"


def test_an_unwritable_home_is_told_and_does_not_stop_reading(grokdesk: CommandLine) -> None:
    (grokdesk.home / "data").write_text("a file in the way")
    done = grokdesk("actions")
    assert done.code == EXIT_OK
    assert "No log file" in done.err
