"""What closing the window means, and that a program without a window and without a tray icon is not lost.

With a tray icon the window hides, and the first time it is said where the program went. Without one the person is
asked, until an answer is remembered. A start in the background waits for the tray, which may come later than we do
at login; if none comes the window is shown minimised, so that there is something to click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from grokdesk.translation import N_, _
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.kit.theme import GAP_L, GAP_M, GAP_S, Theme
from grokdesk.ui.settings.preferences import Preferences

NO_TRAY_MS = 15_000
"""How long a tray may take to appear after a start in the background."""
TITLE = N_("Keep GrokDesk running?")
GNOME_HINT = N_("GNOME shows tray icons with the AppIndicator extension.")


class CloseQuestion(QFrame):
    """Not modal: the conversation above can be used while it waits. Hidden until it asks."""

    answered = Signal(str, bool)
    """"quit" or "keep", and whether to remember it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "notice")
        self.setAccessibleName(_(TITLE))
        title, self._words, self._hint = QLabel(_(TITLE), self), QLabel(self), QLabel(_(GNOME_HINT), self)
        title.setFont(theme.font(bold=True))
        self._hint.setProperty("look", "caption")
        for label in (self._words, self._hint):
            label.setWordWrap(True)
        self._cross = QToolButton(self)
        self._cross.setProperty("look", "icon")
        self._cross.setToolTip(_("Leave the window open"))
        self._cross.setAccessibleName(_("Leave the window open"))
        self._cross.clicked.connect(self.hide)
        self.remember = QCheckBox(_("Remember"), self)
        self.quit, self.keep = QPushButton(_("Quit"), self), QPushButton(_("Keep running"), self)
        self.keep.setProperty("look", "primary")
        for button, choice in ((self.quit, "quit"), (self.keep, "keep")):
            button.setAutoDefault(True)
            button.clicked.connect(lambda _checked=False, choice=choice: self._answer(choice))
        self._lay_out(title)
        self.hide()
        self._restyle()
        theme.changed.connect(self._restyle)

    def ask(self, hotkey: str, *, gnome_hint: bool = False) -> None:
        """``hotkey`` is one that works, "" for none."""
        words = _(
            "There is no tray icon here. You would reach it from the application menu, or by typing grokdesk in a "
            "terminal."
        )
        if hotkey:
            words = _(
                "There is no tray icon here. You would reach it with {hotkey}, from the application menu, or by typing "
                "grokdesk in a terminal."
            ).format(hotkey=hotkey)
        if self.isHidden():
            self.remember.setChecked(False)
            self._words.setText(words)
            self._hint.setVisible(gnome_hint)
            self.show()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{_(TITLE)} {words}"))
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _answer(self, choice: str) -> None:
        self.hide()
        self.answered.emit(choice, self.remember.isChecked())

    def _lay_out(self, title: QLabel) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._cross)
        foot.setSpacing(GAP_S)
        foot.addWidget(self.remember)
        foot.addStretch(1)
        foot.addWidget(self.quit)
        foot.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_L, GAP_S, GAP_M, GAP_M)
        layout.setSpacing(GAP_S)
        layout.addLayout(head)
        layout.addWidget(self._words)
        layout.addWidget(self._hint)
        layout.addLayout(foot)

    @Slot()
    def _restyle(self) -> None:
        self._cross.setIcon(self._theme.icon("close", "muted"))
        self._cross.setIconSize(QSize(16, 16))


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
