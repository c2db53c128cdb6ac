"""What the waiting program costs: wake-ups, private memory, and whether captures leave memory behind.

``python -m tests.benchmarks.idle [--seconds N] [--captures N]`` prints

- I1: how often any thread of the program in the tray was woken or interrupted in so many seconds, counted when Qt has
  forgotten the pictures that it drew at the start: it looks for them 30, 60, 70 and 80 seconds after;
- I2: its private memory before first use over that of a script that only shows a tray icon, each alone on the machine
  as far as PySide6 is concerned, because files that both had mapped would count for neither; and, more telling between
  the two, the part of it that is not a mapped file;
- its memory after many captures, each selected and then discarded, over that after five.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.programs import BARE_TRAY, ESCAPE, HOTKEY, script_in, start_in_background
from tests.benchmarks.rows import Row, tell
from tests.benchmarks.side_by_side import report
from tests.support.desktops.desktop import Desktop, missing_programs, wait_until
from tests.support.desktops.program import COMPOSER
from tests.support.desktops.screen_watch import ScreenWatch

SETTLED = 3.0
"""Seconds after the start until nothing more is loaded."""
FORGOTTEN = 85.0
"""Seconds after the start until Qt's QPixmapCache has stopped its timer."""
MB = 1 / 1024


def switches(process: int) -> int:
    """How often its threads have given up the processor, by themselves or not."""
    count = 0
    for status in Path(f"/proc/{process}/task").glob("*/status"):
        count += sum(int(line.split()[1]) for line in status.read_text().splitlines() if "ctxt_switches" in line)
    return count


def memory(process: int, *kinds: str) -> int:
    """Kilobytes of these kinds, as smaps_rollup names them."""
    rows = (line.split() for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:])
    sizes = {row[0].rstrip(":"): int(row[1]) for row in rows}
    return sum(sizes[kind] for kind in kinds)


def private_of(process: int) -> tuple[int, int]:
    """All of it, and the part that is no mapped file."""
    return memory(process, "Private_Clean", "Private_Dirty"), memory(process, "Anonymous")


def measure_waiting(desktop: Desktop, folder: Path, seconds: float, rounds: int) -> None:
    private, own = [], []
    for number in range(rounds):
        process = start_in_background(desktop, folder)
        time.sleep(SETTLED)
        ours = private_of(process.pid)
        if number == 0:
            measure_wake_ups(process.pid, seconds)
        desktop.end(process)
        with desktop.bus.tray_registrations() as registrations:
            process = desktop.start(*script_in(folder / "bare", BARE_TRAY))
            registrations.wait(10)
        time.sleep(1)
        bare = private_of(process.pid)
        desktop.end(process)
        private.append((float(ours[0]), float(bare[0])))
        own.append((float(ours[1]), float(bare[1])))
    report("I2 private memory / bare PySide6 tray", private, 1.6, "MB", MB)
    report("I2 the same without mapped files", own, None, "MB", MB)


def measure_wake_ups(process: int, seconds: float) -> None:
    time.sleep(FORGOTTEN)
    before = switches(process)
    time.sleep(seconds)
    count = switches(process) - before
    tell(Row("I1 wake-ups while waiting", str(count), "", "", "0"), f"in {seconds:g} s")


def capture_and_discard(desktop: Desktop, watch: ScreenWatch) -> None:
    watch.sync()
    watch.press(*HOTKEY)
    watch.wait_until_covered()
    desktop.xdotool("mousemove", 300, 200, "mousedown", 1, "mousemove", 320, 220, "mousemove", 700, 500, "mouseup", 1)
    desktop.wait_for_window(COMPOSER)
    wait_until(lambda: desktop.active_window() in desktop.windows(COMPOSER), "the composer with the keys")
    watch.press(ESCAPE)
    desktop.wait_for_no_window(COMPOSER)


def measure_captures(desktop: Desktop, folder: Path, captures: int) -> None:
    process = start_in_background(desktop, folder)
    with ScreenWatch(desktop.environment["DISPLAY"]) as watch:
        sizes: list[float] = []
        for number in range(1, captures + 1):
            capture_and_discard(desktop, watch)
            if number in (5, captures):
                time.sleep(1)  # what was let go is let go
                sizes.append(float(memory(process.pid, "Rss")))
    report(f"memory after {captures} captures / after 5", [(sizes[-1], sizes[0])], 1.15, "MB", MB)
    desktop.end(process)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--captures", type=int, default=50)
    options = parser.parse_args()
    missing = missing_programs() if sys.platform.startswith("linux") else ["/proc"]
    if missing:
        print(f"I1 and I2 are not measured, there is no {', '.join(missing)}")
        return
    with tempfile.TemporaryDirectory() as name, Desktop(Path(name) / "logs") as desktop:
        measure_waiting(desktop, Path(name), options.seconds, options.rounds)
        measure_captures(desktop, Path(name), options.captures)


if __name__ == "__main__":
    main()
