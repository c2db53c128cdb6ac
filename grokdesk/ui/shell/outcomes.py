"""Tells a person who looks elsewhere what became of their question: the state of the tray, a notification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from grokdesk.model import AskEvent, Ended
from grokdesk.translation import _
from grokdesk.ui.shell.notifications import Notifications
from grokdesk.ui.shell.tray import Tray

if TYPE_CHECKING:
    from grokdesk.ui.clipboard.clipboard import Copied


class Outcomes(QObject):
    """``looked_at``: the conversation is shown by a window in front, so that nothing needs to be told."""

    def __init__(self, tray: Tray, notifications: Notifications, parent: QObject) -> None:
        super().__init__(parent)
        self._tray, self._notifications = tray, notifications

    def take(self, events: list[AskEvent], looked_at: bool) -> None:
        for event in events:
            if isinstance(event, Ended):
                self._tell_ended(event, looked_at)

    def _tell_ended(self, ended: Ended, looked_at: bool) -> None:
        self._tray.set_state("attention" if ended.error is not None and not looked_at else "done")
        if not looked_at:
            title = ended.error.title if ended.error is not None else _("The answer is ready")
            self._notifications.show("answer", title, _("Click to open GrokDesk."), "answer")

    def tell_copied(self, copied: Copied, looked_at: bool) -> None:
        """In place of the notice that the answer is ready."""
        if not looked_at:
            title = _("{done} to the clipboard").format(done=copied.sentence)
            self._notifications.show("answer", title, _("Click to see it."), "answer")

    @Slot()
    def tell_hidden(self) -> None:
        self._notifications.show(
            "running", _("GrokDesk keeps running"), _("It is here in the tray. Quit it from its menu.")
        )
