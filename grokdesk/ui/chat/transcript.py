"""The messages of a conversation, one below the other, or how to begin when there are none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QSizePolicy, QWidget

from grokdesk.translation import _
from grokdesk.ui.chat.answer_card import AnswerCard
from grokdesk.ui.chat.empty_state import EmptyState
from grokdesk.ui.chat.fitted_text import FittedText, line_width
from grokdesk.ui.chat.following_area import FollowingArea
from grokdesk.ui.chat.question_bubble import QuestionBubble
from grokdesk.ui.kit import captions
from grokdesk.ui.kit.theme import Theme


class Transcript(FollowingArea):
    def __init__(self, theme: Theme, samples: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(_("Conversation"))
        self._messages: list[QuestionBubble | AnswerCard] = []
        self.empty_state = EmptyState(theme, samples)
        self._above_empty = QWidget()
        self._above_empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.column.addWidget(self._above_empty, 1)
        self.column.addWidget(self.empty_state)
        self.column.addStretch(2)
        self.room_changed.connect(self._give_room)

    @property
    def answers(self) -> list[AnswerCard]:
        return [message for message in self._messages if isinstance(message, AnswerCard)]

    @property
    def questions(self) -> list[QuestionBubble]:
        return [message for message in self._messages if isinstance(message, QuestionBubble)]

    @property
    def last_answer(self) -> AnswerCard | None:
        return next(reversed(self.answers), None)

    @property
    def is_selected(self) -> bool:
        return any(message.has_selection for message in self._messages)

    def add(self, message: QuestionBubble | AnswerCard) -> None:
        """Put a message at the end, and go there."""
        message.cursor_moved.connect(self._show_cursor)
        self._messages.append(message)
        end = self.column.count() - 1  # the stretch stays last
        if isinstance(message, QuestionBubble):
            self.column.insertWidget(end, message, 0, Qt.AlignmentFlag.AlignRight)
        else:
            self.column.insertWidget(end, message)
        self._show_empty(False)
        self.follow()

    def retire_last_answer(self) -> None:
        """Another answer comes. One that is asked for again stays in sight, but for an empty one."""
        last = self.last_answer
        if last is None:
            return
        asked_again = self._messages[-1] is last
        if asked_again and not last.text.strip():
            self._messages.remove(last)
            self._drop(last)
        else:
            last.retire(_(captions.REPLACED) if asked_again else "")

    def clear(self) -> None:
        for message in self._messages:
            self._drop(message)
        self._messages.clear()
        self._show_empty(True)
        self.follow()

    def fit_lines(self, font: QFont) -> int:
        """Make lines as long as they may be in this font; returns the width of a message in pixels."""
        width = AnswerCard.width_around(line_width(font))
        self.set_column_width(width)
        return width

    def _drop(self, message: QWidget) -> None:
        """It keeps its parent until it is deleted: one of its buttons may be what is being clicked."""
        message.hide()
        self.column.removeWidget(message)
        message.deleteLater()

    def _show_empty(self, shown: bool) -> None:
        self._above_empty.setVisible(shown)
        self.empty_state.setVisible(shown)

    @Slot(QWidget)
    def _show_cursor(self, view: QWidget) -> None:
        if isinstance(view, FittedText):
            self.show_place(view.viewport(), view.cursorRect())

    @Slot()
    def _give_room(self) -> None:
        for message in self._messages:
            if isinstance(message, QuestionBubble):
                message.set_room(self.column_width)
