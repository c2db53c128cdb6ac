"""The windows on an X11 desktop, as its window manager lists them; without one, as the X server does.

Source: https://specifications.freedesktop.org/wm-spec/latest/ (_NET_CLIENT_LIST_STACKING, _NET_FRAME_EXTENTS, ...)
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from grokdesk.model import Region
from grokdesk.system.connection_x11 import connect, load_xcffib
from grokdesk.system.part_state import PartState
from grokdesk.system.window_places import WindowPlace
from grokdesk.translation import _

log = logging.getLogger(__name__)

ATOMS = (
    "_NET_CLIENT_LIST_STACKING", "_NET_CURRENT_DESKTOP", "_NET_WM_DESKTOP", "_NET_WM_STATE", "_NET_WM_STATE_HIDDEN",
    "_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_PID", "_NET_FRAME_EXTENTS", "_GTK_FRAME_EXTENTS",
    "_NET_WM_NAME", "WM_NAME",
)  # fmt: skip
_PROPERTIES = (
    "_NET_WM_DESKTOP", "_NET_WM_STATE", "_NET_WM_WINDOW_TYPE", "_NET_WM_PID", "_NET_FRAME_EXTENTS",
    "_GTK_FRAME_EXTENTS", "_NET_WM_NAME", "WM_NAME",
)  # fmt: skip
EVERY_DESKTOP = 0xFFFFFFFF
_ANY_TYPE, _WORDS = 0, 4096
_VIEWABLE, _INPUT_ONLY = 2, 2


@dataclass(frozen=True, slots=True)
class X11Windows:
    """``own_pid``: whose windows are left out."""

    display: str
    own_pid: int

    @property
    def state(self) -> PartState:
        return PartState("ok", "x11", _("The window manager lists the windows."))

    def windows(self) -> tuple[WindowPlace, ...]:
        xcffib = load_xcffib()
        try:
            with closing(_Connection(connect(self.display))) as connection:
                return tuple(connection.windows(self.own_pid))
        except (xcffib.XcffibException, OSError, struct.error) as error:
            log.info("no list of windows: %s", type(error).__name__)
            return ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked of one window; the answers come together, so that it is one round trip for all windows."""

    window: int
    attributes: Any
    geometry: Any
    corner: Any
    properties: dict[str, Any]


class _Connection:
    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._root: int = connection.get_setup().roots[connection.pref_screen].root
        asked = {name: connection.core.InternAtom(False, len(name), name) for name in ATOMS}
        self._atoms: dict[str, int] = {name: cookie.reply().atom for name, cookie in asked.items()}

    def close(self) -> None:
        self._connection.disconnect()

    def windows(self, own_pid: int) -> Iterator[WindowPlace]:
        """Front to back."""
        listed = _numbers(self._ask_property(self._root, "_NET_CLIENT_LIST_STACKING"))
        current = _numbers(self._ask_property(self._root, "_NET_CURRENT_DESKTOP"))
        if not listed:
            listed = list(self._connection.core.QueryTree(self._root).reply().children)
        for asked in [self._ask(window) for window in reversed(listed)]:
            place = _answered(partial(self._place, asked, current, own_pid))
            if place is not None:
                yield place

    def _ask(self, window: int) -> _Asked:
        core = self._connection.core
        return _Asked(
            window,
            core.GetWindowAttributes(window),
            core.GetGeometry(window),
            core.TranslateCoordinates(window, self._root, 0, 0),
            {name: self._ask_property(window, name) for name in _PROPERTIES},
        )

    def _ask_property(self, window: int, name: str) -> Any:
        return self._connection.core.GetProperty(False, window, self._atoms[name], _ANY_TYPE, 0, _WORDS)

    def _place(self, asked: _Asked, current: Sequence[int], own_pid: int) -> WindowPlace | None:
        """None for what the person does not see as a window of another program."""
        attributes, geometry, corner = asked.attributes.reply(), asked.geometry.reply(), asked.corner.reply()
        numbers = {name: _numbers(cookie) for name, cookie in asked.properties.items() if not name.endswith("NAME")}
        title = _text(asked.properties["_NET_WM_NAME"]) or _text(asked.properties["WM_NAME"])
        desktop = numbers["_NET_WM_DESKTOP"][:1]
        is_here = not desktop or not current or desktop[0] in (current[0], EVERY_DESKTOP)
        if (
            attributes.map_state != _VIEWABLE
            or attributes._class == _INPUT_ONLY  # noqa: SLF001 - "class" is a word of Python
            or attributes.override_redirect
            or not is_here
            or self._atoms["_NET_WM_STATE_HIDDEN"] in numbers["_NET_WM_STATE"]
            or self._atoms["_NET_WM_WINDOW_TYPE_DESKTOP"] in numbers["_NET_WM_WINDOW_TYPE"]
            or own_pid in numbers["_NET_WM_PID"]
        ):
            return None
        border = geometry.border_width
        inner = Region(corner.dst_x, corner.dst_y, geometry.width, geometry.height)
        outer = _grown(inner, numbers["_NET_FRAME_EXTENTS"] or [border] * 4, 1)
        return WindowPlace(title, _grown(outer, numbers["_GTK_FRAME_EXTENTS"], -1))


def _answered(place: Callable[[], WindowPlace | None]) -> WindowPlace | None:
    """None as well for a window that was closed meanwhile."""
    xcffib = load_xcffib()

    try:
        return place()
    except xcffib.Error:
        return None


def _grown(region: Region, extents: Sequence[int], sign: int) -> Region:
    """``extents``: left, right, top, bottom; the frame around a window, or the shadow that it draws within itself."""
    if len(extents) != 4:
        return region
    left, right, top, bottom = (sign * extent for extent in extents)
    return Region(region.x - left, region.y - top, region.width + left + right, region.height + top + bottom)


def _numbers(cookie: Any) -> list[int]:
    """The numbers of a property, none when it is not there."""
    reply = cookie.reply()
    raw = b"".join(reply.value) if reply.format == 32 else b""
    return list(struct.unpack(f"={len(raw) // 4}I", raw))


def _text(cookie: Any) -> str:
    reply = cookie.reply()
    return b"".join(reply.value).decode("utf-8", "replace").strip("\0") if reply.format == 8 else ""
