"""Counts down the seconds before a delayed capture, in a small window that is gone before the screen is grabbed."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QStyle, QWidget

from grokdesk.translation import N_, _
from grokdesk.ui.kit.controls import Announcer, announce
from grokdesk.ui.kit.theme import DARK, GAP_M, GAP_XL, GAP_XS, PAINT_INTERVAL_MS, Theme

HINT = N_("Click or press Esc to cancel")
_RING, _LINE = 56, 4


class Countdown(QWidget):
    """``start`` it, then wait for ``finished`` or ``cancelled``: one of them comes, once, when it is hidden."""

    finished = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, say: Announcer = announce) -> None:
        super().__init__(parent, _flags(takes_keys=True))
        self._say = say
        self._what = ""
        self._number_font, self._font = theme.font(1.6, bold=True), theme.font()
        self._seconds = 0.0
        self._end = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._end.timeout.connect(self._finish)
        self._tick = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._show_time)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWindowTitle(_("GrokDesk: capture soon"))

    @property
    def is_running(self) -> bool:
        return self._end.isActive()

    @property
    def seconds_left(self) -> int:
        """Begun ones count whole, so that it never says 0 while it runs."""
        return max(1, math.ceil(self._end.remainingTime() / 1000)) if self.is_running else 0

    def start(self, seconds: float, what: str = "", *, takes_keys: bool = True) -> None:
        """Count; ``what`` will happen at the end.

        ``takes_keys``: Esc works at once, and the window in use loses the keys until then. Without it the window in
        use keeps them, as a menu has to that is to be captured.
        """
        self._stop()
        self._what, self._seconds = what or _("The screen is captured"), seconds
        self.setWindowFlags(_flags(takes_keys=takes_keys))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keys)
        self._end.start(round(seconds * 1000))
        moves = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        self._tick.start(PAINT_INTERVAL_MS if moves else 1000)
        self.setAccessibleName(f"{self._sentence(math.ceil(seconds))}. {_(HINT)}.")
        self._place()
        self.show()
        if takes_keys:
            self.raise_()
            self.activateWindow()
            self.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._say(self, self.accessibleName())

    def cancel(self) -> None:
        """Nothing happens when it does not run."""
        if self.is_running:
            self._stop()
            self.cancelled.emit()

    def _stop(self) -> None:
        self._end.stop()
        self._tick.stop()
        self.hide()

    @Slot()
    def _finish(self) -> None:
        self._stop()
        self.finished.emit()

    @Slot()
    def _show_time(self) -> None:
        self.update()

    def _place(self) -> None:
        """At the foot of the screen with the pointer, in the middle."""
        self.resize(self.sizeHint())
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        self.move(area.center().x() - self.width() // 2, area.bottom() - self.height() - GAP_XL)

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font)
        words = max(metrics.horizontalAdvance(self._sentence(60)), metrics.horizontalAdvance(_(HINT)))
        height = max(float(_RING), 2 * metrics.height() + GAP_XS)
        return QSize(round(_RING + GAP_M + words) + 2 * GAP_M, round(height) + 2 * GAP_M)

    def _sentence(self, seconds: int) -> str:
        return _("{what} in {seconds} s").format(what=self._what, seconds=seconds)

    # --- leaving --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.cancel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            event.ignore()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.cancel()

    # --- painting -------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - small enough to paint whole
        painter = QPainter(self)
        painter.fillRect(self.rect(), DARK.color("surface"))
        painter.setPen(DARK.color("line"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        ring = QRectF(GAP_M, (self.height() - _RING) / 2, _RING, _RING)
        self._paint_ring(painter, ring.adjusted(_LINE, _LINE, -_LINE, -_LINE))
        painter.setPen(DARK.color("text"))
        painter.setFont(self._number_font)
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, str(self.seconds_left))
        metrics = QFontMetricsF(self._font)
        x, top = ring.right() + GAP_M, (self.height() - 2 * metrics.height() - GAP_XS) / 2
        painter.setFont(self._font)
        painter.drawText(QPointF(x, top + metrics.ascent()), self._sentence(self.seconds_left))
        painter.setPen(DARK.color("muted"))
        painter.drawText(QPointF(x, top + metrics.height() + GAP_XS + metrics.ascent()), _(HINT))

    def _paint_ring(self, painter: QPainter, ring: QRectF) -> None:
        """As much of it is left as of the time; the number says the same."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(DARK.color("raised"), _LINE))
        painter.drawEllipse(ring)
        share = self._end.remainingTime() / 1000 / self._seconds if self.is_running and self._seconds else 0
        painter.setPen(QPen(DARK.color("accent"), _LINE))
        painter.drawArc(ring, 90 * 16, round(share * 360 * 16))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _flags(*, takes_keys: bool) -> Qt.WindowType:
    flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
    return flags if takes_keys else flags | Qt.WindowType.WindowDoesNotAcceptFocus
