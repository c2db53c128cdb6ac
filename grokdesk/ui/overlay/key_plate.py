"""The table of all keys, on a dark plate in the middle of the window that F1 was pressed in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.theme import DARK, GAP_L, GAP_M, GAP_S, GAP_XL, GAP_XS
from grokdesk.ui.overlay.drawing import draw_plate

_SMALLEST = 0.6
"""How much the letters may shrink so that the table fits into a small window."""


class KeyPlate(QWidget):
    def __init__(self, rows: Sequence[tuple[str, str]], font: QFont, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = parent
        self._rows = tuple(rows)
        self._given = font
        self._restyle(1.0)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_("Keys"))
        self.setAccessibleDescription(self.spoken)
        self.hide()

    @property
    def spoken(self) -> str:
        return " ".join(f"{key}: {meaning}." for key, meaning in self._rows)

    def appear(self) -> None:
        """In the middle of the parent, in smaller letters where there is little room."""
        room = self._stage.size() - QSize(2 * GAP_M, 2 * GAP_M)
        scale = 1.0
        self._restyle(scale)
        while scale > _SMALLEST and (
            self.sizeHint().width() > room.width() or self.sizeHint().height() > room.height()
        ):
            scale -= 0.05
            self._restyle(scale)
        self.resize(self.sizeHint())
        parent = self._stage.rect()
        self.move((parent.width() - self.width()) // 2, (parent.height() - self.height()) // 2)
        self.show()
        self.raise_()

    def _restyle(self, scale: float) -> None:
        self._word, self._key = QFont(self._given), QFont(self._given)
        for font in (self._word, self._key):
            font.setPointSizeF(self._given.pointSizeF() * scale)
        self._key.setBold(True)
        key, word = QFontMetricsF(self._key), QFontMetricsF(self._word)
        self._key_width = max(key.horizontalAdvance(row[0]) for row in self._rows)
        self._word_width = max(word.horizontalAdvance(row[1]) for row in self._rows)
        self._row_height = key.height() + (GAP_XS if scale > 0.8 else 0)

    def sizeHint(self) -> QSize:
        width = self._key_width + GAP_L + self._word_width + 2 * GAP_XL
        return QSize(round(width + 1), round(self._row_height * len(self._rows)) + 2 * GAP_L)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - painted once
        painter = QPainter(self)
        draw_plate(painter, QRectF(self.rect()), opacity=1)
        y = float(GAP_L)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for key, meaning in self._rows:
            painter.setFont(self._key)
            painter.setPen(DARK.color("text"))
            painter.drawText(QRectF(GAP_XL, y, self._key_width + GAP_S, self._row_height), left, key)
            painter.setFont(self._word)
            painter.setPen(DARK.color("muted"))
            x = GAP_XL + self._key_width + GAP_L
            painter.drawText(QRectF(x, y, self._word_width + GAP_S, self._row_height), left, meaning)
            y += self._row_height
