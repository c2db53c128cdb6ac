"""``grokdesk capture`` as scripts and desktop shortcuts use it: pictures, exit codes, JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.errors import EXIT_CANCELLED, EXIT_NOT_POSSIBLE, EXIT_OK, EXIT_USAGE
from tests.support.desktops.desktop import Desktop, wait_until
from tests.support.desktops.program import CHAT, COMPOSER, OVERLAY, MakeProgram, RunningProgram
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream

RECT = "210,310,64,48"
BOX = (210, 310, 274, 358)


@pytest.fixture(scope="module")
def wallpaper(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """Every pixel tells where it is."""
    picture = Image.new("RGB", (desktop.width, desktop.height))
    picture.putdata(
        [(x % 256, y % 256, x // 256 * 16 + y // 256) for y in range(desktop.height) for x in range(desktop.width)]
    )
    file = tmp_path_factory.mktemp("wallpaper") / "places.png"
    picture.save(file)
    desktop.set_wallpaper(file)
    return picture


@pytest.fixture
def stopped(desktop: Desktop, program_on: MakeProgram) -> Iterator[RunningProgram]:
    """Not running yet, with a key in its environment."""
    program = program_on(desktop)
    yield program
    program.command("--quit")


@pytest.fixture
def program(stopped: RunningProgram, wallpaper: Image.Image) -> RunningProgram:
    stopped.start("--background")
    return stopped


def same(picture: Image.Image, expected: Image.Image) -> bool:
    return picture.convert("RGB").tobytes() == expected.tobytes()


def test_a_rectangle_goes_to_a_file_pixel_by_pixel(
    program: RunningProgram, wallpaper: Image.Image, tmp_path: Path
) -> None:
    file = tmp_path / "part.png"
    done = program.command("capture", "--rect", RECT, "--out", str(file), "--json")
    assert done.returncode == EXIT_OK, done.stderr.decode()
    with Image.open(file) as picture:
        assert same(picture, wallpaper.crop(BOX))
    assert json.loads(done.stdout) == {
        "x": 210,
        "y": 310,
        "width": 64,
        "height": 48,
        "file": str(file),
        "copied": False,
        "action": None,
        "answer": None,
        "error": None,
        "not_saved": None,
    }
    assert program.desktop.windows(COMPOSER) == []


def test_the_last_region_is_taken_again(program: RunningProgram, wallpaper: Image.Image, tmp_path: Path) -> None:
    none = program.command("capture", "--last", "--out", str(tmp_path / "none.png"))
    assert none.returncode == EXIT_NOT_POSSIBLE
    assert "No region has been captured yet" in none.stderr.decode()
    program.command("capture", "--rect", RECT, "--out", str(tmp_path / "first.png"))
    done = program.command("capture", "--last", "--out", str(tmp_path / "again.png"))
    assert done.returncode == EXIT_OK, done.stderr.decode()
    with Image.open(tmp_path / "again.png") as picture:
        assert same(picture, wallpaper.crop(BOX))


@pytest.mark.parametrize("words", [("--screen", "1"), ("--all",)])
def test_whole_screens(program: RunningProgram, desktop: Desktop, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "screen.png"
    witness = Image.open(desktop.screenshot(tmp_path / "witness.png")).convert("RGB")
    done = program.command("capture", *words, "--out", str(file))
    assert done.returncode == EXIT_OK, done.stderr.decode()
    with Image.open(file) as picture:
        assert picture.size == (desktop.width, desktop.height)
        below_the_panel = (0, 40, desktop.width, desktop.height)
        assert same(picture.crop(below_the_panel), witness.crop(below_the_panel))


def test_a_screen_that_is_not_there(program: RunningProgram, tmp_path: Path) -> None:
    done = program.command("capture", "--screen", "9", "--out", str(tmp_path / "x.png"), "--json")
    assert done.returncode == EXIT_USAGE
    assert "There is no screen 9" in done.stderr.decode()
    assert json.loads(done.stdout)["error"]["title"] == "There is no screen 9."
    assert not (tmp_path / "x.png").exists()


def test_a_picture_is_copied_for_other_programs(
    program: RunningProgram, desktop: Desktop, wallpaper: Image.Image
) -> None:
    done = program.command("capture", "--rect", RECT, "--copy", "--json")
    assert done.returncode == EXIT_OK, done.stderr.decode()
    assert json.loads(done.stdout)["copied"] is True
    with Image.open(io.BytesIO(desktop.clipboard("image/png"))) as picture:
        assert same(picture, wallpaper.crop(BOX))


def test_the_command_waits_for_the_selection_and_tells_what_was_selected(
    program: RunningProgram, wallpaper: Image.Image, tmp_path: Path
) -> None:
    file = tmp_path / "selected.png"
    with program.command_that_waits("capture", "--region", "--out", str(file), "--json") as command:
        program.desktop.wait_for_window(OVERLAY)
        assert command.poll() is None
        program.drag(210, 310, 273, 357)
        out, err = command.communicate(timeout=20)
    assert command.returncode == EXIT_OK, err.decode()
    report = json.loads(out)
    with Image.open(file) as picture:
        assert picture.size == (report["width"], report["height"])
        left, top = report["x"], report["y"]
        assert same(picture, wallpaper.crop((left, top, left + picture.width, top + picture.height)))


def test_leaving_the_overlay_is_an_exit_code_of_its_own(program: RunningProgram) -> None:
    with program.command_that_waits("capture") as command:
        program.desktop.wait_for_window(OVERLAY)
        program.key("Escape")
        _, err = command.communicate(timeout=20)
    assert command.returncode == EXIT_CANCELLED
    assert err.decode() == "grokdesk: Stopped.\n"


def test_an_action_prints_its_answer_and_needs_no_window(
    program: RunningProgram, answering: ScriptedServer, desktop: Desktop
) -> None:
    answering.on("POST", "/v1/responses", Reply.stream(responses_stream("A pattern of colours.")))
    done = program.command("capture", "--rect", RECT, "--action", "alt-text")
    assert done.returncode == EXIT_OK, done.stderr.decode()
    assert done.stdout.decode() == "A pattern of colours.\n"
    wait_until(lambda: desktop.clipboard_text() == "A pattern of colours.", "alt text on the clipboard")
    assert desktop.windows(CHAT) == []


def test_without_a_running_program_one_is_started_and_stays(
    stopped: RunningProgram, wallpaper: Image.Image, tmp_path: Path
) -> None:
    file = tmp_path / "first.png"
    done = stopped.command("capture", "--rect", RECT, "--out", str(file))
    assert done.returncode == EXIT_OK, done.stderr.decode()
    with Image.open(file) as picture:
        assert same(picture, wallpaper.crop(BOX))
    stopped.desktop.wait_for_tray_item("GrokDesk")
    assert stopped.command("--quit").returncode == EXIT_OK
    wait_until(lambda: b"not running" in stopped.command("--quit").stderr, "the end of the program")
