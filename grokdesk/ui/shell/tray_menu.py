"""The menu of the tray icon: the state, every way to ask with its hotkey, and the program's own entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from grokdesk.translation import _

if TYPE_CHECKING:
    from grokdesk.ui.shell.tray import Tray

DELAYS = (3, 5, 10)


class TrayMenu:
    """Fills ``menu``; what is chosen comes out of the signals of ``tray``."""

    def __init__(self, menu: QMenu, tray: Tray) -> None:
        self._menu = menu
        self._bound: dict[str, tuple[QAction, str]] = {}
        self._status = menu.addAction("")
        self._status.setEnabled(False)
        menu.addSeparator()
        self._add_captures(tray)
        menu.addSeparator()
        self._add(_("Alt text of a region"), partial(tray.action_requested.emit, "alt-text"), "alt_text")
        self._add(_("Ask about clipboard image"), tray.clipboard_requested.emit, "clipboard")
        self._add(_("Open pictures…"), tray.files_requested.emit)
        self._add(_("Compare models…"), tray.compare_requested.emit)
        menu.addSeparator()
        self._add(_("Open GrokDesk"), tray.window_requested.emit, "panel")
        self._pause = menu.addAction(_("Pause hotkeys"))
        self._pause.setCheckable(True)
        self._pause.triggered.connect(tray.pause_toggled)
        self._add(_("Request log…"), tray.request_log_requested.emit)
        self._add(_("Settings…"), tray.settings_requested.emit)
        menu.addSeparator()
        self._add(_("Quit"), tray.quit_requested.emit)

    def styling(self, status: str, hotkeys: Mapping[str, str], *, paused: bool) -> None:
        self._status.setText(status)
        self._pause.setChecked(paused)
        for binding, (action, text) in self._bound.items():
            hotkey = hotkeys.get(binding, "")
            # Panels draw a key sequence at the right edge, and other words, such as a desktop gives, where they stand.
            keys = QKeySequence.fromString(hotkey.replace("Super", "Meta"))
            is_known = bool(keys.toString())
            action.setShortcut(keys if is_known else QKeySequence())
            action.setText(f"{text} ({hotkey})" if hotkey and not is_known else text)

    def _add_captures(self, tray: Tray) -> None:
        modes = (
            (_("Capture region"), "region", "region"),
            (_("Capture window"), "window", ""),
            (_("Capture this screen"), "screen", ""),
            (_("Capture all screens"), "all", ""),
            (_("Capture last region"), "last", "last"),
        )
        for text, mode, binding in modes:
            self._add(text, partial(tray.capture_requested.emit, mode), binding)
        delays = self._menu.addMenu(_("Capture with a delay"))
        for seconds in DELAYS:
            self._connect(
                delays.addAction(_("{seconds} seconds").format(seconds=seconds)),
                partial(tray.delayed_requested.emit, seconds),
            )

    def _add(self, text: str, chosen: Callable[[], None], binding: str = "") -> None:
        action = self._menu.addAction(text)
        self._connect(action, chosen)
        if binding:
            self._bound[binding] = action, text

    def _connect(self, action: QAction, chosen: Callable[[], None]) -> None:
        action.triggered.connect(lambda _checked=False: chosen())
