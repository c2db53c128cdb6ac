"""Joins the request log's window, the window of one request, and what the bookkeeper has to say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QWidget

from grokdesk.model.requests import RequestRecord
from grokdesk.services import Services
from grokdesk.translation import _
from grokdesk.ui.kit.placing import present
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.preferences import Preferences

if TYPE_CHECKING:
    from grokdesk.ui.clipboard.clipboard import Copier
    from grokdesk.ui.request_log.sent_window import SentWindow
    from grokdesk.ui.request_log.window import ChooseFile, RequestLogWindow


class RequestLogWindows(QObject):
    """Its windows are made when they are first shown."""

    notice_requested = Signal(str)
    """A sentence for the person: about the budget, or a request log that does not work."""

    _said = Signal(str)

    def __init__(
        self,
        services: Services,
        preferences: Preferences,
        theme: Theme,
        icon: QIcon,
        make_copier: Callable[[], Copier],
        parent: QObject | None = None,
        choose_file: ChooseFile | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._preferences = services, preferences
        self._theme, self._icon, self._make_copier = theme, icon, make_copier
        self._choose_file = choose_file or _choose_file
        self.log_window: RequestLogWindow | None = None
        self.sent_window: SentWindow | None = None
        # Said on the thread that asks.
        self._said.connect(self.notice_requested, Qt.ConnectionType.QueuedConnection)

    @property
    def windows(self) -> list[QWidget]:
        return [window for window in (self.log_window, self.sent_window) if window is not None]

    @Slot()
    def show(self) -> None:
        if self.log_window is None:
            self.log_window = self._make_request_log_window()
        self.log_window.reload()
        present(self.log_window)

    def make_button(self) -> QPushButton:
        """For the settings."""
        button = QPushButton(_("Show request log…"))
        button.clicked.connect(self.show)
        return button

    @Slot(bool)
    def follow(self, busy: bool) -> None:
        """A question begins or ends. Not sooner than something leaves: waiting in the tray needs no ledger."""
        if busy:
            self._services.accounts().tell = self._said.emit
        elif self.log_window is not None and self.log_window.isVisible():
            self.log_window.reload()

    @Slot(str)
    def forget(self, conversation: str) -> None:
        """It has ended: of a temporary one nothing stays."""
        self._services.accounts().sent.end(conversation)
        self._show_forgotten()

    @Slot()
    def _show_forgotten(self) -> None:
        if self.sent_window is not None:
            self.sent_window.forget_gone(self._services.accounts().sent.has)

    @Slot(str)
    def show_sent(self, ticket: str) -> None:
        """What was sent for an answer."""
        window = self._sent()
        window.show_requests(self._services.accounts().sent.of(ticket))
        present(window)

    @Slot(object)
    def show_entry(self, entry: RequestRecord) -> None:
        window, remembered = self._sent(), self._services.accounts().sent.at(entry.id)
        if remembered is not None:
            window.show_requests([remembered])
        else:
            window.show_entry(entry)
        present(window)

    def _make_request_log_window(self) -> RequestLogWindow:
        from grokdesk.ui.request_log.window import RequestLogWindow

        settings = self._preferences.settings
        size = QSize(settings.ledger_width, settings.ledger_height)
        keeper = self._services.accounts()
        window = RequestLogWindow(
            keeper.request_log, keeper.budget_state, keeper.delete, self._theme, self._icon, self._choose_file, size
        )
        window.deleted.connect(self._show_forgotten)
        window.sent_requested.connect(self.show_entry)
        window.closed.connect(self._keep_size)
        return window

    @Slot(QSize)
    def _keep_size(self, size: QSize) -> None:
        self._preferences.remember(ledger_width=size.width(), ledger_height=size.height())

    def _sent(self) -> SentWindow:
        if self.sent_window is None:
            from grokdesk.ui.request_log.sent_window import SentWindow

            opener = self._services.open_picture
            window = self.sent_window = SentWindow(self._theme, self._icon, self._choose_file, opener)
            copier = self._copier = self._make_copier()
            window.copy_requested.connect(copier.copy_text)
            copier.copied.connect(lambda copied: window.notice.show_words(f"{copied.sentence}."))
            copier.failed.connect(lambda error: window.notice.show_notice(error.title, error.hint))
        return self.sent_window


def _choose_file(window: QWidget, title: str, name: str) -> str:
    from PySide6.QtWidgets import QFileDialog

    file, _filter = QFileDialog.getSaveFileName(window, title, str(Path.home() / name))
    return file
