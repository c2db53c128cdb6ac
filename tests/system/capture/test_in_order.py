from __future__ import annotations

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotInstalled, NotPossibleHere, PermissionNeeded
from grokdesk.model import Capture
from grokdesk.system.capture.in_order import GrabberInOrder
from grokdesk.system.part_state import PartState
from tests.support.images.pictures import capture

BROKEN = NotPossibleHere("It broke.", "Mend it.")


class Told:
    """A back end that does what it is told."""

    def __init__(self, name: str, error: NotPossibleHere | None = None) -> None:
        self.state = PartState("ok", name, f"{name} can do it.")
        self.error = error
        self.grabs = 0
        self.asked: list[str] = []
        self.closed = False

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        self.grabs += 1
        if self.error is not None:
            raise self.error
        return capture()

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:
        self.asked.append(parent_window)

    def close(self) -> None:
        self.closed = True


def test_the_first_does_it() -> None:
    first, second = Told("first"), Told("second")
    grabber = GrabberInOrder([first, second])
    grabber.grab()
    assert (first.grabs, second.grabs) == (1, 0)
    assert grabber.state == first.state
    grabber.close()
    assert first.closed
    assert second.closed


def test_the_next_steps_in_and_says_so() -> None:
    first, second = Told("first", BROKEN), Told("second")
    grabber = GrabberInOrder([first, second])
    for _ in range(2):
        grabber.grab()
        assert grabber.state == PartState("degraded", "second", "It broke. second can do it.", "Mend it.")
    assert (first.grabs, second.grabs) == (1, 2)


def test_when_all_fail_the_first_is_tried_again() -> None:
    first, second = Told("first", NotInstalled("Not there.", "Install it.")), Told("second", BROKEN)
    grabber = GrabberInOrder([first, second])
    with pytest.raises(NotInstalled):
        grabber.grab()
    assert grabber.state == PartState("missing", "first", "Not there.", "Install it.")
    first.error = None
    grabber.grab()
    assert grabber.state == first.state


def test_one_that_fails_alone_is_said() -> None:
    grabber = GrabberInOrder([Told("only", BROKEN)])
    with pytest.raises(NotPossibleHere):
        grabber.grab()
    assert grabber.state == PartState("impossible", "only", "It broke.", "Mend it.")


def test_a_permission_is_asked_for_and_not_gone_around() -> None:
    first, second, third = Told("first", BROKEN), Told("second", PermissionNeeded("May I?", "Say yes.")), Told("third")
    grabber = GrabberInOrder([first, second, third])
    with pytest.raises(PermissionNeeded):
        grabber.grab()
    assert grabber.state == PartState("desktop-decides", "second", "May I?", "Say yes.")
    grabber.ask(parent_window="x11:1")
    assert (second.asked, third.grabs) == (["x11:1"], 0)
    second.error = None
    grabber.grab()
    assert grabber.state.state == "degraded"
    assert first.grabs == 1
