"""The desktop that cannot be captured, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotInstalled, NotPossibleHere
from grokdesk.system.part_state import PartState


@dataclass(frozen=True, slots=True)
class NoGrabber:
    state: PartState

    def grab(self, cancel: CancelSwitch | None = None) -> NoReturn:  # noqa: ARG002 - the protocol
        refusal = NotInstalled if self.state.state == "missing" else NotPossibleHere
        raise refusal(self.state.why, self.state.what_to_do)

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> NoReturn:  # noqa: ARG002
        self.grab()

    def close(self) -> None:
        pass
