from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.errors import KeyRefused
from grokdesk.paths import resources
from grokdesk.store.settings.profiles import XAI
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.kit.two_lines import ABOUT, WHAT
from grokdesk.ui.settings.model_picker import CHOOSE_AND_ASK, ModelPicker
from tests.support.servers.model_sources import ToldModels

Open = Callable[..., ModelPicker]


@pytest.fixture
def open_picker(qtbot: QtBot, qapp: QApplication) -> Open:
    def open_(source: ToldModels, *, model: str = "", **more: object) -> ModelPicker:
        theme = Theme(qapp, resources() / "icons")
        picker = ModelPicker(source, replace(XAI, model=model), theme, **more)  # type: ignore[arg-type]  # why, button, clock
        qtbot.addWidget(picker)
        picker.show()
        if not (source.stalls or source.held):
            qtbot.waitUntil(lambda: not picker.cancel_button.isVisible())
        return picker

    return open_


def ids(picker: ModelPicker) -> list[str]:
    return [picker.list.item(at).data(WHAT) for at in range(picker.list.count())]


def words(picker: ModelPicker, model: str) -> str:
    return str(picker.list.item(ids(picker).index(model)).data(ABOUT))


def test_those_that_see_come_first_and_each_says_what_is_known(open_picker: Open) -> None:
    picker = open_picker(ToldModels(age=7300), model="grok-mini")
    assert ids(picker) == ["grok-4.5", "grok-mini", "riddle", "text-only"]
    assert words(picker, "grok-4.5") == (
        "Supports images · $2.00 in, $6.00 out per million tokens · 500,000 token context"
    )
    assert words(picker, "grok-mini") == "In use · Supports images · $0.075 in, $0.30 out per million tokens"
    assert words(picker, "text-only") == "No image support"
    assert "unknown" in words(picker, "riddle")
    assert picker.selected == "grok-mini"
    assert picker.status.text() == "4 models, updated 2 h ago."


def test_searching_with_the_keyboard_alone(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels())
    qtbot.keyClicks(picker.search, "grok")
    assert ids(picker) == ["grok-4.5", "grok-mini", "grok"]
    qtbot.keyClick(picker.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.chosen) as chosen:
        qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert chosen.args == ["grok-mini"]
    assert not picker.isVisible()


def test_another_name_of_a_model_finds_it(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels())
    qtbot.keyClicks(picker.search, "latest")
    assert ids(picker) == ["grok-4.5", "latest"]


def test_a_name_that_the_list_does_not_have_may_be_used(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels())
    qtbot.keyClicks(picker.search, "my-own:7b")
    assert ids(picker) == ["my-own:7b"]
    assert picker.list.item(0).text() == "Use “my-own:7b”"
    with qtbot.waitSignal(picker.chosen) as chosen:
        picker.choose.click()
    assert chosen.args == ["my-own:7b"]


def test_a_part_of_a_name_finds_its_model_in_a_list_that_comes_later(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels(held=(held := Event())))
    qtbot.keyClicks(picker.search, "mini")
    assert ids(picker) == ["mini"]
    held.set()
    qtbot.waitUntil(lambda: ids(picker) == ["grok-mini", "mini"])
    assert picker.selected == "grok-mini"
    picker.list.setCurrentRow(1)
    picker.search.setText(" mini")
    assert picker.selected == "mini"


def test_return_waits_for_the_list_that_is_on_its_way(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels(held=(held := Event())))
    qtbot.keyClicks(picker.search, "mini")
    with qtbot.assertNotEmitted(picker.chosen):
        qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    with qtbot.waitSignal(picker.chosen) as chosen:
        held.set()
    assert chosen.args == ["grok-mini"]


def test_pressing_return_again_takes_what_was_typed(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels(stalls=True))
    qtbot.keyClicks(picker.search, "my-own:7b")
    with qtbot.waitSignal(picker.chosen) as chosen:
        qtbot.keyClick(picker.search, Qt.Key.Key_Return)
        qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert chosen.args == ["my-own:7b"]


def test_cancelling_the_list_or_typing_on_chooses_nothing(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels(held=(held := Event())))
    qtbot.keyClicks(picker.search, "min")
    with qtbot.assertNotEmitted(picker.chosen):
        qtbot.keyClick(picker.search, Qt.Key.Key_Return)
        qtbot.keyClicks(picker.search, "i")
        held.set()
        qtbot.waitUntil(picker.refresh_button.isEnabled)
    picker = open_picker(ToldModels(stalls=True))
    qtbot.keyClicks(picker.search, "mini")
    with qtbot.assertNotEmitted(picker.chosen):
        qtbot.keyClick(picker.search, Qt.Key.Key_Return)
        picker.cancel_button.click()


def test_the_choice_can_be_left_to_the_rule(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels(), model="grok-4.5")
    with qtbot.waitSignal(picker.chosen) as chosen:
        picker.by_rule.click()
    assert chosen.args == [""]


def test_refreshing_asks_the_server_again_and_keeps_the_selection(qtbot: QtBot, open_picker: Open) -> None:
    source = ToldModels()
    picker = open_picker(source)
    picker.list.setCurrentRow(1)
    picker.refresh_button.click()
    qtbot.waitUntil(picker.refresh_button.isEnabled)
    assert source.asked == ["kept", "afresh"]
    assert picker.selected == "grok-mini"


@pytest.mark.parametrize(("seeing", "about"), [(True, "Supports images"), (False, "No image support")])
def test_whether_a_model_sees_is_found_out_by_asking(
    qtbot: QtBot, open_picker: Open, *, seeing: bool, about: str
) -> None:
    source = ToldModels(seeing=seeing)
    picker = open_picker(source, model="riddle")
    picker.check.click()
    assert "riddle" in picker.status.text()
    qtbot.waitUntil(picker.check.isEnabled)
    assert source.asked[-1] == "riddle"
    assert about in words(picker, "riddle")
    assert picker.selected == "riddle"
    assert "number" in picker.status.text()


def test_waiting_is_counted_and_can_be_cancelled(qtbot: QtBot, open_picker: Open) -> None:
    now = [100.0]
    picker = open_picker(ToldModels(stalls=True), clock=lambda: now[0])
    now[0] = 112.0
    picker.count()
    assert picker.status.text() == "Loading models of xAI… 0:12"
    picker.cancel_button.click()
    assert not picker.cancel_button.isVisible()
    assert picker.refresh_button.isEnabled()
    assert picker.status.text() == ""


def test_a_server_that_refuses_is_said_in_words_and_a_name_may_still_be_typed(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels(error=KeyRefused("The key was refused.", "Check it.")))
    assert picker.status.text() == "The key was refused. Check it."
    assert not picker.choose.isEnabled()
    qtbot.keyClicks(picker.search, "grok-4.5")
    assert picker.choose.isEnabled()


def test_why_another_one_is_needed_is_said(open_picker: Open) -> None:
    picker = open_picker(ToldModels(), why="xAI does not have the model grok-2.", button=CHOOSE_AND_ASK)
    assert picker.why.isVisible()
    assert picker.why.text() == "xAI does not have the model grok-2."
    assert picker.choose.text() == CHOOSE_AND_ASK


def test_closing_stops_what_is_going_on(qtbot: QtBot, open_picker: Open) -> None:
    picker = open_picker(ToldModels(stalls=True))
    with qtbot.assertNotEmitted(picker.chosen):
        qtbot.keyClick(picker, Qt.Key.Key_Escape)
    assert not picker.isVisible()
