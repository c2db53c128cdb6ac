"""Where nothing of ours can be started at login."""

from __future__ import annotations

from grokdesk.errors import NotPossibleHere
from grokdesk.system.part_state import PartState


class NoAutostart:
    def __init__(self, why: str, what_to_do: str) -> None:
        self.state = PartState("impossible", "none", why, what_to_do)

    def is_on(self) -> bool:
        return False

    def switch(self, on: bool) -> None:  # noqa: ARG002 - there is nothing to switch
        raise NotPossibleHere(self.state.why, self.state.what_to_do)
