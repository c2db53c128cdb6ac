"""One frozen screen on which a person draws, moves and resizes a selection."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCloseEvent,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from grokdesk.model import Capture, Monitor, Region
from grokdesk.ui import overlay_drawing as drawing
from grokdesk.ui.hint_plate import HintPlate, Hints
from grokdesk.ui.quantities import pixel_size
from grokdesk.ui.screens import view_of
from grokdesk.ui.selection import (
    Box,
    Drag,
    Mapping,
    handle_at,
    label_place,
    middle,
    moved,
    resized,
)
from grokdesk.ui.theme import CAPTION_SCALE, GAP_S, Theme

DRAG_STARTS_AT = 4
"""Logical pixels: a shorter drag is a click, and selects nothing."""
GRIP = 8
"""Logical pixels around the frame within which it can be pulled."""
STEP, LARGE_STEP = 1, 10
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_FIRST: Hints = (("Drag", "a region"), ("Ctrl+drag", "adjust first"), ("Space", "whole screen"), ("Esc", "cancel"))
_ADJUSTING: Hints = (("Arrows", "move"), ("Shift+arrows", "resize"), ("Enter", "accept"), ("Esc", "back"))
_SPOKEN = "Select a region of the screen"
_SPOKEN_KEYS = (
    "Drag with the mouse, or press an arrow key to begin. Arrows move, with Control by ten pixels, Shift and arrows "
    "resize, Space takes the whole screen, Enter accepts, Escape cancels."
)


class RegionWindow(QWidget):
    """One screen, frozen."""

    accepted = Signal(object, QRect)
    left = Signal()
    began = Signal()
    """A selection was begun in this window."""
    next_asked = Signal()

    def __init__(self, capture: Capture, monitor: Monitor, screen: QScreen, theme: Theme) -> None:
        super().__init__(None, _window_flags())
        self._bounds = monitor.region
        self._image, self._pixels = view_of(capture, monitor.region)
        self._theme = theme
        self._font = theme.font(CAPTION_SCALE)
        self._region: Region | None = None
        self._drag: Drag | None = None
        self._drag_begun = False
        self._aspect: float | None = None
        self._pointer = self._pressed_at = QPointF(-1, -1)
        self._dimmed = False
        self._pressed: set[int] = set()
        self._held = QGuiApplication.queryKeyboardModifiers()
        self._hint = HintPlate(theme.font(), self)
        self._hint.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setWindowTitle(_SPOKEN)
        self.setAccessibleName(_SPOKEN)
        self.setAccessibleDescription(_SPOKEN_KEYS)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        screen.geometryChanged.connect(self.left)

    # --- what it holds --------------------------------------------------------------------------------------

    @property
    def region(self) -> Region | None:
        """The selection in pixels of the whole capture."""
        return self._region

    @property
    def mapping(self) -> Mapping:
        return Mapping(self._bounds, self.width(), self.height())

    def present(self) -> None:
        """Cover the screen and take the keys."""
        if self.windowFlags() & Qt.WindowType.BypassWindowManagerHint:
            self.show()
        else:
            self.showFullScreen()
        self.take_keys()

    def take_keys(self) -> None:
        self.activateWindow()
        self.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def clear(self) -> None:
        """Forget the selection."""
        self._drag = None
        self._select(None)
        self._hint.show_hints(_FIRST)

    def _select(self, region: Region | None) -> None:
        if region == self._region:
            return
        before = self._touched()
        old, self._region = self._region, region
        boxes = [QRegion(drawing.rect(self.mapping.box(each)).toAlignedRect()) for each in (old, region) if each]
        changed = boxes[0] ^ boxes[1] if len(boxes) == 2 else boxes[0]
        self.update(changed | before | self._touched())

    def _accept(self) -> None:
        if self._region is None:
            return
        anchor = drawing.rect(self.mapping.box(self._region)).toAlignedRect()
        self.accepted.emit(self._region, anchor.translated(self.geometry().topLeft()))

    def _step_back(self) -> None:
        """Undo the drag, else the selection, else leave."""
        if self._drag is not None:
            drag, self._drag = self._drag, None
            self._select(drag.before)
        elif self._region is not None:
            self._select(None)
        else:
            self.left.emit()
            return
        self._hint.show_hints(_FIRST if self._region is None else _ADJUSTING)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.left.emit()

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt clips to its region
        painter = QPainter(self)
        painter.drawImage(QRectF(self.rect()), self._image, QRectF(self._image.rect()))
        if not self._dimmed:
            QTimer.singleShot(0, self, self._dim)
            return
        box = self.mapping.box(self._region) if self._region else None
        drawing.draw_scrim(painter, QRectF(self.rect()), box)
        if box is not None:
            drawing.draw_frame(painter, QRectF(self.rect()), box)
            drawing.draw_label(painter, self._label_place(box), self._label(), self._font)

    def _dim(self) -> None:
        """After the first frame, which is the frozen screen as it was: nothing flashes."""
        if not self._dimmed:
            self._dimmed = True
            self._hint.show_hints(_FIRST)
            self.update()

    def _label(self) -> str:
        return pixel_size(self._region.width, self._region.height) if self._region else ""

    def _label_place(self, box: Box) -> QRectF:
        size = drawing.label_size(self._label(), self._font)
        window = Box(0, 0, self.width(), self.height())
        place = label_place(box, size.width(), size.height(), window, GAP_S)
        return QRectF(QPointF(place.x, place.y), size)

    def _touched(self) -> QRegion:
        """What frame, handles and label of the selection cover."""
        if self._region is None:
            return QRegion()
        box = self.mapping.box(self._region)
        return drawing.frame_region(box) | QRegion(self._label_place(box).toAlignedRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint.place()

    # --- mouse ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self._step_back()
        elif event.button() == Qt.MouseButton.LeftButton:
            if not self.isActiveWindow():
                self.take_keys()
            self._pressed_at = self._pointer = event.position()
            self._drag, self._drag_begun, self._aspect = self._grasp(event.position()), False, None

    def _grasp(self, at: QPointF) -> Drag:
        start = self.mapping.to_image(at.x(), at.y())
        if self._region is None:
            return Drag(start, None)
        box = self.mapping.box(self._region)
        handle = handle_at(box, at.x(), at.y(), GRIP)
        return Drag(start, self._region, handle, moving=handle is None and drawing.rect(box).contains(at))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        keep_aspect = bool(self._modifiers(event.modifiers()) & Qt.KeyboardModifier.ShiftModifier)
        if self._drag is None:
            self._shape_cursor()
        elif self._drag_begun:
            self._follow(self._drag, keep_aspect=keep_aspect)
        elif (self._pointer - self._pressed_at).manhattanLength() >= DRAG_STARTS_AT:
            self._drag_begun = True
            self._hint.fade_out()
            self.began.emit()
            self._follow(self._drag, keep_aspect=keep_aspect)

    def _follow(self, drag: Drag, *, keep_aspect: bool) -> None:
        """The selection after the pointer of ``drag`` went where it is now."""
        if not keep_aspect:
            self._aspect = None
        elif self._aspect is None:
            self._aspect = self._aspect_now(drag)
        pointer = self.mapping.to_image(self._pointer.x(), self._pointer.y())
        self._select(drag.selection(pointer, self._bounds, self._aspect))

    def _aspect_now(self, drag: Drag) -> float:
        """What Shift keeps: the shape that the selection has; square when a new one begins with Shift held."""
        begins = drag.handle is None and self._region == drag.before
        return 1.0 if begins or self._region is None else self._region.width / self._region.height

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag = self._drag
        if event.button() != Qt.MouseButton.LeftButton or drag is None:
            return
        self._drag = None
        if not self._drag_begun:
            return
        adjust = self._modifiers(event.modifiers()) & Qt.KeyboardModifier.ControlModifier
        if drag.before is None and not adjust:
            self._accept()
        else:
            self._hint.show_hints(_ADJUSTING)
            self._shape_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        box = self.mapping.box(self._region) if self._region else None
        if event.button() == Qt.MouseButton.LeftButton and box and drawing.rect(box).contains(event.position()):
            self._accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()

    def _shape_cursor(self) -> None:
        shape = Qt.CursorShape.CrossCursor
        if self._region is not None:
            box = self.mapping.box(self._region)
            handle = handle_at(box, self._pointer.x(), self._pointer.y(), GRIP)
            if handle is not None:
                shape = drawing.CURSORS[handle]
            elif drawing.rect(box).contains(self._pointer):
                shape = Qt.CursorShape.SizeAllCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    # --- keys -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.isAutoRepeat() and key not in self._pressed:
            return  # still the hotkey that opened this window
        self._pressed.add(key)
        modifiers = self._modifiers(event.modifiers())
        if key in _ARROWS:
            self._arrow(_ARROWS[Qt.Key(key)], modifiers)
        elif event.isAutoRepeat():
            return
        elif key == Qt.Key.Key_Escape:
            self._step_back()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        elif key == Qt.Key.Key_Space:
            self._take_screen()
        elif key == Qt.Key.Key_Shift and self._drag is not None and self._drag_begun:
            self._follow(self._drag, keep_aspect=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        self._pressed.discard(event.key())
        if event.key() == Qt.Key.Key_Shift and self._drag is not None and self._drag_begun:
            self._follow(self._drag, keep_aspect=False)

    def event(self, event: QEvent) -> bool:
        # Tab would be taken for moving the focus before keyPressEvent sees it.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            self.next_asked.emit()
            return True
        return super().event(event)

    def _modifiers(self, now: Qt.KeyboardModifier) -> Qt.KeyboardModifier:
        """The modifiers that were pressed after the window opened: those of the hotkey do not count."""
        self._held &= now
        return now & ~self._held

    def _arrow(self, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
        if self._drag is not None:
            return
        if self._region is None:
            self.began.emit()
            self._select(middle(self._bounds))
        else:
            step = LARGE_STEP if modifiers & Qt.KeyboardModifier.ControlModifier else STEP
            change = resized if modifiers & Qt.KeyboardModifier.ShiftModifier else moved
            self._select(change(self._region, way[0] * step, way[1] * step, self._bounds))
        self._hint.show_hints(_ADJUSTING)
        self._say_region()

    def _take_screen(self) -> None:
        if self._drag is not None:
            return
        if self._region == self._bounds:
            self._accept()
            return
        self.began.emit()
        self._select(self._bounds)
        self._hint.show_hints(_ADJUSTING)
        self._say_region()

    def _say_region(self) -> None:
        if self._region is None:
            return
        x, y = self._region.x - self._bounds.x, self._region.y - self._bounds.y
        said = f"{self._label()} at {x}, {y}"
        self.setAccessibleDescription(f"{said}. {_SPOKEN_KEYS}")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))


def _window_flags() -> Qt.WindowType:
    """On X11 past the window manager: above panels and full-screen windows, on the right screen, without effects."""
    flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
    if QGuiApplication.platformName() == "xcb":
        flags |= Qt.WindowType.BypassWindowManagerHint
    return flags
