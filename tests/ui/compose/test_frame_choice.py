from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.model import ImageLimits, Picture
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.ui.compose.picture_choices import add_frame_action
from tests.support.images.images import encoded, quarters


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def moving(count: int, file_format: str = "GIF") -> Picture:
    frames = [quarters().rotate(90 * number) for number in range(count)]
    return Picture(
        "moving", encoded(frames[0], file_format, save_all=True, append_images=frames[1:]), "https://x.org/a"
    )


def menu_for(picture: Picture, window: QWidget, put: list[Picture]) -> QMenu:
    menu = QMenu(window)
    add_frame_action(menu, picture, prepare(picture, ImageLimits()), window, put.append)
    return menu


def test_a_picture_that_is_all_there_is_has_no_choice(window: QWidget) -> None:
    assert menu_for(moving(1), window, []).actions() == []
    menu = QMenu(window)
    add_frame_action(menu, moving(2), None, window, print)
    assert menu.actions() == []


def test_another_frame_is_chosen_by_keyboard(qtbot: QtBot, window: QWidget) -> None:
    picture, put = moving(3), list[Picture]()
    (action,) = menu_for(picture, window, put).actions()
    assert action.text() == "Frame 1 of 3…"
    action.trigger()
    dialog = window.findChild(QInputDialog)
    assert dialog is not None
    assert dialog.labelText() == "Frame of moving, 1 to 3:"
    assert [label.textFormat() for label in dialog.findChildren(QLabel)] == [Qt.TextFormat.PlainText]
    number = dialog.findChild(QSpinBox)
    assert number is not None
    assert (number.minimum(), number.maximum(), number.value()) == (1, 3, 1)
    number.selectAll()
    qtbot.keyClicks(number, "3")
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(number, Qt.Key.Key_Return)
    (chosen,) = put
    assert (chosen.frame, chosen.url, chosen.content) == (2, "", picture.content)
    assert prepare(chosen, ImageLimits()).notes[0] == "Only frame 3 of 3 is sent."


def test_the_same_frame_and_a_closed_question_change_nothing(qtbot: QtBot, window: QWidget) -> None:
    put: list[Picture] = []
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        (action,) = menu_for(replace(moving(2, "TIFF"), frame=1), window, put).actions()
        assert action.text() == "Page 2 of 2…"
        action.trigger()
        dialog = window.findChildren(QInputDialog)[-1]
        with qtbot.waitSignal(dialog.finished):
            qtbot.keyClick(dialog, key)
    assert put == []
