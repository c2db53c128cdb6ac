"""The tray icon: its states, its clicks, and that it is there once a tray is.

Clicks follow the habit of the desktop. Left is what a capture tool is for: capture, at once, as on Windows and on
StatusNotifier desktops the main action; when the icon asks for attention, left shows why. A double click opens the
window without single clicks having to wait for it. Middle, the secondary action, asks about the clipboard. Right is
the menu. On macOS every click opens the menu, and GNOME's AppIndicator does the same by itself, so everything is in
the menu too.

``QSystemTrayIcon.isVisible`` is true even without a tray; ``is_available`` asks the right thing.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QSize, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from grokdesk.translation import N_, _
from grokdesk.ui.kit.svg import draw_svg

if TYPE_CHECKING:
    from grokdesk.ui.shell.tray_menu import TrayMenu

State = Literal["idle", "busy", "done", "attention"]
WORDS: dict[State, str] = {
    "idle": N_("ready"),
    "busy": N_("asking"),
    "done": N_("answer ready"),
    "attention": N_("needs attention"),
}
SETTLE_MS = 300
"""A tray that has just come needs a moment before it accepts icons."""
DONE_MS = 2000

# Panels are mostly dark, some are light: a tray icon cannot ask, so a mid tone with enough contrast on both is used.
TRAY_COLOR = QColor("#7f8794")


class Tray(QObject):
    capture_requested = Signal(str)
    """What to capture: region, window, screen, all, last."""
    delayed_requested = Signal(int)
    """Capture a region after so many seconds."""
    action_requested = Signal(str)
    """Capture a region and run the action with this id on it."""
    clipboard_requested = Signal()
    files_requested = Signal()
    compare_requested = Signal()
    window_requested = Signal()
    pause_toggled = Signal(bool)
    """The person wants the hotkeys paused, or not any more."""
    request_log_requested = Signal()
    """What left is to be shown."""
    settings_requested = Signal()
    quit_requested = Signal()
    message_clicked = Signal()

    def __init__(self, icons: Path, parent: QObject | None = None, platform: str = sys.platform) -> None:
        super().__init__(parent)
        self._folder = icons
        self._platform = platform
        self._icons: dict[State, QIcon] = {}
        self._state: State = "idle"
        self._hotkeys: Mapping[str, str] = {}
        self._paused = False
        # Empty at first: the icon is there sooner, and panels learn where the menu is and when it changes.
        self._menu = QMenu()
        self._entries: TrayMenu | None = None
        self._item = self._make_item()
        self._had_host = True
        self._back_to_idle = QTimer(self, singleShot=True, interval=DONE_MS)
        self._back_to_idle.timeout.connect(self._be_idle)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._make_again)

    def watch_hosts(self) -> None:
        """Make the icon again for a tray that appears later."""
        from grokdesk.ui.shell.tray_hosts import TrayHosts

        self._hosts = TrayHosts(self)
        self._hosts.appeared.connect(self._settling.start)
        # One may have come after the icon was made and before anybody listened.
        if not self._had_host:
            self._settling.start()

    @property
    def is_available(self) -> bool:
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def menu(self) -> QMenu:
        self._fill_menu()
        return self._menu

    @property
    def tool_tip(self) -> str:
        return self._item.toolTip()

    def show(self) -> None:
        """The menu is filled when the event loop comes to it."""
        self._had_host = self.is_available
        self._item.show()
        QTimer.singleShot(0, self, self._fill_menu)

    def hide(self) -> None:
        self._item.hide()

    def set_hotkeys(self, hotkeys: Mapping[str, str]) -> None:
        """The hotkeys that work, by binding: region, alt_text, last, clipboard, panel. "" or absent: none."""
        self._hotkeys = dict(hotkeys)
        self._restyle()

    def set_paused(self, paused: bool) -> None:
        """Show whether the hotkeys are paused."""
        self._paused = paused
        self._restyle()

    def set_state(self, state: State) -> None:
        """``done`` goes back to ``idle`` after two seconds."""
        self._state = state
        self._restyle()
        if state == "done":
            self._back_to_idle.start()
        else:
            self._back_to_idle.stop()

    def show_message(self, title: str, text: str) -> None:
        """A notification with our own icon: the stock icons would replace ours in some trays."""
        self._item.showMessage(title, text, QIcon(str(self._folder / "app.svg")))

    @Slot()
    def _fill_menu(self) -> None:
        if self._entries is None:
            from grokdesk.ui.shell.tray_menu import TrayMenu

            self._entries = TrayMenu(self._menu, self)
            self._restyle()

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
            icon.setIsMask(self._platform == "darwin")  # the menu bar colours it
            self._icons[self._state] = icon
        return self._icons[self._state]

    def _restyle(self) -> None:
        """Show the state by the icon's shape, in the tool tip, and in the menu."""
        self._item.setIcon(self._icon())
        status = _("GrokDesk: {state}").format(state=_(WORDS[self._state]))
        hotkey = self._hotkeys.get("region", "")
        if self._paused:
            status += " · " + _("hotkeys are paused")
        self._item.setToolTip(
            status if self._paused or not hotkey else f"{status} · " + _("{hotkey} captures").format(hotkey=hotkey)
        )
        if self._entries is not None:
            self._entries.styling(status, {} if self._paused else self._hotkeys, paused=self._paused)

    @Slot()
    def _be_idle(self) -> None:
        self.set_state("idle")

    @Slot()
    def _make_again(self) -> None:
        """An item that was made without a tray never registers with one."""
        old = self._item
        self._item = self._make_item()
        self._restyle()
        old.hide()
        old.deleteLater()
        self._item.show()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        reasons = QSystemTrayIcon.ActivationReason
        if self._platform == "darwin":
            return
        if reason == reasons.Trigger:
            if self._state == "attention":
                self.window_requested.emit()
            else:
                self.capture_requested.emit("region")
            return
        signals: dict[QSystemTrayIcon.ActivationReason, SignalInstance] = {
            reasons.MiddleClick: self.clipboard_requested,
            reasons.DoubleClick: self.window_requested,
        }
        if reason in signals:
            signals[reason].emit()
