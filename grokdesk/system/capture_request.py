"""What is to be captured and what happens with it, as a value that also travels between two starts of the program."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from grokdesk.model import Region

Mode = Literal["region", "window", "screen", "all", "last", "rect", "clipboard"]
"""``region`` and ``window`` let the person select; ``screen``, ``all``, ``last`` and ``rect`` need nobody;
``clipboard`` takes the picture that is there already."""

INTERACTIVE: tuple[Mode, ...] = ("region", "window")
LONGEST_DELAY = 600.0
_RECT = re.compile(r"(-?\d{1,6}),(-?\d{1,6}),(\d{1,6}),(\d{1,6})")


@dataclass(frozen=True, slots=True)
class CaptureRequest:
    """``screen`` counts from 1, 0 is the one with the pointer. ``rect`` is in pixels of the desktop.

    With ``copy`` or ``out`` (an absolute path) the picture goes there, and nothing is asked unless an action is
    named.
    """

    mode: Mode = "region"
    screen: int = 0
    rect: Region | None = None
    delay: float = 0.0
    """Seconds."""
    action_id: str = ""
    """Asked as soon as the picture is there; "" lets the person type a question."""
    copy: bool = False
    out: str = ""

    @property
    def is_only_kept(self) -> bool:
        """The picture is copied or saved and nothing is asked."""
        return (self.copy or bool(self.out)) and not self.action_id


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """What became of a request; ``region`` in pixels of the desktop, None for a picture that was not captured."""

    width: int
    height: int
    region: Region | None = None
    file: str = ""
    copied: bool = False


def region_from(text: str) -> Region:
    """``"X,Y,W,H"`` as a region. Raises ValueError with the end of a sentence."""
    match = _RECT.fullmatch(text.replace(" ", ""))
    region = Region(*map(int, match.groups())) if match else None
    if region is None or region.is_empty:
        raise ValueError("has to be X,Y,WIDTH,HEIGHT in pixels, such as 0,0,800,600")
    return region


def text_of(region: Region) -> str:
    """What ``region_from`` reads."""
    return f"{region.x},{region.y},{region.width},{region.height}"


def packed(request: CaptureRequest) -> str:
    """One word for the socket."""
    return json.dumps(asdict(request))


def unpacked(word: str) -> CaptureRequest:
    """The request in a word. Raises ValueError for one that this version does not understand."""
    try:
        table = json.loads(word)
        rect = table.pop("rect")
        request = CaptureRequest(**table, rect=Region(**rect) if rect else None)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not a capture request") from error
    if request.mode not in get_args(Mode):
        raise ValueError(f"no such mode: {request.mode}")
    return request
