"""The window of comparisons before a real server: choosing, asking, stopping, voting, judging, remembering."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.ui.kit.notice import Notice
from tests.support.images.pictures import picture
from tests.support.servers.replies import ReceivedRequest, Reply
from tests.support.servers.server import ScriptedServer
from tests.support.windows.comparing import CompareStage as Stage
from tests.support.windows.comparing import half, saying

Make = Callable[..., Stage]


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[Make]:
    stages: list[Stage] = []
    with ScriptedServer() as server:

        def make(**replies: Reply) -> Stage:
            stages.append(stage := Stage(qapp, home, server, replies))
            qtbot.addWidget(stage.desk.window)
            stage.desk.open()
            return stage

        yield make
        for stage in stages:
            stage.desk.shut_down(5)


@pytest.fixture
def answered(qtbot: QtBot, make: Make) -> Stage:
    stage = make(a=saying("Two pears."), b=saying("A walnut."))
    stage.choose("a", "b")
    stage.ask()
    qtbot.waitUntil(lambda: stage.is_idle)
    return stage


def test_answers_stream_side_by_side_with_their_names_and_cost(answered: Stage) -> None:
    assert [answered.text(at) for at in (1, 2)] == ["Two pears.", "A walnut."]
    assert answered.column(1).accessibleName() == "Answer by Acme · a"
    assert answered.desk.window.total.text().startswith("Total $0.00015")
    assert answered.column(2).speed.text().startswith("First token after 0.")
    assert not answered.desk.window.columns.is_stacked
    assert answered.kept() == {1: ("Two pears.", False, False), 2: ("A walnut.", False, False)}


def test_what_was_sent_to_one_of_them_can_be_looked_at(qtbot: QtBot, answered: Stage) -> None:
    card = answered.column(2).card
    assert card is not None
    with qtbot.waitSignal(answered.desk.sent_requested) as requested:
        card.foot.sent_button.click()
    [request] = answered.services.accounts().sent.of(requested.args[0])
    assert request.entry.outgoing.model == "b"


def test_it_is_stacked_where_it_is_narrow(qapp: QApplication, answered: Stage) -> None:
    answered.desk.window.resize(420, 720)
    qapp.processEvents()
    assert answered.desk.window.columns.is_stacked
    assert answered.desk.window.width() == 420


def test_the_pictures_and_the_text_come_along(qtbot: QtBot, make: Make) -> None:
    stage = make(a=saying("x"), b=saying("y"))
    stage.choose("a", "b")
    stage.desk.open("What is it?", [picture("here.png")])
    assert stage.desk.question.composer.text() == "What is it?"
    qtbot.waitUntil(lambda: stage.desk.question.draft.is_ready)
    stage.ask("What is it?")
    qtbot.waitUntil(lambda: stage.is_idle)
    asked = [request for request in stage.server.requests if request.path == "/v1/chat/completions"]
    assert [b"data:image/png" in request.body for request in asked] == [True, True]
    assert stage.desk.question.composer.text() == "What is it?"
    assert [entry.name for entry in stage.desk.question.draft.entries] == ["here.png"]


def test_one_is_stopped_then_all(qtbot: QtBot, make: Make) -> None:
    stage = make(a=half(), b=half(), c=saying("Done."))
    stage.choose("a", "b", "c")
    stage.ask()
    stage.server.wait_until_stalled(2)
    qtbot.waitUntil(lambda: stage.text(1) == stage.text(2) == "A word." and stage.column(3).has_ended)
    assert stage.desk.window.stop_button.isVisible()
    stage.column(1).stop_button.click()
    qtbot.waitUntil(lambda: stage.column(1).has_ended)
    assert not stage.column(2).has_ended
    stage.desk.window.stop_button.click()
    qtbot.waitUntil(lambda: stage.is_idle)
    assert not stage.desk.window.stop_button.isVisible()
    assert [stage.text(at) for at in (1, 2, 3)] == ["A word.", "A word.", "Done."]


@pytest.mark.parametrize("how", ["close", "escape"])
def test_leaving_stops_what_runs_and_keeps_it(qtbot: QtBot, make: Make, how: str) -> None:
    stage = make(a=half(), b=half())
    stage.choose("a", "b")
    stage.ask()
    qtbot.waitUntil(lambda: [stage.text(at) for at in (1, 2)] == ["A word."] * 2)
    if how == "close":
        stage.desk.window.close()
    else:
        qtbot.keyClick(stage.desk.window, Qt.Key.Key_Escape)
        assert stage.desk.window.isVisible()
    qtbot.waitUntil(lambda: not stage.desk.session.is_busy)
    assert {text for text, _, _ in stage.kept().values()} == {"A word."}


def test_escape_closes_what_rests(qtbot: QtBot, answered: Stage) -> None:
    qtbot.keyClick(answered.desk.window, Qt.Key.Key_Escape)
    assert not answered.desk.window.isVisible()


def test_a_failure_stays_in_its_column_and_can_be_tried_again(qtbot: QtBot, make: Make) -> None:
    stage = make(a=Reply.json({"error": "overloaded"}, 400), b=saying("Yes."))
    stage.choose("a", "b")
    stage.ask()
    qtbot.waitUntil(lambda: stage.is_idle)
    card = stage.column(1).card
    assert card is not None
    assert card.error_card is not None
    assert not stage.column(1).vote_button.isVisible()
    stage.replies["a"] = saying("Now.")
    stage.column(1).again_requested.emit(1)
    qtbot.waitUntil(lambda: stage.is_idle and stage.text(1) == "Now.")
    assert stage.text(2) == "Yes."


def test_one_is_asked_again_with_smaller_pictures(qtbot: QtBot, make: Make) -> None:
    stage = make(a=Reply.text("too large", 413), b=saying("Yes."))
    stage.choose("a", "b")
    stage.desk.open("What is it?", [picture("here.png", 1200, 900)])
    qtbot.waitUntil(lambda: stage.desk.question.draft.is_ready)
    stage.ask("What is it?")
    qtbot.waitUntil(lambda: stage.is_idle)
    card = stage.column(1).card
    assert card is not None
    assert card.error_card is not None
    stage.replies["a"] = saying("Now.")
    card.error_card.button.click()
    qtbot.waitUntil(lambda: stage.is_idle and stage.text(1) == "Now.")
    widths = {entry.images[0].width for entry in stage.services.history.list() if entry.answer == "Now."}
    assert widths == {600}


# --- voting and judging ------------------------------------------------------------------------------------


def test_a_vote_is_shown_and_kept(qtbot: QtBot, answered: Stage) -> None:
    answered.column(1).vote_button.click()
    answered.column(2).vote_button.click()
    assert [answered.column(at).vote_button.text() for at in (1, 2)] == ["Prefer", "Preferred"]
    answered.column(2).vote_button.click()
    assert answered.column(2).vote_button.isChecked()
    qtbot.waitUntil(lambda: answered.kept()[2][1] and not answered.kept()[1][1])


def test_a_judge_is_named_and_its_choice_marked(qtbot: QtBot, answered: Stage) -> None:
    def judging(request: ReceivedRequest) -> Reply:
        text = str(request.json["messages"])
        letter = text[: text.index("A walnut.")].rindex("Answer ") + len("Answer ")
        return saying(json.dumps({"best": text[letter], "why": "It says what it is."}))

    window = answered.desk.window
    assert window.judge_button.isEnabled()
    window.judges.setCurrentIndex(window.judges.findData("acme/b"))
    answered.server.on("POST", "/v1/chat/completions", judging)
    window.judge_button.click()
    qtbot.waitUntil(lambda: "picks" in window.notice.words)
    assert window.notice.words == "Acme · b picks Acme · b. It says what it is."
    assert [answered.column(at).mark.text() for at in (1, 2)] == ["", "Judge's pick"]
    assert answered.kept()[2][2]
    assert answered.preferences.settings.compare_judge == "acme/b"


def test_a_judge_that_fails_is_a_sentence(qtbot: QtBot, answered: Stage) -> None:
    answered.server.on("POST", "/v1/chat/completions", Reply.json({"error": "no"}, 404))
    answered.desk.window.judge_button.click()
    qtbot.waitUntil(lambda: "The judge failed." in answered.desk.window.notice.words)
    assert answered.desk.window.judge_button.isEnabled()


def test_a_judge_whose_profile_is_stricter_gets_no_pictures_that_were_let_go_by_others_rules(
    qtbot: QtBot, make: Make
) -> None:
    stage = make(a=saying("Two pears."), b=saying("A walnut."))
    [acme] = stage.preferences.settings.profiles
    strict = replace(acme, id="strict", name="Strict", model="c", scan="ask")
    stage.preferences.change("profiles", (acme, strict))
    stage.choose("a", "b")
    stage.desk.question.draft.add_picture(picture())
    qtbot.waitUntil(lambda: stage.desk.question.draft.is_ready)
    stage.ask()
    qtbot.waitUntil(lambda: stage.is_idle)
    before, window = len(stage.server.requests), stage.desk.window
    window.judges.setCurrentIndex(window.judges.findData("strict"))
    window.judge_button.click()
    said = [notice.words for notice in stage.desk.question.composer.findChildren(Notice)]
    assert any("These pictures can't be sent to Strict · c" in words for words in said)
    assert stage.desk.question.scan_step is not None
    assert stage.desk.question.scan_step.scan.policy == "ask"
    assert len(stage.server.requests) == before


# --- choosing ----------------------------------------------------------------------------------------------


def test_the_lists_of_the_servers_are_offered(qtbot: QtBot, make: Make) -> None:
    stage = make()
    choice = stage.desk.window.choice
    assert choice.isVisible()
    qtbot.waitUntil(lambda: bool(choice.tree.findItems("b", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)))
    (row,) = choice.tree.findItems("b", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    row.setCheckState(0, Qt.CheckState.Checked)
    assert choice.chosen == ("acme/b",)
    row.setCheckState(0, Qt.CheckState.Unchecked)
    assert list(choice.chosen) == []


def test_the_choice_is_remembered(qtbot: QtBot, qapp: QApplication, home: Path, answered: Stage) -> None:
    again = Stage(qapp, home, answered.server, {})
    qtbot.addWidget(again.desk.window)
    again.desk.open()
    assert again.desk.window.choice.chosen == ("acme/a", "acme/b")
    assert not again.desk.window.choice.isVisible()
    again.desk.shut_down(5)


def test_one_model_is_too_few(make: Make) -> None:
    stage = make(a=saying("x"))
    stage.choose("a")
    stage.ask()
    assert stage.desk.window.choice.isVisible()
    assert [request for request in stage.server.requests if request.path == "/v1/chat/completions"] == []


def test_no_more_than_eight_are_chosen(make: Make) -> None:
    stage = make()
    stage.choose(*"abcdefghij")
    assert len(stage.desk.window.choice.chosen) == 8


def test_what_nobody_has_is_said(make: Make) -> None:
    stage = make()
    stage.desk.window.choice.filter.setText("nobody/x")
    stage.desk.window.choice.filter.returnPressed.emit()
    assert "Profiles: xai, on-this-computer, acme." in stage.desk.window.choice.words.text()
