"""A private session bus, and a real gnome-keyring-daemon on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon", "gdbus")
PASSWORD = "only for this test"
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class KeyringSession:
    environment: Mapping[str, str]
    """For subprocesses: HOME, the runtime folder and the bus of this session; no display, so no prompts."""
    home: Path
    daemon: int
    """The process id of the keyring daemon."""


def missing_programs() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program) is None]


@contextmanager
def keyring_session(folder: Path, *, unlocked: bool = True) -> Iterator[KeyringSession]:
    """Start a bus and a daemon below ``folder``; both end with the block.

    A locked session has a keyring that was made in an earlier, unlocked one with the same ``folder``.
    """
    # The path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="keyring-") as runtime:
        home = folder / "keyring-home"
        home.mkdir(exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
        environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": runtime, "XDG_DATA_HOME": str(home / ".local/share")}
        with session_bus(Path(runtime), environment) as address:
            environment["DBUS_SESSION_BUS_ADDRESS"] = address
            with keyring_daemon(environment, unlocked=unlocked) as daemon:
                yield KeyringSession(environment, home, daemon)


@contextmanager
def session_bus(runtime: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a bus that starts nothing by itself; its log is ``runtime``/bus.log."""
    config = runtime / "bus.conf"
    config.write_text(
        "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context='default'>"
        "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/></policy></busconfig>"
    )
    command = ["dbus-daemon", f"--config-file={config}", "--print-address=1", "--nofork"]
    # Without the right to raise its own limits it complains and works.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as bus:
        try:
            assert bus.stdout is not None
            yield bus.stdout.readline().strip()
        finally:
            bus.terminate()


@contextmanager
def keyring_daemon(environment: Mapping[str, str], *, unlocked: bool = True) -> Iterator[int]:
    """The process id of a daemon that is ready to serve the bus in ``environment``."""
    command = ["gnome-keyring-daemon", "--foreground", "--components=secrets", *(["--unlock"] if unlocked else [])]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    ) as daemon:
        try:
            assert daemon.stdin is not None
            # Without a line end: that would be part of the password.
            daemon.stdin.write(PASSWORD if unlocked else "")
            daemon.stdin.close()
            wait = ["gdbus", "wait", "--session", f"--timeout={PATIENCE:.0f}", "org.freedesktop.secrets"]
            subprocess.run(wait, env=environment, check=True, timeout=PATIENCE + 5)
            yield daemon.pid
        finally:
            daemon.terminate()
