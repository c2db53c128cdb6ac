"""The session: its kind, Qt in it, the portal, and the GrokDesk that runs already."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grokdesk import __version__
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.pictures.decode.child_process import desktop_environment
from grokdesk.system.part_state import PartState
from grokdesk.system.portal import NAME as PORTAL
from grokdesk.system.portal import version_of
from grokdesk.system.session import Session
from grokdesk.system.session_bus import BusClosed, BusRefused, SessionBus
from grokdesk.translation import _

log = logging.getLogger(__name__)

QT_SECONDS = 15.0
_INTERFACES = ("Screenshot", "GlobalShortcuts")


@dataclass(frozen=True, slots=True)
class QtReport:
    """``about`` has versions and screens; ``trouble`` says why Qt did not start."""

    about: Mapping[str, str]
    trouble: str = ""


def look_at_qt(command: Sequence[str], environment: Mapping[str, str], cancel: CancelSwitch) -> QtReport:
    """Start Qt in a child process: without what it needs, it ends its whole process.

    ``command`` starts ``ui.doctor_probe``.
    """
    try:
        process = subprocess.Popen(
            command,
            env=desktop_environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        return QtReport({}, f"it does not start ({error.strerror or type(error).__name__})")
    with process, cancel.waking(process.kill):
        try:
            out, complaints = process.communicate(timeout=QT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return QtReport({}, f"it did not start within {QT_SECONDS:g} seconds")
    try:
        about = json.loads(out.decode("utf-8", "replace").strip().splitlines()[-1])
        return QtReport({str(name): str(value) for name, value in about.items()})
    except (ValueError, IndexError, AttributeError):
        output = complaints.decode("utf-8", "replace").strip()
        log.info("qt: exit code %s\n%s", process.returncode, output[-2000:])
        return QtReport({}, _reason_in(output) or _("exit code {code}").format(code=process.returncode))


def check_session(session: Session, qt: QtReport | None, running: str | None) -> PartState:
    """``qt`` is None where no window is possible; ``running`` is the version of the GrokDesk that runs, "" for one
    that does not answer, None for none."""
    parts = [session.system + (f" ({session.desktop})" if session.desktop else "")]
    if session.kind == "wayland" and session.display:
        parts.append("XWayland")
    parts += [about for about in (_portal(session),) if about]
    if qt is not None:
        parts += [f"{name} {value}" for name, value in qt.about.items()]
    about = ", ".join(parts) + "."
    if session.kind == "none":
        what_to_do = _("Use the commands that need no window, such as grokdesk ask.")
        return PartState("impossible", "none", _("There is no display, so there are no windows."), what_to_do)
    if qt is not None and qt.trouble:
        return PartState(
            "missing",
            session.kind,
            _("{about} Qt does not work: {trouble}.").format(about=about, trouble=qt.trouble),
            _advice(qt.trouble),
        )
    if running is not None and running != __version__:
        why = (
            _("{about} GrokDesk {running} is running; this is {version}.")
            if running
            else _("{about} A running GrokDesk is not responding.")
        )
        why = why.format(about=about, running=running, version=__version__)
        return PartState("degraded", session.kind, why, _("Quit it and start it again."))
    why = _("{about} GrokDesk {version} is running.") if running else _("{about} GrokDesk {version} is not running.")
    return PartState("ok", session.kind, why.format(about=about, version=__version__))


def _portal(session: Session) -> str:
    """The interfaces of the portal that matter, with their versions."""
    if sys.platform in ("win32", "darwin") or not session.bus:
        return ""
    try:
        bus = SessionBus(session.bus)
    except NotPossibleHere:
        return _("no session bus")
    try:
        if not bus.can_start(PORTAL):
            return _("no portal")
        found = []
        for name in _INTERFACES:
            try:
                found.append(f"{name} {version_of(bus, name)}")
            except BusRefused as error:
                log.info("portal: %s", error)
        return _portal_with(found)
    except (BusRefused, BusClosed) as error:
        log.info("portal: %s", error)
        return _("portal not responding")
    finally:
        bus.close()


def _portal_with(found: Sequence[str]) -> str:
    if not found:
        return _("portal without Screenshot and GlobalShortcuts")
    return _("portal with {interfaces}").format(interfaces=", ".join(found))


def _reason_in(output: str) -> str:
    """The line that a person can do something with."""
    lines = [line.strip().rstrip(".") for line in output.splitlines() if line.strip()]
    for word in ("is needed", "cannot open shared object", "could not connect", "Could not load", "ImportError"):
        for line in lines:
            if word in line:
                return line
    return lines[-1] if lines else ""


def _advice(trouble: str) -> str:
    if "libxcb-cursor0" in trouble or "xcb-cursor" in trouble:
        return _("Install libxcb-cursor0 (xcb-util-cursor).")
    return _("Install what is missing, then start GrokDesk again.")
