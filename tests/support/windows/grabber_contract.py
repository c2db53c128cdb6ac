"""What every grabber has to do, whichever desktop it serves. A test class inherits it and brings ``grabber``."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled
from grokdesk.model import Capture, Region
from grokdesk.system.arranging import bounds
from grokdesk.system.protocols import Grabber
from grokdesk.system.window_places import place_of_monitor


class GrabberContract:
    @pytest.fixture
    def grabber(self) -> Grabber:
        raise NotImplementedError

    def test_it_says_who_it_is_before_anything_is_opened(self, grabber: Grabber) -> None:
        state = grabber.state
        assert state.works
        assert state.backend
        assert state.why.endswith(".")

    def test_a_capture_is_whole_and_its_monitors_lie_in_it(self, grabber: Grabber) -> None:
        capture = grabber.grab()
        whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
        assert not whole.is_empty
        for monitor in capture.monitors:
            assert not monitor.region.is_empty
            assert monitor.region.intersected(whole) == monitor.region
        if capture.monitors:
            desktop = bounds([place_of_monitor(capture, monitor) for monitor in capture.monitors])
            assert (desktop.x, desktop.y) == (capture.left, capture.top)

    def test_it_works_on_any_thread_and_again(self, grabber: Grabber) -> None:
        taken: list[Capture] = []
        grab: Callable[[], None] = lambda: taken.append(grabber.grab())  # noqa: E731
        for _ in range(2):
            thread = threading.Thread(target=grab)
            thread.start()
            thread.join()
        grab()
        assert len({(capture.pixels.width, capture.pixels.height) for capture in taken}) == 1
        assert len(taken) == 3

    def test_a_thrown_switch_ends_it(self, grabber: Grabber) -> None:
        cancel = CancelSwitch()
        cancel.throw()
        with pytest.raises(Cancelled):
            grabber.grab(cancel)
        grabber.grab()

    def test_with_nothing_to_ask_asking_is_quiet(self, grabber: Grabber) -> None:
        grabber.ask()
        grabber.grab()

    def test_it_can_be_closed_twice(self, grabber: Grabber) -> None:
        grabber.grab()
        grabber.close()
        grabber.close()
