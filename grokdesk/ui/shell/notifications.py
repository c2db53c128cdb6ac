"""Notifications for the windows: shown by the desktop, else by the tray icon; a click comes back on the GUI thread."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from grokdesk.model import AskEvent, Ended
from grokdesk.system.notification import Notification
from grokdesk.system.protocols import Notifier
from grokdesk.translation import _
from grokdesk.ui.shell.tray import Tray

if TYPE_CHECKING:
    from grokdesk.ui.clipboard.clipboard import Copied


ACTIVATION = "XDG_ACTIVATION_TOKEN"
"""Where Qt looks for what lets a Wayland program raise its window: https://wayland.app/protocols/xdg-activation-v1"""

Choose = Callable[[Callable[[str, str], None], Callable[[Notification], None]], Notifier]


class Notifications(QObject):
    clicked = Signal(str)
    """The id of the notification. A window that is raised now comes to the front on Wayland too."""

    _activated = Signal(str, str)
    _failed = Signal(object)

    def __init__(self, choose: Choose, show_by_tray: Callable[[str, str], None], parent: QObject | None = None) -> None:
        """``choose`` makes the back end when the first notification comes; it gets its two callbacks."""
        super().__init__(parent)
        self._choose = choose
        self._show_by_tray = show_by_tray
        self._notifier: Notifier | None = None
        self._last_by_tray = ""
        # They come from the back end's thread.
        self._activated.connect(self._click, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._fall_back, Qt.ConnectionType.QueuedConnection)

    def show(self, id_: str, title: str, text: str, group: str = "") -> None:
        """As in ``Notification``: nothing of a picture or an answer belongs in it."""
        if self._notifier is None:
            self._notifier = self._choose(self._activated.emit, self._failed.emit)
        self._notifier.show(Notification(id_, title, text, group))

    def close(self) -> None:
        if self._notifier is not None:
            self._notifier.close()
            self._notifier = None

    @Slot()
    def click_by_tray(self) -> None:
        """The message of the tray icon was clicked."""
        self.clicked.emit(self._last_by_tray)

    @Slot(str, str)
    def _click(self, id_: str, token: str) -> None:
        if token:
            os.environ[ACTIVATION] = token
        self.clicked.emit(id_)
        os.environ.pop(ACTIVATION, None)

    @Slot(object)
    def _fall_back(self, notification: Notification) -> None:
        self._last_by_tray = notification.id
        self._show_by_tray(notification.title, notification.text)


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
            "running", _("GrokDesk keeps running"), _("It stays in the tray. Quit it from its menu.")
        )
