"""What went wrong, in the flow of the conversation, with the one button that helps."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QWidget

from grokdesk import __version__
from grokdesk.errors import GrokDeskError, ProviderError, Remedy
from grokdesk.model import Clock
from grokdesk.translation import _
from grokdesk.ui.kit.captions import minutes
from grokdesk.ui.kit.controls import plain_label
from grokdesk.ui.kit.theme import GAP_M, GAP_S, GAP_XS, Theme

ASKS_AGAIN = (Remedy.RETRY, Remedy.SEND_SMALLER, Remedy.CHOOSE_MODEL, Remedy.ASK_ONCE)
"""What is over when the question is no longer the last one."""


class ErrorCard(QFrame):
    """Where the server said how long it wants to be left alone, Retry counts that down: pressed sooner it waits and
    then asks by itself, unless it is pressed again."""

    chosen = Signal(object)
    """The Remedy on the button."""

    def __init__(
        self, error: GrokDeskError, theme: Theme, parent: QWidget | None = None, clock: Clock = time.monotonic
    ) -> None:
        super().__init__(parent)
        self.error = error
        self._theme, self._clock = theme, clock
        self._is_waiting = False
        told = error.retry_after if isinstance(error, ProviderError) and error.remedy is Remedy.RETRY else None
        self._until = clock() + (told or 0.0)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self.count)
        self._build()
        if told:
            self._tick.start()
        self.count()

    def _build(self) -> None:
        error, theme = self.error, self._theme
        self.setProperty("look", "bad-card")
        self.setAccessibleName(error.title)
        self._sign = QLabel()
        self._sign.setAccessibleName(_("Error"))
        title, hint = plain_label(error.title), plain_label(error.hint)
        title.setFont(theme.font(bold=True))
        if not error.hint:
            hint.hide()  # never shown here: without a parent yet, it would be a window and take the focus
        self.button = QPushButton(_(error.remedy.value))
        self.button.setAccessibleDescription(str(error))
        self.button.clicked.connect(self._choose)
        layout = QGridLayout(self)
        layout.setContentsMargins(GAP_M, GAP_M, GAP_M, GAP_M)
        layout.setHorizontalSpacing(GAP_S)
        layout.setVerticalSpacing(GAP_XS)
        layout.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(title, 0, 1)
        layout.addWidget(hint, 1, 1)
        layout.setRowMinimumHeight(2, GAP_XS)
        layout.addWidget(self.button, 3, 1, Qt.AlignmentFlag.AlignLeft)
        layout.setColumnStretch(1, 1)
        theme.changed.connect(self._draw)
        self._draw()

    def details(self, model: str) -> str:
        """What a person may send to somebody who helps; nothing secret."""
        lines = [
            _("GrokDesk {version}").format(version=__version__),
            f"{type(self.error).__name__}: {self.error.title}",
            self.error.hint,
        ]
        return "\n".join(line for line in (*lines, _("Model: {model}").format(model=model) if model else "") if line)

    def retire(self) -> None:
        """The question is no longer the last one, so it is not asked again from here."""
        self._is_waiting = False
        self._tick.stop()
        if self.error.remedy in ASKS_AGAIN:
            self.button.setText(_(self.error.remedy.value))
            self.button.setEnabled(False)

    @Slot()
    def count(self) -> None:
        """Bring the countdown up to date, and ask when it is over and the person waits for that."""
        left = math.ceil(self._until - self._clock())
        if left > 0:
            words = _("Retrying in {time}. Cancel") if self._is_waiting else _("Retry in {time}")
            self.button.setText(words.format(time=minutes(left)))
            return
        self._tick.stop()
        self.button.setText(_(self.error.remedy.value))
        if self._is_waiting:
            self._is_waiting = False
            self.chosen.emit(self.error.remedy)

    @Slot()
    def _choose(self) -> None:
        if self._tick.isActive():
            self._is_waiting = not self._is_waiting
            self.count()
        else:
            self.chosen.emit(self.error.remedy)

    @Slot()
    def _draw(self) -> None:
        self._sign.setPixmap(self._theme.pixmap("warning", 20, "bad"))
