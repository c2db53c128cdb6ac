"""Conversations beside each other, and where the keys of their window go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.errors import PictureMissing, ServerTrouble
from grokdesk.model import STOPPED, Finished, Retrying, TextDelta
from grokdesk.paths import resources
from grokdesk.ui.chat.chat import Chat
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.conversations import MOST, Conversations, OtherConversations
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.draft import Draft, PictureSources
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme
from tests.support.images.pictures import picture, prepare_plainly
from tests.support.servers.providers import CATALOGUE, PROFILE, Kept, Scripted, asker
from tests.support.windows.copiers import plain_copier


class Desk:
    """A window with conversations before a scripted provider."""

    def __init__(self, qapp: QApplication) -> None:
        self.theme = Theme(qapp, resources() / "icons")
        self.provider, self.keeper = Scripted(), Kept()
        self.dropped: list[Chat] = []
        self.drafts: list[Draft] = []
        window = MainWindow(qapp, QIcon(), QSize(520, 640))
        self.conversations = Conversations(window, OtherConversations(self.theme), self.make_chat, self.dropped.append)
        self.conversations.current.present()

    def make_chat(self, window: MainWindow) -> Chat:
        controller = Controller(lambda: asker(self.provider, self.keeper), lambda: PROFILE)
        composer = Composer(self.theme)
        composer.set_actions(CATALOGUE.actions, "ask")
        draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare_plainly)
        self.drafts.append(draft)
        return Chat(controller, ConversationPanel(self.theme), DraftComposer(draft, composer), plain_copier(), window)

    @property
    def chat(self) -> Chat:
        return self.conversations.current

    @property
    def rows(self) -> list[str]:
        return [row.words for row in self.conversations.others.rows]

    def ask(self, qtbot: QtBot, text: str) -> Chat:
        """Ask in what is shown and wait for the end."""
        chat = self.chat
        with qtbot.waitSignal(chat.controller.busy_changed, check_params_cb=lambda busy: not busy):
            chat.question.submit(text, "ask")
        qtbot.waitUntil(lambda: not chat.panel.has_to_paint)
        return chat

    def begin(self, qtbot: QtBot, text: str) -> Chat:
        """Ask what has no end, and wait until some of it is here."""
        self.provider.script = (TextDelta("half"), 30.0)
        chat = self.chat
        with qtbot.waitSignal(chat.controller.came):
            chat.question.submit(text, "ask")
        return chat

    def ask_from_a_capture(self, text: str, *, shown: bool) -> Chat:
        draft = Draft(PictureSources(lambda _f: picture(), lambda _u, _c: picture()), prepare_plainly)
        draft.add_picture(picture())
        chat = self.conversations.for_new_question()
        if shown:
            self.conversations.show(chat)
        chat.controller.submit(draft, text, "ask")
        return chat


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Iterator[Desk]:
    desk = Desk(qapp)
    window = desk.conversations.window
    qtbot.addWidget(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield desk
    desk.conversations.shut_down(5)


# --- a question from a capture ---------------------------------------------------------------------------------


def test_the_first_question_takes_the_empty_conversation(desk: Desk) -> None:
    empty = desk.chat
    assert desk.ask_from_a_capture("What?", shown=True) is empty
    assert desk.conversations.others.isHidden()


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("what", ["an answered conversation", "a half-written follow-up", "a picture", "an answer"])
def test_a_capture_leaves_everything_as_it_was(qtbot: QtBot, desk: Desk, what: str, shown: bool) -> None:
    first = desk.chat
    if what != "a picture":
        desk.ask(qtbot, "First")
    match what:
        case "a half-written follow-up":
            first.question.composer.set_text("And wh")
        case "a picture":
            first.question.draft.add_picture(picture("mine.png"))
            qtbot.waitUntil(lambda: first.question.draft.is_ready)
        case "an answer":
            desk.begin(qtbot, "Second")
    turns, text, entries = first.controller.turns, first.question.composer.text(), first.question.draft.entries
    desk.provider.script = (TextDelta("Other"), Finished("stop"))
    second = desk.ask_from_a_capture("What?", shown=shown)
    qtbot.waitUntil(lambda: not second.controller.is_busy)
    assert (second is desk.chat) is shown
    assert first.controller.turns == turns
    assert first.controller.is_busy is (what == "an answer")
    assert (first.question.composer.text(), first.question.draft.entries) == (text, entries)
    assert len(desk.rows) == 1
    assert second.panel.title_row.title == "What?"


def test_an_answer_in_the_background_is_seen_and_stopped_there(qtbot: QtBot, desk: Desk) -> None:
    first = desk.begin(qtbot, "First")
    desk.ask_from_a_capture("What?", shown=True)
    [row] = desk.conversations.others.rows
    assert desk.rows == ["First · Answering…"]
    assert row.stop.isVisible()
    with qtbot.waitSignal(first.controller.busy_changed):
        qtbot.mouseClick(row.stop, Qt.MouseButton.LeftButton)
    assert first.controller.turns[0].answer.finish == STOPPED
    assert desk.rows == ["First · Answered"]
    assert row.stop.isHidden()
    assert desk.chat.question.composer.focusWidget() is desk.conversations.window.focusWidget()
    qtbot.mouseClick(row.open, Qt.MouseButton.LeftButton)
    assert desk.chat is first
    assert first.panel.isVisible()
    assert desk.rows == ["What? · Answering…"]


def test_a_failure_in_the_background_is_said(qtbot: QtBot, desk: Desk) -> None:
    desk.ask(qtbot, "First")
    desk.provider.script = (ServerTrouble("Down."),)
    second = desk.ask_from_a_capture("What?", shown=False)
    qtbot.waitUntil(lambda: not second.controller.is_busy)
    assert desk.rows == ["What? · Failed"]


def test_what_is_closed_is_stopped_kept_and_goes(qtbot: QtBot, desk: Desk) -> None:
    first = desk.begin(qtbot, "First")
    ended: list[str] = []
    first.controller.conversation_ended.connect(ended.append)
    desk.ask_from_a_capture("What?", shown=True)
    qtbot.mouseClick(desk.conversations.others.rows[0].close_button, Qt.MouseButton.LeftButton)
    assert desk.dropped == [first]
    assert len(ended) == 1
    assert desk.conversations.others.isHidden()
    qtbot.waitUntil(lambda: bool(desk.keeper.turns))
    assert desk.keeper.turns[0][1].answer.finish == STOPPED


def test_not_more_are_kept_than_can_be_looked_through(qtbot: QtBot, desk: Desk) -> None:
    desk.ask(qtbot, "0")
    desk.chat.question.composer.set_text("never lost")
    begun = []
    for number in range(1, MOST + 4):
        begun.append(desk.ask_from_a_capture(str(number), shown=False))
        qtbot.waitUntil(lambda: not desk.conversations.is_busy)
    assert len(desk.rows) == MOST + 1
    assert desk.chat.question.composer.text() == "never lost"
    assert desk.dropped == begun[:2]


# --- a new conversation ----------------------------------------------------------------------------------------


def test_new_takes_the_place_of_what_is_answered(qtbot: QtBot, desk: Desk) -> None:
    first = desk.ask(qtbot, "First")
    with qtbot.waitSignal(first.started_new):
        QTest.keyClick(desk.conversations.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert desk.chat is first
    assert first.controller.turns == ()
    assert desk.conversations.others.isHidden()


def test_new_leaves_an_answer_that_is_coming_to_be_seen_and_takes_the_draft_along(qtbot: QtBot, desk: Desk) -> None:
    first = desk.begin(qtbot, "First")
    first.question.composer.set_text("unrelated")
    first.question.draft.add_picture(picture("mine.png"))
    with qtbot.waitSignal(first.started_new):
        QTest.keyClick(desk.conversations.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert desk.chat is not first
    assert first.controller.is_busy
    assert desk.rows == ["First · Answering…"]
    assert desk.chat.question.composer.text() == "unrelated"
    assert [entry.name for entry in desk.chat.question.draft.entries] == ["mine.png"]


def test_new_gives_up_what_waits_to_be_asked_again(qtbot: QtBot, desk: Desk) -> None:
    desk.provider.script = (Retrying("Down.", 0.2, 1), 0.2, TextDelta("never"), 30.0)
    first = desk.chat
    first.question.submit("First", "ask")
    qtbot.waitUntil(lambda: first.controller.waits_to_retry)
    with qtbot.waitSignal(first.started_new):
        QTest.keyClick(desk.conversations.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert not first.controller.is_busy
    qtbot.waitUntil(lambda: bool(desk.keeper.turns))
    assert (desk.keeper.turns[0][1].answer.finish, desk.keeper.turns[0][1].answer.text) == (STOPPED, "")


# --- keys and focus --------------------------------------------------------------------------------------------


def writes(desk: Desk) -> bool:
    """What is typed goes into the question."""
    composer = desk.chat.question.composer
    composer.set_text("")
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, "a b")
    written = composer.text()
    composer.set_text("")
    return written == "a b"


@pytest.mark.parametrize("button", ["retry", "new", "stop", "error"])
def test_behind_a_button_that_was_used_the_text_has_the_focus(qtbot: QtBot, desk: Desk, button: str) -> None:
    if button == "stop":
        chat = desk.begin(qtbot, "First")
        qtbot.waitUntil(lambda: not chat.panel.has_to_paint)
        used: QWidget = chat.question.composer._foot._send
    else:
        if button == "error":
            desk.provider.script = (ServerTrouble("Down."),)
        chat = desk.ask(qtbot, "First")
        card = chat.panel.transcript.answers[-1]
        assert (button == "error") is (card.error_card is not None)
        foot = card.foot.retry_button
        used = card.error_card.button if card.error_card is not None else foot
        if button == "new":
            used = chat.panel.title_row.new_button
    used.setFocus()
    assert used.hasFocus()
    with (
        qtbot.waitSignal(chat.controller.busy_changed)
        if button != "new"
        else qtbot.waitSignal(chat.controller.conversation_started)
    ):
        QTest.keyClick(used, Qt.Key.Key_Space)
    assert writes(desk)


@pytest.mark.parametrize(
    "way", ["hidden", "disabled", "deleted", "hidden with what it is in", "while another is in front"]
)
def test_the_text_gets_the_focus_of_whatever_disappears(qtbot: QtBot, desk: Desk, way: str) -> None:

    box = QWidget(desk.chat.panel)
    button, after = QPushButton("gone"), QPushButton("next")
    column = QVBoxLayout(box)
    column.addWidget(button)
    column.addWidget(after)
    box.show()
    button.setFocus()
    assert button.hasFocus()
    other = QWidget()
    qtbot.addWidget(other)
    match way:
        case "hidden":
            button.hide()
        case "disabled":
            button.setEnabled(False)
        case "deleted":
            with qtbot.waitSignal(button.destroyed):
                button.deleteLater()
            qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        case "hidden with what it is in":
            box.hide()
        case _:
            other.show()
            other.activateWindow()
            qtbot.waitUntil(other.isActiveWindow)
            button.hide()
            desk.conversations.window.activateWindow()
            qtbot.waitUntil(desk.conversations.window.isActiveWindow)
    assert writes(desk)


def test_what_is_typed_and_pasted_anywhere_goes_into_the_question(qtbot: QtBot, qapp: QApplication, desk: Desk) -> None:
    chat = desk.ask(qtbot, "First")
    view = chat.panel.transcript.answers[-1].view
    for place in (view, chat.panel.transcript, chat.panel.title_row.new_button):
        chat.question.composer.set_text("")
        place.setFocus()
        QTest.keyClicks(place, "x")
        assert chat.question.composer.text() == "x"
        chat.question.composer.set_text("")
        qapp.clipboard().setText("pasted")
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert chat.question.composer.text() == "pasted"
        assert writes(desk)


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier])
def test_commands_are_not_typed(desk: Desk, modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(desk.conversations.window, Qt.Key.Key_J, modifier)
    assert desk.chat.question.composer.text() == ""


def test_a_drop_takes_the_focus(desk: Desk) -> None:
    data = QMimeData()
    data.setText("about this")
    desk.chat.panel.title_row.new_button.setFocus()
    desk.chat.panel.dropped.emit(data)
    assert desk.chat.question.composer.text() == "about this"
    assert writes(desk)


def test_a_question_that_lacks_a_picture_comes_back_and_a_picture_can_be_chosen(qtbot: QtBot, desk: Desk) -> None:
    desk.provider.script = (PictureMissing("Reading on this computer needs a picture.", "Add one."),)
    chat = desk.ask(qtbot, "What does it say?")
    chosen: list[None] = []
    chat.question.choose_files = lambda: chosen.append(None)  # type: ignore[method-assign]
    card = chat.panel.transcript.answers[-1].error_card
    assert card is not None
    assert card.button.text() == "Add a picture"
    card.button.setFocus()
    QTest.keyClick(card.button, Qt.Key.Key_Space)
    assert chosen == [None]
    assert chat.question.composer.text() == "What does it say?"
    assert writes(desk)


def test_our_own_headings_take_no_caret(desk: Desk) -> None:
    heads = [label for label in desk.chat.panel.findChildren(QLabel) if label.text() == "Ask about anything you see"]
    assert [label.focusPolicy() for label in heads] == [Qt.FocusPolicy.NoFocus]
