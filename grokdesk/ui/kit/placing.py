"""Where a window goes: in the middle, or beside what it is about, and always wholly on the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QWidget

from grokdesk.ui.kit.theme import GAP_M


def beside(anchor: QRect, size: QSize, area: QRect, gap: int = GAP_M) -> QPoint:
    """Below ``anchor``, else above, right, left of it; where no side has room, over its foot. Inside ``area``."""
    candidates = (
        QPoint(anchor.left(), anchor.bottom() + 1 + gap),
        QPoint(anchor.left(), anchor.top() - gap - size.height()),
        QPoint(anchor.right() + 1 + gap, anchor.top()),
        QPoint(anchor.left() - gap - size.width(), anchor.top()),
    )
    for candidate in candidates:
        place = within(candidate, size, area)
        if not QRect(place, size).intersects(anchor):
            return place
    return within(QPoint(anchor.left(), anchor.bottom() - gap - size.height()), size, area)


def within(place: QPoint, size: QSize, area: QRect) -> QPoint:
    """``place``, moved as little as needed for ``size`` to lie inside ``area``; the top left corner comes first."""
    x = max(area.left(), min(place.x(), area.right() + 1 - size.width()))
    y = max(area.top(), min(place.y(), area.bottom() + 1 - size.height()))
    return QPoint(x, y)


def present(window: QWidget) -> None:
    """Show a window in front of the others; the first time in the middle of the screen that the pointer is on."""
    if not window.isVisible() and not window.testAttribute(Qt.WidgetAttribute.WA_Moved):
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        place = QRect(QPoint(), window.sizeHint().expandedTo(window.size()).boundedTo(area.size()))
        place.moveCenter(area.center())
        window.setGeometry(place)
    window.show()
    window.raise_()
    window.activateWindow()
