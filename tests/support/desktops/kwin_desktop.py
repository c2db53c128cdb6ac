"""A real Wayland desktop of KDE for a test: KWin without a screen, and KDE's portal. There is no panel.

Sources: https://develop.kde.org/docs/plasma/kwin/api/ (scripts),
https://invent.kde.org/plasma/kwin/-/blob/master/src/plugins/screenshot/org.kde.KWin.ScreenShot2.xml and
https://wayland.app/protocols/kde-fake-input
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import threading
from itertools import count
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from PIL import Image

from tests.support.desktops import wayland_desktop
from tests.support.desktops.bus_service import BusService, Call, Reply, bus_service
from tests.support.desktops.key_codes import BUTTONS, Stroke
from tests.support.desktops.private_desktop import PATIENCE, matches, missing, wait_until
from tests.support.desktops.wayland_client import WaylandClient, text
from tests.support.desktops.wayland_desktop import WaylandDesktop

KDE_PORTAL = "org.freedesktop.impl.portal.desktop.kde"
# Without the files of Plasma its portal crashes.
PROGRAMS = (*wayland_desktop.PROGRAMS, "kwin_wayland", "plasmashell", "swaybg")
SERVICES = (*wayland_desktop.SERVICES, KDE_PORTAL)

_LISTENER = "io.github.grokdesk.Tests"
_LIST_WINDOWS = f"""
const found = workspace.clientList().map(each => ({{
    title: each.caption, id: each.internalId.toString(), active: each.active, minimized: each.minimized,
    x: each.x, y: each.y, width: each.width, height: each.height, full: each.fullScreen,
}}));
callDBus("{_LISTENER}", "/", "{_LISTENER}", "Tell", JSON.stringify(found));
"""


def missing_programs() -> list[str]:
    """What this desktop needs and this machine has not."""
    return missing(PROGRAMS, SERVICES)


class KWinDesktop(WaylandDesktop):
    def __init__(self, logs: Path, width: int = 1280, height: int = 800, *, scale: float = 1) -> None:
        """The size is in pixels."""
        super().__init__(logs, round(width / scale), round(height / scale), desktop="KDE")
        self._pixels = (width, height)
        self._scale = scale
        self._told: list[str] = []
        self._script_numbers = count()
        self._wallpaper: subprocess.Popen[bytes] | None = None

    # --- what a person sees -----------------------------------------------------------------------------

    def screenshot(self, file: Path) -> Path:
        """Taken by KWin itself, which lets no program but those of KDE ask for it otherwise."""
        reading, writing = os.pipe()
        pixels = bytearray()
        with open(reading, "rb") as source:  # noqa: PTH123 - a descriptor, not a path
            reader = threading.Thread(target=lambda: pixels.extend(source.read()))
            reader.start()
            try:
                facts = self._ask_for_pixels(writing)
            finally:
                os.close(writing)
                reader.join(PATIENCE)
        size, stride = (facts["width"], facts["height"]), facts["stride"]
        Image.frombytes("RGB", size, bytes(pixels), "raw", "BGRX", stride).save(file)
        return file

    def _ask_for_pixels(self, file: int) -> dict[str, Any]:
        name = "org.kde.KWin.ScreenShot2"
        address = DBusAddress("/org/kde/KWin/ScreenShot2", "org.kde.KWin", name)
        with open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"], enable_fds=True) as connection:
            call = new_method_call(address, "CaptureWorkspace", "a{sv}h", ({}, file))
            [facts] = connection.send_and_get_reply(call, timeout=PATIENCE).body
            return {name: value for name, (_, value) in facts.items()}

    def set_wallpaper(self, file: Path) -> None:
        """Fill the screen below all windows with a picture of its size."""
        if self._wallpaper is not None:
            self.end(self._wallpaper)
        self._wallpaper = self.start("swaybg", "--image", file, "--mode", "fill")
        with Image.open(file) as picture:
            wanted = picture.convert("RGB").getpixel((0, 0))

        def is_shown() -> bool:
            with Image.open(self.screenshot(self._folder / "corner.png")) as shot:
                return shot.getpixel((0, 0)) == wanted

        wait_until(is_shown, "another wallpaper")

    def tree(self) -> list[dict[str, Any]]:
        """Every window as KWin knows it: "title", "id", "active", "minimized", "full", and where it lies."""
        number = next(self._script_numbers)
        script = self._folder / f"windows{number}.js"
        script.write_text(_LIST_WINDOWS)
        scripting = DBusAddress("/Scripting", "org.kde.KWin", "org.kde.kwin.Scripting")
        [loaded] = self.bus.call(scripting, "loadScript", "ss", str(script), script.stem)
        before = len(self._told)
        self.bus.call(DBusAddress(f"/{loaded}", "org.kde.KWin", "org.kde.kwin.Script"), "run")
        wait_until(lambda: len(self._told) > before, "KWin's list of windows")
        self.bus.call(scripting, "unloadScript", "s", script.stem)
        found: list[dict[str, Any]] = json.loads(self._told[-1])
        return found

    def windows(self, name: str) -> list[str]:
        return [each["id"] for each in self.tree() if not each["minimized"] and matches(name, each["title"])]

    def active_window(self) -> str:
        return next((each["id"] for each in self.tree() if each["active"]), "")

    # --- starting ---------------------------------------------------------------------------------------

    def _start_compositor(self) -> None:
        # The portal puts its pictures there.
        (self.home / "Pictures").mkdir()
        self.environment |= {
            "KDE_DEBUG": "1",  # a crash is in the log, and reported to nobody
            "KDE_FULL_SESSION": "true",
            "KDE_SESSION_VERSION": "5",
            "WAYLAND_DISPLAY": "wayland-1",
        }
        own = {
            "KWIN_COMPOSE": "O2",
            "KWIN_SCREENSHOT_NO_PERMISSION_CHECKS": "1",
            "KWIN_WAYLAND_NO_PERMISSION_CHECKS": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "QT_QPA_PLATFORM": "wayland-org.kde.kwin.qpa",
        }
        width, height = map(str, self._pixels)
        size = ("--width", width, "--height", height, "--scale", f"{self._scale:g}")
        self.start(self._program(), "--virtual", "--no-lockscreen", *size, "--socket", "wayland-1", environment=own)
        self.wait_for_service("org.kde.KWin")
        address = self.environment["DBUS_SESSION_BUS_ADDRESS"]
        self._services.enter_context(bus_service(address, _LISTENER, self._listen))
        self._hand = _FakeInput(self.runtime / "wayland-1")
        self.park_pointer()
        self._start_portal(KDE_PORTAL)

    def _program(self) -> Path:
        """A copy: containers refuse to run the file that was given rights of its own."""
        installed = shutil.which("kwin_wayland")
        if installed is None:
            raise FileNotFoundError("kwin_wayland is not installed")
        # KWin looks at its own name.
        copy = self._folder / "kwin_wayland"
        shutil.copyfile(installed, copy)
        copy.chmod(0o755)
        return copy

    def _listen(self, _service: BusService, call: Call) -> Reply:
        self._told.append(call.arguments[0])
        return "", ()


class _FakeInput:
    """The mouse and the keyboard that KWin lets a program be."""

    def __init__(self, socket: Path) -> None:
        self._client = WaylandClient(socket)
        self._input = self._client.bind("org_kde_kwin_fake_input", 4)
        self._client.send(self._input, 0, text("tests") + text("tests"))
        self._client.wait()

    def close(self) -> None:
        self._client.close()

    def move(self, x: int, y: int) -> None:
        self._send(9, struct.pack("=ii", x * 256, y * 256))

    def button(self, number: int, *, down: bool) -> None:
        self._send(2, struct.pack("=II", BUTTONS[number], down))

    def strike(self, stroke: Stroke) -> None:
        for code in stroke.codes:
            self._send(10, struct.pack("=II", code, 1))
        for code in reversed(stroke.codes):
            self._send(10, struct.pack("=II", code, 0))

    def _send(self, request: int, words: bytes) -> None:
        self._client.send(self._input, request, words)
        self._client.wait()
