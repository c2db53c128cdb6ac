"""The windows on macOS, from Core Graphics. Regions are in points.

Source: https://developer.apple.com/documentation/coregraphics/cgwindowlistcopywindowinfo(_:_:) (front to back). Titles
are only told to a program that may see the screen.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grokdesk.model import Region
from grokdesk.system.part_state import PartState
from grokdesk.system.screen_access_macos import CORE_GRAPHICS
from grokdesk.system.window_places import WindowPlace
from grokdesk.translation import _

log = logging.getLogger(__name__)

CORE_FOUNDATION = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
_ON_SCREEN_WITHOUT_DESKTOP = 1 | 16
_UTF_8, _NUMBER_64 = 0x08000100, 4
_ORDINARY_LAYER = 0
"""Where programs have their windows; menus, the Dock and the like are in layers above."""


class _Rect(ctypes.Structure):
    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double), ("width", ctypes.c_double), ("height", ctypes.c_double))


@dataclass(frozen=True, slots=True)
class MacWindows:
    own_pid: int

    @property
    def state(self) -> PartState:
        return PartState("ok", "macos", _("macOS lists the windows."))

    def windows(self) -> tuple[WindowPlace, ...]:
        if sys.platform != "darwin":
            return ()
        try:
            return tuple(_Frameworks().windows(self.own_pid))
        except (OSError, AttributeError) as error:
            log.info("no list of windows: %s", error)
            return ()


class _Frameworks:
    """The few functions that are needed, with their types: ctypes takes a pointer for an int unless told."""

    def __init__(self) -> None:
        self._graphics, self._foundation = ctypes.CDLL(CORE_GRAPHICS), ctypes.CDLL(CORE_FOUNDATION)
        pointer, index = ctypes.c_void_p, ctypes.c_long
        copy_list = self._graphics.CGWindowListCopyWindowInfo
        copy_list.argtypes, copy_list.restype = (ctypes.c_uint32, ctypes.c_uint32), pointer
        make_rect = self._graphics.CGRectMakeWithDictionaryRepresentation
        make_rect.argtypes, make_rect.restype = (pointer, ctypes.POINTER(_Rect)), ctypes.c_bool
        for name, arguments, result in (
            ("CFArrayGetCount", (pointer,), index),
            ("CFArrayGetValueAtIndex", (pointer, index), pointer),
            ("CFDictionaryGetValue", (pointer, pointer), pointer),
            ("CFNumberGetValue", (pointer, index, pointer), ctypes.c_bool),
            ("CFStringGetCString", (pointer, ctypes.c_char_p, index, ctypes.c_uint32), ctypes.c_bool),
            ("CFRelease", (pointer,), None),
        ):
            function = getattr(self._foundation, name)
            function.argtypes, function.restype = arguments, result

    def windows(self, own_pid: int) -> Iterator[WindowPlace]:
        with self._list() as listed:
            for number in range(self._foundation.CFArrayGetCount(listed) if listed else 0):
                window = self._foundation.CFArrayGetValueAtIndex(listed, number)
                layer, pid = self._number(window, "kCGWindowLayer"), self._number(window, "kCGWindowOwnerPID")
                region = self._region(window)
                if layer == _ORDINARY_LAYER and pid != own_pid and not region.is_empty:
                    title = self._text(window, "kCGWindowName") or self._text(window, "kCGWindowOwnerName")
                    yield WindowPlace(title, region)

    @contextmanager
    def _list(self) -> Iterator[int | None]:
        """Ours to release; what lies in it is not."""
        listed = self._graphics.CGWindowListCopyWindowInfo(_ON_SCREEN_WITHOUT_DESKTOP, 0)
        try:
            yield listed
        finally:
            if listed:
                self._foundation.CFRelease(listed)

    def _value(self, window: int, key: str) -> int | None:
        """``key`` is the name of a constant of Core Graphics that holds the real key."""
        constant = ctypes.c_void_p.in_dll(self._graphics, key)
        value: int | None = self._foundation.CFDictionaryGetValue(window, constant)
        return value

    def _number(self, window: int, key: str) -> int | None:
        value, number = self._value(window, key), ctypes.c_int64()
        if not value or not self._foundation.CFNumberGetValue(value, _NUMBER_64, ctypes.byref(number)):
            return None
        return number.value

    def _text(self, window: int, key: str) -> str:
        value, text = self._value(window, key), ctypes.create_string_buffer(1024)
        if not value or not self._foundation.CFStringGetCString(value, text, len(text), _UTF_8):
            return ""
        return text.value.decode("utf-8", "replace")

    def _region(self, window: int) -> Region:
        value, rect = self._value(window, "kCGWindowBounds"), _Rect()
        if not value or not self._graphics.CGRectMakeWithDictionaryRepresentation(value, ctypes.byref(rect)):
            return Region(0, 0, 0, 0)
        return Region(round(rect.x), round(rect.y), round(rect.width), round(rect.height))
