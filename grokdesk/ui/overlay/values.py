"""The values of choosing: what there is to choose from, what was marked, and what it led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grokdesk.model import Region
from grokdesk.ui.overlay.selection import Point

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
class LiveDrag:
    """A drag that goes on, and the selection or box that it has come to."""

    live: Region | None = None


@dataclass(frozen=True, slots=True)
class Typing:
    """What was typed and not applied yet."""

    text: str = ""
    took_screen: bool = False
    """The last step is the screen whose number is all that was typed."""
    screen_before: int = 0


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """The screen that has the keys, and the one through whose window the last of them came."""

    screen: int = 0
    heard_from: int | None = None


@dataclass(frozen=True, slots=True)
class Aids:
    """What helps a person to see: none of it is part of what is chosen."""

    notice: str = ""
    """A sentence about the last input."""
    pin: Point | None = None
    """The corner that an arrow key moved."""
    magnifies: bool = False
    shows_keys: bool = False


@dataclass(frozen=True, slots=True)
class Accept:
    """The region is chosen. ``then``: "" to go on with a question, "copy", "save", or the id of an action."""

    then: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """The person wants none."""


Outcome = Accept | Leave | None
"""What an input led to; None: it goes on."""
