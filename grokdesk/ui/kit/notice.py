"""A sentence in the flow of a form: what went wrong and what to do, or an offer with a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.theme import GAP_S, GAP_XS, HIT_TARGET, Theme


class Notice(QFrame):
    """Hidden until there is something to say; told to screen readers when it is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name, self._role = "warning", "bad"
        self._accept: Callable[[], object] | None = None
        self._is_progress = False
        self.setProperty("look", "notice")
        self._icon, self._words = QLabel(self), QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton(self)
        self._button.setProperty("look", "quiet")
        self._button.clicked.connect(self._run)
        self._close = QToolButton(self)
        self._close.setProperty("look", "icon")
        self._close.setAccessibleName(_("Dismiss"))
        self._close.setToolTip(_("Dismiss"))
        self._close.clicked.connect(self.close_notice)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_S, GAP_XS, GAP_XS, GAP_XS)
        row.setSpacing(GAP_S)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self.setMinimumHeight(HIT_TARGET)
        self.hide()
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def words(self) -> str:
        """What it says, empty when it is hidden."""
        return self._words.text() if not self.isHidden() else ""

    def show_notice(self, title: str, hint: str = "") -> None:
        self._show(f"{title} {hint}".strip(), "warning", "bad")

    def show_offer(self, words: str, button: str, accept: Callable[[], object]) -> None:
        self._show(words, "info", "muted", button, accept)

    def show_words(self, words: str) -> None:
        """What was done."""
        self._show(words, "info", "muted")

    def show_progress(self, words: str, cancel: Callable[[], object] | None = None) -> None:
        """Say what is being waited for, until ``end_progress``; with a button when it can be cancelled."""
        self._show(words, "info", "muted", _("Cancel") if cancel else "", cancel)
        self._is_progress = True

    def update_progress(self, words: str) -> None:
        """How far it has come. Nothing when it was dismissed, and not told to screen readers again and again."""
        if self._is_progress:
            self._words.setText(words)

    def end_progress(self) -> None:
        if self._is_progress:
            self.close_notice()

    @Slot()
    def close_notice(self) -> None:
        self._accept, self._is_progress = None, False
        self.hide()

    def _show(
        self, words: str, icon: str, role: str, button: str = "", accept: Callable[[], object] | None = None
    ) -> None:
        self._icon_name, self._role, self._accept, self._is_progress = icon, role, accept, False
        self._words.setText(words)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._restyle()
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    @Slot()
    def _run(self) -> None:
        accept = self._accept
        self.close_notice()
        if accept is not None:
            accept()

    @Slot()
    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, 20, self._role))
        self._close.setIcon(self._theme.icon("close", "muted"))
        self._close.setIconSize(QSize(16, 16))
