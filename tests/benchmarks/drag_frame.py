"""One frame of dragging a region, over painting the whole overlay again, at 4K.

``python -m tests.benchmarks.drag_frame [--rounds N]`` prints row C3 for Qt's offscreen platform, which only paints, and
for a virtual X screen, where what was painted also goes to the server and a pixel of it is read back. The real overlay
is dragged on by mouse events, a few pixels a frame.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.side_by_side import Pairs, report
from tests.support.desktops.desktop import Desktop, missing_programs

SIZE = (3840, 2160)
FRAMES = 60
STEP = (26, 14)
"""Pixels from one frame of the drag to the next: a quick hand at 60 frames a second."""


def measure(rounds: int) -> Pairs:
    """Seconds of a frame and of a whole repaint, in each round. Makes the application."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from grokdesk.model import Capture, Monitor, Pixels, Region
    from grokdesk.paths import resources
    from grokdesk.ui.kit.theme import Theme
    from grokdesk.ui.overlay.overlay import Overlay

    app = QApplication([])
    whole = Region(0, 0, *SIZE)
    overlay = Overlay(Theme(app, resources() / "icons"))
    pixels = Pixels(os.urandom(SIZE[0] * 4) * SIZE[1], *SIZE)
    overlay.open(Capture(pixels, (Monitor("screen", whole, is_primary=True),), 0, 0))
    (window,) = overlay.windows
    on_server = app.platformName() != "offscreen"

    def painted() -> None:
        app.processEvents()
        if on_server:
            window.screen().grabWindow(0, 0, 0, 1, 1)  # the answer comes when everything before is done

    def send(kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        place = window.mapToGlobal(at)
        app.sendEvent(window, QMouseEvent(kind, at, place, button, buttons, Qt.KeyboardModifier.NoModifier))

    def drag() -> list[float]:
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        at, seconds = QPointF(400, 300), []
        send(QEvent.Type.MouseButtonPress, at, left, left)
        for _ in range(FRAMES):
            at += QPointF(*STEP)
            began = time.perf_counter()
            send(QEvent.Type.MouseMove, at, none, left)
            painted()
            seconds.append(time.perf_counter() - began)
        send(QEvent.Type.MouseButtonPress, at, Qt.MouseButton.RightButton, left)  # undoes the drag
        send(QEvent.Type.MouseButtonRelease, at, left, none)
        painted()
        return seconds[5:]  # the hints fade out first

    def repaint() -> float:
        began = time.perf_counter()
        window.repaint()
        painted()
        return time.perf_counter() - began

    settled = time.monotonic() + 1
    while time.monotonic() < settled:  # until it is dim and has said its hints
        app.processEvents()
    found = []
    for _ in range(rounds + 1):
        frames = drag()
        found.append((statistics.median(frames), statistics.median(repaint() for _ in range(5))))
    return found[1:]


def print_measured(rounds: int) -> None:
    print(json.dumps(measure(rounds)))
    sys.stdout.flush()
    os._exit(0)  # the overlay is still open


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        print_measured(options.rounds)
    command = (sys.executable, "-m", "tests.benchmarks.drag_frame", "--here", "--rounds", str(options.rounds))
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "screens.json"
        screen = {"name": "screen", "x": 0, "y": 0, "width": SIZE[0], "height": SIZE[1], "logicalDpi": 96, "dpr": 1}
        file.write_text(json.dumps({"screens": [screen]}))
        environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={file}"}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        report("C3 drag frame / whole repaint, 4K, offscreen", json.loads(done.stdout), 0.1)
        if missing := missing_programs():
            print(f"C3 on a screen is not measured, there is no {', '.join(missing)}")
            return
        with Desktop(Path(name) / "logs", *SIZE) as desktop:
            report("C3 drag frame / whole repaint, 4K, X11", json.loads(desktop.run(*command).stdout), 0.1)


if __name__ == "__main__":
    main()
