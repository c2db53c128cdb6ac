from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Bug, KeyMissing
from grokdesk.ui.kit.job import Job, single


def run(qtbot: QtBot, job: Job[int]) -> list[int]:
    got: list[int] = []
    job.arrived.connect(got.extend)
    with qtbot.waitSignal(job.ended):
        job.start()
    return got


def test_items_arrive_in_order_on_the_thread_that_made_the_job(qtbot: QtBot) -> None:
    threads: set[int] = set()
    job = Job(lambda _cancel: range(5000), "count")
    job.arrived.connect(lambda _items: threads.add(threading.get_ident()))
    assert run(qtbot, job) == list(range(5000))
    assert threads == {threading.get_ident()}


def test_a_burst_costs_few_deliveries(qtbot: QtBot) -> None:
    deliveries = []
    job = Job(lambda _cancel: range(100_000), "burst")
    job.arrived.connect(lambda items: deliveries.append(len(items)))
    run(qtbot, job)
    assert sum(deliveries) == 100_000
    assert len(deliveries) < 20_000


def test_a_known_error_arrives_after_what_came_before_it(qtbot: QtBot) -> None:
    error = KeyMissing("No key.")

    def work(_cancel: CancelSwitch) -> Iterator[int]:
        yield 1
        raise error

    job = Job(work, "failing")
    order: list[object] = []
    job.arrived.connect(order.extend)
    job.failed.connect(order.append)
    with qtbot.waitSignal(job.ended):
        job.start()
    assert order == [1, error]


def test_any_other_exception_becomes_a_bug_and_is_logged(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def work(_cancel: CancelSwitch) -> Iterator[int]:
        raise ZeroDivisionError
        yield 0

    job = Job(work, "broken")
    errors: list[object] = []
    job.failed.connect(errors.append)
    with qtbot.waitSignal(job.ended):
        job.start()
    [error] = errors
    assert isinstance(error, Bug)
    assert "ZeroDivisionError" in error.hint
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()


def test_a_dropped_job_is_cancelled_and_says_nothing(qtbot: QtBot) -> None:
    at_work, over = threading.Event(), threading.Event()

    def work(cancel: CancelSwitch) -> Iterator[int]:
        at_work.set()
        try:
            cancel.sleep(30)
            yield 1
        finally:
            over.set()

    job = Job(work, "dropped")
    heard: list[object] = []
    for signal in (job.arrived, job.failed):
        signal.connect(heard.append)
    job.ended.connect(lambda: heard.append("ended"))
    job.start()
    assert at_work.wait(5)
    job.drop()
    assert over.wait(5)
    after = Job(single(lambda: 2), "after")
    assert run(qtbot, after) == [2]
    assert heard == []


def test_single_yields_the_value(qtbot: QtBot) -> None:
    assert run(qtbot, Job(single(lambda: 7), "single")) == [7]


def test_a_job_that_nobody_holds_is_not_deleted_under_its_thread(qtbot: QtBot) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(_cancel: CancelSwitch) -> Iterator[int]:
        started.set()
        go_on.wait(5)
        yield 1

    job = Job(work, "orphan")
    ended = weakref.ref(job)
    job.start()
    del job
    gc.collect()
    assert started.wait(5)
    assert ended() is not None
    go_on.set()
    qtbot.waitUntil(lambda: ended() is None)


def test_a_job_is_dropped_with_its_owner(qtbot: QtBot) -> None:
    over = threading.Event()

    def work(cancel: CancelSwitch) -> Iterator[int]:
        try:
            cancel.sleep(30)
            yield 1
        finally:
            over.set()

    owner = QObject()
    job = Job(work, "owned", owner)
    heard: list[object] = []
    job.arrived.connect(heard.append)
    job.failed.connect(heard.append)
    job.start()
    owner.deleteLater()
    qtbot.waitUntil(over.is_set)
    assert heard == []


def test_a_job_that_is_deleted_while_it_works_ends_without_a_word() -> None:
    """As when the program quits: a traceback of a thread would be the last thing that a person sees."""
    go_on = threading.Event()

    def work(_cancel: CancelSwitch) -> Iterator[int]:
        assert go_on.wait(10)
        yield 1

    job: Job[int] = Job(work, "slow")
    job.start()
    shiboken6.delete(job)
    go_on.set()
    assert job.wait(10)
    Job._running.discard(job)
