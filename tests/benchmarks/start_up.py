"""Start-up against the least that Python and PySide6 need, as ratios measured side by side.

``python -m tests.benchmarks.start_up [--rounds N] [--normcap COMMAND]`` prints

- the time of ``grokdesk --version`` over that of ``python -c pass``;
- S1: the time until the tray has the icon of ``grokdesk`` over that of a script which does nothing else. Both are timed
  from outside: from the start of the process to the tray host's word that an item registered;
- S2: the time until the chat window of ``grokdesk`` is on the screen, over that of a script that shows as many bare
  widgets, and over that of NormCap, another capture tool in PySide6, when its command is given. Both are timed from
  outside: from the start of the process to the X server's word that a window came up.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tests.benchmarks.programs import BARE_TRAY, BARE_WINDOW, GROKDESK, home_in, script_in
from tests.benchmarks.side_by_side import interleaved, report
from tests.support.desktops.desktop import PATIENCE, Desktop, missing_programs
from tests.support.desktops.screen_watch import ScreenWatch


def run_to_end(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def until_in_tray(desktop: Desktop, *command: str, environment: Mapping[str, str]) -> float:
    with desktop.bus.tray_registrations() as registrations:
        began = time.perf_counter()
        process = desktop.start(*command, environment=environment)
        registrations.wait(PATIENCE)
        seconds = time.perf_counter() - began
    desktop.end(process)
    return seconds


def until_window(desktop: Desktop, watch: ScreenWatch, *command: str, environment: Mapping[str, str]) -> float:
    watch.settle()
    began = time.perf_counter()
    process = desktop.start(*command, environment=environment)
    seconds = watch.wait_until_mapped() - began
    desktop.end(process)
    return seconds


def measure_version(rounds: int) -> None:
    pairs = interleaved(
        rounds, lambda: run_to_end(GROKDESK, "--version"), lambda: run_to_end(sys.executable, "-c", "pass")
    )
    report("grokdesk --version / python -c pass", pairs, 2)


def measure_tray(rounds: int, folder: Path, desktop: Desktop) -> None:
    environment, bare = home_in(folder), script_in(folder / "tray", BARE_TRAY)
    pairs = interleaved(
        rounds,
        lambda: until_in_tray(desktop, GROKDESK, "--background", environment=environment),
        lambda: until_in_tray(desktop, *bare, environment=environment),
    )
    report("S1 tray of grokdesk / bare PySide6 tray", pairs, 1.25)


def measure_window(rounds: int, folder: Path, desktop: Desktop, normcap: str) -> None:
    environment, bare = home_in(folder), script_in(folder / "window", BARE_WINDOW)
    with ScreenWatch(desktop.environment["DISPLAY"]) as watch:
        ours = partial(until_window, desktop, watch, GROKDESK, environment=environment)

        def against(name: str, goal: float | None, *command: str) -> None:
            theirs = partial(until_window, desktop, watch, *command, environment=environment)
            report(f"S2 chat window of grokdesk / {name}", interleaved(rounds, ours, theirs), goal)

        against("bare PySide6 window", None, *bare)
        if normcap:
            against("NormCap", 0.9, *normcap.split())
        else:
            print("S2 against NormCap is not measured: name its command with --normcap")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--normcap", default="", metavar="COMMAND", help="where NormCap is installed")
    options = parser.parse_args()
    measure_version(options.rounds)
    if missing := missing_programs():
        print(f"S1 and S2 are not measured, there is no {', '.join(missing)}")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Desktop(folder / "logs") as desktop:
            measure_tray(options.rounds, folder, desktop)
            measure_window(min(options.rounds, 7), folder, desktop, options.normcap)


if __name__ == "__main__":
    main()
