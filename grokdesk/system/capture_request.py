"""What is to be captured and what happens with it, as a value that also travels between two starts of the program."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import PurePath
from typing import Literal, cast, get_args

from grokdesk.model import Region

Mode = Literal["region", "window", "screen", "all", "last", "rect", "clipboard"]
"""``region`` and ``window`` let the person select; ``screen``, ``all``, ``last`` and ``rect`` need nobody;
``clipboard`` takes the picture that is there already."""

INTERACTIVE: tuple[Mode, ...] = ("region", "window")
LONGEST_DELAY = 600.0
MOST_SCREENS = 99
FARTHEST = 999_999
"""Pixels, as many as ``region_from`` reads."""
LONGEST_TEXT, LONGEST_WORD = 4096, 32 * 1024
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
    """The request in a word. Raises ValueError for one that this version does not understand or would not make.

    Whatever passes can be carried out: a value of another type or size would be noticed only in the middle of a
    capture, when the screen is frozen.
    """
    if len(word) > LONGEST_WORD:
        raise ValueError("too long")
    try:
        table = json.loads(word)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(table, dict) or not table.keys() >= {"mode", "rect"}:
        raise ValueError("not a capture request")
    if unknown := table.keys() - {field.name for field in fields(CaptureRequest)}:
        raise ValueError(f"no such field: {min(unknown)[:40]}")
    mode, rect = table["mode"], table["rect"]
    if not isinstance(mode, str) or mode not in get_args(Mode):
        raise ValueError(f"no such mode: {str(mode)[:40]}")
    request = CaptureRequest(
        mode=cast("Mode", mode),
        screen=_whole(table.get("screen", 0), 0, MOST_SCREENS),
        rect=None if rect is None else _rect(rect),
        delay=_delay(table.get("delay", 0.0)),
        action_id=_text(table.get("action_id", "")),
        copy=_flag(table.get("copy", False)),
        out=_text(table.get("out", "")),
    )
    if request.mode == "rect" and request.rect is None:
        raise ValueError("no rectangle")
    if request.out and not PurePath(request.out).is_absolute():
        raise ValueError("a file without its folder")
    return request


def _whole(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"not a number from {least} to {most}")
    return value


def _rect(value: object) -> Region:
    names = ("x", "y", "width", "height")
    if not isinstance(value, dict) or set(value) != set(names):
        raise ValueError("not a rectangle")
    x, y = (_whole(value[name], -FARTHEST, FARTHEST) for name in names[:2])
    width, height = (_whole(value[name], 1, FARTHEST) for name in names[2:])
    return Region(x, y, width, height)


def _delay(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= LONGEST_DELAY:
        raise ValueError(f"not a delay of 0 to {LONGEST_DELAY:.0f} seconds")
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")  # noqa: TRY004 - one kind of error for whatever came in
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        raise ValueError("not a text, or too long")
    return value
