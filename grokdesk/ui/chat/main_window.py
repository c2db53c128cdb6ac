"""The window with the conversation. What closing it means is decided elsewhere: see ``closing``."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from grokdesk.ui.kit.placing import present


class MainWindow(QWidget):
    close_requested = Signal()
    """The person wants to close the window; it is still there."""
    resized = Signal(QSize)
    settings_requested = Signal()
    quit_requested = Signal()

    def __init__(self, content: QWidget, icon: QIcon, size: QSize) -> None:
        super().__init__()
        self.setWindowTitle("GrokDesk")
        self.setWindowIcon(icon)
        self.resize(size)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(content, 1)
        for keys, signal in (("Ctrl+,", self.settings_requested), ("Ctrl+Q", self.quit_requested)):
            QShortcut(QKeySequence(keys), self).activated.connect(signal)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)

    def add_below(self, widget: QWidget) -> None:
        """Put something below the conversation, such as a question to the person."""
        self._rows.addWidget(widget)

    def present(self) -> None:
        """Show the window in front of the others, with the keys."""
        if self.isMinimized():
            self.showNormal()
        present(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.close_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.isMaximized() and not self.isFullScreen():
            self.resized.emit(event.size())
