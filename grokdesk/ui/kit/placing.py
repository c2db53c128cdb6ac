"""Where a window goes: in the middle, or beside what it is about, and always wholly on the screen."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from grokdesk.ui.kit.theme import GAP_M

FRAME = QMargins(8, 48, 8, 8)
"""Logical pixels that a desktop may draw around a window. How many they are is known only once it is shown, when it
would jump; title bars are 24 to 47 high on the desktops there are."""


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


def room_on(screen: QScreen) -> QRect:
    """Where the content of a window can be for its title bar and frame to be on the screen too."""
    return screen.availableGeometry().marginsRemoved(FRAME)


def fit_to_screen(window: QWidget) -> None:
    """Make a window smaller that is too large for the screen it is on, and move it there wholly. A size that was
    remembered may be that of a larger screen, and a place that of one that has gone."""
    if window.isMaximized() or window.isFullScreen() or window.isMinimized():
        return
    screen = QGuiApplication.screenAt(window.geometry().center()) or window.screen()
    area, size = room_on(screen), window.size()
    if not window.isVisible():
        size = size.expandedTo(window.minimumSizeHint())
    place = QRect(within(window.geometry().topLeft(), fitting := size.boundedTo(area.size()), area), fitting)
    if place != window.geometry() and (fitting != window.size() or window.testAttribute(Qt.WidgetAttribute.WA_Moved)):
        window.setGeometry(place)


def present(window: QWidget) -> None:
    """Show a window in front of the others; the first time in the middle of the screen that the pointer is on."""
    if not window.isVisible() and not window.testAttribute(Qt.WidgetAttribute.WA_Moved):
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        area = room_on(screen)
        place = QRect(QPoint(), window.sizeHint().expandedTo(window.size()).boundedTo(area.size()))
        place.moveCenter(area.center())
        window.setGeometry(place)
    else:
        fit_to_screen(window)
    window.show()
    window.raise_()
    window.activateWindow()
