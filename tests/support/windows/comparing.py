"""The window of comparisons as a test opens it: profiles at a server of the test, models that answer by their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomli_w
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from grokdesk.paths import resources
from grokdesk.services import services_from
from grokdesk.ui.compare.column import CompareColumn
from grokdesk.ui.compare.desk import CompareDesk
from grokdesk.ui.compose.questions import Questions
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.preferences import Preferences
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.servers.replies import ReceivedRequest, Reply, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, models_body
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore


def saying(text: str) -> Reply:
    return Reply.stream(chat_stream(text, model="m"))


def half() -> Reply:
    return Reply.stream(chat_stream("A word.")[:-3], end=(Stall(),))


class CompareStage:
    """A profile Acme at a server of the test, whose models answer by their names."""

    def __init__(
        self,
        qapp: QApplication,
        home: Path,
        server: ScriptedServer,
        replies: dict[str, Reply],
        *,
        keys: MemoryStore | None = None,
        profiles: tuple[Mapping[str, object], ...] = (),
        **settings: object,
    ) -> None:
        self.server, self.replies = server, replies
        server.on("GET", "/v1/models", Reply.json(models_body(["a", "b", "c"])))
        server.on("POST", "/v1/chat/completions", self.answer)
        acme = {"id": "acme", "name": "Acme", "dialect": "chat-completions", "base_url": f"{server.url}/v1"}
        file = home / "config" / "settings.toml"
        if not file.exists():
            file.parent.mkdir(parents=True)
            file.write_text(tomli_w.dumps({"profiles": [{**acme, "needs_key": False}, *profiles], **settings}))
        self.services = services_from({"GROKDESK_HOME": str(home)}, lambda _sentence: None, keys or MemoryStore())
        theme = Theme(qapp, resources() / "icons")
        self.owner = QObject()
        self.preferences = Preferences(
            self.services, theme, QIcon(), HotkeyBindings(PlayedHotkeys().choose), plain_copier, self.owner
        )
        questions = Questions(self.services, self.preferences, theme, self.owner)
        self.desk = CompareDesk(
            self.services, self.preferences, questions.make_apart(), theme, QIcon(), plain_copier(), self.owner
        )

    def answer(self, request: ReceivedRequest) -> Reply:
        return self.replies[str(request.json["model"])]

    def choose(self, *models: str, profile: str = "acme") -> None:
        choice = self.desk.window.choice
        for model in models:
            choice.filter.setText(f"{profile}/{model}")
            choice.filter.returnPressed.emit()

    def ask(self, text: str = "What fruit?") -> None:
        composer = self.desk.question.composer
        composer.set_text(text)
        composer.submitted.emit(text, "ask")

    def column(self, position: int) -> CompareColumn:
        return self.desk.window.columns.columns[position]

    def text(self, position: int) -> str:
        card = self.column(position).card
        return card.text if card is not None else ""

    @property
    def is_idle(self) -> bool:
        return not self.desk.session.is_busy and all(
            each.has_ended for each in self.desk.window.columns.columns.values()
        )

    def kept(self) -> dict[int, tuple[str, bool, bool]]:
        entries = self.services.history.list()
        return {
            entry.compared.position: (entry.answer, entry.compared.voted_best, entry.compared.judged_best)
            for entry in entries
            if entry.compared
        }
