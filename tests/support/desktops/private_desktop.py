"""What every desktop of a test has: folders and a session bus of its own, and programs that end with it.

What a person sees and does there is named here and done by each kind of desktop. Nothing touches the person's own
session. The bus starts no services by itself, so what is not started does not exist.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar

from tests.support.desktops.keyring_daemon import keyring_daemon, session_bus
from tests.support.desktops.session_bus import WATCHER, WATCHER_ADDRESS, SessionBus, TrayItem

PATIENCE = 30.0
"""Seconds until something that has not happened is a failure, on a computer that is busy with other things too."""

T = TypeVar("T")


def wait_until(condition: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:
    """The first true value of ``condition``. Raises TimeoutError that says ``what`` did not happen."""
    deadline = time.monotonic() + timeout
    pause = 0.01
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(pause)
        # Looking often takes its time away from what is waited for.
        pause = min(0.1, pause * 1.2)
    return value


def try_until(attempt: Callable[[], object], condition: Callable[[], T | None], what: str, pause: float = 1.0) -> T:
    """Do something again, each time ``pause`` seconds later, until it has led to a true ``condition``."""

    def attempted() -> T | None:
        attempt()
        with suppress(TimeoutError):
            return wait_until(condition, what, pause)
        return None

    return wait_until(attempted, what)


def service_program(name: str) -> str | None:
    """The program that a usual bus would start for ``name``: its place differs between distributions."""
    folders = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for folder in folders.split(":"):
        file = Path(folder, "dbus-1", "services", f"{name}.service")
        if file.is_file():
            service = configparser.ConfigParser(interpolation=None)
            service.read(file)
            return service["D-BUS Service"]["Exec"].split()[0]
    return None


def missing(programs: Iterable[str], services: Iterable[str]) -> list[str]:
    """What of the programs in PATH and of the services on the bus this machine has not."""
    return [
        *(name for name in programs if shutil.which(name) is None),
        *(name for name in services if service_program(name) is None),
    ]


class PrivateDesktop(ABC):
    """Runs from ``__enter__`` to ``__exit__``. ``logs`` gets one file for each program and stays."""

    def __init__(self, logs: Path, width: int, height: int) -> None:
        self.logs = logs
        self.width, self.height = width, height
        # Sockets live in it, and the name of a socket has to be short.
        self._folder = Path(tempfile.mkdtemp(prefix="desktop-"))
        self.home = self._folder / "home"
        self.runtime = self._folder / "run"
        self.environment: dict[str, str] = {}
        self._running: list[subprocess.Popen[bytes]] = []
        self._log_numbers = count()
        self._services = ExitStack()
        self._bus: SessionBus | None = None

    def __enter__(self) -> Self:
        try:
            self._prepare()
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
        name: str = "",
    ) -> subprocess.Popen[bytes]:
        """Start a program on this desktop; it is ended with the desktop at the latest. ``name`` is for its log."""
        log = self.logs / f"{next(self._log_numbers):02d}-{name or Path(command[0]).name}.log"
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

    # --- what a person does -----------------------------------------------------------------------------

    @abstractmethod
    def move(self, x: int, y: int) -> None:
        """Bring the pointer to this place."""

    @abstractmethod
    def hold(self, button: int = 1) -> None:
        """Press a mouse button (1 left, 2 middle, 3 right) and keep it down."""

    @abstractmethod
    def let_go(self, button: int = 1) -> None: ...

    def click(self, x: int, y: int, button: int = 1) -> None:
        self.move(x, y)
        self.hold(button)
        self.let_go(button)

    @abstractmethod
    def key(self, *names: str) -> None:
        """Press and release keys one after the other: "Return", "ctrl+alt+g", with the names of X11."""

    @abstractmethod
    def type(self, text: str) -> None:
        """Type what a US keyboard has."""

    # --- what a person sees -----------------------------------------------------------------------------

    @abstractmethod
    def windows(self, name: str) -> list[str]:
        """The ids of all visible windows whose title matches this regular expression, the newest last."""

    @abstractmethod
    def active_window(self) -> str:
        """The id of the window that has the keys; "" when none has."""

    def wait_for_window(self, name: str, timeout: float = PATIENCE) -> str:
        """The id of the newest visible window with this title (a regular expression)."""
        return wait_until(lambda: self.windows(name), f"a window {name!r}", timeout)[-1]

    def wait_for_no_window(self, name: str, timeout: float = PATIENCE) -> None:
        wait_until(lambda: not self.windows(name), f"no window {name!r}", timeout)

    @abstractmethod
    def screenshot(self, file: Path) -> Path:
        """All screens, taken by a witness that is not ours."""

    @abstractmethod
    def clipboard(self, target: str = "") -> bytes:
        """What another program gets when it pastes, plain text for ""; empty when there is nothing of that kind."""

    @abstractmethod
    def set_clipboard(self, file: Path, target: str) -> None:
        """Put the bytes of a file on the clipboard, as an image/png for example."""

    def clipboard_text(self) -> str:
        return self.clipboard().decode("utf-8", "replace")

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

    @abstractmethod
    def _start(self) -> None:
        """Start everything and wait until it is ready; folders, bus and environment are there."""

    def _prepare(self) -> None:
        for folder in (self.logs, self.home, self.runtime):
            folder.mkdir(parents=True, exist_ok=True)
        self.runtime.chmod(0o700)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_STATE_HOME": str(self.home / ".local" / "state"),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
        }
        bus_address = self._services.enter_context(session_bus(self._folder, self.environment))
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus_address
        self._bus = SessionBus(bus_address)

    def start_service(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start the program that a bus would start for ``name``; it need not be ready yet."""
        program = service_program(name)
        if program is None:
            raise FileNotFoundError(f"no D-Bus service {name} is installed")
        return self.start(program, *words)

    def wait_for_service(self, name: str, timeout: float = PATIENCE) -> None:
        wait_until(lambda: self.bus.has(name), f"the service {name}", timeout)

    def _start_keyring(self) -> None:
        self._services.enter_context(keyring_daemon(self.environment))

    def _has_tray(self) -> bool:
        return self.bus.has(WATCHER) and bool(self.bus.read(WATCHER_ADDRESS, "IsStatusNotifierHostRegistered"))


def matches(name: str, title: str | None) -> bool:
    """True when a window with this title is meant by the regular expression ``name``, as xdotool reads it."""
    return re.search(name, title or "", re.IGNORECASE) is not None
