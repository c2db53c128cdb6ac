"""The slow work on a profile's key: the keyring may wait for the person, and the person does not wait for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from grokdesk.errors import GrokDeskError
from grokdesk.model import Profile
from grokdesk.ui.kit.job import Job, single


@dataclass(frozen=True, slots=True)
class KeyState:
    """Where the key is, or that there is none, in a sentence; and whether there is one that can be removed."""

    sentence: str
    is_removable: bool


class KeyKeeper(Protocol):
    """Every method may block and runs on a worker thread."""

    def key_state(self, profile: Profile) -> KeyState:
        """Raises KeyringTrouble."""
        ...

    def set_key(self, profile: Profile, key: str) -> str:
        """Keep a key and say where it is now. Raises UsageError for what cannot be a key."""
        ...

    def delete_key(self, profile: Profile) -> str:
        """Raises KeyringTrouble."""
        ...


@dataclass(frozen=True, slots=True)
class KeyWrite:
    """``key`` is "" where it is removed."""

    profile: Profile
    key: str = field(default="", repr=False)


class KeyJobs(QObject):
    """Looking and writing are kept apart, because they end differently.

    A *look* answers what is shown right now: the next one supersedes it, and nobody misses its result. A *write* was
    wanted by the person for one profile: it is done and reported whatever is shown meanwhile. Writes go one after the
    other, so that Save and Remove in quick succession end as they were pressed.
    """

    found = Signal(object, object)
    """The Profile that was looked for last, and its KeyState or the GrokDeskError instead."""
    written = Signal(object, str)
    """A KeyWrite that is done, and what to say of it."""
    failed = Signal(object, object)
    """A KeyWrite that is not done, and the GrokDeskError that says why: the key that was typed must not be lost."""

    def __init__(self, keeper: KeyKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._look: Job[KeyState] | None = None
        self._waiting: deque[KeyWrite] = deque()
        self._writing: Job[str] | None = None

    def look(self, profile: Profile) -> None:
        self.stop_looking()
        self._look = job = Job(single(partial(self._keeper.key_state, profile)), "key", self)
        job.arrived.connect(lambda states: self.found.emit(profile, states[-1]))
        job.failed.connect(lambda error: self.found.emit(profile, error))
        job.start()

    def stop_looking(self) -> None:
        if self._look is not None:
            self._look.drop()
            self._look = None

    def save(self, profile: Profile, key: str) -> None:
        self._begin(KeyWrite(profile, key))

    def remove(self, profile: Profile) -> None:
        self._begin(KeyWrite(profile))

    def _begin(self, write: KeyWrite) -> None:
        self.stop_looking()  # what it would tell is about to change
        self._waiting.append(write)
        self._go_on()

    def _go_on(self) -> None:
        if self._writing is not None or not self._waiting:
            return
        write = self._waiting[0]
        # Without an owner: a job is dropped with its owner, and a write is not to be lost with a window.
        self._writing = job = Job(single(self._work_of(write)), "key write")
        job.arrived.connect(self._report)
        job.failed.connect(self._report_failure)
        job.ended.connect(self._end)
        job.start()

    def _work_of(self, write: KeyWrite) -> Callable[[], str]:
        if write.key:
            return partial(self._keeper.set_key, write.profile, write.key)
        return partial(self._keeper.delete_key, write.profile)

    @Slot(list)
    def _report(self, sentences: list[str]) -> None:
        self.written.emit(self._waiting[0], sentences[-1])

    @Slot(object)
    def _report_failure(self, error: GrokDeskError) -> None:
        self.failed.emit(self._waiting[0], error)

    @Slot()
    def _end(self) -> None:
        self._waiting.popleft()
        self._writing = None
        self._go_on()
