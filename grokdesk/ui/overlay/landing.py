"""Whether a desktop put a window on the screen that it is for. Only Wayland's may decide otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from grokdesk.ui.overlay.screens import ScreenPlace

Landing = Literal["there", "elsewhere", "gone"]


def landing(platform: str, wanted: ScreenPlace, found_on: ScreenPlace, screens: Sequence[ScreenPlace]) -> Landing:
    """``gone``: the screen that was ``wanted`` is not there any more. Mirrored screens are one for this.

    ``platform`` is Qt's name. X11, Windows and macOS place a window where it asks to be; what they report in between
    means nothing.
    """
    if wanted not in screens:
        return "gone"
    is_same = (wanted.x, wanted.y) == (found_on.x, found_on.y) and wanted.width == found_on.width
    return "there" if is_same or not platform.startswith("wayland") else "elsewhere"
