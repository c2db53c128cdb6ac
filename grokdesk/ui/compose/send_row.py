"""The foot of the composer: who will answer, and the button that sends or stops."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import GAP_S, GAP_XL, Theme

NAME_WIDTH, LEAST_WIDTH = 260, 200
"""Logical pixels that the name of the profile may take, and that the row needs."""


class SendRow(QWidget):
    profile_requested = Signal(QRect)
    """Where on the screen the name of the profile stands: the choice belongs beside it."""
    compare_requested = Signal()
    clicked = Signal()
    """Send or Stop, whatever the button says."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._label = ""
        self._busy = self._can_send = False
        self._profile = QPushButton(self)
        self._profile.setProperty("look", "flush")
        self._profile.clicked.connect(self._request_profile)
        self._profile.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard in the text
        self._profile.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_S)
        row.addWidget(self._profile)
        row.addStretch()
        self._compare = IconButton(theme, "compare", "", name=_("Compare the answers of several models"), parent=self)
        self._compare.clicked.connect(self.compare_requested)
        self._compare.hide()
        row.addWidget(self._compare)
        self._send = QPushButton(self)
        self._send.clicked.connect(self.clicked)
        row.addWidget(self._send)
        for button in (self._profile, self._send):
            button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon comes after the words
            button.setIconSize(QSize(16, 16))
        self._restyle()
        theme.changed.connect(self._restyle)

    @Slot()
    def _request_profile(self) -> None:
        self.profile_requested.emit(QRect(self._profile.mapToGlobal(QPoint()), self._profile.size()))

    def set_profile(self, label: str) -> None:
        self._label = label
        self._fit()
        self._profile.setToolTip(_("Answers come from {profile}").format(profile=label))
        self._profile.setAccessibleName(_("Answers come from {profile}. Change").format(profile=label))
        self._profile.setVisible(bool(label))

    def offer_compare(self) -> None:
        """Show the way to the window that asks several models at once."""
        self._compare.show()

    def show_state(self, *, busy: bool, can_send: bool, redacts: bool = False) -> None:
        self._busy, self._can_send = busy, can_send
        self._send.setText(_("Stop") if busy else _("Redact and send") if redacts else _("Send"))
        self._send.setToolTip(
            _("Stop the answer (Esc)") if busy else _("Redact and send (Enter)") if redacts else _("Send (Enter)")
        )
        self._fit()
        self._send.setEnabled(busy or can_send)
        self._restyle()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Cut the name of the profile to the room there is."""
        taken = self._send.sizeHint().width() + (0 if self._compare.isHidden() else self._compare.sizeHint().width())
        room = min(NAME_WIDTH, self.width() - taken - 3 * GAP_XL)
        metrics = self._profile.fontMetrics()
        self._profile.setText(metrics.elidedText(self._label, Qt.TextElideMode.ElideRight, room))

    @Slot()
    def _restyle(self) -> None:
        self._profile.setIcon(self._theme.icon("chevron-down", "muted"))
        icon = ("stop", "text") if self._busy else ("enter", "on_accent" if self._can_send else "muted")
        self._send.setIcon(self._theme.icon(*icon))
        self._send.setProperty("look", "" if self._busy else "primary")
        self._send.style().polish(self._send)
