"""The clipboard of Windows, by its own functions: clip.exe takes text for the console's code page.

Sources: https://learn.microsoft.com/windows/win32/dataxchg/using-the-clipboard and
https://learn.microsoft.com/windows/win32/dataxchg/standard-clipboard-formats. Programs that exchange pictures with
transparency use the registered format "PNG".
"""

from __future__ import annotations

import sys
import time

from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.content import PNG, TEXT, Content
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

if sys.platform == "win32":
    import ctypes
    from collections.abc import Iterator
    from contextlib import contextmanager
    from ctypes import wintypes

    CF_UNICODETEXT = 13
    GMEM_MOVEABLE = 2
    OPEN_SECONDS = 1.0
    """Another program has the clipboard open while it copies or pastes."""

    _user32 = ctypes.WinDLL("user32", use_last_error=True)
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _user32.OpenClipboard.argtypes = [wintypes.HWND]
    _user32.OpenClipboard.restype = wintypes.BOOL
    _user32.CloseClipboard.restype = wintypes.BOOL
    _user32.EmptyClipboard.restype = wintypes.BOOL
    _user32.SetClipboardData.argtypes = [wintypes.UINT, wintypes.HANDLE]
    _user32.SetClipboardData.restype = wintypes.HANDLE
    _user32.GetClipboardData.argtypes = [wintypes.UINT]
    _user32.GetClipboardData.restype = wintypes.HANDLE
    _user32.EnumClipboardFormats.argtypes = [wintypes.UINT]
    _user32.EnumClipboardFormats.restype = wintypes.UINT
    _user32.RegisterClipboardFormatW.argtypes = [wintypes.LPCWSTR]
    _user32.RegisterClipboardFormatW.restype = wintypes.UINT
    _kernel32.GlobalAlloc.argtypes = [wintypes.UINT, ctypes.c_size_t]
    _kernel32.GlobalAlloc.restype = wintypes.HANDLE
    _kernel32.GlobalFree.argtypes = [wintypes.HANDLE]
    _kernel32.GlobalFree.restype = wintypes.HANDLE
    _kernel32.GlobalLock.argtypes = [wintypes.HANDLE]
    _kernel32.GlobalLock.restype = ctypes.c_void_p
    _kernel32.GlobalUnlock.argtypes = [wintypes.HANDLE]
    _kernel32.GlobalUnlock.restype = wintypes.BOOL
    _kernel32.GlobalSize.argtypes = [wintypes.HANDLE]
    _kernel32.GlobalSize.restype = ctypes.c_size_t

    class WindowsClipboard:
        """The system itself keeps what was copied when this process ends."""

        @property
        def state(self) -> PartState:
            return PartState("ok", "Windows", _("Windows keeps copied data."))

        def kinds(self) -> tuple[str, ...]:
            with _open():
                found, number = [], 0
                while number := int(_user32.EnumClipboardFormats(number)):
                    found.append(number)
            names = {CF_UNICODETEXT: TEXT, _png(): PNG}
            return tuple(names.get(number, f"format {number}") for number in found)

        def read(self, kind: str) -> bytes:
            if kind not in (TEXT, PNG):
                return b""
            with _open():
                data = _taken(CF_UNICODETEXT if kind == TEXT else _png())
            if kind == PNG:
                return data
            text = data.decode("utf-16-le", "replace").partition("\0")[0]
            return text.replace("\r\n", "\n").encode()

        def copy(self, content: Content) -> tuple[str, ...]:
            wanted = tuple(kind for kind in (TEXT, PNG) if kind in content.forms)
            with _open():
                if not _user32.EmptyClipboard():
                    raise _refused()
                for kind in wanted:
                    data = content.forms[kind]
                    if kind == TEXT:
                        text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\n", "\r\n")
                        _give(CF_UNICODETEXT, (text + "\0").encode("utf-16-le", "surrogatepass"))
                    else:
                        _give(_png(), data)
            for kind in wanted:
                there, given = self.read(kind), content.forms[kind]
                # Memory of the system may be larger than what was asked for.
                if not (there.startswith(given) if kind == PNG else there == given.replace(b"\r\n", b"\n")):
                    raise NotPossibleHere(_("The clipboard did not accept the copy."), _("Try again."))
            return wanted

        def clear(self) -> None:
            with _open():
                _user32.EmptyClipboard()

    @contextmanager
    def _open() -> Iterator[None]:
        deadline = time.monotonic() + OPEN_SECONDS
        while not _user32.OpenClipboard(None):
            if time.monotonic() > deadline:
                raise _refused()
            time.sleep(0.01)  # Windows tells nobody when it is free again
        try:
            yield
        finally:
            _user32.CloseClipboard()

    def _png() -> int:
        return int(_user32.RegisterClipboardFormatW("PNG"))

    def _give(number: int, data: bytes) -> None:
        """The clipboard owns the memory from then on."""
        memory = _kernel32.GlobalAlloc(GMEM_MOVEABLE, len(data))
        place = _kernel32.GlobalLock(memory) if memory else None
        if not place:
            raise _refused()
        ctypes.memmove(place, data, len(data))
        _kernel32.GlobalUnlock(memory)
        if not _user32.SetClipboardData(number, memory):
            _kernel32.GlobalFree(memory)
            raise _refused()

    def _taken(number: int) -> bytes:
        memory = _user32.GetClipboardData(number)
        place = _kernel32.GlobalLock(memory) if memory else None
        if not place:
            return b""
        try:
            return ctypes.string_at(place, _kernel32.GlobalSize(memory))
        finally:
            _kernel32.GlobalUnlock(memory)

    def _refused() -> NotPossibleHere:
        return NotPossibleHere(_("Another program is using the clipboard."), _("Try again."))
