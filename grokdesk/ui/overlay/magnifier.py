"""The magnifier: pixels of the frozen screen eight times enlarged, with their grid, place and colour."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPixmap

from grokdesk.ui.kit.theme import DARK, LIGHT

TIMES = 8
ACROSS = 17
"""Pixels shown each way: odd, so that one is in the middle."""
_SIDE = TIMES * ACROSS
_EDGE = 1
_CAPTION = 22
GLASS_SIZE = (_SIDE + 2 * _EDGE, _SIDE + 2 * _EDGE + _CAPTION)


@dataclass(frozen=True, slots=True)
class Glass:
    """Where it is in the window, and the pixel of the image in its middle."""

    place: QRect
    x: int
    y: int


def glass_caption(image: QImage, glass: Glass) -> str:
    return f"{glass.x}, {glass.y}  {image.pixelColor(glass.x, glass.y).name()}"


class Magnifier:
    """Keeps the drawn grid, which is the same each time."""

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._grid: QPixmap | None = None

    def paint(self, painter: QPainter, image: QImage, glass: Glass) -> None:
        """Opaque to its edges, so that nothing needs to be painted below it; outside of the image it is dark."""
        place = QRectF(glass.place)
        painter.fillRect(glass.place, DARK.color("surface"))
        x, y = place.x() + _EDGE, place.y() + _EDGE
        wanted = QRect(glass.x - ACROSS // 2, glass.y - ACROSS // 2, ACROSS, ACROSS)
        there = wanted.intersected(image.rect())
        target = QRectF(
            x + (there.x() - wanted.x()) * TIMES,
            y + (there.y() - wanted.y()) * TIMES,
            there.width() * TIMES,
            there.height() * TIMES,
        )
        painter.drawImage(target, image, QRectF(there))
        painter.drawPixmap(round(x), round(y), self._drawn_grid(painter.device().devicePixelRatio()))
        painter.setFont(self._font)
        painter.setPen(DARK.color("text"))
        foot = QRectF(place.x(), y + _SIDE, place.width(), _CAPTION)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, glass_caption(image, glass))

    def _drawn_grid(self, ratio: float) -> QPixmap:
        if self._grid is None or self._grid.devicePixelRatio() != ratio:
            self._grid = _grid(ratio)
        return self._grid


def _grid(ratio: float) -> QPixmap:
    """Lines between the pixels, and a mark around the one in the middle that shows on any colour."""
    grid = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    grid.setDevicePixelRatio(ratio)
    grid.fill(Qt.GlobalColor.transparent)
    painter = QPainter(grid)
    line = QColor(DARK.line)
    line.setAlphaF(0.3)
    for step in range(1, ACROSS):
        painter.fillRect(QRectF(step * TIMES, 0, 1, _SIDE), line)
        painter.fillRect(QRectF(0, step * TIMES, _SIDE, 1), line)
    middle = QRectF(ACROSS // 2 * TIMES, ACROSS // 2 * TIMES, TIMES + 1, TIMES + 1)
    for grown, color in ((1, DARK.color("on_accent")), (0, LIGHT.color("on_accent"))):
        painter.setPen(color)
        painter.drawRect(middle.adjusted(-grown, -grown, grown - 1, grown - 1))
    painter.end()
    return grid
