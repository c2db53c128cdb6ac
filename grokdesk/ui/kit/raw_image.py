"""Raw pixels as Qt draws them."""

from __future__ import annotations

from PySide6.QtGui import QImage

from grokdesk.model import Pixels


def image_from(pixels: Pixels) -> QImage:
    """A copy, which owes the pixels nothing.

    Qt wants 255 in the fourth byte and copies it where it draws on something transparent; Pixels have anything there.
    """
    stride = pixels.width * 4
    image = QImage(pixels.data, pixels.width, pixels.height, stride, QImage.Format.Format_RGB32)
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    image.reinterpretAsFormat(QImage.Format.Format_RGB32)
    return image
