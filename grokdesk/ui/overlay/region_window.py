"""One frozen screen: shows what is chosen on it, and hands keys and pointer on. What they mean is not known here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from grokdesk.actions.catalogue import Action
from grokdesk.model import Region
from grokdesk.translation import _
from grokdesk.ui.kit.controls import Announcer, announce
from grokdesk.ui.kit.theme import CAPTION_SCALE, Theme
from grokdesk.ui.overlay import drawing
from grokdesk.ui.overlay.key_events import key_of
from grokdesk.ui.overlay.keys import press
from grokdesk.ui.overlay.painting import ScenePainter
from grokdesk.ui.overlay.plates import Plates
from grokdesk.ui.overlay.pointer import Pointing
from grokdesk.ui.overlay.scene import Scene, compose, difference
from grokdesk.ui.overlay.screens import View, landing, place_of
from grokdesk.ui.overlay.selection import Box, Handle, Mapping
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.values import Outcome
from grokdesk.ui.overlay.words import SPOKEN_KEYS, TITLE, Announced, place_in_words, spoken_change


class RegionWindow(QWidget):
    """Can be made before anything is captured, and is dressed for each capture: making windows takes long."""

    acted = Signal(object)
    """Something was done; with its Outcome."""
    moved_elsewhere = Signal()
    """The desktop put the window on another screen than it was made for."""
    left = Signal()
    """The desktop closed it."""

    def __init__(self, screen: QScreen, theme: Theme, say: Announcer = announce) -> None:
        super().__init__(None, _window_flags())
        self.wanted_screen = screen
        self._place = place_of(screen)
        self._say = say
        self._view: View | None = None
        self._choosing: Choosing | None = None
        self._pointing: Pointing | None = None
        self._window_at: Callable[[QPoint], RegionWindow | None] = lambda _place: None
        self._scene = Scene()
        self._dimmed = False
        self._pressed: set[int] = set()
        self._held = Qt.KeyboardModifier.NoModifier
        self._font = theme.font(CAPTION_SCALE)
        self._painter = ScenePainter(self._font)
        self.plates = Plates(theme, self)
        self.plates.bar.chosen.connect(self._choose)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setWindowTitle(_(TITLE))
        self.setAccessibleName(_(TITLE))
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self._make_native()

    def _make_native(self) -> None:
        self.create()
        # Queued: when a monitor goes, Qt moves its windows to another one and then shows again whichever was visible
        # when it began. A window that is hidden in between would come back, and answer nothing.
        self.windowHandle().screenChanged.connect(self._look_where, Qt.ConnectionType.QueuedConnection)

    def let_go(self) -> None:
        """Give back what it was painted into."""
        self.destroy()
        self._make_native()

    # --- what it holds --------------------------------------------------------------------------------------

    @property
    def view(self) -> View | None:
        return self._view

    @property
    def region(self) -> Region | None:
        """The selection in pixels of the whole capture, when some of it is shown here."""
        region = self._choosing.region if self._choosing else None
        if region is None or self._view is None or region.intersected(self._view.region).is_empty:
            return None
        return region

    @property
    def scene(self) -> Scene:
        """What is shown over the screen."""
        return self._scene

    @property
    def mapping(self) -> Mapping:
        if self._view is None:
            return Mapping(Region(0, 0, self.width(), self.height()), self.width(), self.height())
        return self._view.mapping(self.width(), self.height(), self.devicePixelRatioF())

    def styling(
        self,
        view: View,
        choosing: Choosing,
        pointing: Pointing,
        actions: Sequence[Action],
        window_at: Callable[[QPoint], RegionWindow | None] = lambda _place: None,
    ) -> None:
        """Be about this capture from now on. ``window_at`` is the window that shows a place of the desktop."""
        self._window_at = window_at
        self._view, self._choosing, self._pointing = view, choosing, pointing
        self._scene, self._dimmed = Scene(), False
        self._pressed.clear()
        self._held = QGuiApplication.queryKeyboardModifiers()
        self.plates.hide()
        self.plates.bar.set_actions(actions)
        self.setAccessibleDescription(_(SPOKEN_KEYS))
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_other(self, view: View) -> None:
        """Another part of the same capture, as the window is the only one."""
        self._view = view
        self._scene = self._composed()
        self.update()

    def unstyle(self) -> None:
        """Go, and let go of the capture."""
        self.hide()
        self._view = self._choosing = self._pointing = None

    def present(self, *, anywhere: bool = False) -> None:
        """Cover the screen."""
        if not anywhere:
            self._place = place_of(self.wanted_screen)
            self.setScreen(self.wanted_screen)
            self.setGeometry(self.wanted_screen.geometry())
        if self.windowFlags() & Qt.WindowType.BypassWindowManagerHint:
            self.show()
        else:
            self.showFullScreen()

    def take_keys(self) -> None:
        self.raise_()
        # The window manager gives no focus to a window that goes past it: for such a one Qt sets the focus itself.
        self.activateWindow()
        self.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # it is used again for the next capture, so it is hidden and never closed
        self.left.emit()

    @Slot()
    def _look_where(self) -> None:
        if self._view is None or self._view.keeps_shape:
            return
        screens = [place_of(each) for each in QGuiApplication.screens()]
        found = landing(QGuiApplication.platformName(), self._place, place_of(self.windowHandle().screen()), screens)
        if found == "elsewhere":
            self.moved_elsewhere.emit()
        elif found == "gone":
            self.left.emit()

    # --- showing --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what has changed, and nothing else."""
        if self._choosing is None or not self._dimmed:
            return
        scene = self._composed()
        if scene != self._scene:
            old, self._scene = self._scene, scene
            self.update(difference(old, scene))
        has_keys = self._has_keys()
        bar = self.plates.bar_place(self._choosing, self.mapping, has_keys=has_keys)
        self.plates.show(self._choosing, bar, has_keys=has_keys)

    def _composed(self) -> Scene:
        if self._choosing is None:
            return Scene()
        window = Box(0, 0, self.width(), self.height())
        bar = self.plates.bar_place(self._choosing, self.mapping, has_keys=self._has_keys())
        return compose(self._choosing, self.mapping, window, self._label_size, bar)

    def _label_size(self, text: str) -> QSizeF:
        return drawing.label_size(text, self._font)

    def _has_keys(self) -> bool:
        return self._choosing is not None and self._view is not None and self._choosing.screen == self._view.screen

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._view is None:
            return
        painter, parts = QPainter(self), event.region()
        if self._dimmed:
            self._painter.paint(painter, parts, self._scene, self._view.image, self.mapping, self.rect().toRectF())
        else:
            self._painter.paint_frozen(painter, parts, self._view.image, self.mapping)
            QTimer.singleShot(0, self, self._dim)

    def _dim(self) -> None:
        """After the first frame, which is the frozen screen as it was: nothing flashes."""
        if not self._dimmed and self._choosing is not None:
            self._dimmed = True
            self._scene = self._composed()
            self.update()
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._dimmed:
            self._scene = self._composed()
            self.update()
        self.plates.fit()

    # --- pointer --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._choosing is None or self._pointing is None:
            return
        if event.button() == Qt.MouseButton.RightButton:
            self._choosing.begin_input()
            self.acted.emit(self._choosing.step_back())
        elif event.button() == Qt.MouseButton.LeftButton:
            if not self.isActiveWindow():
                self.take_keys()
            if self._choosing is not None and self._view is not None:
                self._choosing.give_keys_to(self._view.screen)
            self._pointing.press(self.mapping, event.position().x(), event.position().y())
            self.acted.emit(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pointing is None:
            return
        shift = bool(self._modifiers(event.modifiers()) & Qt.KeyboardModifier.ShiftModifier)
        # While a button is held its window gets every move, wherever the pointer is.
        window, place = self, event.position()
        if not self.rect().contains(place.toPoint()):
            there = event.globalPosition()
            window = self._window_at(there.toPoint()) or self
            place = window.mapFromGlobal(there) if window is not self else place
        self._pointing.move(window.mapping, place.x(), place.y(), shift=shift)
        self._shape_cursor(event.position().x(), event.position().y())
        self.acted.emit(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pointing is None:
            return
        adjust = bool(self._modifiers(event.modifiers()) & Qt.KeyboardModifier.ControlModifier)
        self.acted.emit(self._pointing.release(adjust=adjust))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._pointing is not None:
            self.acted.emit(self._pointing.double_click(self.mapping, event.position().x(), event.position().y()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()

    def _shape_cursor(self, x: float, y: float) -> None:
        if self._pointing is None or (self._choosing is not None and self._choosing.dragging):
            return
        held = self._pointing.held(self.mapping, x, y)
        shape = Qt.CursorShape.SizeAllCursor if held else Qt.CursorShape.CrossCursor
        if isinstance(held, Handle):
            shape = drawing.CURSORS[held]
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    # --- keys -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._choosing is None or self._pointing is None:
            return
        if event.isAutoRepeat() and event.key() not in self._pressed:
            return  # still the hotkey that opened this window
        self._pressed.add(event.key())
        if event.key() == Qt.Key.Key_Shift:
            self._keep_shape(shift=True)
            return
        key = key_of(event, self._modifiers(event.modifiers()))
        if key is None:
            return
        if self._view is not None and not self._view.keeps_shape:
            self._choosing.hear_from(self._view.screen)
        goes_through_bar = key.name == "tab" and not key.ctrl and self._choosing.mode == "region"
        if goes_through_bar and self.plates.bar.step(-1 if key.shift else 1):
            return
        if key.name != "tab" and self.plates.bar.has_focus:
            self.setFocus()
        before = Announced.of(self._choosing)
        self._finish(press(self._choosing, key), before)

    def _finish(self, outcome: Outcome, before: Announced) -> None:
        choosing = self._choosing
        if choosing is not None and choosing.shows_keys:
            self._say(self, self.plates.keys.spoken)
        elif choosing is not None and outcome is None and (said := spoken_change(before, choosing)):
            where = f"{place_in_words(choosing.region, choosing)}. " if choosing.region else ""
            self.setAccessibleDescription(where + _(SPOKEN_KEYS))
            self._say(self, said)
        self.acted.emit(outcome)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        self._pressed.discard(event.key())
        if event.key() == Qt.Key.Key_Shift:
            self._keep_shape(shift=False)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: ARG002 - Tab goes through keyPressEvent
        return False

    def _keep_shape(self, *, shift: bool) -> None:
        if self._pointing is not None:
            self._pointing.keep_shape(shift=shift)
            self.acted.emit(None)

    @Slot(str)
    def _choose(self, then: str) -> None:
        """A button of the bar."""
        if self._choosing is not None:
            before = Announced.of(self._choosing)
            self._choosing.begin_input()
            self._finish(self._choosing.accept(then), before)

    def _modifiers(self, now: Qt.KeyboardModifier) -> Qt.KeyboardModifier:
        """The modifiers that were pressed after the window opened: those of the hotkey do not count."""
        self._held &= now
        return now & ~self._held

    def desktop_rect(self, region: Region) -> QRect:
        """Where this window shows ``region``, on the desktop in logical coordinates."""
        seen = region.intersected(self.mapping.image)
        shown = drawing.rect(self.mapping.box(seen)).toAlignedRect()
        return shown.translated(self.mapToGlobal(QPoint(0, 0)))


def _window_flags() -> Qt.WindowType:
    """On X11 past the window manager: above panels and full-screen windows, on the right screen, without effects."""
    flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
    if QGuiApplication.platformName() == "xcb":
        flags |= Qt.WindowType.BypassWindowManagerHint
    return flags
