"""Runs an iterator on a thread of its own and hands what it yields to the GUI thread.

A plain daemon thread bridged by a QObject: a QRunnable that owns its signals is deleted on the pool's thread, and
a QThread that is destroyed while it runs ends the process. Items wait in a deque; one signal without arguments
wakes the GUI when the deque was empty, so that a burst of tokens costs one wake-up.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, ClassVar, Generic, TypeVar, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, bug_of

log = logging.getLogger(__name__)

T = TypeVar("T")


class _End:
    def __init__(self, error: GrokDeskError | None) -> None:
        self.error = error


class Job(QObject, Generic[T]):
    """One piece of work; every signal arrives on the thread that made the job.

    A job has no parent and lives until its end was delivered, whoever holds it: a QObject that is deleted while
    another thread emits its signal takes the process with it, and so does one that is deleted on another thread.
    """

    _running: ClassVar[set[Job[Any]]] = set()
    """What keeps running jobs alive, as ``threading`` keeps its threads."""

    arrived = Signal(list)
    """Everything that was yielded since the last time, in order."""
    failed = Signal(object)
    """A GrokDeskError; what was not one is wrapped in Bug. ``ended`` follows."""
    ended = Signal()
    """Always the last, exactly once, unless the job was dropped."""

    _wake = Signal()

    def __init__(self, work: Callable[[CancelSwitch], Iterable[T]], name: str, owner: QObject | None = None) -> None:
        """The job is dropped when its ``owner`` is deleted: who would show what came is gone."""
        super().__init__()
        if owner is not None:
            owner.destroyed.connect(self.drop)
        self.cancel = CancelSwitch()
        self._work = work
        self._waiting: deque[T | _End] = deque()
        self._woken = False
        self._dropped = False
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._running.add(self)
        self._thread.start()

    @Slot()
    def drop(self) -> None:
        """Cancel, and deliver nothing any more: something newer has taken this job's place."""
        self._dropped = True
        self.cancel.throw()

    def wait(self, seconds: float | None = None) -> bool:
        """Block until the work is over; False when it is not after ``seconds``. Not for the thread of a window."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        error: GrokDeskError | None = None
        try:
            for item in self._work(self.cancel):
                self._hand_over(item)
        except GrokDeskError as raised:
            error = raised
        except BaseException as raised:
            log.exception("job %s failed", self._thread.name)
            error = bug_of(raised)
        self._work = _nothing  # what it worked with is not needed any more
        self._hand_over(_End(error))

    def _hand_over(self, item: T | _End) -> None:
        self._waiting.append(item)
        if not self._woken:
            self._woken = True
            # When the program quits, Qt deletes the job while its thread still works: nobody waits for the item.
            with suppress(RuntimeError):
                self._wake.emit()

    @Slot()
    def _deliver(self) -> None:
        self._woken = False
        items: list[T] = []
        end: _End | None = None
        while self._waiting:
            item = self._waiting.popleft()
            if isinstance(item, _End):
                end = item
            else:
                items.append(item)
        if end is not None:
            self._running.discard(self)
        if items and not self._dropped:
            self.arrived.emit(items)
        if end is not None and not self._dropped:
            if end.error is not None:
                self.failed.emit(end.error)
            self.ended.emit()


def _nothing(_cancel: CancelSwitch) -> tuple[()]:
    return ()


def single(function: Callable[[], T]) -> Callable[[CancelSwitch], Iterator[T]]:
    """Work that yields one value, for what is a plain call and not a stream."""

    def work(cancel: CancelSwitch) -> Iterator[T]:
        cancel.check()
        yield function()

    return cast("Callable[[CancelSwitch], Iterator[T]]", work)
