"""A real Wayland desktop for a test: sway without a screen, its bar with a tray, the portal, an unlocked keyring.

    with SwayDesktop(logs, Output(0, 0, 1280, 800), Output(1280, 0, 1920, 1080, scale=1.5)) as desktop:
        desktop.start("grokdesk")
        desktop.wait_for_window("GrokDesk")
        desktop.key("ctrl+w")

Places are logical, as sway counts them. Windows are tiled, as they are on every sway.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from grokdesk.model import Region
from tests.support.desktops import wayland_desktop
from tests.support.desktops.private_desktop import matches, missing, wait_until
from tests.support.desktops.wayland_desktop import Demotion, WaylandDesktop
from tests.support.desktops.wayland_hand import WaylandHand

WLR_PORTAL = "org.freedesktop.impl.portal.desktop.wlr"
# The portal offers screenshots only where some back end can ask for permission, which that of wlr cannot.
GTK_PORTAL = "org.freedesktop.impl.portal.desktop.gtk"
PROGRAMS = (
    *wayland_desktop.PROGRAMS,
    "Xwayland",
    "grim",
    "setpriv",
    "sway",
    "swaybar",
    "swaybg",
    "swaymsg",
    "unshare",
    "xhost",
)
SERVICES = (*wayland_desktop.SERVICES, GTK_PORTAL, WLR_PORTAL)
BAR_HEIGHT = 28


def missing_programs() -> list[str]:
    """What this desktop needs and this machine has not."""
    return missing(PROGRAMS, SERVICES)


@dataclass(frozen=True, slots=True)
class Output:
    """A screen: where it lies in logical coordinates, and its size in pixels before it is turned and scaled.

    ``turn`` is sway's word for it: "normal", "90", "180", "270".
    """

    x: int
    y: int
    width: int
    height: int
    scale: float = 1
    turn: str = "normal"

    @property
    def pixels(self) -> tuple[int, int]:
        """Its size as it is seen."""
        return (self.width, self.height) if self.turn in {"normal", "180"} else (self.height, self.width)

    @property
    def area(self) -> Region:
        """What it covers in logical coordinates."""
        width, height = self.pixels
        return Region(self.x, self.y, round(width / self.scale), round(height / self.scale))

    def settings(self, name: str) -> str:
        mode = f"mode --custom {self.width}x{self.height}@60Hz"
        return f"output {name} {mode} position {self.x} {self.y} scale {self.scale:g} transform {self.turn}"


class SwayDesktop(WaylandDesktop):
    """The outputs are called HEADLESS-1 and so on. ``xwayland`` adds an X server for programs that want one."""

    def __init__(
        self,
        logs: Path,
        *outputs: Output,
        tray: bool = True,
        portal: bool = True,
        xwayland: bool = False,
        keyring: bool = True,
    ) -> None:
        self.outputs = outputs or (Output(0, 0, 1280, 800),)
        self.area = bounds([output.area for output in self.outputs])
        super().__init__(logs, self.area.width, self.area.height, desktop="sway", keyring=keyring)
        self._tray = tray
        self._portal = portal
        self._xwayland = xwayland
        self._wallpapers: dict[str, subprocess.Popen[bytes]] = {}

    # --- screens ----------------------------------------------------------------------------------------

    def screenshot(self, file: Path, output: str = "") -> Path:
        """Taken by grim: all outputs in one picture as large as the largest scale needs, or one in its own pixels."""
        self.run("grim", *(("-o", output) if output else ()), file)
        return file

    def set_wallpaper(self, file: Path, output: str = "HEADLESS-1") -> None:
        """Fill an output below all windows with a picture of its size."""
        if output in self._wallpapers:
            self.end(self._wallpapers.pop(output))
        self._wallpapers[output] = self.start("swaybg", "--output", output, "--image", file, "--mode", "fill")
        wanted = _corner(file)

        def is_shown() -> bool:
            seen = self.corner(output)
            return all(abs(one - other) < 8 for one, other in zip(seen, wanted, strict=True))

        wait_until(is_shown, f"another wallpaper on {output}")

    def corner(self, output: str) -> tuple[int, ...]:
        """The colour in the lower left of an output, where no bar is."""
        return _corner(self.screenshot(self._folder / "corner.png", output))

    # --- what a person does and sees --------------------------------------------------------------------

    def park_pointer(self) -> None:
        self.move(self.area.right - 1, self.area.bottom - 1)

    def ask(self, kind: str) -> Any:
        """What sway tells of itself: "get_tree", "get_outputs", "get_seats"."""
        return json.loads(self.run("swaymsg", "--raw", "--type", kind).stdout)

    def tree(self) -> list[dict[str, Any]]:
        """Every window as sway knows it: "name" is its title, "rect" where it lies, "app_id" whose it is."""
        return [node for node in _nodes(self.ask("get_tree")) if node.get("pid") and node["type"] != "workspace"]

    def windows(self, name: str) -> list[str]:
        found = [node["id"] for node in self.tree() if node["visible"] and matches(name, node["name"])]
        return [str(number) for number in sorted(found)]

    def active_window(self) -> str:
        return next((str(node["id"]) for node in self.tree() if node["focused"]), "")

    # --- starting ---------------------------------------------------------------------------------------

    def _start_compositor(self) -> None:
        demotion = Demotion()
        folder = self._folder / "sway"
        folder.mkdir()
        demotion.open_folder(folder)
        settings = folder / "config"
        settings.write_text(self._settings())
        self.environment |= {"WAYLAND_DISPLAY": "wayland-1", "SWAYSOCK": str(folder / "ipc")}
        own = {
            "XDG_RUNTIME_DIR": str(folder),
            "WLR_BACKENDS": "headless",
            "WLR_HEADLESS_OUTPUTS": str(len(self.outputs)),
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
        }
        self.start(*demotion.words, "sway", "--config", settings, environment=own, name="sway")
        socket = folder / "wayland-1"
        (self.runtime / "wayland-1").symlink_to(socket)
        wait_until(lambda: socket.exists() and (folder / "ipc").exists(), "sway")
        self._hand = WaylandHand(socket, self.area)
        self.park_pointer()
        if self._xwayland:
            self._read_display(folder / "display")
        if self._tray:
            self.start("swaybar", "--bar_id", "bar")
        if self._portal:
            self._start_portal(WLR_PORTAL)
        if self._tray:
            wait_until(self._has_tray, "a tray")

    def _settings(self) -> str:
        lines = [output.settings(f"HEADLESS-{number}") for number, output in enumerate(self.outputs, 1)]
        lines.append(f"xwayland {'enable' if self._xwayland else 'disable'}")
        if self._tray:
            # sway would start its bar as the user that it runs as itself, and the bus would not let that one in.
            lines.append(f"bar bar {{\n swaybar_command true\n tray_output *\n height {BAR_HEIGHT}\n position top\n}}")
        return "\n".join(lines) + "\n"

    def _read_display(self, file: Path) -> None:
        """Only the programs that sway starts are told the number of its X server, and may let other users in."""
        self.run("swaymsg", "exec", f"xhost +local: && printenv DISPLAY > {file}")
        wait_until(lambda: file.exists() and file.read_text().endswith("\n"), "an X server")
        self.environment["DISPLAY"] = file.read_text().strip()


def bounds(areas: list[Region]) -> Region:
    """The smallest region around all of them."""
    left, top = min(area.x for area in areas), min(area.y for area in areas)
    return Region(left, top, max(area.right for area in areas) - left, max(area.bottom for area in areas) - top)


def _corner(file: Path) -> tuple[int, ...]:
    with Image.open(file) as picture:
        colour = picture.convert("RGB").getpixel((0, picture.height - 1))
        assert isinstance(colour, tuple)
        return colour


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in (*node.get("nodes", ()), *node.get("floating_nodes", ())):
        yield from _nodes(child)
