"""The running program's answer to ``grokdesk doctor``: its own parts, as they are in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard

from grokdesk.doctor.examination import Part
from grokdesk.doctor.running import as_line
from grokdesk.system.part_state import PartState
from grokdesk.system.session import Session
from grokdesk.translation import _
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.shell.doctor_clipboard import check_qt_clipboard
from grokdesk.ui.shell.tray import Tray


class RunningDoctor(QObject):
    """``parts`` are asked on this thread, so they must only say what is known already."""

    def __init__(
        self,
        parts: Mapping[Part, Callable[[], PartState]],
        clipboard: QClipboard,
        session: Session,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._clipboard = clipboard
        self._session = session

    def answer(self, reply: Callable[[int, str, str], None]) -> None:
        """Reply to the request ``("doctor",)`` with one line of JSON."""
        found = {part: look() for part, look in self._parts.items()}
        # Under Wayland only a window that has the keys may copy: there the command itself tries it with a tool.
        if self._session.kind != "wayland":
            found["clipboard"] = check_qt_clipboard(self._clipboard)
        reply(0, as_line(found) + "\n", "")


def parts_of(hotkeys: HotkeyBindings, tray: Tray) -> dict[Part, Callable[[], PartState]]:
    """What only the running program knows of the desktop around it."""

    def look_at_hotkeys() -> PartState:
        return hotkeys.states.get("region", PartState("missing", "none", _("The hotkeys are being set up.")))

    def look_at_tray() -> PartState:
        if tray.is_available:
            return PartState("ok", "qt", _("The icon is in the tray."))
        return PartState("missing", "none", _("No panel shows tray icons."), _("A window is shown instead."))

    return {"hotkeys": look_at_hotkeys, "tray": look_at_tray}
