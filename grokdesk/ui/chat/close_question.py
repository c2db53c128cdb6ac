"""The question at the foot of the window when it is closed and no tray icon would be left: quit, or keep running."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from grokdesk.ui.kit.theme import GAP_L, GAP_M, GAP_S, Theme

TITLE = "Keep GrokDesk running?"
GNOME_HINT = "GNOME shows tray icons with the AppIndicator extension."


class CloseQuestion(QFrame):
    """Not modal: the conversation above can be used while it waits. Hidden until it asks."""

    answered = Signal(str, bool)
    """"quit" or "keep", and whether to remember it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "notice")
        self.setAccessibleName(TITLE)
        title, self._words, self._hint = QLabel(TITLE, self), QLabel(self), QLabel(GNOME_HINT, self)
        title.setFont(theme.font(bold=True))
        self._hint.setProperty("look", "caption")
        for label in (self._words, self._hint):
            label.setWordWrap(True)
        self._cross = QToolButton(self)
        self._cross.setProperty("look", "icon")
        self._cross.setToolTip("Leave the window open")
        self._cross.setAccessibleName("Leave the window open")
        self._cross.clicked.connect(self.hide)
        self.remember = QCheckBox("Remember", self)
        self.quit, self.keep = QPushButton("Quit", self), QPushButton("Keep running", self)
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
        ways = [
            *([f"with {hotkey}"] if hotkey else []),
            "from the application menu",
            "by typing grokdesk in a terminal",
        ]
        words = f"There is no tray icon here. You would reach it {', '.join(ways[:-1])}, or {ways[-1]}."
        if self.isHidden():
            self.remember.setChecked(False)
            self._words.setText(words)
            self._hint.setVisible(gnome_hint)
            self.show()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{TITLE} {words}"))
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
