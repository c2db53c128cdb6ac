"""What the person asked: pictures and text, at the right."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from grokdesk.ui.flow_layout import FlowLayout
from grokdesk.ui.panel.fitted_text import FittedText
from grokdesk.ui.theme import GAP_M, GAP_S, RADIUS_CONTROL, Theme

THUMBNAIL = QSize(144, 96)
SHARE = 0.85
"""Of the width there is, the most that a question takes."""


class QuestionBubble(QFrame):
    cursor_moved = Signal(QWidget)
    """The text cursor of this view was moved by the person."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        thumbnails: Sequence[tuple[QImage, str]],
        width: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("look", "bubble")
        self.setAccessibleName("Your question")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_M, GAP_S, GAP_M, GAP_S)
        layout.setSpacing(GAP_S)
        self._pictures = QWidget()
        row = FlowLayout(self._pictures, GAP_S)
        for image, name in thumbnails:
            row.addWidget(_picture(image, name))
        if thumbnails:
            layout.addWidget(self._pictures)
        self.text = FittedText(theme, "raised")
        self.text.setAccessibleName("Your question")
        self.text.setPlainText(text)
        if text:
            layout.addWidget(self.text)
        self.text.cursor_moved.connect(self._pass_cursor)
        self.set_room(width)

    @property
    def has_selection(self) -> bool:
        return self.text.has_selection

    @Slot()
    def _pass_cursor(self) -> None:
        self.cursor_moved.emit(self.text)

    def set_room(self, width: int) -> None:
        """The panel has ``width`` pixels for messages."""
        most = max(80, round(width * SHARE) - 2 * GAP_M)
        words, wraps = self.text.toPlainText(), Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        needed = QFontMetrics(self.text.font()).boundingRect(0, 0, most, 1 << 20, wraps, words).width()
        self.text.setFixedWidth(min(most, needed + 2))
        pictures = self._pictures.layout()
        if pictures is not None and pictures.count():
            self._pictures.setFixedWidth(min(most, pictures.sizeHint().width()))
            self._pictures.setFixedHeight(pictures.heightForWidth(self._pictures.width()))


def _picture(image: QImage, name: str) -> QLabel:
    label = QLabel()
    label.setPixmap(_rounded(image, label.devicePixelRatioF()))
    label.setAccessibleName(f"Picture: {name}")
    label.setToolTip(html.escape(name))
    return label


def _rounded(image: QImage, ratio: float) -> QPixmap:
    """At most THUMBNAIL large, with round corners; never enlarged."""
    room = QSize(round(THUMBNAIL.width() * ratio), round(THUMBNAIL.height() * ratio))
    if image.width() > room.width() or image.height() > room.height():
        image = image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    pixmap = QPixmap(image.size())
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    corners = QPainterPath()
    corners.addRoundedRect(QRectF(pixmap.rect()), RADIUS_CONTROL * ratio, RADIUS_CONTROL * ratio)
    painter.setClipPath(corners)
    painter.drawImage(0, 0, image)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
