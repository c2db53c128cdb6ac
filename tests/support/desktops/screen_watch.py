"""A witness beside an X11 screen: sees windows cover it and be painted, and grabs it as fast as X11 can.

What it tells comes from the X server (events of the root window and of the DAMAGE extension), so it holds for every
program alike, ours and others.
"""

from __future__ import annotations

import ctypes
import select
import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import xcffib
import xcffib.damage
import xcffib.shm
import xcffib.xfixes
import xcffib.xproto as x
import xcffib.xtest

IPC_PRIVATE, IPC_CREAT, IPC_RMID = 0, 0o1000, 0
ALL_PLANES = 0xFFFFFFFF
PATIENCE = 30.0
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


class ScreenWatch:
    """A connection of its own, from ``__enter__`` to ``__exit__``."""

    def __init__(self, display: str) -> None:
        connect: Any = xcffib.connect
        self._connection = connection = connect(display=display)
        screen = connection.get_screen_pointers()[0]
        self.width, self.height = screen.width_in_pixels, screen.height_in_pixels
        self._root = screen.root
        self._test: Any = connection(xcffib.xtest.key)
        self._shm: Any = connection(xcffib.shm.key)
        self._damage: Any = connection(xcffib.damage.key)
        connection(xcffib.xfixes.key).QueryVersion(5, 0).reply()
        self._damage.QueryVersion(1, 1).reply()
        connection.core.ChangeWindowAttributes(self._root, x.CW.EventMask, [x.EventMask.SubstructureNotify])
        self._damage.Create(connection.generate_id(), self._root, xcffib.damage.ReportLevel.RawRectangles)
        self._segment = self._share(self.width * self.height * 4)
        self._codes = self._key_codes()
        self.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.disconnect()

    def sync(self) -> None:
        """Wait until the server has done everything asked for, and forget the events up to now."""
        self._connection.core.GetInputFocus().reply()
        while self._connection.poll_for_event() is not None:
            pass

    def grab(self) -> None:
        """Copy the screen into shared memory: the least that any program needs to see it."""
        self._shm.GetImage(
            self._root, 0, 0, self.width, self.height, ALL_PLANES, x.ImageFormat.ZPixmap, self._segment, 0
        ).reply()

    def press(self, *keysyms: int) -> None:
        """Press these keys and release them in reverse."""
        codes = [self._codes[keysym] for keysym in keysyms]
        for event, code in [(2, code) for code in codes] + [(3, code) for code in reversed(codes)]:
            self._test.FakeInput(event, code, 0, 0, 0, 0, 0)
        self._connection.flush()

    def wait_until_covered(self, patience: float = PATIENCE) -> float:
        """``time.perf_counter`` when every pixel belonged to new windows, and each of these was painted completely.

        Raises TimeoutError.
        """
        mapped: dict[int, Box] = {}
        painted: dict[int, Box] = {}
        for event in self._events(patience):
            if isinstance(event, x.MapNotifyEvent):
                mapped[event.window] = self._box(event.window)
            elif isinstance(event, xcffib.damage.NotifyEvent):
                at = event.area
                area = (at.x, at.y, at.x + at.width, at.y + at.height)
                painted |= {window: box for window, box in mapped.items() if _contains(area, box)}
                if sum(map(_size, painted.values())) >= self.width * self.height:
                    return time.perf_counter()
        raise TimeoutError(f"not covered within {patience:g} s: windows {mapped}, painted {painted}")

    def wait_until_mapped(self, width: int = 200, height: int = 100, patience: float = PATIENCE) -> float:
        """``time.perf_counter`` when a window of at least this size came up. Raises TimeoutError."""
        for event in self._events(patience):
            if isinstance(event, x.MapNotifyEvent):
                left, top, right, bottom = self._box(event.window)
                if right - left >= width and bottom - top >= height:
                    return time.perf_counter()
        raise TimeoutError(f"no window came up within {patience:g} s")

    def settle(self, quiet: float = 0.2) -> None:
        """Until nothing was painted, shown or hidden for so many seconds."""
        while select.select([self._connection.get_file_descriptor()], [], [], quiet)[0]:
            self.sync()

    def _events(self, patience: float) -> Iterator[xcffib.Event]:
        deadline = time.monotonic() + patience
        while True:
            while (event := self._connection.poll_for_event()) is not None:
                yield event
            left = deadline - time.monotonic()
            if left <= 0:
                return
            select.select([self._connection.get_file_descriptor()], [], [], left)

    def _box(self, window: int) -> Box:
        with suppress(x.DrawableError):
            at = self._connection.core.GetGeometry(window).reply()
            return at.x, at.y, at.x + at.width, at.y + at.height
        return 0, 0, 0, 0  # it is gone already

    def _share(self, size: int) -> int:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        number = libc.shmget(IPC_PRIVATE, ctypes.c_size_t(size), IPC_CREAT | 0o600)
        if number < 0:
            raise OSError(ctypes.get_errno(), "shmget")
        libc.shmat(number, None, 0)  # kept attached: its pages stay, as those of a program that grabs often
        segment: int = self._connection.generate_id()
        self._shm.Attach(segment, number, False, is_checked=True).check()
        libc.shmctl(number, IPC_RMID, None)
        return segment

    def _key_codes(self) -> dict[int, int]:
        setup = self._connection.get_setup()
        first, count = setup.min_keycode, setup.max_keycode - setup.min_keycode + 1
        answer = self._connection.core.GetKeyboardMapping(first, count).reply()
        per_code, codes = answer.keysyms_per_keycode, {}
        for index, keysym in reversed(list(enumerate(answer.keysyms))):
            codes[keysym] = first + index // per_code
        return codes


def _size(box: Box) -> int:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def _contains(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]
