"""What the overlay paints over the frozen screen: scrim, frame, handles, size label.

The colours are the same whatever the desktop says: what lies below is somebody's dimmed screen, not our window.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QRegion

from grokdesk.ui.selection import Box, Handle
from grokdesk.ui.theme import DARK, GAP_S, LIGHT, RADIUS_CONTROL

SCRIM_ALPHA = 0.4
HANDLE_RADIUS = 4.0
HANDLE_ROOM = 7
"""How far outside and inside of the frame something may be painted."""
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


def frame_region(box: Box) -> QRegion:
    """Everything that ``draw_frame`` may touch."""
    outer = rect(box).adjusted(-HANDLE_ROOM, -HANDLE_ROOM, HANDLE_ROOM, HANDLE_ROOM).toAlignedRect()
    inner = rect(box).adjusted(HANDLE_ROOM, HANDLE_ROOM, -HANDLE_ROOM, -HANDLE_ROOM).toAlignedRect()
    return QRegion(outer) - QRegion(inner) if inner.isValid() else QRegion(outer)


def draw_scrim(painter: QPainter, window: QRectF, hole: Box | None) -> None:
    color = DARK.color("scrim")
    color.setAlphaF(SCRIM_ALPHA)
    for band in _around(window, rect(hole)) if hole else [window]:
        painter.fillRect(band, color)


def draw_frame(painter: QPainter, window: QRectF, box: Box) -> None:
    """A line of one logical pixel around ``box``, a dark one around that for bright screens, and the handles.

    The line lies outside of what is selected, but for the sides where the window ends.
    """
    accent, dark = LIGHT.color("accent"), DARK.color("on_accent")
    line = rect(box).adjusted(-1, -1, 1, 1).intersected(window)
    inner = line.adjusted(1, 1, -1, -1)
    dark.setAlphaF(0.5)
    for outer, hole, color in ((line, inner, accent), (line.adjusted(-1, -1, 1, 1), line, dark)):
        for band in _around(outer, hole):
            painter.fillRect(band, color)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(LIGHT.color("on_accent"), 1.5))
    painter.setBrush(accent)
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


def _around(outer: QRectF, inner: QRectF) -> list[QRectF]:
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


def draw_plate(painter: QPainter, place: QRectF) -> None:
    """The dark ground of everything that is written on the overlay."""
    color = QColor(DARK.surface)
    color.setAlphaF(0.94)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(place, RADIUS_CONTROL, RADIUS_CONTROL)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
