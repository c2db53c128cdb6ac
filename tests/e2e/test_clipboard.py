"""The clipboard between GrokDesk and other programs, on a real X server."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.system.clipboard.choice import choose_clipboard
from grokdesk.system.clipboard.content import PNG, TEXT, Clipboard, Content, text_content
from grokdesk.system.clipboard.selections_x11 import CLIPBOARD, MANAGER, ask_to_save, empty_clipboard, owned_selections
from grokdesk.system.session import session_from
from tests.support.desktops.copying_program import SIZE, WORDS
from tests.support.desktops.desktop import Desktop, wait_until
from tests.support.desktops.needs import need_programs
from tests.support.images.pictures import png_bytes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def display(desktop: Desktop) -> Iterator[str]:
    """With nothing on its clipboard, before and after."""
    display = desktop.environment["DISPLAY"]
    empty_clipboard(display)
    yield display
    empty_clipboard(display)


@pytest.fixture
def manager(desktop: Desktop, display: str) -> Iterator[str]:
    """A clipboard manager that keeps everything when it is asked to."""
    need_programs("xfce4-clipman")
    process = desktop.start("xfce4-clipman")
    wait_until(lambda: MANAGER in owned_selections(display, (MANAGER,)), "a clipboard manager")
    yield "xfce4-clipman"
    desktop.end(process)


@pytest.fixture
def clipboard(desktop: Desktop) -> Clipboard:
    """Empty: what a program has copied outlives it, and so the test that ran it."""
    clipboard = choose_clipboard(session_from(desktop.environment), desktop.environment)
    clipboard.clear()
    return clipboard


def test_text_is_there_for_other_programs_until_it_is_cleared(desktop: Desktop, clipboard: Clipboard) -> None:
    assert clipboard.kinds() == ()
    text = "größe 😀\n" * 5000
    assert clipboard.copy(text_content(text)) == (TEXT,)
    assert desktop.clipboard_text() == text
    assert TEXT in clipboard.kinds()
    clipboard.clear()
    assert clipboard.kinds() == ()


def test_a_picture_is_there_for_other_programs(desktop: Desktop, clipboard: Clipboard) -> None:
    data = png_bytes(400, 300)
    assert clipboard.copy(Content({PNG: data})) == (PNG,)
    assert desktop.clipboard(PNG) == data
    assert PNG in clipboard.kinds()


def test_owners_of_selections_are_seen(display: str, clipboard: Clipboard) -> None:
    assert owned_selections(display, (CLIPBOARD, MANAGER)) == frozenset()
    clipboard.copy(text_content("a"))
    assert owned_selections(display, (CLIPBOARD, MANAGER)) == {CLIPBOARD}


def test_nobody_keeps_the_clipboard_without_a_manager(display: str) -> None:
    assert not ask_to_save(display, 1)


# --- a program of ours ----------------------------------------------------------------------------------------


class CopyingProgram:
    """``told`` reads what it says next."""

    def __init__(self, desktop: Desktop, *words: str) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.support.desktops.copying_program", *words),
            env={**desktop.environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def told(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line: dict[str, object] = json.loads(self._process.stdout.readline())
        return line

    def end(self) -> dict[str, object]:
        assert self._process.stdin is not None
        with self._process:
            self._process.stdin.write(b"end\n")
            self._process.stdin.flush()
            return self.told()


def test_rich_and_plain_text_are_there_for_other_programs(desktop: Desktop, display: str) -> None:
    program = CopyingProgram(desktop, "text")
    assert program.told() == {"backend": "qt", "kinds": ["text/plain", "text/html"], "sentence": "Copied"}
    assert desktop.clipboard_text() == WORDS
    assert "<strong>größe</strong>" in desktop.clipboard("text/html").decode()
    program.end()


@pytest.mark.parametrize("what", ["text", "picture"])
def test_without_a_manager_a_tool_keeps_what_was_copied(desktop: Desktop, display: str, what: str) -> None:
    program = CopyingProgram(desktop, what)
    program.told()
    assert program.end() == {"keeper": "xclip", "sentence": ""}
    check_kept(desktop, what)


@pytest.mark.parametrize("what", ["text", "picture"])
def test_beside_a_manager_what_was_copied_stays(desktop: Desktop, display: str, manager: str, what: str) -> None:
    program = CopyingProgram(desktop, what)
    program.told()
    began = time.monotonic()
    # It may have had no time to look at it, and then the tool has it.
    assert program.end()["keeper"] in ("clipboard manager", "xclip")
    assert time.monotonic() - began < 3  # Qt alone waits five seconds for this manager
    check_kept(desktop, what)


def check_kept(desktop: Desktop, what: str) -> None:
    if what == "text":
        assert desktop.clipboard_text() == WORDS
    else:
        with Image.open(BytesIO(desktop.clipboard(PNG))) as image:
            assert image.size == SIZE
