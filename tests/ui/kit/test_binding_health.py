"""PySide6 6.12.0 drops references to ``True`` and ``None`` on Python before 3.12 and ends the process some time later.

It is excluded in ``pyproject.toml``; this notices another release that does it.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

SLACK = 20
"""References that come and go by themselves."""


class Sender(QObject):
    sent = Signal(bool)


def test_emitting_keeps_the_references_to_true(qapp: QApplication) -> None:
    sender = Sender()
    sender.sent.connect(lambda _value: None)
    sender.sent.emit(True)
    before = sys.getrefcount(True)
    for _ in range(200):
        sender.sent.emit(True)
    assert abs(sys.getrefcount(True) - before) < SLACK


def test_painting_keeps_the_references_to_none(qapp: QApplication) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    color = QColor("red")
    painter.setPen(color)
    before = sys.getrefcount(None)
    for _ in range(300):
        painter.setPen(color)
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < SLACK
