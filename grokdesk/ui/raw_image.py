"""Raw pixels as an image that can be painted in every way."""

from __future__ import annotations

from PySide6.QtGui import QImage

from grokdesk.model import Pixels


def image_from(pixels: Pixels) -> QImage:
    """A copy. May be called on any thread.

    The fourth byte of a pixel may be anything, and where Qt clips or scales it takes one that is 0 for transparency.
    """
    rows = QImage(pixels.data, pixels.width, pixels.height, pixels.width * 4, QImage.Format.Format_RGB32)
    return rows.convertToFormat(QImage.Format.Format_RGB888)
