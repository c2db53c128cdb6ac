from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QTimer
from pytestqt.qtbot import QtBot

from grokdesk.ui.kit.garbage import GarbageCollector


class Cycle:
    """Garbage that tells on which thread it was collected."""

    def __init__(self, told: list[int]) -> None:
        self.me = self
        self.told = told

    def __del__(self) -> None:
        self.told.append(threading.get_ident())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    thresholds = gc.get_threshold()
    collector = GarbageCollector(QAbstractEventDispatcher.instance())
    yield collector
    gc.set_threshold(*thresholds)
    collector.deleteLater()


def test_garbage_of_a_worker_is_collected_on_the_thread_of_the_windows(
    qtbot: QtBot, collector: GarbageCollector
) -> None:
    told: list[int] = []
    gc.set_threshold(50, 1, 1)
    worker = threading.Thread(target=lambda: [Cycle(told) for _ in range(500)])
    worker.start()
    worker.join()
    assert told == []
    QTimer.singleShot(0, lambda: None)
    qtbot.waitUntil(lambda: len(told) == 500)
    assert set(told) == {threading.get_ident()}


def test_nothing_is_collected_before_it_is_due(qtbot: QtBot, collector: GarbageCollector) -> None:
    gc.set_threshold(1_000_000, 1000, 1000)
    told: list[int] = []
    Cycle(told)
    collector.collect_if_due()
    assert told == []


def test_closing_gives_it_back(collector: GarbageCollector) -> None:
    collector.close()
    assert gc.isenabled()
    gc.disable()
