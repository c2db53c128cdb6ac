"""The window that explains the desktop's coming question. Desktops ask only for the program with the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.errors import PermissionNeeded
from grokdesk.translation import N_, _
from grokdesk.ui.kit.theme import GAP_L, GAP_M, GAP_XL, TITLE_SCALE, Theme

_WHY = N_(
    "GrokDesk takes a picture of the screen only when you ask for a capture. It stays on this computer until you press "
    "Send."
)


class CapturePermissionWindow(QWidget):
    """Stays open, with the focus, until ``done``: the desktop asks while it is there."""

    continued = Signal()
    """The person is ready for the desktop's question."""
    cancelled = Signal()

    def __init__(self, theme: Theme, icon: QIcon) -> None:
        super().__init__()
        self.setWindowTitle(_("Allow captures"))
        self.setWindowIcon(icon)
        self.setFixedWidth(440)
        self._waiting = False
        title = QLabel(_("GrokDesk needs to capture the screen"), wordWrap=True)
        title.setFont(theme.font(TITLE_SCALE, bold=True))
        self._question = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        why = QLabel(_(_WHY), wordWrap=True)
        why.setProperty("look", "caption")
        self.go_on, self.cancel = QPushButton(_("Continue")), QPushButton(_("Cancel"))
        self.go_on.setProperty("look", "primary")
        self.go_on.setDefault(True)
        self.go_on.clicked.connect(self._go_on)
        self.cancel.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_XL, GAP_XL, GAP_XL, GAP_L)
        layout.setSpacing(GAP_M)
        for label in (title, self._question, why):
            layout.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go_on)
        layout.addLayout(buttons)

    def present(self, error: PermissionNeeded) -> None:
        """Explain, and take the focus."""
        self._question.setText(f"{error.title} {error.hint}".strip())
        self.setAccessibleDescription(self._question.text())
        self._waiting = True
        self.go_on.setEnabled(True)
        self.show()
        self.raise_()
        self.activateWindow()
        self.go_on.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def done(self) -> None:
        """The desktop has its answer: go away without a signal."""
        self._waiting = False
        self.close()

    @Slot()
    def _go_on(self) -> None:
        self.go_on.setEnabled(False)
        self.continued.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go_on.isEnabled():
            self._go_on()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._waiting:
            self._waiting = False
            self.cancelled.emit()
        super().closeEvent(event)
