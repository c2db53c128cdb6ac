from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.ui.kit.placing import FRAME, beside, present, within

AREA = QRect(0, 0, 1000, 800)
SIZE = QSize(400, 200)


def test_below_is_tried_first() -> None:
    assert beside(QRect(100, 100, 300, 200), SIZE, AREA, gap=10) == QPoint(100, 310)


def test_above_when_there_is_no_room_below() -> None:
    assert beside(QRect(100, 500, 300, 200), SIZE, AREA, gap=10) == QPoint(100, 290)


def test_right_and_left_of_a_tall_selection() -> None:
    assert beside(QRect(100, 100, 300, 690), SIZE, AREA, gap=10) == QPoint(410, 100)
    assert beside(QRect(600, 100, 300, 690), SIZE, AREA, gap=10) == QPoint(190, 100)


def test_over_the_foot_of_the_whole_screen() -> None:
    assert beside(AREA, SIZE, AREA, gap=10) == QPoint(0, 589)


def test_a_window_larger_than_the_screen_shows_its_top_left_corner() -> None:
    assert within(QPoint(50, 50), QSize(5000, 5000), AREA) == QPoint(0, 0)


@given(
    anchor=st.builds(
        QRect, st.integers(-2000, 3000), st.integers(-2000, 3000), st.integers(1, 3000), st.integers(1, 3000)
    ),
    size=st.builds(QSize, st.integers(1, 1000), st.integers(1, 800)),
)
def test_always_wholly_visible(anchor: QRect, size: QSize) -> None:
    assert AREA.contains(QRect(beside(anchor, size, AREA), size))


@pytest.fixture
def area(qapp: QApplication) -> QRect:
    return qapp.primaryScreen().availableGeometry()


@pytest.mark.parametrize("times", ["first", "again", "hidden between"])
@pytest.mark.parametrize("size", [QSize(400, 5000), QSize(5000, 300), QSize(9000, 9000)])
def test_no_window_is_larger_than_the_screen_its_title_bar_included(
    qtbot: QtBot, area: QRect, size: QSize, times: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    if times == "first":
        window.resize(size)
    present(window)
    if times == "hidden between":
        window.hide()
    if times != "first":
        window.resize(size)  # as a remembered size that was that of a larger screen
        present(window)
    with_frame = window.geometry().marginsAdded(FRAME)
    assert area.contains(with_frame)
    assert FRAME.top() >= 40


def test_a_window_that_was_on_a_screen_that_is_gone_comes_back(qtbot: QtBot, area: QRect) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    present(window)
    window.setGeometry(9000, 9000, 300, 200)
    present(window)
    assert area.contains(window.geometry().marginsAdded(FRAME))
    assert window.size() == QSize(300, 200)
