"""Where notifications are not shown by a service of the session: the tray icon shows them, if anything does."""

from __future__ import annotations

from collections.abc import Callable

from grokdesk.system.notification import Notification
from grokdesk.system.part_state import PartState


class NoNotifier:
    def __init__(self, state: PartState, failed: Callable[[Notification], None]) -> None:
        self.state = state
        self._failed = failed

    def show(self, notification: Notification) -> None:
        self._failed(notification)

    def close(self) -> None:
        pass
