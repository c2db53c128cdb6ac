"""The size of a window, remembered between two runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from grokdesk.ui.settings.preferences import Preferences

SAVE_SIZE_MS = 500


class KeptSize(QObject):
    """Remembers the size of a window when it rests, in the settings ``NAME_width`` and ``NAME_height``."""

    def __init__(self, window: QWidget, resized: SignalInstance, preferences: Preferences, name: str = "panel") -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._name = name
        self._resting = QTimer(self, singleShot=True, interval=SAVE_SIZE_MS)
        self._resting.timeout.connect(self._keep)
        resized.connect(lambda _size: self._resting.start())
        preferences.destroyed.connect(self._resting.stop)

    def keep_now(self) -> None:
        """What is not remembered yet."""
        if self._resting.isActive():
            self._resting.stop()
            self._keep()

    @Slot()
    def _keep(self) -> None:
        size = self._window.size()
        self._preferences.remember(**{f"{self._name}_width": size.width(), f"{self._name}_height": size.height()})
