"""The frozen screens on which a person chooses a region: one window for each screen."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QCursor, QGuiApplication

from grokdesk.model import Capture, Region
from grokdesk.ui.region_window import RegionWindow
from grokdesk.ui.screens import matched, place_of
from grokdesk.ui.theme import Theme

log = logging.getLogger(__name__)


class Overlay(QObject):
    """Opens over a capture, closes by itself when a region was accepted or the person left.

    Releasing a plain drag accepts. With Ctrl held, or once a selection exists (by arrows, Space, or a drag with
    Ctrl), it stays to be adjusted until Enter or a double-click accepts it. Esc and the right button undo one step,
    then leave. Only one screen has a selection at a time; Tab takes the keys to the next screen.
    """

    selected = Signal(object, QRect)
    """A Region in pixels of the whole capture, and where it lies on the desktop in logical coordinates."""
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._windows: list[RegionWindow] = []

    @property
    def windows(self) -> tuple[RegionWindow, ...]:
        """The open windows, one for each screen that the capture shows."""
        return tuple(self._windows)

    def open(self, capture: Capture) -> None:
        """Cover every screen with its part of ``capture``; the window under the pointer gets the keys."""
        self.close()
        screens = QGuiApplication.screens()
        for screen, monitor in zip(screens, matched([place_of(each) for each in screens], capture), strict=True):
            if monitor is None:
                log.info("screen %s is not in the capture", screen.name())
                continue
            window = RegionWindow(capture, monitor, screen, self._theme)
            window.accepted.connect(self._accept)
            window.left.connect(self._leave)
            window.began.connect(self._clear_others)
            window.next_asked.connect(self._go_to_next)
            self._windows.append(window)
        pointed_at = QGuiApplication.screenAt(QCursor.pos())
        for window in sorted(self._windows, key=lambda each: each.screen() is pointed_at):
            window.present()

    def close(self) -> None:
        """Take the windows away without a signal."""
        windows, self._windows = self._windows, []
        for window in windows:
            window.hide()
            window.deleteLater()

    @Slot(object, QRect)
    def _accept(self, region: Region, anchor: QRect) -> None:
        self.close()
        self.selected.emit(region, anchor)

    @Slot()
    def _leave(self) -> None:
        if self.sender() in self._windows:
            self.close()
            self.cancelled.emit()

    @Slot()
    def _clear_others(self) -> None:
        for window in self._windows:
            if window is not self.sender():
                window.clear()

    @Slot()
    def _go_to_next(self) -> None:
        for index, window in enumerate(self._windows):
            if window is self.sender():
                self._windows[(index + 1) % len(self._windows)].take_keys()
                return
