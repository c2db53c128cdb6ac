"""Takes pictures of the desktop with mss: X11, Windows, macOS."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.system.capture.screen_memory_x11 import NoSharedMemory, ScreenMemory
from grokdesk.system.part_state import PartState
from grokdesk.system.screen_access_macos import ask_for_screen_access, check_screen_access
from grokdesk.translation import N_, _

if TYPE_CHECKING:
    from mss import MSS

log = logging.getLogger(__name__)

HINT = N_("Drop or paste a picture instead.")


class MssGrabber:
    """Opens the screen with the first grab.

    A new source is made each time: an open one never looks again which monitors there are, and on Windows its handles
    belong to the thread that made them. On X11 that takes a millisecond or two, and mss copies the pixels into a fresh
    buffer; so where the server can share memory, the pixels come through that, and mss is only asked for the monitors,
    and only when they are arranged in another way than the last time.
    """

    def __init__(self, display: str | None = None, *, why: str = "") -> None:
        """``display``: the X11 display, None for the one that the environment names."""
        self.state = PartState("ok", "mss", why or _("This system allows screen capture."))
        self._options: dict[str, Any] = {"display": display} if display is not None else {}
        self._lock = threading.Lock()
        self._memory: ScreenMemory | None = None
        self._arranged: tuple[object, _Screens] | None = None
        self._shares_memory = sys.platform.startswith("linux")

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        from mss.exception import ScreenShotError

        if cancel is not None:
            cancel.check()
        if sys.platform == "darwin":
            check_screen_access()
        with self._lock:
            try:
                return self._grab_shared() or self._grab_copied()
            except ScreenShotError as error:
                self._drop()
                log.info("no picture of the screen: %s %s", error, error.details)
                raise NotPossibleHere(_("The screen could not be captured."), _(HINT)) from error

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:  # noqa: ARG002 - the protocol
        """Only macOS has something to ask, and it looks for no window."""
        if sys.platform == "darwin":
            ask_for_screen_access()

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _grab_copied(self) -> Capture:
        with self._open() as source:
            screens = _Screens.of(source)
            shot = source.grab(screens.whole)
            # ``raw`` is the one that costs nothing; ``bgra`` and ``rgb`` copy.
            return screens.capture(Pixels(shot.raw, shot.width, shot.height))

    def _grab_shared(self) -> Capture | None:
        """None where the server does not share memory."""
        if not self._shares_memory:
            return None
        try:
            self._memory = memory = self._memory or ScreenMemory(self._options.get("display"))
            arrangement = memory.arrangement()
            if self._arranged is None or self._arranged[0] != arrangement:
                with self._open() as source:
                    self._arranged = arrangement, _Screens.of(source)
            screens = self._arranged[1]
            left, top, width, height = (screens.whole[side] for side in ("left", "top", "width", "height"))
            return screens.capture(Pixels(memory.grab(left, top, width, height), width, height))
        except NoSharedMemory as error:
            # Either it never works here, or the screen has just changed; the next grab finds out which.
            log.info("no shared memory: %s", error)
            self._shares_memory = self._memory is not None
            self._drop()
            return None

    def _open(self) -> MSS:
        from mss import MSS

        return MSS(**self._options)

    def _drop(self) -> None:
        if self._memory is not None:
            self._memory.close()
            self._memory = None
        self._arranged = None


@dataclass(frozen=True, slots=True)
class _Screens:
    """What mss says of the desktop and of its monitors."""

    whole: dict[str, Any]
    monitors: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, source: MSS) -> Self:
        """Raises NotPossibleHere where mss would see nothing but black."""
        whole, *monitors = source.monitors
        if any(str(monitor.get("output", "")).startswith("XWAYLAND") for monitor in monitors):
            # XWayland answers with a picture of the right size that is all black.
            raise NotPossibleHere(_("Wayland does not allow this kind of screen capture."), _(HINT))
        return cls(whole, monitors)

    def capture(self, pixels: Pixels) -> Capture:
        monitors = monitors_in(self.whole, self.monitors, pixels.width, pixels.height)
        return Capture(pixels, monitors, self.whole["left"], self.whole["top"])


def monitors_in(
    whole: Mapping[str, Any], monitors: Sequence[Mapping[str, Any]], width: int, height: int
) -> tuple[Monitor, ...]:
    """Where the monitors lie in an image of ``width`` x ``height`` pixels that shows ``whole``.

    macOS lists points and delivers pixels, so both directions are scaled. What lies outside the image is cut off, as
    X11 lets a monitor be defined where there is no screen.
    """
    image = Region(0, 0, width, height)
    across, down = width / whole["width"], height / whole["height"]
    found = []
    for number, monitor in enumerate(monitors, start=1):
        x, y = monitor["left"] - whole["left"], monitor["top"] - whole["top"]
        right, bottom = round((x + monitor["width"]) * across), round((y + monitor["height"]) * down)
        x, y = round(x * across), round(y * down)
        region = Region(x, y, right - x, bottom - y).intersected(image)
        if not region.is_empty:
            name = monitor.get("output") or monitor.get("name") or _("Screen {number}").format(number=number)
            place = Region(*(monitor[side] for side in ("left", "top", "width", "height")))
            scaled = (across, down) != (1, 1)
            found.append(Monitor(name, region, bool(monitor.get("is_primary")), place if scaled else None))
    return tuple(found)
