"""A conversation on the screen: shows what its controller says, and tells it what the person wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QMimeData, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from grokdesk.errors import GrokDeskError
from grokdesk.model import STOPPED, AskEvent, Ended
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.clipboard.incoming import incoming_from
from grokdesk.ui.compose.draft import DraftPicture
from grokdesk.ui.compose.draft_composer import DraftComposer

Outcome = Literal["", "answered", "failed"]
State = Literal["", "answered", "failed", "answering", "draft"]
"""What goes on in a conversation, or how its last answer ended; "draft": a question is half written."""


class Chat(QObject):
    settings_requested = Signal(str)
    """What of the profile is to be changed: "key", "address", or the name of a detail."""
    model_requested = Signal()
    other_model_requested = Signal()
    """One is to be chosen for what is asked from now on."""
    sample_requested = Signal(str)
    """An action id, to be tried on the sample picture."""
    sent_requested = Signal(str)
    """The ticket of the answer whose requests are to be shown as they were sent."""
    copied = Signal(object)
    """A Copied: something of an answer is on the clipboard."""

    started_new = Signal()
    """The person wants a new conversation."""
    state_changed = Signal()
    """Its title, or what goes on in it."""

    def __init__(
        self,
        controller: Controller,
        panel: ConversationPanel,
        question: DraftComposer,
        copier: Copier,
        window: MainWindow,
    ) -> None:
        """``window`` may show other conversations too."""
        super().__init__(controller)
        self.controller = controller
        self.panel = panel
        self.question = question
        self.window = window
        self._copier = copier
        self._outcome: Outcome = ""
        panel.set_composer(question.composer)
        self._listen_to_controller()
        self._listen_to_person()

    @property
    def title(self) -> str:
        """ "" while nothing was asked."""
        return self.panel.title_row.title

    @property
    def state(self) -> State:
        if self.controller.is_busy:
            return "answering"
        if self.question.draft.entries or self.question.composer.text().strip():
            return "draft"
        return self._outcome

    @property
    def is_unused(self) -> bool:
        """Nothing was asked in it or is being written."""
        return not self.controller.turns and not self.state

    def _listen_to_controller(self) -> None:
        controller, panel = self.controller, self.panel
        controller.conversation_started.connect(self._begin_anew)
        controller.asked.connect(self.show_question)
        controller.answer_begun.connect(panel.begin_answer)
        controller.came.connect(panel.take)
        controller.stop_shown.connect(panel.stop_shown)
        controller.result_ready.connect(self.copy_result)
        controller.broke.connect(panel.show_error)
        controller.busy_changed.connect(self.question.composer.set_busy)
        controller.asked.connect(lambda _text, _entries: self._note(""))
        controller.came.connect(self._note_end)
        controller.broke.connect(lambda _error: self._note("failed"))
        controller.busy_changed.connect(lambda _busy: self.state_changed.emit())
        controller.conversation_started.connect(lambda: self._note(""))

        self._copier.copied.connect(lambda copied: panel.show_note(copied.sentence))
        self._copier.copied.connect(self.copied)
        self._copier.failed.connect(self._say)

    def _listen_to_person(self) -> None:
        panel, composer = self.panel, self.question.composer
        self.question.submitted.connect(self._submit)
        composer.stop_requested.connect(self.controller.stop)
        # The button goes with the answer that it was on, and the focus with the button.
        panel.retry_requested.connect(self._then_type(self.controller.retry))
        panel.smaller_requested.connect(self._then_type(self.controller.send_smaller))
        panel.stop_requested.connect(self._then_type(self.controller.stop))
        composer.stop_requested.connect(composer.focus_text)
        panel.picture_requested.connect(self._then_type(self._add_picture))
        panel.new_requested.connect(self.started_new)
        panel.settings_requested.connect(self.settings_requested)
        panel.model_requested.connect(self.model_requested)
        panel.other_model_requested.connect(self.other_model_requested)
        panel.sent_requested.connect(self.sent_requested)
        panel.once_requested.connect(self._then_type(self.controller.retry_over_budget))
        panel.sample_requested.connect(self.sample_requested)
        panel.copy_requested.connect(self._copier.copy)
        panel.details_requested.connect(self.copy_result)
        panel.link_activated.connect(_open_link)
        panel.dropped.connect(self._take_drop)
        composer.incoming.connect(lambda _incoming: composer.focus_text())
        self.question.draft.changed.connect(self.state_changed)

    def _then_type(self, do: Callable[[], object]) -> Callable[[], None]:
        def done() -> None:
            do()
            self.question.composer.focus_text()

        return done

    @Slot()
    def _add_picture(self) -> None:
        """The question could not be asked without one: it comes back to be asked with it."""
        last, composer = self.controller.last_turn, self.question.composer
        if last is not None and not composer.text().strip():
            composer.set_text(last.question.text)
        self.question.choose_files()

    @Slot(str, str)
    def _submit(self, text: str, action_id: str) -> None:
        if not self.controller.is_busy:
            if self.question.composer.text().strip() == text:  # else more was typed while the pictures were prepared
                self.question.composer.clear()
            self.controller.submit(self.question.draft, text, action_id)

    @Slot(object)
    def _take_drop(self, data: QMimeData) -> None:
        self.question.composer.bring(incoming_from(data))
        self.window.activateWindow()
        self.question.composer.focus_text()

    @Slot()
    def begin_anew(self) -> None:
        """Another conversation in the place of this one."""
        self.controller.start_conversation()
        self.question.composer.focus_text()

    @Slot()
    def _begin_anew(self) -> None:
        self.panel.clear()
        self.question.composer.set_follow_up(False)

    @Slot(list)
    def _note_end(self, events: Sequence[AskEvent]) -> None:
        for event in events:
            if isinstance(event, Ended):
                self._note("failed" if event.error is not None and event.turn.answer.finish != STOPPED else "answered")

    def _note(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.state_changed.emit()

    @Slot()
    def present(self) -> None:
        """Show the window, ready to type."""
        composer = self.question.composer
        self.window.show_content(self.panel, composer.focus_text, composer.bring)
        self.window.present()
        self.question.composer.focus_text()

    @Slot(str, list)
    def show_question(self, text: str, entries: Sequence[DraftPicture]) -> None:
        """A question that is being asked, and the pictures of its draft."""
        before = any(turn.message.images for turn in self.controller.turns)
        self.question.composer.set_follow_up(True, has_pictures=before or bool(entries))
        self.question.composer.focus_text()
        self.panel.show_question(text, [(e.thumbnail, e.name) for e in entries if e.thumbnail is not None])

    @Slot(str)
    def copy_result(self, text: str) -> None:
        self._copier.copy_text(text)

    @Slot(object)
    def _say(self, error: GrokDeskError) -> None:
        self.question.composer.show_problem(error.title, error.hint)


def _open_link(address: str) -> None:
    """In the person's browser, and only what belongs there: a link in an answer is not to be trusted."""
    url = QUrl(address)
    if url.scheme() in ("http", "https", "mailto"):
        QDesktopServices.openUrl(url)
