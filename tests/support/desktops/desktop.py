"""A real X11 desktop for a test: X server, window manager, panel with a tray, session bus, unlocked keyring.

    with Desktop(logs, window_manager="xfwm4") as desktop:
        desktop.start("grokdesk")
        desktop.wait_for_window("GrokDesk")
        desktop.xdotool("type", "what is this?")

Every part can be another one, or be left out.
"""

from __future__ import annotations

import os
import re
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from grokdesk.model import Region
from tests.support.desktops.private_desktop import PATIENCE, PrivateDesktop, missing, wait_until
from tests.support.windows.panel_settings import PANEL_HEIGHT, write_panel_settings

__all__ = ("PANEL_HEIGHT", "PATIENCE", "Desktop", "missing_programs", "wait_until")

PROGRAMS = (
    "Xvfb", "dbus-daemon", "display", "dunst", "gdbus", "gnome-keyring-daemon", "import", "openbox", "secret-tool",
    "setxkbmap", "trayer", "xclip", "xdotool", "xfce4-panel", "xfwm4", "xprop", "xrandr", "xrdb", "xset",
)  # fmt: skip
SETTINGS_OF_XFCE = "org.xfce.Xfconf"
NOTIFICATIONS = "org.freedesktop.Notifications"
SERVICES = (SETTINGS_OF_XFCE,)

WindowManager = Literal["openbox", "xfwm4", "none"]
TrayHost = Literal["xfce4-panel", "trayer", "none"]
"""xfce4-panel takes both kinds of tray icon, trayer only windows by XEmbed."""


def missing_programs() -> list[str]:
    """What a desktop needs and this machine has not."""
    return missing(PROGRAMS, SERVICES)


