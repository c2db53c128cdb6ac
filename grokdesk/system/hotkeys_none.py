"""The desktop where a program cannot take a hotkey, with the reason and the way around."""

from __future__ import annotations

from dataclasses import dataclass

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey

COMMAND = "grokdesk capture --region"
"""What a key of the desktop's own keyboard settings can be bound to."""


@dataclass(frozen=True, slots=True)
class NoHotkeys:
    title: str
    name: str = "none"

    @property
    def hint(self) -> str:
        return f"In your desktop's keyboard settings, bind a key to the command: {COMMAND}"

    @property
    def why(self) -> str:
        return f"{self.title} {self.hint}"

    def bind(self, binding: str, hotkey: Hotkey) -> None:  # noqa: ARG002 - the protocol has them
        raise NotPossibleHere(self.title, self.hint)

    def close(self) -> None:
        pass
