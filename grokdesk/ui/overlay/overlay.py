"""The frozen screens on which a person chooses a region: one window for each screen."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from grokdesk.actions.catalogue import Action
from grokdesk.model import Capture, Region
from grokdesk.pictures.prepare.redacting import visible_boxes
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.overlay.bar import numbered
from grokdesk.ui.overlay.monitor_chooser import MonitorChooser
from grokdesk.ui.overlay.pointer import Pointing
from grokdesk.ui.overlay.region_window import RegionWindow
from grokdesk.ui.overlay.screens import View, matched, place_of, screen_regions
from grokdesk.ui.overlay.selection import Mapping, Point
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.values import Accept, Leave, Outcome, Stage

log = logging.getLogger(__name__)

KEEP_MS = 30_000
"""How long what a window was painted into is kept for the next capture: 33 MB for a 4K screen."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person chose."""

    region: Region
    """In pixels of the whole capture."""
    anchor: QRect
    """Where it lies on the desktop, in global logical coordinates."""
    redactions: tuple[Region, ...] = ()
    """Opaque boxes in pixels of the whole capture, cut to ``region``."""
    then: str = ""
    """"" to open the composer, "copy", "save", or the id of an action."""


class Overlay(QObject):
    """Opens over a capture, closes by itself when a region was accepted or the person left.

    Releasing a plain drag accepts. With Ctrl held, or once a selection exists (by keys, a click on a window, or a
    drag with Ctrl), it stays to be adjusted until Enter, a double-click or a button of its bar accepts it. Esc and the
    right button undo one step, then leave. All screens share one selection.

    Windows stay hidden between captures, as making them takes long. ``places_windows``: whether the desktop lets a
    window be put on the screen it is for; None finds out.
    """

    selected = Signal(object)
    """A Selection."""
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None, *, places_windows: bool | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._places_windows = places_windows is not False
        self._kept: list[RegionWindow] = []
        self._open: list[RegionWindow] = []
        self._capture: Capture | None = None
        self._choosing: Choosing | None = None
        self._pointing: Pointing | None = None
        self._actions: Sequence[Action] = ()
        self._chooser: MonitorChooser | None = None
        self._keys_at = 0
        """The screen whose window has the keys."""
        self._idle = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._idle.timeout.connect(self.rest)

    @property
    def windows(self) -> tuple[RegionWindow, ...]:
        """The open windows, one for each screen that the capture shows."""
        return tuple(self._open)

    @property
    def choosing(self) -> Choosing | None:
        """What is chosen so far, while it is open."""
        return self._choosing

    @property
    def chooser(self) -> MonitorChooser | None:
        """Where a monitor is chosen first, while it is open."""
        return self._chooser

    def prepare(self) -> None:
        """Make the windows before they are needed; later calls make those of new screens."""
        screens = QGuiApplication.screens() if self._places_windows else [QGuiApplication.primaryScreen()]
        for window in [each for each in self._kept if each.wanted_screen not in screens]:
            self._kept.remove(window)
            window.unstyle()
            window.deleteLater()
        have = [window.wanted_screen for window in self._kept]
        for screen in screens:
            if screen not in have:
                self._kept.append(self._made(screen))

    def _made(self, screen: QScreen) -> RegionWindow:
        window = RegionWindow(screen, self._theme)
        window.acted.connect(self._go_on)
        window.left.connect(self._leave)
        window.moved_elsewhere.connect(self._choose_screen_first)
        screen.geometryChanged.connect(self._leave, Qt.ConnectionType.QueuedConnection)  # as in RegionWindow
        return window

    def open(
        self,
        capture: Capture,
        *,
        windows: Sequence[Region] = (),
        last: Region | None = None,
        mode: Literal["region", "window"] = "region",
        actions: Sequence[Action] = (),
    ) -> None:
        """Cover every screen with its part of ``capture``; the window under the pointer gets the keys.

        ``windows`` are visible windows front to back, ``last`` the region taken before, in pixels of the capture.
        """
        self.close()
        self._idle.stop()
        self.prepare()
        self._capture, self._actions = capture, actions
        whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
        regions = screen_regions([place_of(screen) for screen in QGuiApplication.screens()], capture)
        shown = self._shown(capture) if self._places_windows else []
        if shown:
            regions = tuple(region for region in regions if region in [each for _window, each in shown])
        stage = Stage(whole, regions, tuple(windows), last, numbered(actions))
        self._choosing = Choosing(stage, mode, pointer=_pointer(shown))
        self._pointing = Pointing(self._choosing)
        if self._places_windows:
            self._cover(shown)
        else:
            self._choose_screen_first()

    def _shown(self, capture: Capture) -> list[tuple[RegionWindow, Region]]:
        """Each window with the part of the capture that its screen shows."""
        monitors = matched([place_of(window.wanted_screen) for window in self._kept], capture)
        for window, monitor in zip(self._kept, monitors, strict=True):
            if monitor is None:
                log.info("screen %s is not in the capture", window.wanted_screen.name())
        return [(window, each.region) for window, each in zip(self._kept, monitors, strict=True) if each is not None]

    def _cover(self, shown: list[tuple[RegionWindow, Region]]) -> None:
        choosing, pointing, capture = self._choosing, self._pointing, self._capture
        if choosing is None or pointing is None or capture is None:
            return
        pointed_at = QGuiApplication.screenAt(QCursor.pos())
        for window, region in shown:
            screen = choosing.stage.screens.index(region)
            window.styling(View.of(capture, region, screen), choosing, pointing, self._actions, self._window_at)
            if not self._open or window.wanted_screen == pointed_at:
                self._keys_at = screen
                choosing.give_keys_to(screen)
            self._open.append(window)
        for window in tuple(self._open):
            window.present()
        self._give_keys_to(choosing.screen)

    def _window_at(self, place: QPoint) -> RegionWindow | None:
        return next((window for window in self._open if window.geometry().contains(place)), None)

    # --- one window after another ---------------------------------------------------------------------------

    @Slot()
    def _choose_screen_first(self) -> None:
        """The desktop does not put windows where they belong: one window then shows the screen that is chosen."""
        if self._capture is None or self._choosing is None or self._chooser is not None:
            return
        log.info("this desktop does not place windows on screens")
        self._places_windows = False
        self._hide_windows()
        screens = self._choosing.stage.screens
        if len(screens) == 1:
            self._cover_one(0)
            return
        self._chooser = MonitorChooser(self._theme)
        self._chooser.chosen.connect(self._cover_one)
        self._chooser.cancelled.connect(self._leave)
        self._chooser.open(self._capture, screens)

    @Slot(int)
    def _cover_one(self, screen: int) -> None:
        self._close_chooser()
        capture, choosing, pointing = self._capture, self._choosing, self._pointing
        if capture is None or choosing is None or pointing is None:
            return
        self.prepare()
        self._keys_at = screen
        choosing.give_keys_to(screen)
        view = View.of(capture, choosing.screen_region, screen, keeps_shape=True)
        window = self._kept[0]
        window.styling(view, choosing, pointing, self._actions)
        self._open.append(window)
        window.present(anywhere=True)
        window.take_keys()

    def _follow(self, window: RegionWindow) -> None:
        """The only window shows the screen that has the keys, or all of them when the selection lies on several."""
        if self._capture is None or self._choosing is None or window.view is None:
            return
        wanted = self._choosing.screen_region
        region = self._choosing.region
        if region is not None and region.intersected(wanted) != region:
            wanted = self._choosing.stage.whole
        if window.view.region != wanted:
            window.show_other(View.of(self._capture, wanted, self._choosing.screen, keeps_shape=True))

    # --- what happens ---------------------------------------------------------------------------------------

    @Slot(object)
    def _go_on(self, outcome: Outcome) -> None:
        if isinstance(outcome, Leave):
            self._leave()
        elif isinstance(outcome, Accept):
            self._accept(outcome.then)
        elif self._choosing is not None:
            if not self._places_windows and self._open:
                self._follow(self._open[0])
            for window in self._open:
                window.refresh()
            self._pass_keys_on(self._choosing.screen)

    def _pass_keys_on(self, screen: int) -> None:
        if screen != self._keys_at:
            self._keys_at = screen
            self._give_keys_to(screen)

    def _give_keys_to(self, screen: int) -> None:
        for window in self._open:
            if window.view is not None and window.view.screen == screen:
                window.take_keys()

    def _accept(self, then: str) -> None:
        choosing = self._choosing
        if choosing is None or choosing.marks.region is None:
            return
        region = choosing.marks.region
        anchor = QRect()
        for window in self._open:
            if window.region is not None:
                anchor = anchor.united(window.desktop_rect(region))
        selection = Selection(region, anchor, visible_boxes(choosing.marks.boxes, region), then)
        self.close()
        self.selected.emit(selection)

    @Slot()
    def _leave(self) -> None:
        if self._choosing is not None:
            self.close()
            self.cancelled.emit()

    def close(self) -> None:
        """Take the windows away without a signal."""
        self._close_chooser()
        self._hide_windows()
        self._choosing = self._pointing = self._capture = None

    def _hide_windows(self) -> None:
        windows, self._open = self._open, []
        for window in windows:
            window.unstyle()
            self._idle.start()

    @Slot()
    def rest(self) -> None:
        """No capture came for a while: the windows give back their memory."""
        if not self._open:
            for window in self._kept:
                window.let_go()

    def _close_chooser(self) -> None:
        if self._chooser is not None:
            self._chooser.hide()
            self._chooser.deleteLater()
            self._chooser = None


def _pointer(shown: Sequence[tuple[RegionWindow, Region]]) -> Point | None:
    """Where the pointer is in the capture; Wayland tells only once it moves over a window."""
    if QGuiApplication.platformName().startswith("wayland"):
        return None
    at = QCursor.pos()
    for window, region in shown:
        place = window.wanted_screen.geometry()
        if place.contains(at):
            return Mapping(region, place.width(), place.height()).to_image(at.x() - place.x(), at.y() - place.y())
    return None
