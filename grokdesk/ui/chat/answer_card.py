"""One answer: what happens before it, its text, how it ended, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from grokdesk.errors import GrokDeskError, Remedy
from grokdesk.model import (
    CUT,
    FAILED,
    STOPPED,
    Answer,
    AskEvent,
    Clock,
    Ended,
    Finished,
    ImageLimits,
    Message,
    ModelNamed,
    Noticed,
    Prepared,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TextReplaced,
    UsageReported,
)
from grokdesk.pictures.prepare.smaller import smaller_limits
from grokdesk.translation import _
from grokdesk.ui.chat.answer_foot import AnswerFoot
from grokdesk.ui.chat.answer_view import AnswerView
from grokdesk.ui.chat.copying import mime_of, plain_mime_of
from grokdesk.ui.chat.error_card import ErrorCard
from grokdesk.ui.chat.plain_view import PlainView
from grokdesk.ui.chat.reasoning_fold import ReasoningFold
from grokdesk.ui.kit import captions
from grokdesk.ui.kit.controls import caption_label
from grokdesk.ui.kit.theme import GAP_L, GAP_M, GAP_S, RADIUS_CARD, Theme

Stage = Literal["preparing", "sending", "retrying", "reasoning", "writing", "ended"]
_COUNTED_FROM = 3
"""Seconds of silence after which the wait is counted."""


class AnswerCard(QFrame):
    copy_requested = Signal(object)
    """A QMimeData."""
    retry_requested = Signal()
    stop_requested = Signal()
    settings_requested = Signal(str)
    """What of the profile is to be changed: a GrokDeskError's ``setting``."""
    model_requested = Signal()
    other_model_requested = Signal()
    """Another one answered than was asked for, and the person wants to choose."""
    smaller_requested = Signal()
    picture_requested = Signal()
    new_requested = Signal()
    once_requested = Signal()
    sent_requested = Signal(str)
    """The ticket of the question."""
    details_requested = Signal(str)
    link_clicked = Signal(str, QPoint)
    cursor_moved = Signal(QWidget)
    """The text cursor of this view was moved by the person."""

    def __init__(self, theme: Theme, clock: Clock, asked_model: str = "", *, plain: bool = False) -> None:
        super().__init__()
        self._plain = plain
        self._theme, self._clock, self._asked_model = theme, clock, asked_model
        self.answer = Answer()
        """Exact once the answer has ended; until then only the model is."""
        self.ticket = ""
        """Names the question among what left, once the answer has ended."""
        self.error_card: ErrorCard | None = None
        self.stage: Stage = "preparing"
        self._stage_since = clock()
        self._reasoned = 0.0
        self._words, self._retry_in = _(captions.PREPARING), 0.0
        self._latest, self._was_passed_over = True, False
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.count)
        self._build()
        self._tick.start()

    @staticmethod
    def width_around(text_width: int) -> int:
        """How wide a card is whose text has so many pixels; 1 px of border on each side."""
        return text_width + GAP_L + GAP_M + 2

    def _build(self) -> None:
        self.setProperty("look", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # see resizeEvent
        self.fold = ReasoningFold(self._theme)
        self.view = PlainView(self._theme) if self._plain else AnswerView(self._theme)
        self.status, self.mark = caption_label(self._theme), caption_label(self._theme)
        self.status.setText(self._words)
        self.cancel_wait = QPushButton(_("Cancel"))
        self.cancel_wait.setAccessibleName(_("Stop retrying"))
        self.cancel_wait.clicked.connect(self.stop_requested)
        self.foot = AnswerFoot(self._theme)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(GAP_L, GAP_M, GAP_M, GAP_S)
        self._layout.setSpacing(GAP_S)
        for part in (self.fold, self.view, self.status, self.cancel_wait, self.mark, self.foot):
            self._layout.addWidget(part)
        self._layout.setAlignment(self.cancel_wait, Qt.AlignmentFlag.AlignLeft)
        for part in (self.view, self.cancel_wait, self.mark, self.foot):
            part.hide()
        self._connect()

    def _connect(self) -> None:
        self.foot.copy_requested.connect(self.copy)
        self.foot.retry_requested.connect(self.retry_requested)
        self.foot.model_requested.connect(self.other_model_requested)
        self.foot.sent_requested.connect(lambda: self.sent_requested.emit(self.ticket))
        self.foot.focus_changed.connect(self._show_actions)
        self.fold.link_clicked.connect(self.link_clicked)
        self.fold.cursor_moved.connect(self.cursor_moved)
        self.view.link_clicked.connect(self.link_clicked)
        self.view.cursor_moved.connect(self._pass_cursor)
        self.view.focus_shown.connect(self._show_focus)
        self.view.paused.connect(self._show_paused)

    # --- what comes ---

    @property
    def has_ended(self) -> bool:
        return self.stage == "ended"

    @property
    def text(self) -> str:
        return self.view.received

    @property
    def has_selection(self) -> bool:
        return self.view.has_selection or (self.fold.view is not None and self.fold.view.has_selection)

    def take(self, events: Sequence[AskEvent]) -> None:
        """Show a batch of events; text is drawn once."""
        text: list[str] = []
        for event in events:
            if isinstance(event, TextDelta):
                text.append(event.text)
                continue
            if text and isinstance(event, (Ended, TextReplaced)):
                self._write("".join(text))
                text.clear()
            self._take(event)
        if text:
            self._write("".join(text))

    def _take(self, event: AskEvent) -> None:
        match event:
            case Ended(turn, error, not_saved):
                self.ticket = turn.message.purpose.ticket
                self.end(turn.answer, _with_remedy(error, turn.message), not_saved)
            case _ if self.has_ended:
                pass
            case Prepared(images):
                self._enter("sending", captions.sending(images))
            case Noticed():
                self._notice(event)
            case Retrying(why, seconds, _):
                self._retry_in = seconds
                self._enter("retrying", why)
            case ReasoningDelta(text):
                if self.stage not in ("reasoning", "writing"):
                    self._enter("reasoning", "")
                self.fold.add(text)
            case ModelNamed(model):
                self.answer = Answer(model=model)
                if self.stage in ("sending", "retrying"):
                    self._enter("sending", _(captions.WAITING))
            case TextReplaced(text):
                self.view.show_whole(text)
            case UsageReported() | Finished() | TextDelta():
                pass  # Ended has them

    def _notice(self, noticed: Noticed) -> None:
        if noticed.passed_over:
            self._asked_model, self._was_passed_over = noticed.passed_over, True
        elif self.stage in ("sending", "retrying"):
            self._enter("sending", noticed.sentence)

    def _write(self, text: str) -> None:
        if self.has_ended:
            return
        if self.stage != "writing":
            self._enter("writing", "")
        self.view.show()
        self.view.stream(text)

    def _enter(self, stage: Stage, words: str) -> None:
        if self.stage == "reasoning":
            self._reasoned = self._clock() - self._stage_since
            self.fold.show_done(self._reasoned)
        if stage == "sending" and self.stage == "sending":
            self._words = words
        else:
            self.stage, self._words, self._stage_since = stage, words, self._clock()
        self.cancel_wait.setVisible(stage == "retrying")
        if stage in ("writing", "ended"):
            self._tick.stop()
        self.count()

    @Slot()
    def count(self) -> None:
        """Bring what is said about the wait up to date."""
        waited = self._clock() - self._stage_since
        words = self._words
        if self.stage == "retrying":
            words = captions.retrying(words, self._retry_in - waited)
        elif self.stage == "reasoning":
            self.fold.show_thinking(waited)
        elif words and waited >= _COUNTED_FROM:
            words = f"{words} {captions.minutes(waited)}"
        self.status.setText(words)
        self.status.setVisible(bool(words))

    # --- how it ends ---

    def stop(self) -> None:
        """Nothing more is awaited; what came stays."""
        self.end(Answer(text=self.text, model=self.answer.model, finish=STOPPED), None, None)

    def fail(self, error: GrokDeskError) -> None:
        """Broken off by an error of our own; what came stays."""
        self.end(Answer(text=self.text, model=self.answer.model, finish=CUT if self.text else FAILED), error, None)

    def end(self, answer: Answer, error: GrokDeskError | None, not_saved: GrokDeskError | None) -> None:
        """Show the answer exactly as it is kept."""
        self._enter("ended", "")
        self.fold.finish()
        self.answer = answer
        self.view.setVisible(bool(answer.text.strip()))
        if answer.text == self.text:
            self.view.finish()
        else:
            self.view.show_whole(answer.text)
        kept = _("Not saved in the history. {reason}").format(reason=not_saved) if not_saved else ""
        self._mark(" ".join(part for part in (captions.mark(answer), *answer.notices, kept) if part))
        self._show_error(error if answer.finish != STOPPED else None)
        self._show_foot()

    def _show_error(self, error: GrokDeskError | None) -> None:
        if self.error_card is not None:
            self.error_card.deleteLater()
            self.error_card = None
        if error is not None:
            self.error_card = ErrorCard(error, self._theme, clock=self._clock)
            self.error_card.chosen.connect(self._choose)
            self._layout.insertWidget(self._layout.indexOf(self.foot), self.error_card)

    def retire(self, words: str = "") -> None:
        """A newer answer took the place of this one as the last."""
        self._latest = False
        if words:
            self._mark(" ".join(part for part in (self.mark.text(), words) if part))
        if self.error_card is not None:
            self.error_card.retire()
        self._show_foot()

    @Slot()
    def copy(self) -> None:
        if self.text.strip():
            self.copy_requested.emit(plain_mime_of(self.text) if self._plain else mime_of(self.text))

    @Slot(object)
    def _choose(self, remedy: Remedy) -> None:
        match remedy:
            case Remedy.RETRY:
                self.retry_requested.emit()
            case Remedy.OPEN_SETTINGS if self.error_card is not None:
                self.settings_requested.emit(self.error_card.error.setting)
            case Remedy.ADD_PICTURE:
                self.picture_requested.emit()
            case Remedy.SEND_SMALLER:
                self.smaller_requested.emit()
            case Remedy.NEW_CONVERSATION:
                self.new_requested.emit()
            case Remedy.CHOOSE_MODEL:
                self.model_requested.emit()
            case Remedy.ASK_ONCE:
                self.once_requested.emit()
            case Remedy.COPY_DETAILS if self.error_card is not None:
                self.details_requested.emit(self.error_card.details(self.answer.model))

    def _mark(self, words: str) -> None:
        self.mark.setText(words)
        self.mark.setVisible(bool(words))

    def _show_foot(self) -> None:
        offers_retry = self.error_card is not None and self.error_card.error.remedy is Remedy.RETRY
        self.foot.sent_button.setVisible(bool(self.ticket))
        self.foot.model_button.setVisible(self._was_passed_over and self._latest)
        self.foot.show_answer(
            self.answer,
            self._asked_model,
            may_copy=bool(self.text.strip()),
            may_retry=self._latest and not offers_retry,
        )
        self._show_actions()

    # --- where the person is ---

    @Slot()
    def _show_actions(self) -> None:
        """The last answer always shows its actions, the others under the pointer and with the keyboard on them."""
        self.foot.show_buttons(self._latest or self.underMouse() or self.view.hasFocus() or self.foot.has_keyboard)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """While an answer grows, only the end of the card is painted again."""
        super().resizeEvent(event)
        before, now = event.oldSize(), event.size()
        if before.width() != now.width():
            self.update()
        else:
            end = min(before.height(), now.height()) - 2 * RADIUS_CARD
            self.update(0, end, now.width(), now.height() - end)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_actions()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_actions()

    @Slot(bool)
    def _show_focus(self, shown: bool) -> None:
        self.setProperty("focused", shown)
        self.style().polish(self)
        self._show_actions()

    @Slot(bool)
    def _show_paused(self, paused: bool) -> None:
        self.status.setText(_(captions.PAUSED) if paused else "")
        self.status.setVisible(paused)

    @Slot()
    def _pass_cursor(self) -> None:
        self.cursor_moved.emit(self.view)


def _with_remedy(error: GrokDeskError | None, message: Message) -> GrokDeskError | None:
    """What has no picture to shrink is too long, and only a new conversation helps."""
    if error is None or error.remedy is not Remedy.SEND_SMALLER:
        return error
    if smaller_limits(message.images, ImageLimits()) is None:
        return error.changed(remedy=Remedy.NEW_CONVERSATION)
    return error
