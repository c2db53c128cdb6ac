"""One column of a comparison: who answers, the answer as it comes, and the vote for it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from grokdesk.model import AskEvent, Clock
from grokdesk.questions.compare import Contestant
from grokdesk.translation import _
from grokdesk.ui.chat.answer_card import AnswerCard
from grokdesk.ui.chat.following_area import FollowingArea
from grokdesk.ui.kit import captions
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import GAP_S, GAP_XS, HIT_TARGET, Theme

LEAST_WIDTH, LEAST_HEIGHT = 300, 240


class CompareColumn(QFrame):
    stop_requested = Signal(int)
    again_requested = Signal(int)
    once_requested = Signal(int)
    """Ask again although the month's budget is used up."""
    smaller_requested = Signal(int)
    """Ask again with smaller pictures."""
    vote_requested = Signal(int)
    copy_requested = Signal(object)
    """A QMimeData."""
    details_requested = Signal(str)
    sent_requested = Signal(str)
    """The ticket of the question."""
    settings_requested = Signal()
    link_clicked = Signal(str, QPoint)

    def __init__(
        self,
        theme: Theme,
        contestant: Contestant,
        *,
        plain: bool,
        stops_alone: bool = True,
        clock: Clock = time.monotonic,
    ) -> None:
        """``stops_alone``: this answer can be stopped while the others go on."""
        super().__init__()
        self._stops_alone = stops_alone
        self._theme, self._plain, self._clock = theme, plain, clock
        self.contestant = contestant
        self.card: AnswerCard | None = None
        self._is_best = False
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.setAccessibleName(_("Answer by {model}").format(model=contestant.label))
        self._build()
        self.begin()

    def _build(self) -> None:
        label, position = self.contestant.label, self.contestant.position
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.title.setFont(self._theme.font(bold=True))
        self.title.setToolTip(label)
        self.title.setAccessibleName(label)
        self.title.setMinimumHeight(HIT_TARGET)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.mark = QLabel()
        self.mark.setProperty("look", "good")
        self.stop_button = IconButton(self._theme, "stop", _("Stop"), name=_("Stop {model}").format(model=label))
        self.stop_button.clicked.connect(lambda: self.stop_requested.emit(position))
        self.vote_button = IconButton(
            self._theme, "check", _("Prefer"), name=_("Prefer the answer of {model}").format(model=label)
        )
        self.vote_button.setCheckable(True)
        self.vote_button.clicked.connect(self._vote)
        self.speed = QLabel()
        self.speed.setProperty("look", "caption")
        self.speed.setContentsMargins(GAP_S, 0, GAP_S, 0)
        head = QHBoxLayout()
        head.setSpacing(GAP_XS)
        head.addWidget(self.title, 1)
        for part in (self.mark, self.stop_button, self.vote_button):
            head.addWidget(part)
        head.setContentsMargins(GAP_S, 0, GAP_S, 0)
        self.area = FollowingArea(self._theme)
        self.area.column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_XS)
        layout.addLayout(head)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.speed)

    # --- what comes ---

    @property
    def has_ended(self) -> bool:
        return self.card is not None and self.card.has_ended

    def begin(self) -> None:
        """An answer is coming, in the place of an earlier one."""
        if self.card is not None:
            self.area.column.removeWidget(self.card)
            self.card.deleteLater()
        card = self.card = AnswerCard(self._theme, self._clock, self.contestant.profile.model, plain=self._plain)
        position = self.contestant.position
        card.retry_requested.connect(lambda: self.again_requested.emit(position))
        card.once_requested.connect(lambda: self.once_requested.emit(position))
        card.smaller_requested.connect(lambda: self.smaller_requested.emit(position))
        card.stop_requested.connect(lambda: self.stop_requested.emit(position))
        card.copy_requested.connect(self.copy_requested)
        card.details_requested.connect(self.details_requested)
        card.sent_requested.connect(self.sent_requested)
        card.settings_requested.connect(self.settings_requested)
        card.model_requested.connect(self.settings_requested)
        card.other_model_requested.connect(self.settings_requested)
        card.link_clicked.connect(self.link_clicked)
        self.area.column.insertWidget(0, card)
        self.set_best(best=False)
        self.mark.clear()
        self._show_state()

    def take(self, events: Sequence[AskEvent]) -> None:
        if self.card is not None:
            self.card.take(events)
            self._show_state()

    def set_best(self, *, best: bool) -> None:
        """Whether the person has voted for it."""
        self._is_best = best
        self.vote_button.setChecked(best)
        self.vote_button.setText(_("Preferred") if best else _("Prefer"))

    def set_judged(self, *, judged: bool) -> None:
        self.mark.setText(_("Judge's pick") if judged else "")
        self._fit_title()

    @Slot()
    def _vote(self) -> None:
        """Who has the vote keeps it until another one gets it."""
        if not self._is_best:
            self.vote_requested.emit(self.contestant.position)
        self.vote_button.setChecked(self._is_best)

    def _show_state(self) -> None:
        answer = self.card.answer if self.card is not None and self.card.has_ended else None
        self.stop_button.setVisible(answer is None and self._stops_alone)
        self.vote_button.setVisible(answer is not None and bool(answer.text.strip()))
        first = answer.first_token_seconds if answer is not None else None
        self.speed.setText(
            _("First token after {time}").format(time=captions.duration(first)) if first is not None else ""
        )
        self._fit_title()

    # --- size ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_title()

    def _fit_title(self) -> None:
        parts: list[QWidget] = [self.mark, self.stop_button, self.vote_button]
        taken = sum(part.sizeHint().width() + GAP_XS for part in parts if part.isVisibleTo(self))
        room = self.width() - taken - 2 * GAP_S
        words = self.title.fontMetrics().elidedText(self.contestant.label, Qt.TextElideMode.ElideMiddle, room)
        self.title.setText(words)
