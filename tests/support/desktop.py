"""A real X11 desktop for a test: X server, window manager, panel with a tray, session bus, unlocked keyring.

    with Desktop(logs) as desktop:
        desktop.start("grokdesk")
        desktop.wait_for_window("GrokDesk")
        desktop.xdotool("type", "what is this?")

Nothing of it touches the person's own session: it has a display, a bus, a home and a runtime folder of its own, and
every process is ended with it. The bus starts no services by itself, so what is not started here does not exist.
"""

from __future__ import annotations

import configparser
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar

from tests.support.keyring_daemon import keyring_daemon, session_bus
from tests.support.session_bus import WATCHER, WATCHER_ADDRESS, SessionBus, TrayItem

PROGRAMS = (
    "Xvfb", "dbus-daemon", "display", "gdbus", "gnome-keyring-daemon", "import", "openbox", "secret-tool", "setxkbmap",
    "xclip", "xdotool", "xfce4-panel", "xprop", "xrandr", "xset",
)  # fmt: skip
PATIENCE = 10.0
"""Seconds until something that has not happened is a failure."""
PANEL_HEIGHT = 28

T = TypeVar("T")

# A panel along the top edge with nothing in it that changes by itself.
_PANEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="{PANEL_HEIGHT}"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
  </property>
