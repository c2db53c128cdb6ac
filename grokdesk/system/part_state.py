"""How a part of the desktop fares, in words for a person: what the settings, the tray and ``grokdesk doctor`` show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grokdesk.translation import N_

StateName = Literal["ok", "degraded", "taken", "desktop-decides", "impossible", "missing"]
"""``taken``: another program has it. ``desktop-decides``: it can be changed in the desktop's own settings.
``impossible``: this desktop has no such thing. ``missing``: it would work with something that is not installed."""

WORDS: dict[StateName, str] = {
    "ok": N_("active"),
    "degraded": N_("partly working"),
    "taken": N_("in use by another program"),
    "desktop-decides": N_("set by your desktop"),
    "impossible": N_("not available"),
    "missing": N_("missing"),
}


@dataclass(frozen=True, slots=True)
class PartState:
    """``backend`` is the name of what serves the part, "none" without one; ``why`` and ``what_to_do`` are sentences.

    ``command`` is what a person can bind to a key or run instead, offered with a Copy button; "" for nothing.
    """

    state: StateName
    backend: str
    why: str
    what_to_do: str = ""
    command: str = ""

    @property
    def works(self) -> bool:
        return self.state in ("ok", "degraded")

    @property
    def sentence(self) -> str:
        return f"{self.why} {self.what_to_do}".strip()
