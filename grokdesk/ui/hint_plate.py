"""A line of keys and what they do, on a dark plate that comes and fades."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QWidget

from grokdesk.ui.overlay_drawing import draw_plate
from grokdesk.ui.theme import DARK, GAP_L, GAP_M, GAP_S, GAP_XL, MOTION_MS

Hints = Sequence[tuple[str, str]]
"""``("Esc", "cancel")`` and so on."""


class HintPlate(QWidget):
    """Sits at the foot of its parent, in the middle, and lets the mouse through."""

    def __init__(self, font: QFont, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = parent
        self._hints: Hints = ()
        self._word_font, self._key_font = QFont(font), QFont(font)
        self._key_font.setBold(True)
        self._opacity = 1.0
        self._fading = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=MOTION_MS)
        self._fading.valueChanged.connect(self._fade)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def is_fading(self) -> bool:
        return self._fading.state() == QVariantAnimation.State.Running

    def show_hints(self, hints: Hints) -> None:
        self._fading.stop()
        self._opacity, self._hints = 1.0, hints
        while self.sizeHint().width() > self._stage.width() and len(self._hints) > 2:
            self._hints = (*self._hints[:-2], self._hints[-1])  # how to leave comes last, and stays
        self.resize(self.sizeHint())
        self.place()
        self.show()
        self.update()

    def place(self) -> None:
        """Go where it belongs, after the parent or the line changed its size."""
        room = self._stage.size()
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - 2 * GAP_XL)

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

    def sizeHint(self) -> QSize:
        inside = sum(key + GAP_S + word for key, word in self._widths()) + GAP_L * (len(self._hints) - 1)
        height = QFontMetricsF(self._key_font).height()
        return QSize(round(inside) + 2 * GAP_M, round(height) + 2 * GAP_S)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - small enough to paint whole
        painter = QPainter(self)
        painter.setOpacity(self._opacity)
        draw_plate(painter, QRectF(self.rect()))
        x = float(GAP_M)
        for (key, word), (key_wide, word_wide) in zip(self._hints, self._widths(), strict=True):
            for part, wide, font, role in (
                (key, key_wide, self._key_font, "text"),
                (word, word_wide, self._word_font, "muted"),
            ):
                painter.setFont(font)
                painter.setPen(DARK.color(role))
                painter.drawText(QRectF(x, 0, wide + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, part)
                x += wide + GAP_S
            x += GAP_L - GAP_S
