"""Which back ends can capture this desktop, the best first: by what the session says, never by trying.

mss is not tried on Wayland: through XWayland it delivers a picture of the right size that is all black. grim is for
compositors with a newer protocol, or with other colours, than our own copying knows. Of the tools that desktops bring
along, gnome-screenshot and spectacle are not used: what they can do their desktop's portal can, and where the person
told the portal no, another way around is not ours to take.
"""

from __future__ import annotations

from collections.abc import Mapping

from grokdesk.system.capture.grim import GrimGrabber
from grokdesk.system.capture.in_order import GrabberInOrder
from grokdesk.system.capture.mss import MssGrabber
from grokdesk.system.capture.none import NoGrabber
from grokdesk.system.capture.portal import PortalGrabber
from grokdesk.system.capture.screencopy import ScreencopyGrabber
from grokdesk.system.part_state import PartState
from grokdesk.system.programs import is_installed
from grokdesk.system.protocols import Grabber
from grokdesk.system.session import Session
from grokdesk.translation import _

COPIES_OUTPUTS = frozenset(
    {"sway", "hyprland", "river", "wayfire", "labwc", "niri", "wlroots", "dwl", "cagebreak", "swayfx", "scroll"}
)
"""Desktops whose compositor lets a program copy its outputs. Of others it is asked only when the portal fails."""
NEVER_COPIES = frozenset({"gnome", "kde"})


def choose_grabber(session: Session, environment: Mapping[str, str]) -> Grabber:
    """``environment`` is what the programs of the desktop are started with. Nothing is opened yet."""
    return GrabberInOrder(_candidates(session, environment))


def _candidates(session: Session, environment: Mapping[str, str]) -> list[Grabber]:
    match session.kind:
        case "windows" | "macos":
            return [MssGrabber()]
        case "x11":
            return [
                MssGrabber(
                    session.display,
                    why=_("X11 allows screen capture (display {display}).").format(display=session.display),
                )
            ]
        case "wayland":
            return _on_wayland(session, environment)
        case "none":
            what_to_do = _("Use a file instead: grokdesk ask picture.png")
            return [NoGrabber(PartState("impossible", "none", _("No display to capture."), what_to_do))]


def _on_wayland(session: Session, environment: Mapping[str, str]) -> list[Grabber]:
    copying: list[Grabber] = []
    if session.desktop not in NEVER_COPIES:
        copying.append(ScreencopyGrabber(environment))
        if is_installed("grim", environment):
            copying.append(GrimGrabber(environment))
    portal: list[Grabber] = [PortalGrabber(session, environment)] if session.bus else []
    found = [*copying, *portal] if session.desktop in COPIES_OUTPUTS else [*portal, *copying]
    if found:
        return found
    why = _("There is no session bus, which this desktop needs for screen capture.")
    return [NoGrabber(PartState("impossible", "none", why, _("Start GrokDesk from within your desktop session.")))]
