from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from functools import partial

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled

PATIENCE = 10.0


def test_a_fresh_switch_stops_nothing() -> None:
    switch = CancelSwitch()
    assert not switch.thrown
    switch.check()
    switch.sleep(0)


def test_a_thrown_switch_stays_thrown() -> None:
    switch = CancelSwitch()
    switch.throw()
    switch.throw()
    assert switch.thrown
    with pytest.raises(Cancelled):
        switch.check()
    with pytest.raises(Cancelled):
        switch.sleep(PATIENCE)


def test_sleeping_ends_when_the_switch_is_thrown() -> None:
    switch, asleep = CancelSwitch(), threading.Event()
    outcome: list[float | None] = []

    def work() -> None:
        asleep.set()
        began = time.monotonic()
        try:
            switch.sleep(PATIENCE)
        except Cancelled:
            outcome.append(time.monotonic() - began)
        else:
            outcome.append(None)

    thread = threading.Thread(target=work)
    thread.start()
    asleep.wait(PATIENCE)
    switch.throw()
    thread.join()
    (slept,) = outcome
    assert slept is not None
    assert slept < PATIENCE / 2


def test_throwing_wakes_whoever_waits_within_the_block_and_only_once() -> None:
    switch = CancelSwitch()
    woken: list[str] = []
    with switch.waking(lambda: woken.append("outer")):
        with switch.waking(lambda: woken.append("left")):
            pass
        with switch.waking(lambda: woken.append("inner")):
            switch.throw()
            switch.throw()
    assert sorted(woken) == ["inner", "outer"]


def test_a_block_that_is_entered_too_late_is_woken_at_once() -> None:
    switch = CancelSwitch()
    switch.throw()
    woken: list[str] = []
    with switch.waking(lambda: woken.append("late")):
        assert woken == ["late"]


def test_leaving_by_an_exception_forgets_the_waker() -> None:
    switch = CancelSwitch()
    woken: list[str] = []
    with pytest.raises(ZeroDivisionError), switch.waking(lambda: woken.append("gone")):
        raise ZeroDivisionError
    switch.throw()
    assert woken == []


def test_a_waker_may_use_the_switch_itself() -> None:
    switch = CancelSwitch()
    seen: list[bool] = []

    def wake() -> None:
        seen.append(switch.thrown)
        switch.throw()
        with switch.waking(lambda: seen.append(True)):
            pass

    with switch.waking(wake):
        switch.throw()
    assert seen == [True, True]


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_a_waker_that_raises_does_not_keep_the_others_asleep(broken: int, caplog: pytest.LogCaptureFixture) -> None:
    switch = CancelSwitch()
    woken: list[int] = []

    def wake(at: int) -> None:
        woken.append(at)
        if at == broken:
            raise OSError("the socket has gone")

    with ExitStack() as stack:
        for at in range(3):
            stack.enter_context(switch.waking(partial(wake, at)))
        switch.throw()
        with switch.waking(partial(wake, broken)):
            woken.append(-1)
    assert woken == [0, 1, 2, broken, -1]
    assert [record.message for record in caplog.records] == ["a waker failed"] * 2
    caplog.clear()


def test_throwing_and_entering_at_the_same_time_never_loses_a_waker() -> None:
    for _ in range(200):
        switch, woken, ready = CancelSwitch(), threading.Event(), threading.Barrier(2)

        def work(
            switch: CancelSwitch = switch, woken: threading.Event = woken, ready: threading.Barrier = ready
        ) -> None:
            ready.wait()
            with switch.waking(woken.set):
                assert woken.wait(PATIENCE)

        thread = threading.Thread(target=work)
        thread.start()
        ready.wait()
        switch.throw()
        thread.join()
        assert woken.is_set()
