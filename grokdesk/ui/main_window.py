"""The window with the conversation. Closing it hides it; the program goes on in the tray."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from grokdesk.ui.placing import present


class MainWindow(QWidget):
    closed = Signal()
    """The person closed the window; it is hidden now."""
    resized = Signal(QSize)
    settings_requested = Signal()
    quit_requested = Signal()

    def __init__(self, content: QWidget, icon: QIcon, size: QSize) -> None:
        super().__init__()
        self.setWindowTitle("GrokDesk")
        self.setWindowIcon(icon)
        self.resize(size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(content)
        for keys, signal in (("Ctrl+,", self.settings_requested), ("Ctrl+Q", self.quit_requested)):
            QShortcut(QKeySequence(keys), self).activated.connect(signal)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)

    def present(self) -> None:
        """Show the window in front of the others, with the keys."""
        if self.isMinimized():
            self.showNormal()
        present(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.hide()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.isMaximized() and not self.isFullScreen():
            self.resized.emit(event.size())
