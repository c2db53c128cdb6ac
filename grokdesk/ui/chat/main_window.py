"""The window with the conversations. What closing it means is decided elsewhere: see ``closing``.

Whatever a person types is meant for the question. So letters and pastes that no control takes go to its field, and the
field gets the focus back from whatever disappears with it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from grokdesk.translation import _
from grokdesk.ui.clipboard.incoming import Incoming, incoming_from
from grokdesk.ui.kit.placing import present

_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
"""What AltGr, which types letters, is to Windows."""
_COMMANDS = _ALT_GR | Qt.KeyboardModifier.MetaModifier


class MainWindow(QWidget):
    close_requested = Signal()
    """The person wants to close the window; it is still there."""
    resized = Signal(QSize)
    settings_requested = Signal()
    quit_requested = Signal()

    def __init__(self, app: QApplication, icon: QIcon, size: QSize) -> None:
        super().__init__()
        self.setWindowTitle(_("GrokDesk"))
        self.setWindowIcon(icon)
        self.resize(size)
        self._focus_home: Callable[[], None] = self.setFocus
        self._bring: Callable[[Incoming], None] = _nowhere
        self._stack = QStackedWidget()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(self._stack, 1)
        for keys, signal in (("Ctrl+,", self.settings_requested), ("Ctrl+Q", self.quit_requested)):
            QShortcut(QKeySequence(keys), self).activated.connect(signal)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)
        app.focusChanged.connect(self._look_after_focus)

    # --- what it shows ---

    def show_content(self, content: QWidget, focus_home: Callable[[], None], bring: Callable[[Incoming], None]) -> None:
        """Show this conversation in the place of another; ``focus_home`` gives the focus to its text field, ``bring``
        puts there what was typed or pasted elsewhere in the window."""
        if self._stack.indexOf(content) == -1:
            self._stack.addWidget(content)
        self._focus_home, self._bring = focus_home, bring
        self._stack.setCurrentWidget(content)

    def add_above(self, widget: QWidget) -> None:
        """Put something above the conversation, such as what else is going on."""
        self._rows.insertWidget(0, widget)

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

    # --- keys and focus ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What arrives here was taken by no control of the window."""
        text, held = event.text(), event.modifiers() & _COMMANDS
        is_command = bool(held) and held != _ALT_GR
        if event.matches(QKeySequence.StandardKey.Paste):
            self._focus_home()
            self._bring(incoming_from(QGuiApplication.clipboard().mimeData()))
        elif text.isprintable() and text and not is_command:
            self._focus_home()
            self._bring(Incoming(text=text))
        else:
            super().keyPressEvent(event)

    @Slot(QWidget, QWidget)
    def _look_after_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        """Qt passes the focus of a control that is hidden or disabled to the next one, where a typed space would
        press a button that nobody chose; and to nothing when the control is deleted."""
        if now is None:
            QTimer.singleShot(0, self, self._mend_focus)  # another window may be about to have it
        elif old is not None and now.window() is self and old.window() is self and not _can_have_focus(old):
            self._focus_home()

    @Slot()
    def _mend_focus(self) -> None:
        if self.isActiveWindow() and QApplication.focusWidget() is None and QApplication.activePopupWidget() is None:
            self._focus_home()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # What had the focus may have gone while another window was in front.
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            focused = self.focusWidget()
            if focused is None or not _can_have_focus(focused):
                self._focus_home()


def _can_have_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled()


def _nowhere(_incoming: Incoming) -> None:
    """No conversation is shown yet."""
