"""Takes pictures of the desktop with mss: X11, Windows, macOS."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.system.part_state import PartState
from grokdesk.system.screen_access_macos import ask_for_screen_access, check_screen_access

if TYPE_CHECKING:
    from mss import MSS

log = logging.getLogger(__name__)

HINT = "Drop or paste a picture instead."


class MssGrabber:
    """Opens the screen with the first grab.

    On X11 the connection with its shared memory is kept: a grab is then about four times as fast as with a new one.
    On Windows its handles belong to the thread that made them, so there a new one is made each time.
    """

    def __init__(self, display: str | None = None, *, why: str = "") -> None:
        """``display``: the X11 display, None for the one that the environment names."""
        self.state = PartState("ok", "mss", why or "This system lets a program see the screen.")
        self._options: dict[str, Any] = {"display": display} if display is not None else {}
        self._lock = threading.Lock()
        self._kept: MSS | None = None

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        from mss.exception import ScreenShotError

        if cancel is not None:
            cancel.check()
        if sys.platform == "darwin":
            check_screen_access()
        with self._lock:
            try:
                source = self._current()
                try:
                    return _capture(source)
                finally:
                    if self._kept is None:
                        source.close()
            except ScreenShotError as error:
                self._drop()
                log.info("no picture of the screen: %s %s", error, error.details)
                raise NotPossibleHere("The screen could not be captured.", HINT) from error

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:  # noqa: ARG002 - the protocol
        """Only macOS has something to ask, and it looks for no window."""
        if sys.platform == "darwin":
            ask_for_screen_access()

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _current(self) -> MSS:
        """A source that knows today's monitors. An open one never looks again, a new one costs about 1 ms."""
        from mss import MSS

        new = MSS(**self._options)
        if not sys.platform.startswith("linux"):
            return new
        if self._kept is not None and self._kept.monitors == new.monitors:
            new.close()
        else:
            self._drop()
            self._kept = new
        return self._kept

    def _drop(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def _capture(source: MSS) -> Capture:
    whole, *monitors = source.monitors
    if any(str(monitor.get("output", "")).startswith("XWAYLAND") for monitor in monitors):
        # XWayland answers with a picture of the right size that is all black.
        raise NotPossibleHere("Wayland does not let GrokDesk see the screen this way.", HINT)
    shot = source.grab(whole)
    # ``raw`` is the one that costs nothing; ``bgra`` and ``rgb`` copy.
    pixels = Pixels(shot.raw, shot.width, shot.height)
    return Capture(pixels, monitors_in(whole, monitors, pixels.width, pixels.height), whole["left"], whole["top"])


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
            name = monitor.get("output") or monitor.get("name") or f"Screen {number}"
            place = Region(*(monitor[side] for side in ("left", "top", "width", "height")))
            scaled = (across, down) != (1, 1)
            found.append(Monitor(name, region, bool(monitor.get("is_primary")), place if scaled else None))
    return tuple(found)