class Desktop(PrivateDesktop):
    """One X screen. ``notifications`` starts dunst, which puts what it is told into its log."""

    def __init__(
        self,
        logs: Path,
        width: int = 1280,
        height: int = 800,
        *,
        window_manager: WindowManager = "openbox",
        tray: TrayHost = "xfce4-panel",
        keyring: bool = True,
        notifications: bool = False,
    ) -> None:
        super().__init__(logs, width, height)
        self._window_manager = window_manager
        self._tray = tray
        self._keyring = keyring
        self._notifications = notifications
        self._monitors: list[str] = []

    # --- screens ----------------------------------------------------------------------------------------

    def set_monitors(self, *regions: Region) -> None:
        """Divide the screen into monitors, the first one primary; without regions it is one monitor again."""
        for name in self._monitors:
            self.run("xrandr", "--delmonitor", name)
        self._monitors = [f"monitor{number}" for number in range(1, len(regions) + 1)]
        for name, region in zip(self._monitors, regions, strict=True):
            # The size in millimetres is the one of 96 dots an inch, so that nothing is scaled.
            width, height = (f"{pixels}/{round(pixels * 25.4 / 96)}" for pixels in (region.width, region.height))
            output = "screen" if name == self._monitors[0] else "none"
            self.run("xrandr", "--setmonitor", name, f"{width}x{height}+{region.x}+{region.y}", output)

    def set_text_dpi(self, dpi: int) -> None:
        """The resolution that programs which start from now on take from the desktop's settings; 96 is 100 %."""
        self.run("xrdb", "-nocpp", "-merge", stdin=f"Xft.dpi: {dpi}\n".encode())

    def screenshot(self, file: Path) -> Path:
        """The whole screen, taken by ImageMagick: a witness that is not ours."""
        self.run("import", "-silent", "-window", "root", file)
        return file

    def set_wallpaper(self, file: Path) -> None:
        """Fill the screen below all windows with a picture of exactly its size."""
        # display paints the root window and then calls it a failure
        self.run("display", "-window", "root", file, check=False)

    # --- what a person does and sees --------------------------------------------------------------------

    def xdotool(self, *words: str | int) -> str:
        return self.run("xdotool", *map(str, words)).stdout.decode().strip()

    def move(self, x: int, y: int) -> None:
        self.xdotool("mousemove", x, y)

    def hold(self, button: int = 1) -> None:
        self.xdotool("mousedown", button)

    def let_go(self, button: int = 1) -> None:
        self.xdotool("mouseup", button)

    def click(self, x: int, y: int, button: int = 1) -> None:
        self.xdotool("mousemove", x, y, "click", button)

    def key(self, *names: str) -> None:
        self.xdotool("key", *names)

    def type(self, text: str) -> None:
        self.xdotool("type", "--delay", 8, text)

    def windows(self, name: str) -> list[str]:
        return self.run("xdotool", "search", "--onlyvisible", "--name", name, check=False).stdout.decode().split()

    def place_of_window(self, window: str) -> Region:
        """What a window covers, without its frame."""
        with self._connected() as connection:
            size = connection.core.GetGeometry(int(window)).reply()
            place = connection.core.TranslateCoordinates(int(window), size.root, 0, 0).reply()
            return Region(place.dst_x, place.dst_y, size.width, size.height)

    def tray_windows(self, program: str) -> list[Region]:
        """Where the icons of a program (its WM_CLASS) that are windows of their own stand in the panel."""
        found = self.run("xdotool", "search", "--onlyvisible", "--class", program, check=False).stdout.decode().split()
        return [place for place in map(self.place_of_window, found) if place.bottom <= PANEL_HEIGHT]

    def active_window(self) -> str:
        return self.run("xdotool", "getactivewindow", check=False).stdout.decode().strip()

    def clipboard(self, target: str = "UTF8_STRING") -> bytes:
        return self.run("xclip", "-selection", "clipboard", "-out", "-target", target, check=False).stdout

    def set_clipboard(self, file: Path, target: str) -> None:
        """xclip stays to serve the bytes."""
        self.start("xclip", "-quiet", "-selection", "clipboard", "-in", "-target", target, file)
        wait_until(lambda: target in self.clipboard("TARGETS").decode().split(), f"{target} on the clipboard")

    def notifications(self) -> list[str]:
        """The titles of what dunst was told to show, in order."""
        [log] = self.logs.glob("*-dunst.log")
        return re.findall(r"^\tsummary: '(.*)'$", log.read_text(), re.MULTILINE)

    # --- starting ---------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.environment["XDG_SESSION_TYPE"] = "x11"
        if self._window_manager == "xfwm4":
            self.environment["XDG_CURRENT_DESKTOP"] = "XFCE"
        screen = f"{self.width}x{self.height}x24"
        x_words = ("-displayfd", "{}", "-screen", "0", screen, "-nolisten", "tcp", "-noreset")
        self.environment["DISPLAY"] = ":" + self._start_and_ask("Xvfb", *x_words)
        self._start_settings()
        if self._window_manager == "openbox":
            self.start("openbox", "--sm-disable")
        elif self._window_manager == "xfwm4":
            self.start("xfwm4", "--compositor=off", "--sm-client-disable")
        if self._tray == "xfce4-panel":
            self.start("xfce4-panel", "--disable-wm-check")
        elif self._tray == "trayer":
            self.start(
                "trayer", "--edge", "top", "--align", "right", "--height", str(PANEL_HEIGHT), "--SetDockType", "true"
            )
        if self._notifications:
            self.start("dunst", "-print")
        if self._keyring:
            self._start_keyring()
        self._wait_until_ready()

    def _start_settings(self) -> None:
        """The settings service of Xfce has to be there before the panel and the window manager ask for it."""
        if self._tray == "xfce4-panel":
            write_panel_settings(self.home)
        if self._tray == "xfce4-panel" or self._window_manager == "xfwm4":
            self.start_service(SETTINGS_OF_XFCE)
            self.wait_for_service(SETTINGS_OF_XFCE)

    def _wait_until_ready(self) -> None:
        if self._window_manager != "none":
            wait_until(self._has_window_manager, "a window manager")
        if self._tray == "xfce4-panel":
            wait_until(self._has_tray, "a tray")
        elif self._tray == "trayer":
            wait_until(self._has_window_tray, "a tray for windows")
        if self._notifications:
            self.wait_for_service(NOTIFICATIONS)

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

    def _has_window_manager(self) -> bool:
        return b"window id" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK", check=False).stdout

    def _has_window_tray(self) -> bool:
        """True when a program owns the selection that tray windows ask for."""
        with self._connected() as connection:
            name = "_NET_SYSTEM_TRAY_S0"
            atom = connection.core.InternAtom(False, len(name), name).reply().atom
            return bool(connection.core.GetSelectionOwner(atom).reply().owner)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import xcffib  # is only there on Linux
        import xcffib.xproto

        connect: Any = xcffib.connect
        connection = connect(self.environment["DISPLAY"])
        try:
            yield connection
        finally:
            connection.disconnect()
