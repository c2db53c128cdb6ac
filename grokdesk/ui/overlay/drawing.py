"""How the overlay is painted: the frozen screen with its scrim, boxes, frame, handles, plates.

The colours are the same whatever the desktop says: what lies below is somebody's dimmed screen, not our window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QRegion

from grokdesk.ui.kit.theme import DARK, GAP_S, LIGHT, RADIUS_CONTROL
from grokdesk.ui.overlay.selection import Box, Handle, Mapping

_GROUND, _SCRIM = DARK.color("scrim"), DARK.color("scrim")
_SCRIM.setAlphaF(0.4)
_VEIL = QImage(64, 512, QImage.Format.Format_ARGB32_Premultiplied)
"""A piece of the scrim: Qt fills narrow upright strips four times as fast from an image as with a colour."""
_VEIL.fill(_SCRIM)
_LINE, _EDGE = LIGHT.color("accent"), DARK.color("on_accent")
_SAME = 0.002
"""A ratio of image to window that differs this little from that of the screen comes from rounding the size."""
NO_HOLE = QRect(-1, -1, 0, 0)
"""Everything is dimmed."""
HANDLE_RADIUS = 4.0
FRAME_ROOM, HANDLE_ROOM = 3, 7
"""How far from its edges the frame, and handles on it, may be painted."""
_EDGE_HANDLES_FROM, _HANDLES_FROM = 56, 20
"""Smaller selections show no handles in the middle of an edge, or none: they would hide what is selected."""

CURSORS = {
    Handle.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Handle.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Handle.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Handle.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Handle.TOP: Qt.CursorShape.SizeVerCursor,
    Handle.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Handle.LEFT: Qt.CursorShape.SizeHorCursor,
    Handle.RIGHT: Qt.CursorShape.SizeHorCursor,
}


def rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)


def rects_of(region: QRegion) -> list[QRect]:
    """The rectangles that make up ``region``; they do not overlap.

    A region cuts all its rectangles wherever one of them begins or ends; what lies below each other is joined again.
    """
    joined: list[QRect] = []
    ends: dict[tuple[int, int, int], QRect] = {}
    for part in cast("Iterable[QRect]", region):
        above = ends.pop((part.x(), part.width(), part.y()), None)
        if above is None:
            above = QRect(part)
            joined.append(above)
        else:
            above.setBottom(part.bottom())
        ends[part.x(), part.width(), above.bottom() + 1] = above
    return joined


def with_edge(place: QRectF) -> QRect:
    """A soft edge may reach into the next pixel of the screen, which at 125 % is not the next logical one."""
    return place.toAlignedRect().adjusted(-1, -1, 1, 1)


def copies_pixels(mapping: Mapping, ratio: float) -> bool:
    """Whether a pixel of the image is a pixel of a screen with ``ratio`` pixels to a logical one."""
    room = _SAME * ratio
    is_same = abs(mapping.ratio_x - ratio) < room and abs(mapping.ratio_y - ratio) < room
    return is_same and mapping.left == 0 and mapping.top == 0


def draw_screen(painter: QPainter, part: QRect, image: QImage, mapping: Mapping, hole: QRect | None) -> None:
    """The frozen screen in that part of the window, which the painter is clipped to.

    It is dimmed but for ``hole``; bright all over where that is None. The painter's own place is changed.
    """
    ratio = painter.device().devicePixelRatio()
    place = part
    if copies_pixels(mapping, ratio):
        if ratio != 1:
            painter.scale(1 / ratio, 1 / ratio)
            place = _scaled(part, ratio)
        painter.drawImage(place.topLeft(), image, place)
    else:
        painter.fillRect(part, _GROUND)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(mapping.left, mapping.top)
        painter.scale(1 / mapping.ratio_x, 1 / mapping.ratio_y)
        place = _in_image(part, image, mapping)
        painter.drawImage(QRectF(place), image, QRectF(place))
    if hole is not None:
        _dim(painter, place, hole)


@contextmanager
def only(painter: QPainter, place: QRect) -> Iterator[None]:
    """What is drawn meanwhile is clipped to ``place``; Qt is quick through a rectangle, slow through a region."""
    painter.save()
    painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
    yield
    painter.restore()


def _scaled(part: QRect, ratio: float) -> QRect:
    return QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio).toAlignedRect()


def _in_image(part: QRect, image: QImage, mapping: Mapping) -> QRect:
    """What of the image a part of the window shows, with the neighbours that smoothing looks at."""
    x, y = (part.x() - mapping.left) * mapping.ratio_x, (part.y() - mapping.top) * mapping.ratio_y
    shown = QRectF(x, y, part.width() * mapping.ratio_x, part.height() * mapping.ratio_y)
    return shown.adjusted(-2, -2, 2, 2).toAlignedRect().intersected(image.rect())


def _dim(painter: QPainter, place: QRect, hole: QRect) -> None:
    if hole.contains(place):
        return
    bands = rects_of(QRegion(place) - QRegion(hole)) if hole.intersects(place) else [place]
    for band in bands:
        if band.width() > _VEIL.width():
            painter.fillRect(band, _SCRIM)
            continue
        for top in range(0, band.height(), _VEIL.height()):
            height = min(_VEIL.height(), band.height() - top)
            painter.drawImage(QPoint(band.x(), band.y() + top), _VEIL, QRect(0, 0, band.width(), height))


def draw_box(painter: QPainter, box: Box, *, placing: bool) -> None:
    """An opaque box with a line around it, which the picture does not get."""
    line = rect(box).adjusted(-1, -1, 1, 1)
    for band in around(line, rect(box)):
        painter.fillRect(band, _LINE if placing else DARK.color("line"))
    painter.fillRect(rect(box), _GROUND)


def frame_bands(window: QRectF, box: Box) -> list[tuple[QRect, QRectF, QColor]]:
    """A line of one logical pixel around ``box``, and a dark one around that for bright screens.

    Each band with the pixels it may touch and its colour. They lie outside of what is selected, but for the sides
    where the window ends.
    """
    line = rect(box).adjusted(-1, -1, 1, 1).intersected(window)
    inner, outer = line.adjusted(1, 1, -1, -1), line.adjusted(-1, -1, 1, 1)
    bands = [(band, _LINE) for band in around(line, inner)] + [(band, _EDGE) for band in around(outer, line)]
    return [(band.toAlignedRect(), band, color) for band, color in bands]


def draw_handles(painter: QPainter, box: Box) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(LIGHT.color("on_accent"), 1.5))
    painter.setBrush(_LINE)
    for handle in shown_handles(box):
        place = handle.on(box)
        painter.drawEllipse(QPointF(place.x, place.y), HANDLE_RADIUS, HANDLE_RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def shown_handles(box: Box) -> list[Handle]:
    """The handles that leave enough of the selection to be seen."""
    if min(box.width, box.height) < _HANDLES_FROM:
        return []
    wide, high = box.width >= _EDGE_HANDLES_FROM, box.height >= _EDGE_HANDLES_FROM
    hidden = (() if wide else (Handle.TOP, Handle.BOTTOM)) + (() if high else (Handle.LEFT, Handle.RIGHT))
    return [handle for handle in Handle if handle not in hidden]


def around(outer: QRectF, inner: QRectF) -> list[QRectF]:
    """``outer`` without ``inner``, as four bands that share exact edges."""
    return [
        QRectF(outer.topLeft(), QPointF(outer.right(), inner.top())),
        QRectF(QPointF(outer.left(), inner.bottom()), outer.bottomRight()),
        QRectF(QPointF(outer.left(), inner.top()), QPointF(inner.left(), inner.bottom())),
        QRectF(QPointF(inner.right(), inner.top()), QPointF(outer.right(), inner.bottom())),
    ]


def label_size(text: str, font: QFont) -> QSizeF:
    metrics = QFontMetricsF(font)
    return QSizeF(metrics.horizontalAdvance(text) + 2 * GAP_S, metrics.height() + GAP_S)


def draw_label(painter: QPainter, place: QRectF, text: str, font: QFont) -> None:
    draw_plate(painter, place)
    painter.setFont(font)
    painter.setPen(DARK.color("text"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def draw_plate(painter: QPainter, place: QRectF, opacity: float = 0.94) -> None:
    """The dark ground of everything that is written on the overlay."""
    color = QColor(DARK.surface)
    color.setAlphaF(opacity)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(place, RADIUS_CONTROL, RADIUS_CONTROL)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
