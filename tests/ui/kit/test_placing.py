from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from grokdesk.ui.kit.placing import beside, within

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
