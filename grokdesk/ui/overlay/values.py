"""The values of choosing: what there is to choose from, what was marked, and what it led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grokdesk.model import Region

Mode = Literal["region", "window", "redact"]


@dataclass(frozen=True, slots=True)
class Stage:
    """What there is to choose from, in pixels of the whole capture; windows come front to back."""

    whole: Region
    screens: tuple[Region, ...]
    windows: tuple[Region, ...] = ()
    last: Region | None = None
    actions: tuple[str, ...] = ()
    """What Alt+1 and so on ask for."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What undo goes through. ``aspect`` is a shape that was typed and is kept."""

    region: Region | None = None
    boxes: tuple[Region, ...] = ()
    aspect: float | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """The region is chosen. ``then``: "" to go on with a question, "copy", "save", or the id of an action."""

    then: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """The person wants none."""


Outcome = Accept | Leave | None
"""What an input led to; None: it goes on."""
