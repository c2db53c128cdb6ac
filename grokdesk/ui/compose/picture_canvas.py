"""A picture with the boxes on it: drag to add one, click to switch one, keys for everything."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from grokdesk.model import Region
from grokdesk.translation import _, ngettext
from grokdesk.ui.compose.picture_boxes import Box, Boxes, BoxHistory
from grokdesk.ui.kit.theme import Theme

LEAST_ZOOM, MOST_ZOOM, ZOOM_STEP = 0.05, 16.0, 1.25
_BLACK, _WHITE = QColor("black"), QColor("white")
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def suggestion_fill(theme: Theme) -> QColor:
    """What lies over something that is suggested to be redacted and not redacted yet: it stays readable."""
    colour = QColor(theme.color("warn"))
    colour.setAlphaF(0.25)
    return colour


class PictureCanvas(QWidget):
    """As large as the picture at its zoom; meant for a scroll area."""

    changed = Signal()
    """The boxes are others, or another one is selected."""
    zoom_requested = Signal(float)
    """Times the present zoom."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self._whole = Region(0, 0, 1, 1)
        self._history = BoxHistory(Boxes())
        self._zoom = 1.0
        self._pressed: QPoint | None = None
        self._at = QPoint()
        self._dragged: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        theme.changed.connect(self.update)

    # --- what it shows ---

    @property
    def boxes(self) -> Boxes:
        return self._history.now

    @property
    def history(self) -> BoxHistory:
        return self._history

    @property
    def whole(self) -> Region:
        """The upright picture, in whose pixels the boxes are."""
        return self._whole

    @property
    def zoom(self) -> float:
        return self._zoom

    def show_picture(self, image: QImage, whole: Region, boxes: Boxes) -> None:
        """``image`` may be smaller than the ``whole`` that it shows."""
        self._image, self._whole = image, whole
        self._history = BoxHistory(boxes)
        self._tell()

    def set_zoom(self, zoom: float) -> None:
        """Widget pixels for each pixel of the picture."""
        self._zoom = max(LEAST_ZOOM, min(MOST_ZOOM, zoom))
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(max(1, round(self._whole.width * self._zoom)), max(1, round(self._whole.height * self._zoom)))

    def take(self, boxes: Boxes) -> None:
        """The next step of the person."""
        self._history.take(boxes)
        self._tell()

    def undo(self) -> None:
        self._history.undo()
        self._tell()

    def redo(self) -> None:
        self._history.redo()
        self._tell()

    def remove_selected(self) -> None:
        if self.boxes.selected is not None:
            self.take(self.boxes.removed(self.boxes.selected))

    def add_in_the_middle(self) -> None:
        """For who has no pointer: a box in the middle of what can be seen, to be moved with the arrow keys."""
        seen = self._region_of(self.visibleRegion().boundingRect() or self.rect())
        width, height = max(8, seen.width // 4), max(8, seen.height // 8)
        box = Region(seen.x + (seen.width - width) // 2, seen.y + (seen.height - height) // 2, width, height)
        self.take(self.boxes.added(box, self._whole))

    def _tell(self) -> None:
        boxes = self.boxes
        count = len(boxes.boxes)
        words = ngettext("Picture with {count} box", "Picture with {count} boxes", count).format(count=count)
        self.setAccessibleName(words if count else _("Picture with no boxes"))
        chosen = "" if boxes.selected is None else boxes.boxes[boxes.selected].in_words
        self.setAccessibleDescription(chosen)
        self.update()
        self.changed.emit()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoom < 2)
        painter.drawImage(self.rect(), self._image)
        for number, box in enumerate(self.boxes.boxes):
            place, is_selected = self._rect_of(box.region), number == self.boxes.selected and self.hasFocus()
            if box.is_on:
                painter.fillRect(place, _BLACK if box.is_burnt else suggestion_fill(self._theme))
            self._frame(painter, place, box, is_selected=is_selected)
        if self._pressed is not None and self._dragged is None:
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRect(QRect(self._pressed, self._at).normalized())

    def _frame(self, painter: QPainter, place: QRect, box: Box, *, is_selected: bool) -> None:
        """Two lines, so that it is seen on any picture; dashed where nothing is to be redacted."""
        outer, inner = (_BLACK, _WHITE) if box.is_on and box.is_burnt else (_WHITE, self._theme.color("warn"))
        if is_selected:
            inner = self._theme.color("accent")
        more = 2 if is_selected else 0
        painter.setPen(QPen(outer, 4 + more))
        painter.drawRect(place)
        painter.setPen(QPen(inner, 2 + more, Qt.PenStyle.SolidLine if box.is_on else Qt.PenStyle.DashLine))
        painter.drawRect(place)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --- pointer ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = self._at = event.position().toPoint()
        point = self._region_of(QRect(self._pressed, QSize(1, 1)))
        number = self.boxes.at(point.x, point.y)
        self._dragged = number
        self.take(self.boxes.select(number))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._at = event.position().toPoint()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        pressed, self._pressed = self._pressed, None
        released, number = event.position().toPoint(), self._dragged
        self._dragged = None
        moved = (released - pressed).manhattanLength() >= QApplication.startDragDistance()
        if number is not None and not moved:
            self.take(self.boxes.toggled(number))
        elif number is not None and not self.boxes.boxes[number].rule:
            by = (released - pressed) / self._zoom
            self.take(self.boxes.shaped(number, Region(by.x(), by.y(), 0, 0), self._whole))
        elif moved:
            self.take(self.boxes.added(self._region_of(QRect(pressed, released).normalized()), self._whole))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.zoom_requested.emit(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP)
            event.accept()
        else:
            super().wheelEvent(event)

    # --- keys ---

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's name
        """Tab goes from box to box, then on."""
        number = self.boxes.neighbour(1 if next else -1)
        if number is None:
            self.take(self.boxes.select(None))
            return super().focusNextPrevChild(next)
        self.take(self.boxes.select(number))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number, key = self.boxes.selected, Qt.Key(event.key())
        if key == Qt.Key.Key_Space and number is not None:
            self.take(self.boxes.toggled(number))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_selected()
        elif key in _ARROWS and number is not None and not self.boxes.boxes[number].rule:
            dx, dy = _ARROWS[key]
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
            grows = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            change = Region(0, 0, dx * far, dy * far) if grows else Region(dx * far, dy * far, 0, 0)
            self.take(self.boxes.shaped(number, change, self._whole))
        else:
            super().keyPressEvent(event)

    # --- places ---

    def _rect_of(self, region: Region) -> QRect:
        left, top = math.floor(region.x * self._zoom), math.floor(region.y * self._zoom)
        return QRect(
            left, top, math.ceil(region.right * self._zoom) - left, math.ceil(region.bottom * self._zoom) - top
        )

    def _region_of(self, rect: QRect) -> Region:
        left, top = math.floor(rect.x() / self._zoom), math.floor(rect.y() / self._zoom)
        right, bottom = (
            math.ceil((rect.x() + rect.width()) / self._zoom),
            math.ceil((rect.y() + rect.height()) / self._zoom),
        )
        return Region(left, top, max(1, right - left), max(1, bottom - top))
