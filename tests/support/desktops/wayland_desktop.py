"""What the Wayland desktops of the tests share: the clipboard, the portal, and a way to run a compositor as root."""

from __future__ import annotations

import os
import subprocess
import sys
from abc import abstractmethod
from functools import cached_property
from pathlib import Path
from typing import Protocol

from tests.support.desktops.key_codes import Stroke, stroke_of, strokes_of
from tests.support.desktops.private_desktop import PrivateDesktop, wait_until

PORTAL = "org.freedesktop.portal.Desktop"
PERMISSIONS = "org.freedesktop.impl.portal.PermissionStore"
PROGRAMS = ("dbus-daemon", "gdbus", "gnome-keyring-daemon", "pipewire", "secret-tool", "wl-copy", "wl-paste")
SERVICES = (PORTAL, PERMISSIONS)


class Hand(Protocol):
    """A mouse and a keyboard of the desktop. Places are logical ones."""

    def move(self, x: int, y: int) -> None: ...

    def button(self, number: int, *, down: bool) -> None: ...

    def strike(self, stroke: Stroke) -> None:
        """Press keys and release them."""

    def close(self) -> None: ...


class WaylandDesktop(PrivateDesktop):
    """``desktop`` is how it calls itself in XDG_CURRENT_DESKTOP."""

    def __init__(self, logs: Path, width: int, height: int, *, desktop: str, keyring: bool = True) -> None:
        super().__init__(logs, width, height)
        self._desktop = desktop
        self._keyring = keyring
        self._hand: Hand | None = None

    def close(self) -> None:
        if self._hand is not None:
            self._hand.close()
            self._hand = None
        super().close()

    # --- what a person does and sees --------------------------------------------------------------------

    @property
    def hand(self) -> Hand:
        if self._hand is None:
            raise RuntimeError("the desktop is not running")
        return self._hand

    def move(self, x: int, y: int) -> None:
        self.hand.move(x, y)

    def hold(self, button: int = 1) -> None:
        self.hand.button(button, down=True)

    def let_go(self, button: int = 1) -> None:
        self.hand.button(button, down=False)

    def park_pointer(self) -> None:
        """Bring the pointer to the last corner: without a screen it is painted into every picture."""
        self.move(self.width - 1, self.height - 1)

    def key(self, *names: str) -> None:
        for name in names:
            self.hand.strike(stroke_of(name))

    def type(self, text: str) -> None:
        for stroke in strokes_of(text):
            self.hand.strike(stroke)

    def clipboard(self, target: str = "text/plain;charset=utf-8") -> bytes:
        return self.run("wl-paste", "--no-newline", "--type", target, check=False).stdout

    def set_clipboard(self, file: Path, target: str) -> None:
        """wl-copy stays to serve the bytes."""
        with file.open("rb") as data:
            self.start("wl-copy", "--foreground", "--type", target, stdin=data)
        wait_until(lambda: target in self._clipboard_types(), f"{target} on the clipboard")

    def _clipboard_types(self) -> list[str]:
        return self.run("wl-paste", "--list-types", check=False).stdout.decode().split()

    # --- starting ---------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        super()._prepare()
        self.environment |= {"XDG_SESSION_TYPE": "wayland", "XDG_CURRENT_DESKTOP": self._desktop}

    def _start(self) -> None:
        self._start_compositor()
        if self._keyring:
            self._start_keyring()

    @abstractmethod
    def _start_compositor(self) -> None:
        """Start it, make the hand, and add WAYLAND_DISPLAY to the environment."""

    def _start_pipewire(self) -> None:
        self.start("pipewire")
        wait_until((self.runtime / "pipewire-0").exists, "pipewire")

    def _start_portal(self, back_end: str) -> None:
        """Start the portal with the service ``back_end`` behind it, and what both of them need."""
        if not (self.runtime / "pipewire-0").exists():
            self._start_pipewire()
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
