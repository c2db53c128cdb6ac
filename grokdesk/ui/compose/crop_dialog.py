"""Cuts a picture of a question: a window that shows it whole, and a frame that is drawn, moved and pulled."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.model import Pixels, Region
from grokdesk.translation import _
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.kit.raw_image import image_from
from grokdesk.ui.kit.theme import GAP_M, GAP_S, HIT_TARGET, Theme
from grokdesk.ui.overlay.selection import Box, Drag, Handle, Mapping, handle_at, middle, moved, resized

_VEIL = QColor(0, 0, 0, 130)
_LARGE_STEP = 10
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CURSORS = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
}


class CropView(QWidget):
    """The picture with a frame. Arrows move the frame, with Shift they move its lower right corner; Ctrl: faster."""

    changed = Signal()

    def __init__(self, pixels: Pixels, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = image_from(pixels)
        self._bounds = Region(0, 0, pixels.width, pixels.height)
        self._theme = theme
        self._drag: Drag | None = None
        self.region = middle(self._bounds)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Part to keep"))
        self.setMinimumSize(240, 160)

    def sizeHint(self) -> QSize:
        return QSize(self._bounds.width, self._bounds.height).scaled(860, 560, Qt.AspectRatioMode.KeepAspectRatio)

    def choose(self, region: Region) -> None:
        self.region = region
        self.setAccessibleDescription(
            _("{pixel_size} at {x}, {y}").format(
                pixel_size=pixel_size(region.width, region.height), x=region.x, y=region.y
            )
        )
        self.update()
        self.changed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        mapping = self._mapping()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        whole, kept = _rectangle(mapping.box(self._bounds)), _rectangle(mapping.box(self.region))
        painter.drawImage(whole, self._image)
        for veiled in (
            QRectF(whole.left(), whole.top(), whole.width(), kept.top() - whole.top()),
            QRectF(whole.left(), kept.bottom(), whole.width(), whole.bottom() - kept.bottom()),
            QRectF(whole.left(), kept.top(), kept.left() - whole.left(), kept.height()),
            QRectF(kept.right(), kept.top(), whole.right() - kept.right(), kept.height()),
        ):
            painter.fillRect(veiled, _VEIL)
        painter.setPen(QPen(self._theme.color("accent"), 2 if self.hasFocus() else 1))
        painter.drawRect(kept)
        painter.setBrush(self._theme.color("accent"))
        for handle in Handle:
            point = handle.on(mapping.box(self.region))
            painter.drawRect(QRectF(point.x - 3, point.y - 3, 6, 6))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            place, mapping = event.position(), self._mapping()
            box = mapping.box(self.region)
            handle = handle_at(box, place.x(), place.y(), HIT_TARGET / 4)
            inside = box.x < place.x() < box.right and box.y < place.y() < box.bottom
            self._drag = Drag(mapping.to_image(place.x(), place.y()), self.region, handle, inside and handle is None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, mapping = event.position(), self._mapping()
        if self._drag is not None:
            self.choose(self._drag.selection(mapping.to_image(place.x(), place.y()), self._bounds, None))
            return
        handle = handle_at(mapping.box(self.region), place.x(), place.y(), HIT_TARGET / 4)
        self.setCursor(_CURSORS[handle.value] if handle else Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drag = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is None:
            super().keyPressEvent(event)
            return
        step = _LARGE_STEP if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
        change = resized if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else moved
        self.choose(change(self.region, arrow[0] * step, arrow[1] * step, self._bounds))

    def _mapping(self) -> Mapping:
        return Mapping.letterboxed(self._bounds, self.width(), self.height())


class CropDialog(QDialog):
    """Told by ``cropped`` what is kept; closes by itself."""

    cropped = Signal(object)
    """A Region."""

    def __init__(self, name: str, pixels: Pixels, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Crop {name}").format(name=name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.view = CropView(pixels, theme, self)
        self._size = QLabel(self)
        self._size.setProperty("look", "caption")
        self.keep, cancel = QPushButton(_("Crop"), self), QPushButton(_("Cancel"), self)
        self.keep.setProperty("look", "primary")
        self.keep.setDefault(True)
        self.keep.clicked.connect(self._accept)
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(GAP_S)
        foot.addWidget(self._size, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP_M, GAP_M, GAP_M, GAP_M)
        column.setSpacing(GAP_M)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.view.changed.connect(self._tell)
        self._tell()
        self.view.setFocus()

    @Slot()
    def _tell(self) -> None:
        self._size.setText(pixel_size(self.view.region.width, self.view.region.height))

    @Slot()
    def _accept(self) -> None:
        self.cropped.emit(self.view.region)
        self.accept()


def _rectangle(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
