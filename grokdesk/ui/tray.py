"""The tray icon with its menu and state.

A StatusNotifierItem made before its host exists never registers, so the icon is made again when a watcher appears
on the session bus. ``QSystemTrayIcon.isVisible`` is true even without a tray; ``is_available`` asks the right thing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QSize, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QColor, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from grokdesk.ui.svg import draw_svg

State = Literal["idle", "busy", "done", "attention"]
WORDS: dict[State, str] = {"idle": "ready", "busy": "asking", "done": "answer is here", "attention": "needs you"}
WATCHER = "org.kde.StatusNotifierWatcher"
SETTLE_MS = 300
"""A host that has just taken the watcher's name needs a moment before it accepts items."""
DONE_MS = 2000

# Panels are mostly dark, some are light: a tray icon cannot ask, so a mid tone with enough contrast on both is used.
TRAY_COLOR = QColor("#7f8794")


class Tray(QObject):
    capture_requested = Signal()
    clipboard_requested = Signal()
    files_requested = Signal()
    window_requested = Signal()
    settings_requested = Signal()
    quit_requested = Signal()
    message_clicked = Signal()

    def __init__(self, icons: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = icons
        self._icons: dict[State, QIcon] = {}
        self._state: State = "idle"
        self._hotkey = ""
        self._menu = QMenu()
        self._capture = self._entry("Capture region", self.capture_requested)
        self._entry("Ask about the picture on the clipboard", self.clipboard_requested)
        self._entry("Open pictures…", self.files_requested)
        self._menu.addSeparator()
        self._entry("Open GrokDesk", self.window_requested)
        self._entry("Settings…", self.settings_requested)
        self._menu.addSeparator()
        self._entry("Quit", self.quit_requested)
        self._item = self._make_item()
        self._back_to_idle = QTimer(self, singleShot=True, interval=DONE_MS)
        self._back_to_idle.timeout.connect(lambda: self.set_state("idle"))

    def watch_hosts(self) -> None:
        """Make the icon again for a host that appears later."""
        from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

        for_registration = QDBusServiceWatcher.WatchModeFlag.WatchForRegistration
        self._watcher = QDBusServiceWatcher(WATCHER, QDBusConnection.sessionBus(), for_registration, self)
        self._watcher.serviceRegistered.connect(self._host_appeared)

    @property
    def is_available(self) -> bool:
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def menu(self) -> QMenu:
        return self._menu

    @property
    def tool_tip(self) -> str:
        return self._item.toolTip()

    def show(self) -> None:
        self._item.show()

    def hide(self) -> None:
        self._item.hide()

    def set_hotkey(self, hotkey: str) -> None:
        """Name the capture hotkey in the menu and the tool tip; "" when there is none."""
        self._hotkey = hotkey
        self._capture.setText(f"Capture region\t{hotkey}" if hotkey else "Capture region")
        self._dress()

    def set_state(self, state: State) -> None:
        """``done`` goes back to ``idle`` after two seconds."""
        self._state = state
        self._dress()
        if state == "done":
            self._back_to_idle.start()
        else:
            self._back_to_idle.stop()

    def show_message(self, title: str, text: str) -> None:
        """A notification with our own icon: the stock icons would replace ours in some trays."""
        self._item.showMessage(title, text, QIcon(str(self._folder / "app.svg")))

    def _entry(self, text: str, signal: SignalInstance) -> QAction:
        action = self._menu.addAction(text)
        action.triggered.connect(lambda _checked=False: signal.emit())
        return action

    def _make_item(self) -> QSystemTrayIcon:
        item = QSystemTrayIcon(self._icon(), self)
        item.setContextMenu(self._menu)
        item.activated.connect(self._activated)
        item.messageClicked.connect(self.message_clicked)
        return item

    def _icon(self) -> QIcon:
        """The icon of the state, drawn when it is first needed."""
        if self._state not in self._icons:
            icon = QIcon()
            for size in (16, 22, 24, 32, 48):
                icon.addPixmap(draw_svg(self._folder / f"tray-{self._state}.svg", QSize(size, size), TRAY_COLOR))
            self._icons[self._state] = icon
        return self._icons[self._state]

    def _dress(self) -> None:
        self._item.setIcon(self._icon())
        hint = f" · {self._hotkey} captures" if self._hotkey else ""
        self._item.setToolTip(f"GrokDesk: {WORDS[self._state]}{hint}")

    @Slot(str)
    def _host_appeared(self, _service: str) -> None:
        QTimer.singleShot(SETTLE_MS, self, self._make_again)

    @Slot()
    def _make_again(self) -> None:
        old = self._item
        self._item = self._make_item()
        self._dress()
        old.hide()
        old.deleteLater()
        self._item.show()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.capture_requested.emit()
        elif reason == QSystemTrayIcon.ActivationReason.MiddleClick:
            self.clipboard_requested.emit()
        elif reason == QSystemTrayIcon.ActivationReason.DoubleClick:
            self.window_requested.emit()
