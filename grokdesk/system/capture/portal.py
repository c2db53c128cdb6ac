"""Takes pictures through the desktop's Screenshot portal: GNOME, KDE and most other Wayland desktops.

Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotInstalled, NotPossibleHere, PermissionNeeded
from grokdesk.model import Capture, Pixels, Region
from grokdesk.system.arranging import bounds, monitors_in_image
from grokdesk.system.capture.portal_file import take_picture
from grokdesk.system.capture.wayland_compositor import Output, ask_compositor
from grokdesk.system.part_state import PartState
from grokdesk.system.portal import CANCELLED, DONE, PortalAnswer, ask_portal
from grokdesk.system.portal_permission import Permission, command_to_allow, permission_of_screenshots
from grokdesk.system.session import Session
from grokdesk.system.session_bus import BusClosed, BusRefused, SessionBus
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

QUIET_SECONDS = 10.0
"""How long a portal may take that asks nobody. It usually takes less than half a second."""
ASKING_SECONDS = 120.0
"""How long a person may look at the desktop's question."""

NO_SUCH_PORTAL = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.UnknownMethod",
    "org.freedesktop.DBus.Error.UnknownInterface",
    "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.DBus.Error.Spawn.ServiceNotFound",
)
NO_REPLY = (
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.Timeout",
    "org.freedesktop.DBus.Error.TimedOut",
)

_PORTALS = {
    "gnome": "xdg-desktop-portal-gnome",
    "kde": "xdg-desktop-portal-kde",
    "hyprland": "xdg-desktop-portal-hyprland",
    "cosmic": "xdg-desktop-portal-cosmic",
}
_OTHER_WAY = N_("Take a screenshot with your desktop's own tool and paste or drop it here.")
_ASKS = N_("Your desktop will ask whether GrokDesk may capture the screen.")


