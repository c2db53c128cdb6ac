"""Tells a person who looks elsewhere what became of their question: the state of the tray, a notification."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from grokdesk.model import AskEvent, Ended
from grokdesk.ui.shell.notifications import Notifications
from grokdesk.ui.shell.tray import Tray

if TYPE_CHECKING:
    from grokdesk.ui.clipboard.clipboard import Copied

KEEPS_RUNNING = ("running", "GrokDesk keeps running", "It is here in the tray. Quit it from its menu.")


class Outcomes(QObject):
    """``is_looked_at``: the conversation's window is in front, so that nothing needs to be told."""

    def __init__(
        self, tray: Tray, notifications: Notifications, is_looked_at: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._tray, self._notifications, self._is_looked_at = tray, notifications, is_looked_at

    @Slot(list)
    def take(self, events: list[AskEvent]) -> None:
        for event in events:
            if isinstance(event, Ended):
                self._tell_ended(event)

    def _tell_ended(self, ended: Ended) -> None:
        looked_at = self._is_looked_at()
        self._tray.set_state("attention" if ended.error is not None and not looked_at else "done")
        if not looked_at:
            title = ended.error.title if ended.error is not None else "The answer is ready"
            self._notifications.show("answer", title, "Click to open GrokDesk.", "answer")

    @Slot(object)
    def tell_copied(self, copied: Copied) -> None:
        """In place of the notice that the answer is ready."""
        if not self._is_looked_at():
            self._notifications.show("answer", f"{copied.sentence} to the clipboard", "Click to see it.", "answer")

    @Slot()
    def tell_hidden(self) -> None:
        self._notifications.show(*KEEPS_RUNNING)
