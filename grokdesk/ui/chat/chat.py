"""The conversation window: shows what the controller says, and tells it what the person wants."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSize, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QIcon

from grokdesk.errors import GrokDeskError
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.clipboard.incoming import incoming_from
from grokdesk.ui.compose.draft import DraftPicture
from grokdesk.ui.compose.draft_composer import DraftComposer


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

    def __init__(
        self,
        controller: Controller,
        panel: ConversationPanel,
        question: DraftComposer,
        copier: Copier,
        icon: QIcon,
        size: QSize,
    ) -> None:
        super().__init__(controller)
        self.panel = panel
        self.question = question
        self.window = MainWindow(panel, icon, size)
        self._controller = controller
        self._copier = copier
        panel.set_composer(question.composer)
        self._listen_to_controller()
        self._listen_to_person()

    def _listen_to_controller(self) -> None:
        controller, panel = self._controller, self.panel
        controller.conversation_started.connect(self._begin_anew)
        controller.asked.connect(self.show_question)
        controller.answer_begun.connect(panel.begin_answer)
        controller.came.connect(panel.take)
        controller.stop_shown.connect(panel.stop_shown)
        controller.result_ready.connect(self.copy_result)
        controller.broke.connect(panel.show_error)
        controller.busy_changed.connect(self.question.composer.set_busy)

        self._copier.copied.connect(lambda copied: panel.show_note(copied.sentence))
        self._copier.copied.connect(self.copied)
        self._copier.failed.connect(self._say)

    def _listen_to_person(self) -> None:
        panel, composer = self.panel, self.question.composer
        self.question.submitted.connect(
            lambda text, action_id: self._controller.submit(self.question.draft, text, action_id)
        )
        composer.stop_requested.connect(self._controller.stop)
        composer.discarded.connect(self.question.discard)
        panel.retry_requested.connect(self._controller.retry)
        panel.smaller_requested.connect(self._controller.send_smaller)
        panel.stop_requested.connect(self._controller.stop)
        panel.new_requested.connect(self._controller.start_conversation)
        panel.settings_requested.connect(self.settings_requested)
        panel.model_requested.connect(self.model_requested)
        panel.other_model_requested.connect(self.other_model_requested)
        panel.sent_requested.connect(self.sent_requested)
        panel.once_requested.connect(self._controller.retry_over_budget)
        panel.sample_requested.connect(self.sample_requested)
        panel.copy_requested.connect(self._copier.copy)
        panel.details_requested.connect(self.copy_result)
        panel.link_activated.connect(_open_link)
        panel.dropped.connect(lambda data: composer.bring(incoming_from(data)))

    @Slot()
    def _begin_anew(self) -> None:
        self.panel.clear()
        self.question.composer.set_follow_up(False)

    @Slot()
    def present(self) -> None:
        """Show the window, ready to type."""
        self.window.present()
        self.question.composer.focus_text()

    @Slot(str, list)
    def show_question(self, text: str, entries: Sequence[DraftPicture]) -> None:
        """A question that is being asked, and the pictures of its draft."""
        self.question.composer.clear()
        self.question.composer.set_follow_up(True)
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
