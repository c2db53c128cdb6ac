"""The windows on Windows, and the flag that keeps a window of ours out of pictures of the screen.

Source: https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-enumwindows (front to back),
nf-winuser-setwindowdisplayaffinity, and dwmapi/ne-dwmapi-dwmwindowattribute. Regions are in pixels, as mss has them.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from dataclasses import dataclass

from grokdesk.model import Region
from grokdesk.system.part_state import PartState
from grokdesk.system.window_places import WindowPlace
from grokdesk.translation import _

log = logging.getLogger(__name__)

EXTENDED_FRAME_BOUNDS, CLOAKED = 9, 14
"""The frame without its invisible border; whether the window is on another desktop, or otherwise not shown."""
_DESKTOP = frozenset({"Progman", "WorkerW"})
_TEXT = 512


@dataclass(frozen=True, slots=True)
class Win32Windows:
    own_pid: int

    @property
    def state(self) -> PartState:
        return PartState("ok", "windows", _("Windows lists the windows."))

    def windows(self) -> tuple[WindowPlace, ...]:
        if sys.platform == "win32":
            return _listed(self.own_pid)
        return ()


if sys.platform == "win32":
    from ctypes import wintypes

    _Visit = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)

    class _Libraries:
        """The functions with their types: a handle is as wide as a pointer, which ctypes would not guess."""

        def __init__(self) -> None:
            self.user, self.dwm = ctypes.WinDLL("user32"), ctypes.WinDLL("dwmapi")
            handle = wintypes.HWND
            self.user.EnumWindows.argtypes = (_Visit, wintypes.LPARAM)
            self.user.IsWindowVisible.argtypes = self.user.IsIconic.argtypes = (handle,)
            self.user.GetWindowThreadProcessId.argtypes = (handle, ctypes.POINTER(wintypes.DWORD))
            self.user.GetWindowTextW.argtypes = (handle, wintypes.LPWSTR, ctypes.c_int)
            self.user.GetClassNameW.argtypes = (handle, wintypes.LPWSTR, ctypes.c_int)
            self.dwm.DwmGetWindowAttribute.argtypes = (handle, wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD)
            self.dwm.DwmGetWindowAttribute.restype = ctypes.c_long

    def _listed(own_pid: int) -> tuple[WindowPlace, ...]:
        libraries = _Libraries()
        found: list[WindowPlace] = []

        def visit(window: int, _parameter: int) -> bool:
            place = _place(libraries, window, own_pid)
            if place is not None:
                found.append(place)
            return True

        if not libraries.user.EnumWindows(_Visit(visit), 0):
            log.info("EnumWindows failed")
        return tuple(found)

    def _place(libraries: _Libraries, window: int, own_pid: int) -> WindowPlace | None:
        """None for what the person does not see as a window of another program."""
        user = libraries.user
        if not user.IsWindowVisible(window) or user.IsIconic(window):
            return None
        pid, cloaked, rect = wintypes.DWORD(), wintypes.DWORD(), wintypes.RECT()
        user.GetWindowThreadProcessId(window, ctypes.byref(pid))
        attribute = libraries.dwm.DwmGetWindowAttribute
        attribute(window, CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
        failed = attribute(window, EXTENDED_FRAME_BOUNDS, ctypes.byref(rect), ctypes.sizeof(rect))
        title, kind = ctypes.create_unicode_buffer(_TEXT), ctypes.create_unicode_buffer(_TEXT)
        user.GetWindowTextW(window, title, _TEXT)
        user.GetClassNameW(window, kind, _TEXT)
        region = Region(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)
        if failed or pid.value == own_pid or cloaked.value or kind.value in _DESKTOP or region.is_empty:
            return None
        return WindowPlace(title.value, region)
