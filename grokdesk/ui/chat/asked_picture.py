"""A picture of a question that was asked, and whether it goes along with the next one: a button changes that."""

from __future__ import annotations

import html

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from grokdesk.questions.context.context import EarlierPicture
from grokdesk.translation import N_, _
from grokdesk.ui.kit.controls import caption_label
from grokdesk.ui.kit.theme import GAP_XS, HIT_TARGET, RADIUS_CONTROL, Theme

THUMBNAIL = QSize(144, 96)
STAYS_BACK = N_("Not included")
_FAINT = 0.4


class AskedPicture(QWidget):
    chosen = Signal(object)
    """The EarlierPicture, when the person wants the other thing for it."""

    def __init__(self, theme: Theme, image: QImage, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._name = theme, name
        self._whole = _rounded(image, self.devicePixelRatioF())
        self._faint = _fainter(self._whole)
        self._earlier: EarlierPicture | None = None
        self.thumbnail = QLabel()
        self.thumbnail.setPixmap(self._whole)
        self.thumbnail.setAccessibleName(_("Image: {name}").format(name=name))
        self.thumbnail.setToolTip(html.escape(name))
        self.caption = caption_label(theme)
        self.caption.setText(_(STAYS_BACK))
        self.caption.setWordWrap(False)
        self.caption.hide()
        self.button = QToolButton(self)
        self.button.setFixedSize(HIT_TARGET, HIT_TARGET)
        self.button.setIconSize(QSize(16, 16))
        self.button.setProperty("look", "over-picture")
        self.button.setAccessibleName(name)
        self.button.clicked.connect(self._choose)
        self.button.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_XS)
        column.addWidget(self.thumbnail)
        column.addWidget(self.caption)
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Wide enough for the button and for the words below."""
        hint = super().sizeHint()
        if self._earlier is None:
            return hint
        words = 0 if self._earlier.goes else self.caption.fontMetrics().horizontalAdvance(_(STAYS_BACK))
        return QSize(max(hint.width(), HIT_TARGET, words), max(hint.height(), HIT_TARGET))

    def show_earlier(self, earlier: EarlierPicture) -> None:
        """Say what becomes of it with the next question."""
        self._earlier = earlier
        self.thumbnail.setPixmap(self._whole if earlier.goes else self._faint)
        self.caption.setVisible(not earlier.goes)
        words = words_for(earlier)
        self.button.setToolTip(html.escape(words))
        self.button.setAccessibleName(f"{earlier.name}: {words}")
        self.button.show()
        self.button.raise_()
        self._restyle()
        self.updateGeometry()

    @Slot()
    def _restyle(self) -> None:
        if self._earlier is not None:
            self.button.setIcon(self._theme.icon("check" if self._earlier.goes else "add"))

    @Slot()
    def _choose(self) -> None:
        if self._earlier is not None:
            self.chosen.emit(self._earlier)


def words_for(earlier: EarlierPicture) -> str:
    """What happens to the picture, and what a click does about it."""
    if earlier.goes:
        return _("Included with the next question. Leave it out")
    words = (
        _("Not included: {reason}. Send it again")
        if earlier.may_go
        else _("Not included: {reason}. Add it to your question")
    )
    return words.format(reason=earlier.why)


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


def _fainter(whole: QPixmap) -> QPixmap:
    faint = QPixmap(whole.size())
    faint.setDevicePixelRatio(whole.devicePixelRatioF())
    faint.fill(Qt.GlobalColor.transparent)
    if not faint.isNull():
        painter = QPainter(faint)
        painter.setOpacity(_FAINT)
        painter.drawPixmap(0, 0, whole)
        painter.end()
    return faint
