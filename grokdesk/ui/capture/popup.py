"""The composer beside a selection: it opens with a picture, asks in a new conversation, and goes."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QRect, QSize, Signal, Slot
from PySide6.QtGui import QCursor

from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model import Ended
from grokdesk.ui.chat.controller import OnEnd
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.composer_window import ComposerWindow
from grokdesk.ui.compose.draft import Draft
from grokdesk.ui.compose.draft_composer import DraftComposer


class AskInConversation(Protocol):
    """Asks about what a draft holds in a conversation of its own; quietly: no window needs to show it."""

    def __call__(self, draft: Draft, text: str, action_id: str, on_end: OnEnd | None, *, quiet: bool) -> None: ...


class Popup(QObject):
    opened = Signal()
    asked = Signal()
    """A question has gone out."""
    discarded = Signal()

    def __init__(self, question: DraftComposer, ask: AskInConversation) -> None:
        super().__init__(question)
        self.question = question
        self.window = ComposerWindow(question.composer)
        self._ask = ask
        self._on_end: OnEnd | None = None
        self._is_quiet = False
        question.submitted.connect(self._submit)
        question.composer.discarded.connect(self._put_aside)
        question.composer.compare_requested.connect(self._discard)  # the draft has gone to another window
        question.draft.refused.connect(self._refused)
        if question.scan_step is not None:
            question.scan_step.person_needed.connect(self._ask_person)
            question.scan_step.given_up.connect(self._gave_up)

    def open(self, incoming: Incoming, anchor: QRect) -> None:
        """Add what came to the draft, and show the composer beside ``anchor``, in global logical coordinates."""
        self.question.take(incoming)
        self.opened.emit()
        self.window.place_beside(anchor)

    @property
    def is_free(self) -> bool:
        """Nothing is being written in it, and nothing waits in it to be asked."""
        writes = self.question.draft.entries or self.question.composer.text().strip() or self.window.isVisible()
        return self._on_end is None and not writes

    def ask(self, incoming: Incoming, action_id: str, on_end: OnEnd, *, quiet: bool) -> None:
        """Ask an action as soon as the pictures are ready; only for a popup that ``is_free``."""
        self._on_end, self._is_quiet = on_end, quiet
        self.question.take(incoming)
        self.question.submit("", action_id)

    @Slot(str, str)
    def _submit(self, text: str, action_id: str) -> None:
        on_end, self._on_end = self._on_end, None
        self.window.hide()
        self.asked.emit()
        self._ask(self.question.draft, text, action_id, on_end, quiet=on_end is not None and self._is_quiet)
        if self.question.composer.text().strip() == text:  # else more was typed while the pictures were prepared
            self.question.composer.clear()

    @Slot()
    def _put_aside(self) -> None:
        self.question.put_aside()
        self._discard_rest()

    @Slot()
    def _discard(self) -> None:
        self.question.discard()
        self._discard_rest()

    def _discard_rest(self) -> None:
        self.window.hide()
        self._tell(Cancelled())
        self.discarded.emit()

    @Slot()
    def _ask_person(self) -> None:
        """A question that is asked without a window needs one now."""
        if not self.window.isVisible():
            self.window.place_beside(QRect(QCursor.pos(), QSize(1, 1)))

    @Slot()
    def _gave_up(self) -> None:
        self._tell(Cancelled())

    @Slot(object)
    def _refused(self, error: GrokDeskError) -> None:
        if self._on_end is not None and not self.window.isVisible():
            self.question.discard()  # nobody would find the rest of it again
        self._tell(error)

    def _tell(self, outcome: Ended | GrokDeskError) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(outcome)
