"""Who owns the selections of an X server, the request to a clipboard manager to keep ours, and letting go of one.

Sources: https://x.org/releases/current/doc/xorg-docs/icccm/icccm.html (section 2) and
https://www.freedesktop.org/wiki/ClipboardManager/
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from grokdesk.errors import NotPossibleHere
from grokdesk.system.connection_x11 import connect, load_xcffib
from grokdesk.translation import _

CLIPBOARD, MANAGER = "CLIPBOARD", "CLIPBOARD_MANAGER"


def tray_selection(screen: int = 0) -> str:
    """Whoever owns it shows tray icons of the older kind.

    Source: https://specifications.freedesktop.org/systemtray-spec/latest/
    """
    return f"_NET_SYSTEM_TRAY_S{screen}"


def owned_selections(display: str, names: Sequence[str]) -> frozenset[str]:
    """Those among ``names`` that a program owns. Raises NotPossibleHere without the display."""
    with _line(display) as line:
        return frozenset(name for name in names if line.core.GetSelectionOwner(line.atom(name)).reply().owner)


def ask_to_save(display: str, seconds: float) -> bool:
    """Ask the clipboard manager to keep what is on the clipboard; True when it says that it has.

    The owner has to serve the manager's requests meanwhile. False without a manager, and when it does not answer in
    time. Raises NotPossibleHere without the display.
    """
    deadline = time.monotonic() + seconds
    with _line(display) as line:
        manager, place = line.atom(MANAGER), line.atom("GROKDESK_SAVED")
        if not line.core.GetSelectionOwner(manager).reply().owner:
            return False
        # The list of forms is the request's parameter, in the property that the request names.
        for selection, target in ((line.atom(CLIPBOARD), "TARGETS"), (manager, "SAVE_TARGETS")):
            line.core.ConvertSelection(line.window, selection, line.atom(target), place, 0)
            line.connection.flush()
            if not _is_converted(line, deadline):
                return False
        return True


def _is_converted(line: _Line, deadline: float) -> bool:
    xcffib = load_xcffib()

    while True:
        while (event := line.connection.poll_for_event()) is not None:
            if isinstance(event, xcffib.xproto.SelectionNotifyEvent):
                return bool(event.property)
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([line.connection.get_file_descriptor()], [], [], left)[0]:
            return False


def empty_clipboard(display: str) -> None:
    """Take the clipboard and let it go, so that nothing is on it. Raises NotPossibleHere without the display."""
    with _line(display) as line:
        line.core.SetSelectionOwner(line.window, line.atom(CLIPBOARD), 0)
        line.core.GetInputFocus().reply()  # the server has done it before we hang up


@dataclass(frozen=True, slots=True)
class _Line:
    connection: Any
    window: int

    @property
    def core(self) -> Any:
        return self.connection.core

    def atom(self, name: str) -> int:
        return int(self.core.InternAtom(False, len(name), name).reply().atom)


@contextmanager
def _line(display: str) -> Iterator[_Line]:
    """A connection of its own, with a window that is never shown."""
    xcffib = load_xcffib()
    gone = NotPossibleHere(_("The display {display} cannot be reached.").format(display=display), _("Check DISPLAY."))
    try:
        connection = connect(display)
    except (xcffib.XcffibException, OSError) as error:
        raise gone from error
    try:
        root, window = connection.get_setup().roots[0].root, connection.generate_id()
        kind = xcffib.xproto.WindowClass.InputOnly
        connection.core.CreateWindow(0, window, root, 0, 0, 1, 1, 0, kind, 0, 0, [])
        yield _Line(connection, window)
    except xcffib.XcffibException as error:
        raise gone from error
    finally:
        connection.disconnect()