@dataclass(slots=True)
class PortalGrabber:
    """A quiet grab, as long as the desktop allows that. After a remembered no, the desktop's own tool opens instead."""

    session: Session
    environment: Mapping[str, str]
    quiet_seconds: float = QUIET_SECONDS
    asking_seconds: float = ASKING_SECONDS
    state: PartState = field(
        default_factory=lambda: PartState("ok", "portal", _("Your desktop takes the screenshots (portal)."))
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        with self._lock, self._bus(cancel) as bus:
            if self.session.desktop == "gnome" and permission_of_screenshots(bus) == "ask":
                # It would ask now, but only for a program with the focus.
                raise PermissionNeeded(_(_ASKS), _("Choose Allow when asked."))
            pixels = self._picture(bus, cancel)
            if pixels is not None:
                return self._capture(pixels)
            match permission_of_screenshots(bus):
                case "no":
                    return self._chosen_by_person(bus, cancel)
                case "yes":
                    raise NotPossibleHere(_("Your desktop returned no image."), _(_OTHER_WAY))
                case "ask" | "unknown":
                    raise PermissionNeeded(_(_ASKS), _("Choose Allow when asked."))

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:
        with self._lock, self._bus(cancel) as bus:
            # The picture would show the window that explains the question, so it is thrown away.
            if self._picture(bus, cancel, parent_window, seconds=self.asking_seconds) is None:
                raise self._refused(permission_of_screenshots(bus))

    def close(self) -> None:
        pass

    # --- asking the portal ---

    @contextmanager
    def _bus(self, cancel: CancelSwitch | None) -> Iterator[SessionBus]:
        """A connection that the switch closes; with it the portal gives up the request."""
        if cancel is not None:
            cancel.check()
        bus = SessionBus(self.session.bus)
        try:
            with cancel.waking(bus.interrupt) if cancel is not None else nullcontext():
                yield bus
        except BusClosed as error:
            if cancel is not None:
                cancel.check()
            raise NotPossibleHere(_("The connection to your desktop was lost."), _("Try again.")) from error
        finally:
            bus.close()

    def _picture(
        self,
        bus: SessionBus,
        cancel: CancelSwitch | None,
        parent_window: str = "",
        *,
        interactive: bool = False,
        seconds: float | None = None,
    ) -> Pixels | None:
        """None when the desktop said no. Raises NotPossibleHere, Cancelled, BusClosed."""
        seconds = self.quiet_seconds if seconds is None else seconds
        asked_at = time.time()
        answer = self._answer(bus, parent_window, interactive=interactive, seconds=seconds)
        if answer is not None and answer.code == DONE:
            pixels = take_picture(str(answer.results.get("uri", "")), asked_at, self.environment)
            if cancel is not None:
                cancel.check()
            return pixels
        if answer is not None and answer.code == CANCELLED:
            raise self._cancelled()
        return None

    def _answer(self, bus: SessionBus, parent_window: str, *, interactive: bool, seconds: float) -> PortalAnswer | None:
        """None when the call itself was denied."""
        options = {"interactive": ("b", interactive), "modal": ("b", True)}
        try:
            return ask_portal(bus, "Screenshot", "Screenshot", "s", parent_window, options=options, seconds=seconds)
        except TimeoutError as error:
            raise _late(seconds) from error
        except BusRefused as refused:
            if refused.name in NO_REPLY:
                raise _late(seconds) from refused
            if refused.name in NO_SUCH_PORTAL:
                raise self._missing() from refused
            log.info("the portal refused: %s", refused)
            return None

    def _chosen_by_person(self, bus: SessionBus, cancel: CancelSwitch | None) -> Capture:
        """By the desktop's own screenshot tool, which needs no permission."""
        pixels = self._picture(bus, cancel, interactive=True, seconds=self.asking_seconds)
        if pixels is None:
            raise self._refused("no")
        return Capture(pixels, (), is_chosen=True)

    def _capture(self, pixels: Pixels) -> Capture:
        outputs: tuple[Output, ...] = ()
        with suppress(NotPossibleHere):
            outputs = ask_compositor(self.environment).outputs
        places = [output.place for output in outputs]
        monitors = monitors_in_image([output.name for output in outputs], places, (pixels.width, pixels.height))
        desktop = bounds(places) if monitors else Region(0, 0, 0, 0)
        return Capture(pixels, monitors, desktop.x, desktop.y)

    # --- in words ---

    def _missing(self) -> NotInstalled:
        package = _PORTALS.get(self.session.desktop)
        if self.session.desktop in ("gnome", "kde", "cosmic"):
            hint = _("Install xdg-desktop-portal and {package}, then log in again.").format(package=package)
        else:
            # xdg-desktop-portal offers Screenshot only where another back end implements Access, by which it asks for
            # permission; that of wlroots does not.
            hint = _(
                "Install xdg-desktop-portal, {package} (or another one that fits your desktop), and "
                "xdg-desktop-portal-gtk, which asks you for permission, then log in again."
            ).format(package=package or "xdg-desktop-portal-wlr")
        return NotInstalled(_("This desktop has no Screenshot portal."), hint)

    def _refused(self, permission: Permission) -> NotPossibleHere:
        if permission == "no":
            command = command_to_allow(self.environment)
            return NotPossibleHere(
                _("Screen capture is blocked in your desktop's settings."),
                _("Allow it in your desktop's privacy settings, or with: {command}").format(command=command),
            )
        return NotPossibleHere(_("Your desktop does not allow GrokDesk to capture the screen."), _(_OTHER_WAY))

    def _cancelled(self) -> Cancelled | NotPossibleHere:
        """KDE's portal calls it cancelled when it cannot save the picture."""
        folder = pictures_folder(self.environment)
        if self.session.desktop == "kde" and not folder.is_dir():
            return NotPossibleHere(
                _("KDE could not save the screenshot."),
                _("Create the folder {folder}.").format(folder=folder),
            )
        return Cancelled(_("The capture was cancelled in your desktop's dialog."))


def _late(seconds: float) -> NotPossibleHere:
    return NotPossibleHere(
        _("Your desktop did not respond within {seconds:g} s.").format(seconds=seconds),
        _("Try again. If that does not help, restart the portal: systemctl --user restart xdg-desktop-portal"),
    )


def pictures_folder(environment: Mapping[str, str]) -> Path:
    """Where the desktop keeps pictures. Source: https://www.freedesktop.org/wiki/Software/xdg-user-dirs/"""
    home = Path(environment.get("HOME", "/"))
    settings = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "user-dirs.dirs"
    with suppress(OSError, UnicodeDecodeError):
        found = re.search(r'^XDG_PICTURES_DIR="(.+)"$', settings.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            return Path(found[1].replace("$HOME", str(home)))
    return home / "Pictures"
