"""Which earlier pictures go along: what the window says is what the provider gets, and what the person chose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.errors import Fault, RequestRefused, ServerTrouble
from grokdesk.model import Finished, Profile, TextDelta
from grokdesk.model.request_limits import RequestLimits
from grokdesk.questions.context.context import Context, EarlierPicture
from grokdesk.ui.chat.asked_picture import AskedPicture
from grokdesk.ui.chat.earlier_line import words_for
from grokdesk.ui.chat.earlier_pictures import EarlierPictures
from tests.support.images.pictures import picture, png_bytes
from tests.support.servers.providers import PROFILE
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream
from tests.support.windows.asking_window import AskingWindow
from tests.ui.chat import test_chat

# Said by the offscreen platform for every popup.
POPUPS = pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)


class Stage(test_chat.Stage):
    """The conversation window with what is said of earlier pictures, its profile to be changed."""

    def __init__(self, qapp: QApplication) -> None:
        super().__init__(qapp, qapp.clipboard())
        self.earlier = EarlierPictures(self.controller, self.chat.panel, self.chat.question, self.theme)

    @property
    def said(self) -> str:
        return self.earlier.line.words

    def put(self, qtbot: QtBot, text: str, *names: str) -> None:
        """Ask about pictures of these names and wait for the answer."""
        for name in names:
            self.draft.add_picture(picture(name))
        qtbot.waitUntil(lambda: self.draft.is_ready)
        with qtbot.waitSignal(self.controller.busy_changed, check_params_cb=lambda busy: not busy):
            self.composer.submitted.emit(text, "ask")

    def asked(self, number: int) -> list[AskedPicture]:
        """The pictures of the question with this number, as they are shown."""
        return self.chat.panel.transcript.questions[number].pictures

    def shown(self) -> list[str]:
        """Names of the pictures that are shown as going along."""
        pictures = [each for bubble in self.chat.panel.transcript.questions for each in bubble.pictures]
        return [each.thumbnail.toolTip() for each in pictures if each.button.isVisible() and each.caption.isHidden()]

    def sent(self) -> list[str]:
        """Names of the earlier pictures that went along with the last question."""
        _, past = self.provider.asked[-1]
        return [image.name for turn in past for image in turn.message.images if not image.stand_in]


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Stage:
    made = Stage(qapp)
    qtbot.addWidget(made.chat.window)
    return made


def test_before_the_first_answer_there_is_nothing_to_say(qtbot: QtBot, stage: Stage) -> None:
    assert stage.earlier.line.isHidden()
    stage.put(qtbot, "Without a picture")
    assert stage.earlier.line.isHidden()


def test_what_is_shown_is_what_is_sent(qtbot: QtBot, stage: Stage) -> None:
    for number in range(7):
        shown = stage.shown()
        stage.put(qtbot, f"q{number}", f"p{number}")
        assert stage.sent() == shown
    assert stage.said == "3 earlier pictures included, 4 not"
    assert stage.asked(0)[0].button.toolTip() == "Not included: newer ones take its place. Send it again"


def test_a_click_on_an_old_picture_sends_it_again_from_now_on(qtbot: QtBot, stage: Stage) -> None:
    for number in range(4):
        stage.put(qtbot, f"q{number}", f"p{number}")
    assert stage.shown() == ["p2", "p3"]
    qtbot.mouseClick(stage.asked(0)[0].button, Qt.MouseButton.LeftButton)
    assert stage.shown() == ["p0", "p2", "p3"]
    assert stage.said == "3 earlier pictures included, 1 not"
    stage.put(qtbot, "And now?")
    assert stage.sent() == ["p0", "p2", "p3"]
    qtbot.mouseClick(stage.asked(0)[0].button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(stage.asked(3)[0].button, Qt.MouseButton.LeftButton)
    stage.put(qtbot, "And without?")
    assert stage.sent() == stage.shown() == ["p2"]


@POPUPS
def test_the_list_behind_the_line_has_a_box_for_each(qtbot: QtBot, stage: Stage) -> None:
    stage.put(qtbot, "Two", "a&b.png", "c.png")
    qtbot.mouseClick(stage.earlier.line, Qt.MouseButton.LeftButton)
    first, second = stage.earlier.line.list.boxes
    assert first.accessibleName() == "a&b.png, 4 × 3"
    assert first.isChecked()
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Space)
    assert stage.said == "1 earlier picture included, 1 not"
    assert second.hasFocus()
    assert second.accessibleDescription() == "You left it out."
    assert stage.shown() == ["a&amp;b.png"]
    QTest.keyClick(second, Qt.Key.Key_Escape)
    assert stage.earlier.line.list.isHidden()


@POPUPS
def test_a_picture_of_a_question_without_an_answer_joins_the_next_one(qtbot: QtBot, stage: Stage) -> None:
    stage.put(qtbot, "First", "a.png")
    stage.provider.script = (ServerTrouble("Down."),)
    stage.put(qtbot, "Lost", "b.png")
    lost = stage.asked(1)[0].button
    assert lost.toolTip() == "Not included: its question has no answer. Add it to your question"
    qtbot.mouseClick(lost, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.draft.is_ready)
    assert [entry.name for entry in stage.draft.entries] == ["b.png"]
    qtbot.mouseClick(stage.earlier.line, Qt.MouseButton.LeftButton)
    box = stage.earlier.line.list.boxes[1]
    box.click()
    assert len(stage.draft.entries) == 2
    assert not box.isChecked()


def test_a_refused_picture_says_why_it_stays_back(qtbot: QtBot, stage: Stage) -> None:
    refused = RequestRefused("Acme could not read a picture.", fault=Fault.NEW_PICTURES)
    stage.provider.script = (TextDelta("So"), refused)
    stage.put(qtbot, "Bad", "bad.png")
    assert stage.said == "1 earlier picture not included"
    assert "Not included: Acme could not read a picture." in stage.asked(0)[0].button.toolTip()


def test_asking_again_keeps_question_and_turn_together(qtbot: QtBot, stage: Stage) -> None:
    stage.put(qtbot, "First", "a.png")
    with qtbot.waitSignal(stage.controller.busy_changed, check_params_cb=lambda busy: not busy):
        stage.controller.retry()
    stage.put(qtbot, "Second", "b.png")
    assert [bubble.number for bubble in stage.chat.panel.transcript.questions] == [0, 1]
    assert stage.shown() == ["a.png", "b.png"]


def test_the_question_that_is_being_written_counts(qtbot: QtBot, stage: Stage) -> None:
    stage.put(qtbot, "First", "a.png")
    stage.profile = replace(PROFILE, dialect="concurred-vision")
    stage.earlier.refresh()
    assert stage.said == "1 earlier picture included"
    stage.draft.add_picture(picture("own.png"))
    qtbot.waitUntil(lambda: stage.said == "1 earlier picture not included")


def test_a_text_that_is_too_large_is_said_before_it_is_sent(qtbot: QtBot, stage: Stage) -> None:
    stage.put(qtbot, "First", "a.png")
    stage.profile = replace(PROFILE, request=RequestLimits(max_bytes=20_000))
    stage.composer.set_text("word " * 5_000)
    qtbot.waitUntil(lambda: stage.said.startswith("The question alone is 26."))
    stage.composer.set_text("Shorter")
    qtbot.waitUntil(lambda: stage.said == "1 earlier picture included")


def test_a_new_conversation_begins_without_any(qtbot: QtBot, stage: Stage) -> None:
    stage.put(qtbot, "First", "a.png")
    assert stage.earlier.line.isVisible()
    stage.controller.start_conversation()
    assert stage.earlier.line.isHidden()
    stage.provider.script = (TextDelta("Yes."), Finished("stop"))
    stage.put(qtbot, "Anew", "b.png")
    assert stage.shown() == ["b.png"]


def test_a_forgotten_answer_does_not_shift_the_pictures(qtbot: QtBot, stage: Stage) -> None:
    """A question that was left alone while its answer came has no turn in the conversation."""
    stage.chat.panel.show_question("Never answered", [])
    stage.put(qtbot, "Then", "a.png")
    assert [bubble.number for bubble in stage.chat.panel.transcript.questions] == [None, 0]
    assert stage.shown() == ["a.png"]


@pytest.mark.parametrize(
    ("going", "staying", "left_out", "words"),
    [
        (0, 0, 0, ""),
        (1, 0, 0, "1 earlier picture included"),
        (2, 3, 0, "2 earlier pictures included, 3 not"),
        (1, 1, 0, "1 earlier picture included, 1 not"),
        (0, 1, 0, "1 earlier picture not included"),
        (0, 2, 0, "2 earlier pictures not included"),
        (0, 0, 1, "The oldest question does not fit"),
        (1, 0, 4, "1 earlier picture included; the 4 oldest questions do not fit"),
    ],
)
def test_how_it_is_said(going: int, staying: int, left_out: int, words: str) -> None:
    pictures = [EarlierPicture((0, at), "x", 4, 3, "" if at < going else "why") for at in range(going + staying)]
    assert words_for(Context(pictures=tuple(pictures), left_out=left_out)) == words


def test_a_choice_stays_when_the_answer_that_was_coming_ends(qtbot: QtBot, stage: Stage) -> None:
    stage.put(qtbot, "First", "a.png")
    stage.provider.script = (TextDelta("Yes."), 0.2, Finished("stop"))
    stage.composer.submitted.emit("Second", "ask")
    qtbot.waitUntil(lambda: len(stage.provider.asked) == 2)
    qtbot.mouseClick(stage.asked(0)[0].button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not stage.controller.is_busy)
    assert stage.shown() == []


def test_what_reaches_a_real_server_is_what_the_line_says(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with ScriptedServer() as server:
        server.on("POST", "/v1/responses", Reply.stream(responses_stream("Yes.")))
        profile = Profile("xai", "xAI", "xai-responses", f"{server.url}/v1", "grok-4.5")
        window = AskingWindow(qapp, tmp_path, profile, "xai-of-this-test")
        qtbot.addWidget(window.chat.window)
        earlier = EarlierPictures(window.controller, window.chat.panel, window.chat.question, window.theme)
        file = tmp_path / "a.png"
        window.services.settings.change(pictures_again=1)
        for number in range(3):
            said = earlier.line.words
            file.write_bytes(png_bytes(40 + number, 30))
            window.draft.add_file(file)
            qtbot.waitUntil(lambda: window.draft.is_ready)
            window.ask(qtbot, f"q{number}")
            body = server.requests[-1].body
            assert body.count(b"data:image/") - 1 == (int(said[0]) if said else 0)
        assert b"[picture: a.png, 40 x 30, not sent again]" in body
        assert earlier.line.words == "1 earlier picture included, 2 not"
