from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import Capture, Pixels, Region
from grokdesk.paths import resources
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.overlay.monitor_chooser import MonitorChooser

SCREENS = (Region(0, 0, 60, 40), Region(60, 0, 40, 60), Region(0, 40, 60, 20))
CAPTURE = Capture(Pixels(bytes(100 * 60 * 4), 100, 60), ())


@pytest.fixture
def chooser(qtbot: QtBot, qapp: QApplication) -> Iterator[MonitorChooser]:
    chooser = MonitorChooser(Theme(qapp, resources() / "icons"))
    qtbot.addWidget(chooser)
    chooser.open(CAPTURE, SCREENS)
    qtbot.waitUntil(chooser.isActiveWindow)
    yield chooser
    chooser.hide()


def test_a_digit_chooses(qtbot: QtBot, chooser: MonitorChooser) -> None:
    with qtbot.assertNotEmitted(chooser.chosen):
        qtbot.keyClick(chooser, Qt.Key.Key_4)
    with qtbot.waitSignal(chooser.chosen) as chosen:
        qtbot.keyClick(chooser.buttons[0], Qt.Key.Key_2)
    assert chosen.args == [1]


def test_arrows_and_enter_choose(qtbot: QtBot, chooser: MonitorChooser) -> None:
    qtbot.keyClick(chooser, Qt.Key.Key_Right)
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    qtbot.keyClick(chooser, Qt.Key.Key_Left)
    with qtbot.waitSignal(chooser.chosen) as chosen:
        qtbot.keyClick(chooser, Qt.Key.Key_Return)
    assert chosen.args == [1]


def test_a_click_chooses(qtbot: QtBot, chooser: MonitorChooser) -> None:
    with qtbot.waitSignal(chooser.chosen) as chosen:
        qtbot.mouseClick(chooser.buttons[2], Qt.MouseButton.LeftButton)
    assert chosen.args == [2]


@pytest.mark.parametrize("way", ["escape", "close"])
def test_it_can_be_left(qtbot: QtBot, chooser: MonitorChooser, way: str) -> None:
    with qtbot.waitSignal(chooser.cancelled):
        if way == "escape":
            qtbot.keyClick(chooser, Qt.Key.Key_Escape)
        else:
            chooser.close()


def test_a_screen_reader_hears_number_and_size(chooser: MonitorChooser) -> None:
    names = [QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name) for button in chooser.buttons]
    assert names == ["Screen 1, 60 × 40", "Screen 2, 40 × 60", "Screen 3, 60 × 20"]
