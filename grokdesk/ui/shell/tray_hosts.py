"""Notices a tray that appears after the program: at login either may be first, and panels start again.

Three things can happen: a watcher of StatusNotifier items takes its name on the session bus, a watcher that is there
already gets a host that shows items, or, on X11, a window manages the tray the older way. Qt tells the last one
itself; for the others an icon made earlier stays invisible.

Source: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/
"""

from __future__ import annotations

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

WATCHER = "org.kde.StatusNotifierWatcher"
PATH = "/StatusNotifierWatcher"


class TrayHosts(QObject):
    appeared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        bus = QDBusConnection.sessionBus()
        for_registration = QDBusServiceWatcher.WatchModeFlag.WatchForRegistration
        self._watcher = QDBusServiceWatcher(WATCHER, bus, for_registration, self)
        self._watcher.serviceRegistered.connect(self._appear)
        slot = SLOT("_host_registered()")
        if bus.isConnected():
            # The stubs want bytes, the binding takes a str.
            bus.connect(WATCHER, PATH, WATCHER, "StatusNotifierHostRegistered", self, slot)  # type: ignore[call-overload]

    @Slot(str)
    def _appear(self, _service: str) -> None:
        self.appeared.emit()

    @Slot()
    def _host_registered(self) -> None:
        self.appeared.emit()
