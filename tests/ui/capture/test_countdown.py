from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.ui.capture.countdown import Countdown
from grokdesk.ui.kit.theme import Theme


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def countdown(qtbot: QtBot, qapp: QApplication, said: list[str]) -> Iterator[Countdown]:
    def say(_widget: QWidget, words: str) -> None:
        said.append(words)

    countdown = Countdown(Theme(qapp, resources() / "icons"), say=say)
    qtbot.addWidget(countdown)
    yield countdown
    countdown.cancel()


def test_it_is_hidden_before_it_says_that_it_is_over(qtbot: QtBot, countdown: Countdown) -> None:
    was_visible: list[bool] = []
    countdown.finished.connect(lambda: was_visible.append(countdown.isVisible()))
    with qtbot.waitSignal(countdown.finished), qtbot.assertNotEmitted(countdown.cancelled):
        countdown.start(0.05)
        assert countdown.isVisible()
        assert countdown.seconds_left == 1
    assert was_visible == [False]


def test_it_says_what_will_happen_and_how_to_stop_it(countdown: Countdown, said: list[str]) -> None:
    countdown.start(5, "The last region is captured")
    assert said == ["The last region is captured in 5 s. Click or press Esc to cancel."]
    assert countdown.seconds_left == 5


@pytest.mark.parametrize("way", ["click", "escape", "close", "cancel"])
def test_it_is_cancelled_once(qtbot: QtBot, countdown: Countdown, way: str) -> None:
    countdown.start(60)
    with qtbot.waitSignal(countdown.cancelled), qtbot.assertNotEmitted(countdown.finished):
        if way == "click":
            qtbot.mouseClick(countdown, Qt.MouseButton.LeftButton)
        elif way == "escape":
            qtbot.keyClick(countdown, Qt.Key.Key_Escape)
        elif way == "close":
            countdown.close()
        else:
            countdown.cancel()
    assert not countdown.isVisible()
    assert not countdown.is_running
    with qtbot.assertNotEmitted(countdown.cancelled):
        countdown.cancel()


def test_starting_again_begins_anew(countdown: Countdown) -> None:
    countdown.start(3)
    countdown.start(9)
    assert countdown.seconds_left == 9


def test_the_window_in_use_can_keep_the_keys(countdown: Countdown) -> None:
    countdown.start(60, takes_keys=False)
    assert countdown.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert countdown.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert not countdown.isActiveWindow()
