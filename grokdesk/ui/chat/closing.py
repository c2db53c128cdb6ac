"""What closing the window means, and that a program without a window and without a tray icon is not lost.

With a tray icon the window hides, and the first time it is said where the program went. Without one the person is
asked, until an answer is remembered. A start in the background waits for the tray, which may come later than we do
at login; if none comes the window is shown minimised, so that there is something to click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from grokdesk.ui.chat.close_question import CloseQuestion
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.settings.preferences import Preferences

NO_TRAY_MS = 15_000
"""How long a tray may take to appear after a start in the background."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What can be asked of the desktop: is there a tray, which hotkey works ("" for none), is it GNOME."""

    has_tray: Callable[[], bool]
    hotkey: Callable[[], str]
    is_gnome: bool


class Closing(QObject):
    quit_chosen = Signal()
    went_to_tray = Signal()
    """The window was closed for the first time, and GrokDesk keeps running in the tray."""

    def __init__(
        self,
        window: MainWindow,
        question: CloseQuestion,
        preferences: Preferences,
        surroundings: Surroundings,
        parent: QObject | None = None,
        no_tray_ms: int = NO_TRAY_MS,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._question = question
        self._preferences = preferences
        self._surroundings = surroundings
        self._waiting = QTimer(self, singleShot=True, interval=no_tray_ms)
        self._waiting.timeout.connect(self._show_if_lost)
        window.add_below(question)
        window.close_requested.connect(self._close)
        question.answered.connect(self._obey)

    def start_hidden(self) -> None:
        """See to it that a program that shows no window can be reached."""
        if not self._surroundings.has_tray():
            self._waiting.start()

    @Slot()
    def _show_if_lost(self) -> None:
        """Who chose to keep it running without a tray knows how to reach it."""
        known = self._preferences.settings.on_close == "keep"
        if not known and not self._surroundings.has_tray() and not self._window.isVisible():
            self._window.showMinimized()

    @Slot()
    def _close(self) -> None:
        settings = self._preferences.settings
        if self._surroundings.has_tray():
            self._hide()
            if not settings.background_notice_shown:
                self._preferences.remember(background_notice_shown=True)
                self.went_to_tray.emit()
        elif settings.on_close == "ask":
            hint = self._surroundings.is_gnome and not settings.tray_hint_shown
            self._question.ask(self._surroundings.hotkey(), gnome_hint=hint)
            if hint:
                self._preferences.remember(tray_hint_shown=True)
        else:
            self._obey(settings.on_close, remember=False)

    @Slot(str, bool)
    def _obey(self, choice: str, remember: bool) -> None:
        if remember:
            self._preferences.remember(on_close=choice)
        self._hide()
        if choice == "quit":
            self.quit_chosen.emit()

    def _hide(self) -> None:
        self._question.hide()
        self._window.hide()
