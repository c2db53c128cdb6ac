"""Makes what copies, for each place that does, and hands over what was copied when the program ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from grokdesk.system.session import Session

if TYPE_CHECKING:
    from grokdesk.system.clipboard.content import Clipboard
    from grokdesk.ui.clipboard.clipboard import Copier
    from grokdesk.ui.clipboard.handover import Outcome


class Copiers(QObject):
    def __init__(self, session: Session, environment: Mapping[str, str], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._environment = session, environment
        self._made: Clipboard | None = None

    def make(self) -> Copier:
        """A new one for each place: everybody hears what a copier has copied."""
        from grokdesk.ui.clipboard.clipboard import Copier

        return Copier(QGuiApplication.clipboard(), self._tools, self._session, self.parent())

    def hand_over(self, then: Callable[[Outcome], None]) -> None:
        """Give what was copied to who stays; ``then`` hears once who has it."""
        from grokdesk.ui.clipboard.handover import Handover

        handover = Handover(QGuiApplication.clipboard(), self._tools, self._session, self)
        handover.finished.connect(then)
        handover.begin()

    @property
    def _tools(self) -> Clipboard:
        """The desktop's own, looked for when something is first copied."""
        from grokdesk.system.clipboard.choice import choose_clipboard

        if self._made is None:
            self._made = choose_clipboard(self._session, self._environment)
        return self._made
