from __future__ import annotations

from collections.abc import Callable

import pytest

from grokdesk.doctor.screen_checks import check_capture, check_hotkey
from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture, Pixels
from grokdesk.system.part_state import PartState
from tests.support.images.pictures import capture

GOOD = PartState("ok", "test", "It may look.")
TAKEN = PartState("taken", "test", "Ctrl+Alt+G is taken.", "Choose another.")
NONE = PartState("impossible", "none", "It may not.", "Bind this:", "grokdesk capture")


def raising(error: Exception) -> Callable[[], Capture]:
    def grab() -> Capture:
        raise error

    return grab


def test_a_shot_is_described() -> None:
    state = check_capture(lambda: capture(40, 30), lambda: GOOD)
    assert state == PartState("ok", "test", "Test screenshot: 40 x 30 pixels, 1 screen. It may look.")


def test_black_is_not_believed() -> None:
    black = Capture(Pixels(bytes(4 * 12), 4, 3), ())
    state = check_capture(lambda: black, lambda: GOOD)
    assert state.state == "degraded"
    assert "all black" in state.why


def test_the_back_end_says_why_it_cannot() -> None:
    refuse = raising(NotPossibleHere("No.", "Paste."))
    assert check_capture(refuse, lambda: NONE) == NONE
    assert check_capture(refuse, lambda: GOOD) == PartState("impossible", "test", "No.", "Paste.")


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (GOOD, PartState("ok", "test", "Ctrl+Alt+G is available. It may look.")),
        (TAKEN, TAKEN),
        (NONE, NONE),
    ],
)
def test_a_hotkey_is_tried(bound: PartState, expected: PartState) -> None:
    assert check_hotkey("Ctrl+Alt+G", lambda: bound, GOOD) == expected


def test_no_hotkey_is_tried_where_there_is_none() -> None:
    def never() -> PartState:
        raise AssertionError("it was tried")

    assert check_hotkey("Ctrl+Alt+G", never, NONE) == NONE
    assert check_hotkey("", never, GOOD).state == "ok"
