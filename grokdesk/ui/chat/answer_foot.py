"""Below an answer: which model answered and what it took, and what can be done with the answer."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from grokdesk.model import Answer
from grokdesk.translation import _
from grokdesk.ui.kit import captions
from grokdesk.ui.kit.controls import IconButton, caption_label
from grokdesk.ui.kit.theme import GAP_XS, Theme

_CAPTION_ROOM = 120
"""Pixels that the caption needs beside the buttons, so that it does not become a tower of words."""


class AnswerFoot(QWidget):
    copy_requested = Signal()
    retry_requested = Signal()
    sent_requested = Signal()
    model_requested = Signal()
    focus_changed = Signal()
    """The keyboard came to a button or left it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption = caption_label(theme)
        self.copy_button = IconButton(theme, "copy", _("Copy"), name=_("Copy answer"))
        self.retry_button = IconButton(theme, "retry", _("Retry"), name=_("Retry"))
        self.sent_button = IconButton(theme, "info", _("Sent"), name=_("Show sent request"))
        self.model_button = IconButton(theme, "settings", _("Model"), name=_("Choose another model"))
        for button in (self.sent_button, self.model_button):
            button.hide()
        self.sent_button.clicked.connect(self.sent_requested)
        self.model_button.clicked.connect(self.model_requested)
        self.copy_button.clicked.connect(self.copy_requested)
        self.retry_button.clicked.connect(self.retry_requested)
        self._all = (self.model_button, self.sent_button, self.copy_button, self.retry_button)
        self._buttons = QWidget()
        policy = self._buttons.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._buttons.setSizePolicy(policy)
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(GAP_XS)
        for button in self._all:
            button.installEventFilter(self)
            buttons.addWidget(button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.caption, 1)
        layout.addWidget(self._buttons)

    def show_answer(self, answer: Answer, asked_model: str, *, may_copy: bool, may_retry: bool) -> None:
        """Hides itself when there is nothing to say and nothing to do."""
        self.caption.setText(captions.footer(answer, asked_model))
        self.caption.setToolTip(html.escape(captions.details(answer)).replace("\n", "<br>"))
        self.copy_button.setVisible(may_copy)
        self.retry_button.setVisible(may_retry)
        self.setVisible(bool(self.caption.text()) or may_copy or may_retry)
        self._show_words()

    def show_buttons(self, shown: bool) -> None:
        """Their place stays, so that nothing moves."""
        self._buttons.setVisible(shown)

    @property
    def has_keyboard(self) -> bool:
        return any(button.hasFocus() for button in self._all)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    def _show_words(self) -> None:
        """Beside the icons of the buttons, where there is room for them and the caption."""
        for button in self._all:
            button.show_words(True)
        needed = self._buttons.sizeHint().width() + _CAPTION_ROOM
        for button in self._all:
            button.show_words(needed <= self.width())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.focus_changed.emit()
        return super().eventFilter(watched, event)
