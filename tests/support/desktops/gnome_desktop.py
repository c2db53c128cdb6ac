"""A real Wayland desktop of GNOME for a test: GNOME Shell without a screen, and its portal. It has no tray.

The shell is started in its unsafe mode, in which it runs what a test asks it to over the bus. Source for the mouse and
the keyboard: https://gitlab.gnome.org/GNOME/mutter/-/blob/main/data/dbus-interfaces/org.gnome.Mutter.RemoteDesktop.xml
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from jeepney import DBusAddress
from PIL import Image

from tests.support.desktops import wayland_desktop
from tests.support.desktops.bus_service import UNKNOWN, BusService, Call, Refuse, Reply, bus_service
from tests.support.desktops.key_codes import BUTTONS, SHIFT, Stroke
from tests.support.desktops.keyring_daemon import session_bus
from tests.support.desktops.private_desktop import matches, missing, wait_until
from tests.support.desktops.session_bus import SessionBus
from tests.support.desktops.wayland_desktop import PERMISSIONS, WaylandDesktop

GNOME_PORTAL = "org.freedesktop.impl.portal.desktop.gnome"
PROGRAMS = (*wayland_desktop.PROGRAMS, "gnome-shell")
SERVICES = (*wayland_desktop.SERVICES, GNOME_PORTAL)

_SHELL = DBusAddress("/org/gnome/Shell", "org.gnome.Shell", "org.gnome.Shell")
_SCREENSHOTS = DBusAddress("/org/gnome/Shell/Screenshot", "org.gnome.Shell.Screenshot", "org.gnome.Shell.Screenshot")
_REMOTE = "org.gnome.Mutter.RemoteDesktop"
_START = 30.0
"""Seconds: the shell is a large program."""
_WINDOWS = """
JSON.stringify(global.get_window_actors().map(each => each.meta_window).map(each => ({
    title: each.title, id: String(each.get_id()), active: each.has_focus(), minimized: each.minimized,
    wayland: each.get_client_type() === 0, full: each.is_fullscreen(),
})))
"""
_PASTE = """
global.pasted = '';
const { St, GLib } = imports.gi;
St.Clipboard.get_default().get_content(St.ClipboardType.CLIPBOARD, 'TARGET', (_, bytes) => {
    global.pasted = '=' + (bytes && bytes.get_size() ? GLib.base64_encode(bytes.toArray()) : '');
});
"""
_COPY = """
const { St, GLib } = imports.gi;
const bytes = new GLib.Bytes(GLib.base64_decode('DATA'));
St.Clipboard.get_default().set_content(St.ClipboardType.CLIPBOARD, 'TARGET', bytes);
"""


def missing_programs() -> list[str]:
    """What this desktop needs and this machine has not."""
    return missing(PROGRAMS, SERVICES)


class GnomeDesktop(WaylandDesktop):
    """``may_capture`` is what the person told the desktop about screenshots by programs; None: it was never asked."""

    def __init__(self, logs: Path, width: int = 1280, height: int = 800, *, may_capture: bool | None = True) -> None:
        super().__init__(logs, width, height, desktop="GNOME")
        self._may_capture = may_capture

    # --- what a person sees -----------------------------------------------------------------------------

    def screenshot(self, file: Path) -> Path:
        """Taken by the shell itself."""
        self.bus.call(_SCREENSHOTS, "Screenshot", "bbs", False, False, str(file))
        return file

    def set_wallpaper(self, file: Path) -> None:
        """Fill the screen below all windows with a picture of its size."""
        self.set("org.gnome.desktop.background", "set_string('picture-options', 'stretched')")
        self.set("org.gnome.desktop.background", f"set_string('picture-uri', '{file.as_uri()}')")
        with Image.open(file) as picture:
            corner = (0, picture.height - 1)
            wanted = picture.convert("RGB").getpixel(corner)

        def is_shown() -> bool:
            with Image.open(self.screenshot(self._folder / "corner.png")) as shot:
                return shot.convert("RGB").getpixel(corner) == wanted

        wait_until(is_shown, "another wallpaper")

    def clipboard(self, target: str = "text/plain;charset=utf-8") -> bytes:
        """Read by the shell: a program without the focus gets nothing here."""
        self.evaluate(_PASTE.replace("TARGET", target))
        encoded = wait_until(lambda: self.evaluate("global.pasted"), "the clipboard")
        return base64.b64decode(encoded[1:])

    def set_clipboard(self, file: Path, target: str) -> None:
        data = base64.b64encode(file.read_bytes()).decode()
        self.evaluate(_COPY.replace("TARGET", target).replace("DATA", data))

    def evaluate(self, code: str) -> Any:
        """What this JavaScript has as its value in the shell."""
        succeeded, value = self.bus.call(_SHELL, "Eval", "s", code)
        if not succeeded:
            raise RuntimeError(f"{code}: {value}")
        return json.loads(value) if value else None

    def set(self, schema: str, call: str) -> None:
        """Change a setting of the shell; they are kept in its memory."""
        self.evaluate(f"new imports.gi.Gio.Settings({{schema_id: '{schema}'}}).{call}")

    def tree(self) -> list[dict[str, Any]]:
        """Every window as the shell knows it: "title", "id", "active", "minimized", "wayland", "full"."""
        found: list[dict[str, Any]] = json.loads(self.evaluate(_WINDOWS))
        return found

    def windows(self, name: str) -> list[str]:
        return [each["id"] for each in self.tree() if not each["minimized"] and matches(name, each["title"])]

    def active_window(self) -> str:
        return next((each["id"] for each in self.tree() if each["active"]), "")

    # --- starting ---------------------------------------------------------------------------------------

    def _start_compositor(self) -> None:
        self._start_system_bus()
        self.environment |= {"WAYLAND_DISPLAY": "wayland-1", "LIBGL_ALWAYS_SOFTWARE": "1"}
        self._start_pipewire()
        words = ("--headless", "--wayland", "--no-x11", "--unsafe-mode", "--wayland-display", "wayland-1")
        self.start("gnome-shell", *words, "--virtual-monitor", f"{self.width}x{self.height}")
        self.wait_for_service("org.gnome.Shell.Screenshot", _START)
        self.set("org.gnome.desktop.interface", "set_boolean('enable-animations', false)")
        # The hand touches the first corner with every move.
        self.set("org.gnome.desktop.interface", "set_boolean('enable-hot-corners', false)")
        # It complains that nobody locks this screen.
        self.set("org.gnome.desktop.notifications", "set_boolean('show-banners', false)")
        wait_until(self._has_left_overview, "a desktop", _START)
        self._hand = _RemoteHand(self.environment["DBUS_SESSION_BUS_ADDRESS"])
        self.park_pointer()
        self._start_portal(GNOME_PORTAL)
        if self._may_capture is not None:
            address = DBusAddress("/org/freedesktop/impl/portal/PermissionStore", PERMISSIONS, PERMISSIONS)
            answer = "yes" if self._may_capture else "no"
            arguments = ("screenshot", True, "screenshot", "", [answer])
            self.bus.call(address, "SetPermission", "sbssas", *arguments)

    def _has_left_overview(self) -> bool:
        """It begins with an overview of all windows, which must not be sent away before it is complete."""
        if self.evaluate("Main.layoutManager._startingUp"):
            return False
        self.evaluate("Main.overview.hide()")
        return self.evaluate("Main.actionMode === imports.gi.Shell.ActionMode.NORMAL") is True

    def _start_system_bus(self) -> None:
        """The shell wants a bus of the system with somebody on it who knows of sessions."""
        folder = self._folder / "system"
        folder.mkdir()
        address = self._services.enter_context(session_bus(folder, self.environment))
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = address
        self._services.enter_context(bus_service(address, "org.freedesktop.login1", _know_nothing))


def _know_nothing(_service: BusService, call: Call) -> Reply:
    raise Refuse(UNKNOWN, call.method)


class _RemoteHand:
    """The mouse and the keyboard of a person far away."""

    def __init__(self, address: str) -> None:
        self._bus = SessionBus(address)
        manager = DBusAddress("/org/gnome/Mutter/RemoteDesktop", _REMOTE, _REMOTE)
        [path] = self._bus.call(manager, "CreateSession")
        self._session = DBusAddress(path, _REMOTE, f"{_REMOTE}.Session")
        self._bus.call(self._session, "Start")
        # Its keyboard is there from the first key on, which no program would see.
        self.strike(Stroke((SHIFT,)))

    def close(self) -> None:
        self._bus.close()

    def move(self, x: int, y: int) -> None:
        """It can only be pushed: into the first corner, and from there to its place."""
        for push in ((-10_000.0, -10_000.0), (float(x), float(y))):
            self._bus.call(self._session, "NotifyPointerMotionRelative", "dd", *push)

    def button(self, number: int, *, down: bool) -> None:
        self._bus.call(self._session, "NotifyPointerButton", "ib", BUTTONS[number], down)

    def strike(self, stroke: Stroke) -> None:
        for code in stroke.codes:
            self._bus.call(self._session, "NotifyKeyboardKeycode", "ub", code, True)
        for code in reversed(stroke.codes):
            self._bus.call(self._session, "NotifyKeyboardKeycode", "ub", code, False)
