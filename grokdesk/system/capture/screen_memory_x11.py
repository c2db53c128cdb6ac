"""Memory shared with an X server, into which it puts the screen, lent to one picture at a time.

A fresh buffer for each picture is slow at 4K: the kernel clears its pages one by one, which takes several times as
long as the grab. So the memory of a picture is used again, but only when nobody holds the picture any more: every view
of it keeps the lent array alive, and the end of that array gives the memory back.

Source: https://www.x.org/releases/current/doc/xextproto/shm.html
"""

from __future__ import annotations

import ctypes
import weakref
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from grokdesk.system.connection_x11 import connect, load_xcffib

ALL_PLANES = 0xFFFFFFFF
BYTES = 4
"""Of one pixel: BGRX, as ``Pixels`` has it."""
IPC_PRIVATE, IPC_CREAT, IPC_RMID, ONLY_THIS_USER = 0, 0o1000, 0, 0o600
SHM_RDONLY = 0o10000


class NoSharedMemory(Exception):
    """The server is on another computer or in a container, or its pixels are of another kind."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """``number`` is the server's name for it, ``address`` where it is in this process, where it cannot be written."""

    number: int
    address: int
    size: int


@dataclass(slots=True)
class _Shelf:
    """Segments that nobody holds. What comes back when it is closed is let go."""

    free: deque[_Segment] = field(default_factory=deque)
    is_open: bool = True

    def put(self, segment: _Segment) -> None:
        """May be called on any thread, whenever the last view of a picture ends."""
        if self.is_open:
            self.free.append(segment)
        else:
            _c_library().shmdt(ctypes.c_void_p(segment.address))


class ScreenMemory:
    """A connection to the server with its shared memory. One grab at a time, on any thread."""

    def __init__(self, display: str | None) -> None:
        """Raises NoSharedMemory."""
        xcffib = load_xcffib("randr", "shm")
        self._errors = xcffib.XcffibException
        try:
            self._connection = connection = connect(display)
        except self._errors as error:
            raise NoSharedMemory("there is no connection") from error
        self._shelf = _Shelf()
        self._root = connection.get_screen_pointers()[connection.pref_screen].root
        try:
            self._shm: Any = connection(xcffib.shm.key)
            self._randr: Any = connection(xcffib.randr.key)
            versions = self._shm.QueryVersion(), self._randr.QueryVersion(1, 5)
            versions[0].reply()
            version = versions[1].reply()
        except self._errors as error:
            connection.disconnect()
            raise NoSharedMemory("the server shares no memory") from error
        if not self._has_our_pixels() or (version.major_version, version.minor_version) < (1, 5):
            connection.disconnect()
            raise NoSharedMemory("the server is of another kind")

    def _has_our_pixels(self) -> bool:
        setup = self._connection.get_setup()
        depth = self._connection.get_screen_pointers()[self._connection.pref_screen].root_depth
        bits = {each.depth: each.bits_per_pixel for each in setup.pixmap_formats}.get(depth)
        return bits == BYTES * 8 and setup.image_byte_order == 0

    def arrangement(self) -> tuple[int, ...]:
        """Size of the screen and places of its monitors: the same as long as nothing changed. Raises NoSharedMemory."""
        core = self._connection.core
        asked = core.GetGeometry(self._root), self._randr.GetMonitors(self._root, True)
        try:
            size, found = asked[0].reply(), asked[1].reply()
        except self._errors as error:
            raise NoSharedMemory("the server does not say what it shows") from error
        places = [(each.name, each.primary, each.x, each.y, each.width, each.height) for each in found.monitors]
        return size.width, size.height, *(number for place in places for number in place)

    def grab(self, x: int, y: int, width: int, height: int) -> memoryview:
        """This part of the screen, as rows of BGRX. Nothing is copied. Raises NoSharedMemory."""
        ImageFormat = load_xcffib().xproto.ImageFormat  # noqa: N806 - a class

        size = width * height * BYTES
        segment = self._take(size)
        try:
            self._shm.GetImage(
                self._root, x, y, width, height, ALL_PLANES, ImageFormat.ZPixmap, segment.number, 0
            ).reply()
        except self._errors as error:
            self._let_go(segment)
            raise NoSharedMemory("the server does not show the screen") from error
        lent = (ctypes.c_char * size).from_address(segment.address)
        weakref.finalize(lent, self._shelf.put, segment).atexit = False
        return memoryview(lent).cast("B").toreadonly()

    def close(self) -> None:
        """Pictures that are still held stay as they are."""
        shelf, self._shelf = self._shelf, _Shelf()
        shelf.is_open = False
        while shelf.free:
            shelf.put(shelf.free.popleft())
        self._connection.disconnect()

    def _take(self, size: int) -> _Segment:
        """One of the right size that nobody holds; more than one is not kept."""
        found: _Segment | None = None
        while self._shelf.free:
            segment = self._shelf.free.popleft()
            if found is None and segment.size == size:
                found = segment
            else:
                self._let_go(segment)
        return found or self._share(size)

    def _share(self, size: int) -> _Segment:
        """Raises NoSharedMemory."""
        library = _c_library()
        name = library.shmget(IPC_PRIVATE, ctypes.c_size_t(size), IPC_CREAT | ONLY_THIS_USER)
        if name < 0:
            raise NoSharedMemory("there is no memory to share")
        try:
            address = library.shmat(name, None, SHM_RDONLY)
            if address == ctypes.c_void_p(-1).value:
                raise NoSharedMemory("there is no memory to share")
            number = self._connection.generate_id()
            try:
                self._shm.Attach(number, name, False, is_checked=True).check()
            except self._errors as error:
                library.shmdt(ctypes.c_void_p(address))
                raise NoSharedMemory("the server cannot reach our memory") from error
        finally:
            library.shmctl(name, IPC_RMID, None)  # it goes when both sides have let go, also after a crash
        return _Segment(number, address, size)

    def _let_go(self, segment: _Segment) -> None:
        with suppress(self._errors):
            self._shm.Detach(segment.number)
            self._connection.flush()
        _c_library().shmdt(ctypes.c_void_p(segment.address))


def _c_library() -> Any:
    library = ctypes.CDLL(None, use_errno=True)
    library.shmat.restype = ctypes.c_void_p
    library.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    return library
