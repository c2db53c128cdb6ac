from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QSize
from PySide6.QtGui import QClipboard, QIcon
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from grokdesk.errors import BudgetUsedUp
from grokdesk.model import Ended, Finished, TextDelta
from grokdesk.paths import resources
from grokdesk.system.clipboard.choice import choose_clipboard
from grokdesk.system.session import Session
from grokdesk.ui.chat.chat import Chat
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.draft import Draft, PictureSources
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme
from tests.support.images.pictures import picture, prepare_plainly
from tests.support.servers.providers import CATALOGUE, PROFILE, Scripted, asker

NO_TOOLS = choose_clipboard(Session("x11", display=":0"), {}, lambda _name: None)


class Forgetful:
    """A clipboard that keeps nothing."""

    def setMimeData(self, data: QMimeData) -> None:  # noqa: N802 - Qt's name
        pass

    def mimeData(self) -> QMimeData:  # noqa: N802 - Qt's name
        return QMimeData()


class Stage:
    """The conversation window before a scripted provider."""

    def __init__(self, qapp: QApplication, clipboard: QClipboard) -> None:
        self.theme = theme = Theme(qapp, resources() / "icons")
        self.profile = PROFILE
        self.provider = Scripted((TextDelta("A red square."), Finished("stop")))
        self.controller = Controller(lambda: asker(self.provider), lambda: self.profile)
        self.composer = Composer(theme)
        self.composer.set_actions(CATALOGUE.actions, "ask")
        self.draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare_plainly)
        self.chat = Chat(
            self.controller,
            ConversationPanel(theme),
            DraftComposer(self.draft, self.composer),
            copier=Copier(clipboard, NO_TOOLS, Session("x11", display=":0")),
            window=MainWindow(qapp, QIcon(), QSize(480, 640)),
        )
        self.chat.present()

    def words(self) -> list[str]:
        """Every label that can be seen."""
        return [label.text() for label in self.chat.window.findChildren(QLabel) if label.isVisible()]

    def ask(self, qtbot: QtBot, text: str, action_id: str) -> None:
        self.draft.add_picture(picture())
        with qtbot.waitSignal(self.controller.busy_changed, check_params_cb=lambda busy: not busy):
            self.composer.submitted.emit(text, action_id)


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Stage:
    stage = Stage(qapp, qapp.clipboard())
    qtbot.addWidget(stage.chat.window)
    return stage


def test_alt_text_is_copied_and_said(qtbot: QtBot, qapp: QApplication, stage: Stage) -> None:
    stage.ask(qtbot, "", "alt-text")
    assert qapp.clipboard().text() == "A red square."
    assert "Copied" in stage.words()


def test_copied_is_not_said_when_the_clipboard_is_empty(qtbot: QtBot, qapp: QApplication) -> None:
    stage = Stage(qapp, Forgetful())  # type: ignore[arg-type]  # only these two methods matter
    qtbot.addWidget(stage.chat.window)
    stage.ask(qtbot, "", "alt-text")
    qtbot.waitUntil(lambda: any("Nothing was copied" in words for words in stage.words()))
    assert "Copied" not in stage.words()
    assert any("Install xclip" in words for words in stage.words())


def test_what_was_sent_leaves_the_composer(qtbot: QtBot, stage: Stage) -> None:
    stage.composer.set_text("What is it?")
    stage.ask(qtbot, "What is it?", "ask")
    assert stage.composer.text() == ""
    assert stage.draft.entries == ()


def test_text_dropped_on_the_window_joins_the_question(stage: Stage) -> None:
    data = QMimeData()
    data.setText("about this")
    stage.chat.panel.dropped.emit(data)
    assert stage.composer.text() == "about this"


def test_a_drop_with_nothing_in_it_is_not_ignored_silently(stage: Stage) -> None:
    empty = QMimeData()
    stage.chat.panel.dropped.emit(empty)
    assert any("nothing in it" in words for words in stage.words())


def test_stop_keeps_what_came(qtbot: QtBot, stage: Stage) -> None:
    stage.provider.script = (TextDelta("half"), 30.0)
    ended: list[Ended] = []
    stage.controller.came.connect(lambda events: ended.extend(e for e in events if isinstance(e, Ended)))
    stage.draft.add_picture(picture())
    stage.composer.submitted.emit("Go", "ask")
    qtbot.waitUntil(lambda: bool(stage.provider.asked))
    stage.composer.stop_requested.emit()
    qtbot.waitUntil(lambda: bool(ended))
    assert ended[0].turn.answer.finish == "stopped"


def test_the_button_below_an_answer_shows_what_was_sent_for_it(qtbot: QtBot, stage: Stage) -> None:
    stage.ask(qtbot, "What is it?", "ask")
    message, _ = stage.provider.asked[0]
    assert len(message.purpose.ticket) == 32
    button = stage.chat.panel.transcript.answers[-1].foot.sent_button
    qtbot.waitUntil(button.isVisible)  # the panel paints what came at its own pace
    with qtbot.waitSignal(stage.chat.sent_requested) as asked:
        button.click()
    assert asked.args == [message.purpose.ticket]


def test_over_the_budget_it_is_asked_this_once(qtbot: QtBot, stage: Stage) -> None:
    stage.provider.script = (BudgetUsedUp("The budget is used up.", "Raise it."),)
    stage.ask(qtbot, "What is it?", "ask")
    card = stage.chat.panel.transcript.answers[-1].error_card
    assert card is not None
    stage.provider.script = (TextDelta("A red square."), Finished("stop"))
    with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
        card.button.click()
    with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
        stage.controller.retry()
    assert [message.purpose.may_exceed for message, _ in stage.provider.asked] == [False, True, False]
    assert len({message.purpose.ticket for message, _ in stage.provider.asked}) == 3


def test_closing_the_window_is_a_wish(qtbot: QtBot, stage: Stage) -> None:
    stage.chat.window.show()
    with qtbot.waitSignal(stage.chat.window.close_requested):
        stage.chat.window.close()
    assert stage.chat.window.isVisible()
