"""A composer as a small window of its own, beside what was selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Slot
from PySide6.QtGui import QBitmap, QGuiApplication, QMouseEvent, QPainter, QResizeEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from grokdesk.translation import _
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.kit.placing import beside, within
from grokdesk.ui.kit.theme import RADIUS_CARD

WINDOW_WIDTH = 580


class ComposerWindow(QWidget):
    """Frameless, above others, moved by its background.

    It does not go by itself: whoever takes ``submitted`` and ``discarded`` hides it.
    """

    def __init__(self, composer: Composer) -> None:
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, flags)
        self.setWindowTitle(_("GrokDesk: ask"))
        self._area = QRect()
        self.composer = composer
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.composer)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def place_beside(self, anchor: QRect, screen: QScreen | None = None) -> None:
        """Show it next to ``anchor``, which is in global logical coordinates, ready to type."""
        screen = screen or QGuiApplication.screenAt(anchor.center()) or QGuiApplication.primaryScreen()
        self._area = screen.availableGeometry()
        self.setScreen(screen)
        size = self._wanted_size()
        self._take_place(QRect(beside(anchor, size, self._area), size))
        self.show()
        self.raise_()
        self.activateWindow()
        self.composer.focus_text()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._follow_content()
        return done

    def _wanted_size(self) -> QSize:
        width = min(WINDOW_WIDTH, self._area.width())
        self._column.activate()
        return QSize(width, max(self._column.totalHeightForWidth(width), self._column.totalMinimumSize().height()))

    @Slot()
    def _follow_content(self) -> None:
        """Grow or shrink with the content and stay on the screen."""
        size = self._wanted_size()
        if size != self.size():
            self._take_place(QRect(within(self.pos(), size, self._area), size))

    def _take_place(self, place: QRect) -> None:
        if QGuiApplication.platformName().startswith("wayland"):
            # Compositors that tile let a window float whose size is fixed; where it floats is theirs to say.
            self.setFixedSize(place.size())
        self.setGeometry(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if QGuiApplication.platformName() == "xcb":
            # Without a compositor, which X11 may lack, translucent corners would be black: cut off what lies outside.
            shape = QBitmap(self.size())
            shape.fill(Qt.GlobalColor.color0)
            painter = QPainter(shape)
            painter.setBrush(Qt.GlobalColor.color1)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS_CARD + 1, RADIUS_CARD + 1)
            painter.end()
            self.setMask(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.windowHandle() is not None:
            self.windowHandle().startSystemMove()
