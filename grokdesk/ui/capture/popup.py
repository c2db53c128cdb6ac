"""The composer beside a selection: it opens with a picture, asks in a new conversation, and goes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QSize, Signal, Slot
from PySide6.QtGui import QCursor

from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model import Ended
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.composer_window import ComposerWindow
from grokdesk.ui.compose.draft_composer import DraftComposer

Told = Callable[[Ended | GrokDeskError], None]


class Popup(QObject):
    opened = Signal()
    asked = Signal(str, bool)
    """A question is about to be asked in a new conversation: its action, and whether that is to be done quietly."""
    discarded = Signal()

    def __init__(self, question: DraftComposer, controller: Controller) -> None:
        super().__init__(question)
        self.question = question
        self.window = ComposerWindow(question.composer)
        self._controller = controller
        self._told: Told | None = None
        self._is_quiet = False
        question.submitted.connect(self._submit)
        question.composer.discarded.connect(self._discard)
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

    def ask(self, incoming: Incoming, action_id: str, told: Told, *, quiet: bool) -> None:
        """Ask an action as soon as the pictures are ready. ``told`` hears once how it ended."""
        self._tell(Cancelled("Another question took its place."))
        self._told, self._is_quiet = told, quiet
        self.question.take(incoming)
        self.question.submit("", action_id)

    @Slot(str, str)
    def _submit(self, text: str, action_id: str) -> None:
        told, self._told = self._told, None
        self.window.hide()
        self.asked.emit(action_id, told is not None and self._is_quiet)
        self._controller.start_conversation()
        self._controller.submit(self.question.draft, text, action_id, told)
        self.question.composer.clear()

    @Slot()
    def _discard(self) -> None:
        self.window.hide()
        self.question.discard()
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
        self._tell(error)

    def _tell(self, outcome: Ended | GrokDeskError) -> None:
        told, self._told = self._told, None
        if told is not None:
            told(outcome)
