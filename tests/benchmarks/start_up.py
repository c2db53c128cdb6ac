"""Start-up against the least that Python and PySide6 need, as ratios measured side by side.

``python -m tests.benchmarks.start_up [--rounds N]`` prints

- the time of ``grokdesk --version`` over that of ``python -c pass`` (goal: at most 2 x);
- the time until the tray has the icon of ``grokdesk`` over that of a script which does nothing else (goal: at most
  1.25 x). Both are timed from outside: from the start of the process to the tray host's word that an item registered.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.support.desktop import PATIENCE, Desktop, missing_programs

Measured = Callable[[], float]

BARE_TRAY = """
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

app = QApplication([])
picture = QPixmap(32, 32)
picture.fill("red")
tray = QSystemTrayIcon(QIcon(picture))
tray.show()
app.exec()
"""


def interleaved(rounds: int, ours: Measured, theirs: Measured) -> list[tuple[float, float]]:
    """Seconds of both, one after the other in each round, so that other load falls on both. The first is warm-up."""
    return [(ours(), theirs()) for _ in range(rounds + 1)][1:]


def report(name: str, pairs: Sequence[tuple[float, float]], goal: float) -> None:
    ours, theirs = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"start-up: {name}   {ratio:.2f} x   goal <= {goal}   ({ours:.0f} ms / {theirs:.0f} ms, {len(pairs)} rounds)")


def run_to_end(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def until_in_tray(desktop: Desktop, *command: str, home: Path) -> float:
    with desktop.bus.tray_registrations() as registrations:
        began = time.perf_counter()
        process = desktop.start(*command, environment={"GROKDESK_HOME": str(home)})
        registrations.wait(PATIENCE)
        seconds = time.perf_counter() - began
    desktop.end(process)
    return seconds


def measure_version(rounds: int) -> None:
    grokdesk = str(Path(sys.executable).with_name("grokdesk"))
    pairs = interleaved(
        rounds, lambda: run_to_end(grokdesk, "--version"), lambda: run_to_end(sys.executable, "-c", "pass")
    )
    report("grokdesk --version / python -c pass", pairs, 2)


def measure_tray(rounds: int, folder: Path) -> None:
    bare, home = folder / "bare_tray.py", folder / "home"
    bare.write_text(BARE_TRAY)
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text("first_run_done = true\n")
    grokdesk = str(Path(sys.executable).with_name("grokdesk"))
    with Desktop(folder / "logs") as desktop:
        pairs = interleaved(
            rounds,
            lambda: until_in_tray(desktop, grokdesk, home=home),
            lambda: until_in_tray(desktop, sys.executable, str(bare), home=home),
        )
    report("tray of grokdesk / bare PySide6 tray", pairs, 1.25)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    measure_version(rounds)
    if missing := missing_programs():
        print(f"start-up: the tray is not measured, there is no {', '.join(missing)}")
        return
    with tempfile.TemporaryDirectory() as folder:
        measure_tray(rounds, Path(folder))


if __name__ == "__main__":
    main()
