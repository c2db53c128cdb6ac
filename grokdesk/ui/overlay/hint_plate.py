"""A line of keys and what they do, on a dark plate that comes and fades; above it what was typed or has to be said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QWidget

from grokdesk.ui.kit.theme import DARK, GAP_L, GAP_M, GAP_S, GAP_XL, MOTION_MS, TITLE_SCALE
from grokdesk.ui.overlay.drawing import draw_plate

Hints = Sequence[tuple[str, str]]
"""``("Esc", "cancel")`` and so on."""


class HintPlate(QWidget):
    """Sits at the foot of its parent, in the middle, and lets the mouse through."""

    def __init__(self, font: QFont, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = parent
        self._hints: Hints = ()
        self._entry = self._sentence = ""
        self._word_font, self._key_font, self._entry_font = QFont(font), QFont(font), QFont(font)
        self._key_font.setBold(True)
        self._entry_font.setPointSizeF(font.pointSizeF() * TITLE_SCALE)
        self._avoided = QRect()
        self._opacity = 1.0
        self._fading = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=MOTION_MS)
        self._fading.valueChanged.connect(self._fade)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def is_fading(self) -> bool:
        return self._fading.state() == QVariantAnimation.State.Running

    @property
    def hints(self) -> Hints:
        return self._hints

    @property
    def words(self) -> tuple[str, str]:
        """What was typed, and the sentence, as they are shown."""
        return self._entry, self._sentence

    def show_hints(self, hints: Hints, entry: str = "", sentence: str = "", avoid: QRect | None = None) -> None:
        """Show it away from ``avoid`` where it would be over it."""
        self._fading.stop()
        self._opacity, self._hints = 1.0, hints
        self._entry, self._sentence = entry, sentence
        self._avoided = avoid or QRect()
        while self._hints_width() + 2 * GAP_M > self._stage.width() and len(self._hints) > 2:
            self._hints = (*self._hints[:-2], self._hints[-1])  # how to leave comes last, and stays
        self.resize(self.sizeHint())
        self.place()
        self.show()
        self.update()

    def place(self) -> None:
        """Go where it belongs, after the parent or the lines changed their size."""
        room = self._stage.size()
        x, foot = (room.width() - self.width()) // 2, room.height() - self.height() - 2 * GAP_XL
        at_foot = QRect(x, foot, self.width(), self.height())
        self.move(x, 2 * GAP_XL if at_foot.intersects(self._avoided) else foot)

    def fade_out(self) -> None:
        """Fade, or go at once when the system asks for no animation."""
        if not self.isVisible() or self.is_fading:
            return
        if self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0:
            self._fading.start()
        else:
            self.hide()

    @Slot(object)
    def _fade(self, opacity: float) -> None:
        self._opacity = opacity
        self.setVisible(opacity > 0)
        self.update()

    def _widths(self) -> list[tuple[float, float]]:
        key, word = QFontMetricsF(self._key_font), QFontMetricsF(self._word_font)
        return [(key.horizontalAdvance(a), word.horizontalAdvance(b)) for a, b in self._hints]

    def _hints_width(self) -> float:
        return sum(key + GAP_S + word for key, word in self._widths()) + GAP_L * max(0, len(self._hints) - 1)

    def _sentence_size(self) -> QRectF:
        """It is broken into lines where the window is narrow."""
        room = QRectF(0, 0, self._stage.width() - 2 * GAP_L - 2 * GAP_M, 1000)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        return QFontMetricsF(self._word_font).boundingRect(room, flags, self._sentence)

    def _entry_height(self) -> float:
        return QFontMetricsF(self._entry_font).height() + GAP_S if self._entry else 0

    def sizeHint(self) -> QSize:
        width, height = self._hints_width(), QFontMetricsF(self._key_font).height()
        if self._entry:
            width = max(width, QFontMetricsF(self._entry_font).horizontalAdvance(self._entry))
            height += self._entry_height()
        if self._sentence:
            sentence = self._sentence_size()
            width, height = max(width, sentence.width() + 1), height + sentence.height() + GAP_S
        return QSize(round(width + 0.5) + 2 * GAP_M, round(height + 0.5) + 2 * GAP_S)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - small enough to paint whole
        painter = QPainter(self)
        painter.setOpacity(self._opacity)
        draw_plate(painter, QRectF(self.rect()))
        y = float(GAP_S)
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.setPen(DARK.color("text"))
        if self._entry:
            painter.setFont(self._entry_font)
            painter.drawText(QRectF(0, y, self.width(), self._entry_height()), middle, self._entry)
            y += self._entry_height()
        if self._sentence:
            height = self._sentence_size().height()
            painter.setFont(self._word_font)
            room = QRectF(GAP_M, y, self.width() - 2 * GAP_M, height)
            painter.drawText(room, middle | Qt.TextFlag.TextWordWrap, self._sentence)
            y += height + GAP_S
        self._paint_hints(painter, y)

    def _paint_hints(self, painter: QPainter, y: float) -> None:
        x = (self.width() - self._hints_width()) / 2
        height = QFontMetricsF(self._key_font).height()
        for (key, word), (key_wide, word_wide) in zip(self._hints, self._widths(), strict=True):
            for part, wide, font, role in (
                (key, key_wide, self._key_font, "text"),
                (word, word_wide, self._word_font, "muted"),
            ):
                painter.setFont(font)
                painter.setPen(DARK.color(role))
                painter.drawText(QRectF(x, y, wide + 1, height), Qt.AlignmentFlag.AlignVCenter, part)
                x += wide + GAP_S
            x += GAP_L - GAP_S
