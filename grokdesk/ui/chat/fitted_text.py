"""A text that is as high as what it holds, never scrolls by itself, loads nothing and opens nothing."""

from __future__ import annotations

import html
import math

from PySide6.QtCore import QEvent, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QToolTip, QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.theme import GAP_XL, LINE_LENGTH, LINE_WIDTH, USUAL_FONT_PIXELS, Theme

_MOVES = {Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right}


class FittedText(QTextBrowser):
    """Selectable by mouse and keyboard. ``ground`` is the colour role of what it lies on."""

    link_clicked = Signal(str, QPoint)
    """The address of a link that was clicked or activated by key, and where on the screen."""
    cursor_moved = Signal()
    """The person moved the text cursor: what it is at may be out of sight."""
    focus_shown = Signal(bool)
    """Whether the keyboard is here, said only when it came by key."""

    def __init__(self, theme: Theme, ground: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ground = ground
        self.setProperty("look", "answer")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for area in (self, self.viewport()):
            area.setAcceptDrops(False)
            area.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that scrolling moves what is painted
            area.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(GAP_XL)
        self.setFixedHeight(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.anchorClicked.connect(self._click)
        self.cursorPositionChanged.connect(self._cursor_changed)

    @property
    def has_selection(self) -> bool:
        return self.textCursor().hasSelection()

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: A002, ARG002 - Qt's signature
        """Nothing: what a text names is never loaded."""
        return None

    # --- size ---

    def needed_height(self) -> int:
        return 0 if self.document().isEmpty() else math.ceil(self.document().size().height())

    @Slot()
    def _fit(self) -> None:
        height = self.needed_height()
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color(self._ground))
        self.paint_ground(painter, event)
        painter.end()
        self.paint_text(event)

    def paint_text(self, event: QPaintEvent) -> None:
        super().paintEvent(event)

    def paint_ground(self, painter: QPainter, event: QPaintEvent) -> None:
        """For what lies behind the text."""

    # --- what a person does ---

    @Slot(QUrl)
    def _click(self, address: QUrl) -> None:
        where = self.viewport().mapToGlobal(self.cursorRect().bottomLeft())
        self.link_clicked.emit(_ascii(address), where)

    def viewportEvent(self, event: QEvent) -> bool:
        """A link says where it really goes."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            address = _ascii(QUrl(self.anchorAt(event.pos())))
            QToolTip.showText(event.globalPos(), html.escape(address), self)
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages are turned by what scrolls the text."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
            return
        super().keyPressEvent(event)
        if event.key() in _MOVES:
            self.cursor_moved.emit()

    @Slot()
    def _cursor_changed(self) -> None:
        if self.hasFocus():
            self.cursor_moved.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() != Qt.FocusReason.MouseFocusReason
        self.setCursorWidth(int(by_key))
        self.focus_shown.emit(by_key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_shown.emit(False)


def line_width(font: QFont) -> int:
    """Pixels that a line of usual text may take: LINE_LENGTH characters, within LINE_WIDTH."""
    sample = _("The quick brown fox jumps over the lazy dog and then it takes a rest. ")
    needed = math.ceil(QFontMetricsF(font).horizontalAdvance(sample) / len(sample) * LINE_LENGTH)
    scale = max(1.0, QFontInfo(font).pixelSize() / USUAL_FONT_PIXELS)
    least, most = LINE_WIDTH
    return round(min(max(needed, least * scale), most * scale))


def _ascii(address: QUrl) -> str:
    return bytes(address.toEncoded().data()).decode("ascii")
