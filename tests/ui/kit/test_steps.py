from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grokdesk.ui.kit.steps import Steps


@given(states=st.lists(st.integers(), max_size=20))
def test_undo_goes_all_the_way_back_and_redo_all_the_way_on(states: list[int]) -> None:
    steps = Steps(0)
    for state in states:
        steps.record(state)
    last = steps.now
    seen = [steps.now]
    while steps.undo():
        seen.append(steps.now)
    assert steps.now == 0
    again = [steps.now]
    while steps.redo():
        again.append(steps.now)
    assert again == seen[::-1]
    assert steps.now == last


def test_steps_of_one_kind_in_a_row_are_one() -> None:
    steps = Steps(0)
    for state, kind in ((1, "move"), (2, "move"), (3, "resize"), (4, "move")):
        steps.record(state, kind)
    seen = []
    while steps.undo():
        seen.append(steps.now)
    assert seen == [3, 2, 0]


def test_a_new_step_ends_what_could_be_redone() -> None:
    steps = Steps(0)
    steps.record(1)
    steps.undo()
    steps.record(2)
    assert not steps.redo()


def test_what_is_taken_back_cannot_be_redone() -> None:
    steps = Steps(0)
    steps.record(1)
    steps.take_back()
    assert steps.now == 0
    assert not steps.redo()
    steps.take_back()
    assert steps.now == 0
