"""What the Wayland desktops of the tests share: the clipboard, the portal, and a way to run a compositor as root."""

from __future__ import annotations

import os
import subprocess
import sys
from abc import abstractmethod
from functools import cached_property
from pathlib import Path

from tests.support.private_desktop import PrivateDesktop, wait_until

PORTAL = "org.freedesktop.portal.Desktop"
PERMISSIONS = "org.freedesktop.impl.portal.PermissionStore"
PROGRAMS = ("dbus-daemon", "gdbus", "gnome-keyring-daemon", "pipewire", "secret-tool", "wl-copy", "wl-paste")
SERVICES = (PORTAL, PERMISSIONS)


class WaylandDesktop(PrivateDesktop):
    """``desktop`` is how it calls itself in XDG_CURRENT_DESKTOP."""

    def __init__(self, logs: Path, width: int, height: int, *, desktop: str, keyring: bool = True) -> None:
        super().__init__(logs, width, height)
        self._desktop = desktop
        self._keyring = keyring

    def clipboard(self, target: str = "text/plain;charset=utf-8") -> bytes:
        return self.run("wl-paste", "--no-newline", "--type", target, check=False).stdout

    def set_clipboard(self, file: Path, target: str) -> None:
        """wl-copy stays to serve the bytes."""
        with file.open("rb") as data:
            self.start("wl-copy", "--foreground", "--type", target, stdin=data)
        wait_until(lambda: target in self._clipboard_types(), f"{target} on the clipboard")

    def _clipboard_types(self) -> list[str]:
        return self.run("wl-paste", "--list-types", check=False).stdout.decode().split()

    def _prepare(self) -> None:
        super()._prepare()
        self.environment |= {"XDG_SESSION_TYPE": "wayland", "XDG_CURRENT_DESKTOP": self._desktop}

    def _start(self) -> None:
        self._start_compositor()
        if self._keyring:
            self._start_keyring()

    @abstractmethod
    def _start_compositor(self) -> None:
        """Start it, and add WAYLAND_DISPLAY to the environment."""

    def _start_portal(self, back_end: str) -> None:
        """Start the portal with the service ``back_end`` behind it, and what both of them need."""
        self.start("pipewire")
        wait_until((self.runtime / "pipewire-0").exists, "pipewire")
        self.start_service(PERMISSIONS)
        self.start_service(back_end)
        self.wait_for_service(PERMISSIONS)
        self.wait_for_service(back_end)
        self.start_service(PORTAL)
        self.wait_for_service(PORTAL)


class Demotion:
    """How a program that refuses to run as root is started by root; nothing special for anybody else.

    A user namespace of its own is best: there it has another number, while its files and sockets still belong to
    root. Containers often forbid it; then the program runs as nobody, who needs folders that everybody may enter.
    """

    _NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    _NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What stands before the command."""
        if sys.platform == "win32" or os.geteuid() != 0:
            return ()
        done = subprocess.run((*self._NAMESPACE, "true"), capture_output=True, check=False)
        return self._NAMESPACE if done.returncode == 0 else self._NOBODY

    def open_folder(self, folder: Path) -> None:
        """Let the program write into this folder."""
        if self.words == self._NOBODY:
            folder.chmod(0o777)
            folder.parent.chmod(0o755)
