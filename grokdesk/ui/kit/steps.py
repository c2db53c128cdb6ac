"""Undo and redo over values: every step is a whole state."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")


class Steps(Generic[State]):
    """``now`` is the state; ``record`` goes on from it, ``undo`` and ``redo`` go back and forth."""

    def __init__(self, start: State) -> None:
        self._before: list[State] = []
        self._after: list[State] = []
        self._kind = ""
        self.now = start

    def record(self, state: State, kind: str = "") -> None:
        """A new state. Steps in a row of the same ``kind``, if they have one, are undone together."""
        if state == self.now:
            return
        if not kind or kind != self._kind:
            self._before.append(self.now)
        self._after.clear()
        self._kind, self.now = kind, state

    def undo(self) -> bool:
        """False when there is nothing to undo."""
        return self._go(self._before, self._after)

    def redo(self) -> bool:
        """False when there is nothing to redo."""
        return self._go(self._after, self._before)

    def take_back(self) -> None:
        """Undo without a way to redo: the last step was not meant."""
        if self._before:
            self.now = self._before.pop()
        self._kind = ""

    def _go(self, source: list[State], target: list[State]) -> bool:
        self._kind = ""
        if not source:
            return False
        target.append(self.now)
        self.now = source.pop()
        return True
