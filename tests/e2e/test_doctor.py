"""``grokdesk doctor`` on a real desktop: its states are those that are expected there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grokdesk.doctor.examination import PARTS
from grokdesk.system.clipboard.selections_x11 import empty_clipboard
from tests.support.desktops.desktop import Desktop
from tests.support.desktops.program import MakeProgram, RunningProgram
from tests.support.desktops.seeing import seeing
from tests.support.images.pictures import png_bytes
from tests.support.servers.server import ScriptedServer
from tests.support.windows.doctor import FOLDER, differences


@pytest.fixture
def program(desktop: Desktop, program_on: MakeProgram, answering: ScriptedServer) -> RunningProgram:
    answering.on("POST", "/v1/responses", seeing())
    empty_clipboard(desktop.environment["DISPLAY"])
    return program_on(desktop, profile="xai")


def report(program: RunningProgram) -> dict[str, dict[str, str]]:
    done = program.command("doctor", "--json")
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    assert done.returncode == 0, {part: state for part, state in found.items() if state["state"] != "ok"}
    return found


def test_without_a_running_program(program: RunningProgram) -> None:
    found = report(program)
    assert differences("x11", found) == []
    assert found["hotkeys"]["why"].startswith("Ctrl+Alt+G is available.")
    assert found["clipboard"]["backend"] == "xclip"


def test_the_running_program_is_asked_for_its_parts(program: RunningProgram) -> None:
    program.start_with_hotkey()
    found = report(program)
    assert differences("x11", found) == []
    assert found["hotkeys"]["why"].startswith("Ctrl+Alt+G is active.")
    assert found["clipboard"]["backend"] == "qt"


@pytest.mark.parametrize("runs", [False, True])
@pytest.mark.parametrize("what", ["text", "picture"])
def test_what_was_copied_is_still_there(program: RunningProgram, tmp_path: Path, what: str, runs: bool) -> None:
    desktop = program.desktop
    if runs:
        program.start_with_hotkey()
    kind = "UTF8_STRING" if what == "text" else "image/png"
    data = b"mine" if what == "text" else png_bytes(40, 30)
    file = tmp_path / "copied"
    file.write_bytes(data)
    desktop.set_clipboard(file, kind)
    assert report(program)["clipboard"]["state"] == "ok"
    assert desktop.clipboard(kind) == data


def test_a_table_for_a_person(program: RunningProgram) -> None:
    done = program.command("doctor")
    assert done.stdout.decode().splitlines()[0].startswith("✓ session        active ")
    assert done.stderr == b"grokdesk: No problems found.\n"


def test_every_file_of_expectations_is_complete() -> None:
    files = sorted(FOLDER.glob("*.json"))
    assert files
    for file in files:
        assert tuple(json.loads(file.read_text(encoding="utf-8"))) == PARTS
