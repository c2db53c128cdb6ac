from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter

from grokdesk.model import Pixels
from grokdesk.ui.kit.raw_image import image_from


@pytest.mark.parametrize("fourth", [0, 127, 255])
def test_it_is_opaque_where_it_is_drawn(fourth: int) -> None:
    image = image_from(Pixels(bytes((10, 20, 200, fourth)) * 12, 4, 3))
    assert not image.hasAlphaChannel()
    canvas = QImage(4, 3, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    painter.drawImage(QPoint(0, 0), image)
    painter.end()
    assert canvas.pixelColor(2, 1).getRgb() == (200, 20, 10, 255)


def test_it_is_a_copy() -> None:
    data = bytearray(16)
    image = image_from(Pixels(data, 2, 2))
    data[:] = b"\xff" * 16
    assert image.pixelColor(1, 1).getRgb() == (0, 0, 0, 255)
