"""Where nothing reaches the clipboard without a window, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.content import Content
from grokdesk.system.part_state import PartState


@dataclass(frozen=True, slots=True)
class NoClipboard:
    state: PartState

    def kinds(self) -> tuple[str, ...]:
        self._refuse()

    def read(self, kind: str) -> bytes:  # noqa: ARG002 - the protocol has it
        self._refuse()

    def copy(self, content: Content) -> tuple[str, ...]:  # noqa: ARG002 - the protocol has it
        self._refuse()

    def clear(self) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise NotPossibleHere(self.state.why, self.state.what_to_do)
