"""From the hotkey to the painted overlay, and from the screen to an image, as ratios measured side by side.

``python -m tests.benchmarks.capture [--rounds N] [--normcap COMMAND]`` prints, on virtual screens of three sizes,

- C1: the time from pressing the hotkey of the waiting program until the overlay covers every pixel and is painted, over
  that of one raw XShmGetImage of the same screen. Both ends are seen from outside: a key sent through XTEST, and the
  X server's word that the windows are there and were painted (screen_watch.py);
- the same over the cold start of Flameshot, when it is installed, and of NormCap, when its command is given;
- C2: the time of a grab into a QImage over that of QScreen.grabWindow into one.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from grokdesk.model import Region
from tests.benchmarks.programs import ESCAPE, HOTKEY, home_in, start_in_background
from tests.benchmarks.side_by_side import interleaved, report
from tests.support.desktops.desktop import Desktop, missing_programs
from tests.support.desktops.screen_watch import ScreenWatch

SIZES: Mapping[str, tuple[Region, ...]] = {
    "1080p": (Region(0, 0, 1920, 1080),),
    "4K": (Region(0, 0, 3840, 2160),),
    "two 4K": (Region(0, 0, 3840, 2160), Region(3840, 0, 3840, 2160)),
}
"""The monitors of each screen."""


def until_overlay(watch: ScreenWatch) -> float:
    """The overlay is opened by its hotkey and left with Escape."""
    watch.settle()
    began = time.perf_counter()
    watch.press(*HOTKEY)
    seconds = watch.wait_until_covered() - began
    watch.settle()  # it dims and says its hints after the first frame
    watch.press(ESCAPE)
    return seconds


def raw_grab(watch: ScreenWatch) -> float:
    watch.settle()
    began = time.perf_counter()
    watch.grab()
    return time.perf_counter() - began


def cold_start(desktop: Desktop, watch: ScreenWatch, environment: Mapping[str, str], *command: str) -> float:
    watch.settle()
    began = time.perf_counter()
    process = desktop.start(*command, environment=environment)
    seconds = watch.wait_until_covered() - began
    desktop.end(process)
    return seconds


def measure_overlay(size: str, desktop: Desktop, folder: Path, rounds: int, others: Mapping[str, str]) -> None:
    process = start_in_background(desktop, folder)
    with ScreenWatch(desktop.environment["DISPLAY"]) as watch:
        ours = partial(until_overlay, watch)
        report(f"C1 hotkey to overlay / raw grab, {size}", interleaved(rounds, ours, partial(raw_grab, watch)), 6)
        for name, command in others.items():
            start = partial(cold_start, desktop, watch, home_in(folder), *command.split())
            report(f"C1 hotkey to overlay / start of {name}, {size}", interleaved(min(rounds, 7), ours, start), 1)
    desktop.end(process)


def measure_grab(size: str, rounds: int) -> None:
    """In a process of its own on the desktop's display."""
    from PySide6.QtGui import QGuiApplication

    from grokdesk.system.capture.mss import MssGrabber
    from grokdesk.ui.overlay.screens import view_of

    app = QGuiApplication([])
    grabber = MssGrabber()

    def ours() -> None:
        capture = grabber.grab()
        image, rows = view_of(capture, Region(0, 0, capture.pixels.width, capture.pixels.height))
        del image, rows

    def theirs() -> None:
        for screen in app.screens():
            screen.grabWindow(0).toImage()

    report(f"C2 grab to QImage / QScreen.grabWindow, {size}", interleaved(rounds, _timed(ours), _timed(theirs)), 0.5)


def _timed(work: Callable[[], None]) -> Callable[[], float]:
    def measured() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--normcap", default="", metavar="COMMAND", help="where NormCap is installed")
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--grab", default="", choices=["", *SIZES], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.grab:
        measure_grab(options.grab, options.rounds)
        return
    if missing := missing_programs():
        print(f"C1 and C2 are not measured, there is no {', '.join(missing)}")
        return
    others = {"NormCap": options.normcap} if options.normcap else {}
    if shutil.which("flameshot"):
        others["Flameshot"] = "flameshot gui"
    for size in options.sizes:
        monitors = SIZES[size]
        width, height = max(each.right for each in monitors), max(each.bottom for each in monitors)
        with tempfile.TemporaryDirectory() as name, Desktop(Path(name) / "logs", width, height) as desktop:
            if len(monitors) > 1:
                desktop.set_monitors(*monitors)
            measure_overlay(size, desktop, Path(name), options.rounds, others if size == "1080p" else {})
            again = (sys.executable, "-m", "tests.benchmarks.capture", "--grab", size, "--rounds", str(options.rounds))
            print(desktop.run(*again).stdout.decode(), end="", flush=True)


if __name__ == "__main__":
    main()
