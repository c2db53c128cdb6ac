"""Global hotkeys on Windows by RegisterHotKey, on a thread with its own queue of messages.

Sources: https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-registerhotkey,
https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-tounicodeex
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Changed, Refusal
from grokdesk.system.hotkeys.keyboard_windows import (
    KEYBOARD_SETTINGS,
    NO_REPEAT,
    is_altgr,
    modifiers_of,
    refusal_of,
    types_instead,
    virtual_key,
)
from grokdesk.system.hotkeys.on_thread import Happened, ThreadHotkeys
from grokdesk.translation import _

if sys.platform == "win32":
    import ctypes
    import os
    import winreg
    from ctypes import wintypes

    WM_HOTKEY, WM_APP = 0x0312, 0x8000
    PM_NOREMOVE = 0
    VK_SHIFT, VK_CONTROL, VK_ALT = 0x10, 0x11, 0x12
    DOWN = 0x80
    MAPVK_VK_TO_VSC = 0
    KEEP_STATE = 0x4
    """ToUnicodeEx leaves dead keys alone (Windows 10, version 1607 and later)."""
    MOST_LAYOUTS = 64

    class WindowsKeys:
        """The keys that are ours: a ``KeySource``."""

        name = "windows"

        def __init__(self) -> None:
            self.why = _("Windows allows programs to register hotkeys.")
            self._user32 = ctypes.WinDLL("user32", use_last_error=True)
            self._kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
            self._declare()
            self._ids: dict[Hotkey, int] = {}
            self._next_id = 1
            self._thread_id = 0

        def _declare(self) -> None:
            user32 = self._user32
            user32.RegisterHotKey.argtypes = (wintypes.HWND, ctypes.c_int, wintypes.UINT, wintypes.UINT)
            user32.RegisterHotKey.restype = wintypes.BOOL
            user32.UnregisterHotKey.argtypes = (wintypes.HWND, ctypes.c_int)
            user32.UnregisterHotKey.restype = wintypes.BOOL
            message = ctypes.POINTER(wintypes.MSG)
            user32.GetMessageW.argtypes = (message, wintypes.HWND, wintypes.UINT, wintypes.UINT)
            user32.GetMessageW.restype = ctypes.c_int  # -1 is an error
            user32.PeekMessageW.argtypes = (message, wintypes.HWND, wintypes.UINT, wintypes.UINT, wintypes.UINT)
            user32.PeekMessageW.restype = wintypes.BOOL
            user32.PostThreadMessageW.argtypes = (wintypes.DWORD, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
            user32.PostThreadMessageW.restype = wintypes.BOOL
            user32.GetKeyboardLayoutList.argtypes = (ctypes.c_int, ctypes.POINTER(ctypes.c_void_p))
            user32.GetKeyboardLayoutList.restype = ctypes.c_int
            user32.MapVirtualKeyExW.argtypes = (wintypes.UINT, wintypes.UINT, ctypes.c_void_p)
            user32.MapVirtualKeyExW.restype = wintypes.UINT
            user32.ToUnicodeEx.argtypes = (
                wintypes.UINT,
                wintypes.UINT,
                ctypes.POINTER(ctypes.c_ubyte),
                wintypes.LPWSTR,
                ctypes.c_int,
                wintypes.UINT,
                ctypes.c_void_p,
            )
            user32.ToUnicodeEx.restype = ctypes.c_int
            self._kernel32.GetCurrentThreadId.restype = wintypes.DWORD

        def open(self) -> None:
            message = wintypes.MSG()
            # A thread has a queue, and can be woken, from its first look into it on.
            self._user32.PeekMessageW(ctypes.byref(message), None, WM_APP, WM_APP, PM_NOREMOVE)
            self._thread_id = int(self._kernel32.GetCurrentThreadId())

        def close(self) -> None:
            for hotkey in list(self._ids):
                self.release(hotkey)

        def wake(self) -> None:
            self._user32.PostThreadMessageW(self._thread_id, WM_APP, 0, 0)

        def take(self, hotkey: Hotkey) -> Refusal | None:
            if is_altgr(hotkey) and (character := self._typed_by(hotkey)):
                return types_instead(hotkey, character)
            modifiers = modifiers_of(hotkey) | NO_REPEAT
            if not self._user32.RegisterHotKey(None, self._next_id, modifiers, virtual_key(hotkey)):
                return refusal_of(hotkey, ctypes.get_last_error(), snipping=_print_opens_snipping())
            self._ids[hotkey] = self._next_id
            # Up to 0xBFFF belongs to programs; nobody changes hotkeys so often.
            self._next_id += 1
            return None

        def release(self, hotkey: Hotkey) -> None:
            self._user32.UnregisterHotKey(None, self._ids.pop(hotkey))

        def wait(self) -> Happened:
            message = wintypes.MSG()
            if self._user32.GetMessageW(ctypes.byref(message), None, 0, 0) <= 0:
                raise NotPossibleHere(_("Windows stopped the hotkeys."), _("Restart GrokDesk."))
            if message.message != WM_HOTKEY:
                return Happened()
            return Happened(tuple(hotkey for hotkey, id_ in self._ids.items() if id_ == message.wParam))

        def _typed_by(self, hotkey: Hotkey) -> str:
            """The character that a layout of this person has on AltGr and this key, "" when none has one."""
            key = virtual_key(hotkey)
            state = (ctypes.c_ubyte * 256)()
            state[VK_CONTROL] = state[VK_ALT] = DOWN
            if "Shift" in hotkey.modifiers:
                state[VK_SHIFT] = DOWN
            layouts = (ctypes.c_void_p * MOST_LAYOUTS)()
            count = self._user32.GetKeyboardLayoutList(MOST_LAYOUTS, layouts)
            for layout in layouts[:count]:
                typed = ctypes.create_unicode_buffer(8)
                scan = self._user32.MapVirtualKeyExW(key, MAPVK_VK_TO_VSC, layout)
                length = self._user32.ToUnicodeEx(key, scan, state, typed, len(typed), KEEP_STATE, layout)
                # A negative length is an accent that waits for its letter.
                if length and (character := typed.value[: abs(length)]).isprintable() and not character.isspace():
                    return character
            return ""

    def _print_opens_snipping() -> bool:
        """The switch of the keyboard settings; without it Windows 11 does and older ones do not."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, "Control Panel\\Keyboard") as key:
                value, _kind = winreg.QueryValueEx(key, "PrintScreenKeyForSnippingEnabled")
        except OSError:
            return sys.getwindowsversion().build >= 22621
        return bool(value)

    class WindowsHotkeys(ThreadHotkeys):
        def configure(self) -> None:
            try:
                os.startfile(KEYBOARD_SETTINGS)  # noqa: S606 - an address of Windows itself
            except OSError as error:
                raise NotPossibleHere(
                    _("The settings could not be opened."), _("Open Settings > Accessibility > Keyboard.")
                ) from error

    def windows_hotkeys(pressed: Callable[[str], None], changed: Changed) -> ThreadHotkeys:
        return WindowsHotkeys(WindowsKeys(), pressed, changed)
