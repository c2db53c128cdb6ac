"""Pictures that come from other programs: dragged, pasted, and what is no picture."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from tests.support.desktops import drag_source
from tests.support.desktops.desktop import Desktop, wait_until
from tests.support.desktops.program import CHAT, MakeProgram, RunningProgram, place_of
from tests.support.servers.replies import Reply
from tests.support.servers.sent import sent_pictures
from tests.support.servers.server import ScriptedServer


@pytest.fixture
def program(desktop: Desktop, program_on: MakeProgram) -> RunningProgram:
    """Running, its window open."""
    program = program_on(desktop)
    program.start()
    done = program.command()
    assert done.returncode == 0, done.stderr.decode()
    program.focus(CHAT)
    return program


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    files = [tmp_path / "größe 1.png", tmp_path / "b.jpg"]
    Image.new("RGB", (60, 40), "#c03020").save(files[0])
    Image.new("RGB", (30, 80), "#2040c0").save(files[1])
    return files


def drag(program: RunningProgram, kind: str, *values: str) -> None:
    """Drag from another program into our window, and let go when our window says that it would take the drop."""
    desktop, xdotool = program.desktop, program.desktop.xdotool
    words = (sys.executable, "-m", "tests.support.desktops.drag_source", kind, *values)
    desktop.start(*words, environment={"PYTHONPATH": str(Path(__file__).parents[2])})
    desktop.wait_for_window(drag_source.TITLE)
    xdotool("mousemove", 80, 560, "mousedown", 1)
    steps = itertools.cycle((638, 642))

    window = desktop.place_of_window(desktop.wait_for_window(CHAT))
    shot = program.home / "drop.png"

    def is_welcome() -> object:
        xdotool("mousemove", next(steps), 300)
        # The window alone: a wallpaper of another test around it is read for seconds, and its words are missed.
        Image.open(desktop.screenshot(shot)).crop((window.x, window.y, window.right, window.bottom)).save(shot)
        return place_of("Drop", shot)

    wait_until(is_welcome, "a window that takes the drop")
    xdotool("mouseup", 1)
    desktop.wait_for_no_window(drag_source.TITLE)


def ask(program: RunningProgram, answering: ScriptedServer) -> list[tuple[int, int]]:
    """Ask about what is there; the sizes of the pictures that left."""
    program.focus(CHAT)
    program.type("What is it?")

    def send() -> object:
        program.key("Return")  # is refused while a picture is still on its way
        return program.turns()

    wait_until(send, "a kept turn")
    [request] = [request for request in answering.requests if request.path == "/v1/responses"]
    return [image.size for image in sent_pictures(request.json)]


def shows_colour(screenshot: Path, colour: str) -> bool:
    colours = Image.open(screenshot).convert("RGB").getcolors(1 << 24) or []
    return ImageColor.getrgb(colour) in [found for _count, found in colours]


def test_several_files_are_dropped(program: RunningProgram, answering: ScriptedServer, pictures: list[Path]) -> None:
    drag(program, "files", *map(str, pictures))
    assert ask(program, answering) == [(60, 40), (30, 80)]


def test_a_picture_without_a_file_is_dropped(
    program: RunningProgram, answering: ScriptedServer, pictures: list[Path]
) -> None:
    drag(program, "image", str(pictures[0]))
    assert ask(program, answering) == [(60, 40)]


def test_a_web_address_is_dropped(program: RunningProgram, answering: ScriptedServer, pictures: list[Path]) -> None:
    content = pictures[0].read_bytes()
    answering.on("GET", "/photo.png", Reply.json(content))
    drag(program, "link", f"{answering.url}/photo.png")
    assert ask(program, answering) == [(60, 40)]


def test_a_wrong_type_is_named_and_the_draft_stays(
    program: RunningProgram, answering: ScriptedServer, pictures: list[Path], tmp_path: Path
) -> None:
    document = tmp_path / "notes.pdf"
    document.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    program.type("My question")
    drag(program, "files", str(pictures[0]))
    drag(program, "files", str(document))
    wait_until(lambda: "notes.pdf" in program.text_in_window(tmp_path / "refused.png"), "a sentence about notes.pdf")
    assert "My question" in program.text_in_window(tmp_path / "refused.png")
    assert ask(program, answering) == [(60, 40)]


def test_a_picture_and_files_are_pasted(
    program: RunningProgram, answering: ScriptedServer, pictures: list[Path]
) -> None:
    program.desktop.set_clipboard(pictures[0], "image/png")
    program.focus(CHAT)
    program.key("ctrl+v")
    # The program reads the clipboard when it sees the keys: before that, nothing else may be copied.
    shot = pictures[0].with_name("pasted-one.png")
    wait_until(lambda: shows_colour(program.desktop.screenshot(shot), "#c03020"), "a pasted picture")
    listing = pictures[0].with_name("listing")
    listing.write_text(pictures[1].as_uri() + "\r\n")
    program.desktop.set_clipboard(listing, "text/uri-list")
    program.key("ctrl+v")
    assert ask(program, answering) == [(60, 40), (30, 80)]
