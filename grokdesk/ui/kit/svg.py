"""Draws our SVG files in a colour of ours."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPixmap


def draw_svg(file: Path, size: QSize, color: QColor) -> QPixmap:
    """An SVG file as a pixmap, ``currentColor`` in it replaced by ``color``; sharp on every screen."""
    from PySide6.QtSvg import QSvgRenderer

    text = file.read_text(encoding="utf-8").replace("currentColor", color.name())
    renderer = QSvgRenderer(QByteArray(text.encode()))
    ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(0, 0, 0, 0))  # Qt.GlobalColor would make PySide6 load all enums of Qt: 15 ms before the tray
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return pixmap
