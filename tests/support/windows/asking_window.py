"""The conversation window before a real provider: real services, real network, real history; no tray, no hotkeys."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import AskEvent, Ended, Profile
from grokdesk.paths import resources
from grokdesk.services import Services, services_from
from grokdesk.ui.chat.answer_card import AnswerCard
from grokdesk.ui.chat.chat import Chat
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.draft import Draft, PictureSources
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore
from tests.support.windows.panel import visible_texts


class AskingWindow:
    """``home`` keeps what it writes. The key is the environment's."""

    def __init__(self, qapp: QApplication, home: Path, profile: Profile, key: str) -> None:
        environment = {"GROKDESK_HOME": str(home), "GROKDESK_API_KEY": key}
        self.services: Services = services_from(environment, lambda _sentence: None, MemoryStore())
        self.theme = Theme(qapp, resources() / "icons")
        self.controller = Controller(lambda: self.services.asker(keep=True), lambda: profile)
        sources = PictureSources(self.services.read_file, self.services.download)
        self.draft = Draft(sources, self.services.prepare)
        self.composer = Composer(self.theme)
        self.composer.set_actions(self.services.catalogue.actions, "ask")
        self.chat = Chat(
            self.controller,
            ConversationPanel(self.theme),
            DraftComposer(self.draft, self.composer),
            copier=plain_copier(),
            window=MainWindow(qapp, QIcon(), QSize(480, 640)),
        )
        self.events: list[AskEvent] = []
        self.controller.came.connect(self.events.extend)
        self.chat.present()

    def begin(self, text: str) -> None:
        """Ask, and do not wait."""
        self.composer.set_text(text)
        self.composer.submitted.emit(text, "ask")

    def ask(self, qtbot: QtBot, text: str, picture: Path | None = None) -> Ended:
        """Ask and wait for the end, and until it is painted."""
        if picture is not None:
            self.draft.add_file(picture)
        with qtbot.waitSignal(self.controller.busy_changed, timeout=30_000, check_params_cb=lambda busy: not busy):
            self.begin(text)
        qtbot.waitUntil(lambda: not self.chat.panel.has_to_paint)
        return self.ended

    def stop(self, qtbot: QtBot) -> Ended:
        with qtbot.waitSignal(self.controller.busy_changed, timeout=2000):
            self.composer.stop_requested.emit()
        qtbot.waitUntil(lambda: bool(self.events) and isinstance(self.events[-1], Ended))
        qtbot.waitUntil(lambda: not self.chat.panel.has_to_paint)
        return self.ended

    @property
    def ended(self) -> Ended:
        last = self.events[-1]
        assert isinstance(last, Ended)
        return last

    @property
    def card(self) -> AnswerCard:
        card = self.chat.panel.transcript.last_answer
        assert card is not None
        return card

    @property
    def answer(self) -> str:
        """The text of the last answer that can be seen."""
        view = self.card.view
        return view.toPlainText() if view.isVisibleTo(self.chat.window) else ""

    @property
    def words(self) -> list[str]:
        """Every label that can be seen."""
        return visible_texts(self.chat.window)
