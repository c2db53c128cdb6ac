"""Which earlier pictures go along with the next question: said above the composer and on the pictures, changed in both.

What is shown is what ``upkeep`` decides, the same that will be sent.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from grokdesk.errors import RequestTooLarge
from grokdesk.model import Message
from grokdesk.questions.context.context import EarlierPicture
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.earlier_line import EarlierLine
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme

REST_MS = 300
"""How long nobody may have typed before the text is weighed."""


class EarlierPictures(QObject):
    def __init__(self, controller: Controller, panel: ConversationPanel, question: DraftComposer, theme: Theme) -> None:
        super().__init__(panel)
        self._controller, self._panel, self._question = controller, panel, question
        self.line = EarlierLine(theme)
        panel.put_above_composer(self.line)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.refresh)
        self.line.chosen.connect(self._choose)
        controller.conversation_changed.connect(self._take_turns)
        question.draft.changed.connect(self.refresh)
        question.composer.text_changed.connect(self._wait_for_rest)

    @Slot()
    def refresh(self) -> None:
        """Look again: another profile, setting, draft, text or conversation."""
        if not self._controller.turns:
            self.line.show_nothing()
            return
        images = tuple(entry.prepared for entry in self._question.draft.entries if entry.prepared is not None)
        try:
            context = self._controller.context(Message(self._question.composer.text(), images))
        except RequestTooLarge as error:
            self.line.show_problem(error.title)
            return
        self.line.show_context(context)
        for bubble in self._panel.transcript.questions:
            bubble.show_earlier(context.pictures)

    @Slot()
    def _wait_for_rest(self) -> None:
        if self._controller.turns:
            self._rest.start()

    @Slot()
    def _take_turns(self) -> None:
        """The newest question that is shown is the newest turn, once it has become one."""
        questions, turns = self._panel.transcript.questions, self._controller.turns
        if questions and turns and questions[-1].number is None:
            questions[-1].number = len(turns) - 1
            questions[-1].picture_chosen.connect(self._choose)
        self.refresh()

    @Slot(object)
    def _choose(self, earlier: EarlierPicture) -> None:
        """A picture whose turn is not sent joins the question that is being written."""
        number, at = earlier.place
        if earlier.may_go:
            self._controller.choose(earlier.place, not earlier.goes)
        elif number < len(self._controller.turns):
            self._question.draft.add_picture(self._controller.turns[number].question.pictures[at])
