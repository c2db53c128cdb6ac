"""The desktop that cannot be captured, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture


@dataclass(frozen=True, slots=True)
class NoGrabber:
    title: str
    hint: str
    name: str = "none"

    @property
    def why(self) -> str:
        return f"{self.title} {self.hint}"

    def grab(self) -> Capture:
        raise NotPossibleHere(self.title, self.hint)

    def close(self) -> None:
        pass
