"""The conversation as a person sees it: questions, answers, and the composer at its foot. Decides nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from grokdesk.errors import GrokDeskError
from grokdesk.model import STOPPED, AskEvent, Clock, Ended
from grokdesk.translation import _
from grokdesk.ui.chat.answer_card import AnswerCard
from grokdesk.ui.chat.empty_state import SAMPLES
from grokdesk.ui.chat.floating import DropHint, Note
from grokdesk.ui.chat.question_bubble import QuestionBubble
from grokdesk.ui.chat.title_row import TitleRow
from grokdesk.ui.chat.transcript import Transcript
from grokdesk.ui.clipboard.incoming import may_be_taken
from grokdesk.ui.kit import theme as styling
from grokdesk.ui.kit.controls import Announcer, announce
from grokdesk.ui.kit.link_menu import LinkMenu
from grokdesk.ui.kit.theme import GAP_L, GAP_M, Theme


class ConversationPanel(QWidget):
    """Collects what comes and paints it at most once in ``theme.PAINT_INTERVAL_MS``; no timer runs when idle."""

    retry_requested = Signal()
    stop_requested = Signal()
    settings_requested = Signal(str)
    """What of the profile is to be changed: "key", "address", or the name of a detail."""
    model_requested = Signal()
    other_model_requested = Signal()
    smaller_requested = Signal()
    picture_requested = Signal()
    once_requested = Signal()
    """The question is to go out once more although the budget is used up."""
    sent_requested = Signal(str)
    """The ticket of the answer whose requests are to be shown as they were sent."""
    copy_requested = Signal(object)
    """A QMimeData for the clipboard."""
    details_requested = Signal(str)
    """Text about an error, for the clipboard."""
    link_activated = Signal(str)
    """An http, https or mailto address that the person chose to open."""
    new_requested = Signal()
    sample_requested = Signal(str)
    """An action id to try on the sample picture."""
    dropped = Signal(object)
    """The QMimeData of a drop; it is only valid during the signal."""

    def __init__(
        self,
        theme: Theme,
        samples: Sequence[tuple[str, str]] = SAMPLES,
        clock: Clock = time.monotonic,
        announcer: Announcer = announce,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._clock, self._announce = theme, clock, announcer
        self._coming: list[AskEvent] = []
        self._paint = QTimer(self, singleShot=True, interval=styling.PAINT_INTERVAL_MS)
        self._paint.timeout.connect(self._painted)
        self._build(samples)
        for keys, slot in (("Ctrl+Shift+C", self.copy_last_answer), ("F6", self.focus_last_answer)):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)
        self.setAcceptDrops(True)

    def _build(self, samples: Sequence[tuple[str, str]]) -> None:
        self.title_row = TitleRow(self._theme)
        self.title_row.new_requested.connect(self.new_requested)
        self.transcript = Transcript(self._theme, samples)
        self.transcript.empty_state.sample_requested.connect(self.sample_requested)
        self._composer: QWidget | None = None
        self._foot = QWidget()
        self._composer_place = QVBoxLayout(self._foot)
        self._composer_place.setContentsMargins(0, 0, 0, 0)
        self._foot_row = QHBoxLayout()
        self._foot_row.addStretch(1)
        self._foot_row.addWidget(self._foot, 1_000_000)
        self._foot_row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.title_row)
        layout.addWidget(self.transcript, 1)
        layout.addLayout(self._foot_row)
        self._note, self._drop_hint = Note(self), DropHint(self)
        self.transcript.room_changed.connect(self._line_up)
        self.transcript.jump.clicked.connect(self._focus_composer)
        self._fit_lines()

    # --- what is shown ---

    @property
    def busy(self) -> bool:
        """An answer was begun and has not ended."""
        last = self.transcript.last_answer
        return last is not None and not last.has_ended

    @property
    def has_to_paint(self) -> bool:
        """Something came that is not shown yet, or was shown a moment ago."""
        return self._paint.isActive() or bool(self._coming)

    def set_composer(self, composer: QWidget) -> None:
        """Put the composer at the foot."""
        self._composer = composer
        self._composer_place.addWidget(composer)
        self.setFocusProxy(composer)

    def put_above_composer(self, line: QWidget) -> None:
        self._composer_place.insertWidget(0, line)

    def set_hotkey(self, hotkey: str) -> None:
        """``"Ctrl+Alt+G"``, or nothing when there is none on this desktop."""
        self.transcript.empty_state.set_hotkey(hotkey)

    def set_title(self, title: str) -> None:
        self.title_row.set_title(title)

    def show_question(self, text: str, thumbnails: Sequence[tuple[QImage, str]]) -> None:
        """``thumbnails``: small images and the names of their pictures."""
        if not text.strip() and not thumbnails:
            return
        self.title_row.suggest_title(text)
        self.transcript.add(QuestionBubble(self._theme, text.strip(), thumbnails, self.transcript.column_width))

    @Slot()
    @Slot(str)
    @Slot(str, bool)
    def begin_answer(self, asked_model: str = "", plain: bool = False) -> None:
        """An answer is coming; ``take`` brings it. A ``plain`` one is no Markdown."""
        if self.busy:
            self.stop_shown()
        self.transcript.retire_last_answer()
        card = AnswerCard(self._theme, self._clock, asked_model, plain=plain)
        card.copy_requested.connect(self.copy_requested)
        card.retry_requested.connect(self.retry_requested)
        card.settings_requested.connect(self.settings_requested)
        card.model_requested.connect(self.model_requested)
        card.other_model_requested.connect(self.other_model_requested)
        card.smaller_requested.connect(self.smaller_requested)
        card.picture_requested.connect(self.picture_requested)
        card.new_requested.connect(self.new_requested)
        card.stop_requested.connect(self.stop_requested)
        card.details_requested.connect(self.details_requested)
        card.once_requested.connect(self.once_requested)
        card.sent_requested.connect(self.sent_requested)
        card.link_clicked.connect(self._offer_link)
        self.transcript.add(card)
        self._say(_("Asked. The answer is coming."))

    def take(self, events: Sequence[AskEvent]) -> None:
        """Show what came of the answer that was begun last, now or a moment later."""
        self._coming += events
        if not self._paint.isActive():
            self._painted()

    @Slot()
    def stop_shown(self) -> None:
        """The person stopped the answer and nothing more of it is awaited; what came stays."""
        self._flush()
        if (card := self.transcript.last_answer) is not None and not card.has_ended:
            card.stop()
            self._say(_("Stopped."))

    def show_error(self, error: GrokDeskError) -> None:
        """The answer that is coming broke off without an Ended."""
        self._flush()
        if (card := self.transcript.last_answer) is not None and not card.has_ended:
            card.fail(error)
            self._say(str(error))

    @Slot()
    def clear(self) -> None:
        """An empty conversation."""
        self._coming.clear()
        self._paint.stop()
        self.transcript.clear()
        self.set_title("")

    def show_note(self, text: str) -> None:
        """A word near the answer for two seconds, such as "Copied"."""
        left = self._foot.mapTo(self, QPoint(0, 0)).x()
        self._note.show_words(text, QPoint(left, self.transcript.geometry().bottom()))
        self._say(text)

    # --- painting what comes ---

    @Slot()
    def _painted(self) -> None:
        """Paint now, and not again before the interval is over."""
        if self._coming:
            self._flush()
            self._paint.start()

    def _flush(self) -> None:
        events, self._coming = self._coming, []
        card = self.transcript.last_answer
        if card is None or not events:
            return
        card.take(events)
        for event in events:
            if isinstance(event, Ended):
                self._say_end(event)

    def _say_end(self, ended: Ended) -> None:
        if ended.turn.answer.finish == STOPPED:
            self._say(_("Stopped."))
        elif ended.error is not None:
            self._say(str(ended.error))
        else:
            self._say(_("The answer is complete."))

    def _say(self, words: str) -> None:
        self._announce(self, words)

    # --- what the person does ---

    @Slot()
    def copy_last_answer(self) -> None:
        if (card := self.transcript.last_answer) is not None:
            card.copy()

    @Slot()
    def focus_last_answer(self) -> None:
        """Between the last answer and the composer, back and forth."""
        card = self.transcript.last_answer
        if card is not None and not card.view.hasFocus():
            card.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._focus_composer()

    @Slot()
    def _focus_composer(self) -> None:
        if self._composer is not None:
            self._composer.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(str, QPoint)
    def _offer_link(self, address: str, where: QPoint) -> None:
        menu = LinkMenu(address, self)
        menu.open_requested.connect(self.link_activated)
        menu.copy_requested.connect(self._copy_text)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    @Slot(str)
    def _copy_text(self, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        self.copy_requested.emit(data)

    # --- drops ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if may_be_taken(event.mimeData()):
            event.acceptProposedAction()
            self._drop_hint.show_over(self.transcript.geometry())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_hint.hide()
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())

    # --- sizes ---

    def _fit_lines(self) -> None:
        self._foot.setMaximumWidth(self.transcript.fit_lines(self.font()))

    @Slot()
    def _line_up(self) -> None:
        """The composer with the messages, whether there is a scroll bar or not."""
        bar = self.transcript.width() - self.transcript.viewport().width()
        self._foot_row.setContentsMargins(GAP_L, 0, GAP_L + bar, GAP_M)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_lines()