</channel>
"""


def missing_programs() -> list[str]:
    """What a desktop needs and this machine has not."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def wait_until(condition: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:
    """The first true value of ``condition``. Raises TimeoutError that says ``what`` did not happen."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(0.01)
    return value


class Desktop:
    """Runs from ``__enter__`` to ``__exit__``. ``logs`` gets one file for each program and stays."""

    def __init__(self, logs: Path, width: int = 1280, height: int = 800) -> None:
        self.logs = logs
        self.width, self.height = width, height
        # Sockets live in it, and the name of a socket has to be short.
        self._folder = Path(tempfile.mkdtemp(prefix="desktop-"))
        self.home = self._folder / "home"
        self.environment: dict[str, str] = {}
        self._running: list[subprocess.Popen[bytes]] = []
        self._services = ExitStack()
        self._bus: SessionBus | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._bus is not None:
            self._bus.close()
            self._bus = None
        while self._running:
            self.end(self._running[-1])
        self._services.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def bus(self) -> SessionBus:
        if self._bus is None:
            raise RuntimeError("the desktop is not running")
        return self._bus

    # --- programs ---------------------------------------------------------------------------------------

    def start(
        self,
        *command: str | Path,
        environment: Mapping[str, str] | None = None,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a program on this desktop; it is ended with the desktop at the latest."""
        log = self.logs / f"{len(self._running):02d}-{Path(command[0]).name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env={**self.environment, **(environment or {})},
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        self._running.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes], timeout: float = 3.0) -> int:
        """Ask a started program and its children to end, insist after ``timeout``, and return the exit code."""
        self._running.remove(process)
        if sys.platform != "win32":
            for request in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, request)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout)
        return process.wait()

    def run(
        self, *command: str | Path, stdin: bytes = b"", timeout: float = 30.0, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a program on this desktop to its end. Raises CalledProcessError and TimeoutExpired."""
        return subprocess.run(
            command, env=self.environment, input=stdin, capture_output=True, timeout=timeout, check=check
        )

    # --- what a person sees and does --------------------------------------------------------------------

    def xdotool(self, *words: str | int) -> str:
        return self.run("xdotool", *map(str, words)).stdout.decode().strip()

    def windows(self, name: str) -> list[str]:
        """The ids of all visible windows whose title matches this regular expression."""
        return self.run("xdotool", "search", "--onlyvisible", "--name", name, check=False).stdout.decode().split()

    def wait_for_window(self, name: str, timeout: float = PATIENCE) -> str:
        """The id of the newest visible window with this title (a regular expression)."""
        return wait_until(lambda: self.windows(name), f"a window {name!r}", timeout)[-1]

    def wait_for_no_window(self, name: str, timeout: float = PATIENCE) -> None:
        wait_until(lambda: not self.windows(name), f"no window {name!r}", timeout)

    def screenshot(self, file: Path) -> Path:
        """The whole screen, taken by ImageMagick: a witness that is not ours."""
        self.run("import", "-silent", "-window", "root", file)
        return file

    def set_wallpaper(self, file: Path) -> None:
        """Fill the screen below all windows with a picture of exactly its size."""
        # display paints the root window and then calls it a failure
        self.run("display", "-window", "root", file, check=False)

    def clipboard(self, target: str = "UTF8_STRING") -> bytes:
        """What another program gets when it pastes; empty when there is nothing of that kind."""
        return self.run("xclip", "-selection", "clipboard", "-out", "-target", target, check=False).stdout

    def clipboard_text(self) -> str:
        return self.clipboard().decode()

    def set_clipboard(self, file: Path, target: str) -> None:
        """Put the bytes of a file on the clipboard, as an image/png for example; xclip stays to serve them."""
        self.start("xclip", "-quiet", "-selection", "clipboard", "-in", "-target", target, file)
        wait_until(lambda: target in self.clipboard("TARGETS").decode().split(), f"{target} on the clipboard")

    def secret(self, **attributes: str) -> str | None:
        """A secret from the keyring daemon, asked for by another program than ours."""
        words = [word for pair in attributes.items() for word in pair]
        found = self.run("secret-tool", "lookup", *words, check=False)
        return found.stdout.decode() if found.returncode == 0 else None

    def wait_for_tray_item(self, id_: str, timeout: float = PATIENCE) -> TrayItem:
        """The item with this Id (the name of the application)."""
        return wait_until(lambda: self._tray_item(id_), f"a tray item {id_!r}", timeout)

    def _tray_item(self, id_: str) -> TrayItem | None:
        return next((item for item in self.bus.tray_items() if item.read("Id") == id_), None)

    # --- starting ---------------------------------------------------------------------------------------

    def _start(self) -> None:
        runtime = self._folder / "run"
        for folder in (self.logs, self.home, runtime):
            folder.mkdir(parents=True, exist_ok=True)
        runtime.chmod(0o700)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_STATE_HOME": str(self.home / ".local" / "state"),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_SESSION_TYPE": "x11",
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
        }
        bus_address = self._services.enter_context(session_bus(self._folder, self.environment))
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus_address
        self._bus = SessionBus(bus_address)
        screen = f"{self.width}x{self.height}x24"
        x_words = ("-displayfd", "{}", "-screen", "0", screen, "-nolisten", "tcp", "-noreset")
        self.environment["DISPLAY"] = ":" + self._start_and_ask("Xvfb", *x_words)
        self.start("openbox", "--sm-disable")
        self._start_panel()
        self._services.enter_context(keyring_daemon(self.environment))
        wait_until(self._has_window_manager, "a window manager")
        wait_until(self._has_tray, "a tray")

    def _start_and_ask(self, *command: str) -> str:
        """The line that a program writes to the descriptor ``{}`` when it is ready."""
        reading, writing = os.pipe()
        with open(reading, "rb") as answer:  # noqa: PTH123 - a descriptor, not a path
            try:
                self.start(*(word.format(writing) for word in command), pass_fds=(writing,))
            finally:
                os.close(writing)
            is_ready = select.select([answer], [], [], PATIENCE)[0]
            line = answer.readline().decode().strip() if is_ready else ""
        if not line:
            raise RuntimeError(f"{command[0]} did not start, see {self.logs}")
        return line

    def _start_panel(self) -> None:
        settings = self.home / ".config" / "xfce4" / "xfconf" / "xfce-perchannel-xml"
        settings.mkdir(parents=True)
        (settings / "xfce4-panel.xml").write_text(_PANEL)
        self.start(_service_program("org.xfce.Xfconf"))
        wait_until(lambda: self.bus.has("org.xfce.Xfconf"), "the panel's settings")
        self.start("xfce4-panel", "--disable-wm-check")

    def _has_window_manager(self) -> bool:
        return b"window id" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK", check=False).stdout

    def _has_tray(self) -> bool:
        return self.bus.has(WATCHER) and bool(self.bus.read(WATCHER_ADDRESS, "IsStatusNotifierHostRegistered"))


def _service_program(name: str) -> str:
    """The program of a service that a usual bus would start: its place differs between distributions."""
    folders = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for folder in folders.split(":"):
        file = Path(folder, "dbus-1", "services", f"{name}.service")
        if file.is_file():
            service = configparser.ConfigParser(interpolation=None)
            service.read(file)
            return service["D-BUS Service"]["Exec"].split()[0]
    raise FileNotFoundError(f"no D-Bus service {name} in {folders}")
