"""How long the windows stand still while pictures are prepared (row G1): ``python -m tests.benchmarks.gui_gap``.

A timer that is due at every millisecond notes the longest time between two of its ticks: idle, and while a draft
prepares a capture of 3840 x 2160 and a photo of 48 megapixels. Goal: at most 20 ms.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from grokdesk.cancel import CancelSwitch
from grokdesk.model import ImageLimits, Picture, Pixels
from grokdesk.pictures.decode.decoder import Decoder
from grokdesk.pictures.decode.opening import read_picture_file
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.ui.compose.draft import Draft, PictureSources
from tests.benchmarks.choosing import pixels_of
from tests.benchmarks.png_encode import desktop_image
from tests.benchmarks.rows import Row, tell
from tests.support.images.images import encoded, photo

IDLE_MS = 500
LIMITS = ImageLimits(long_edge=2048)


class Ticks:
    """The longest time between two turns of the event loop."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.worst, self._last = max(self.worst, now - self._last), now

    def stop(self) -> float:
        self._timer.stop()
        return self.worst * 1000


def idle_gap() -> float:
    ticks, loop = Ticks(), QEventLoop()
    QTimer.singleShot(IDLE_MS, loop.quit)
    loop.exec()
    return ticks.stop()


def preparing_gap(picture: Picture, owner: QObject, decoder: Decoder) -> float:
    """``owner`` keeps the draft while its thread ends."""
    preparer = partial(prepare, opener=decoder.open)
    draft = Draft(PictureSources(read_picture_file, _no_download), preparer, owner, LIMITS)
    loop = QEventLoop()
    draft.changed.connect(lambda: loop.quit() if draft.entries and draft.is_ready else None)
    draft.refused.connect(lambda error: loop.exit(1))
    ticks = Ticks()
    draft.add_picture(picture)
    assert loop.exec() == 0
    return ticks.stop()


def _no_download(_url: str, _cancel: CancelSwitch) -> Picture:
    raise AssertionError("nothing is downloaded")


def main() -> None:
    parser = argparse.ArgumentParser(description="How long the windows stand still while pictures are prepared.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    app, decoder = QApplication([]), Decoder()
    gc.disable()  # as in the program, which collects on the GUI thread when it has nothing to do
    contents: dict[str, bytes | Pixels] = {
        "capture 3840 x 2160": pixels_of(desktop_image()),
        "48 megapixel JPEG": encoded(photo(8000, 6000), "JPEG", quality=90),
        "1600 x 900 PNG": encoded(desktop_image(1600, 900), "PNG"),
    }
    for name, content in contents.items():
        preparing_gap(Picture("warm-up", content), app, decoder)
        idle = [idle_gap() for _ in range(rounds)]
        busy = [preparing_gap(Picture(name, content), app, decoder) for _ in range(rounds)]
        median = statistics.median(busy)
        row = Row(f"G1 worst gap, {name}", f"{median:.1f} ms", f"{statistics.median(idle):.1f} ms", "", "<= 20 ms")
        tell(row, f"the worst of all rounds {max(busy):.1f} ms; the baseline is an idle window")
    app.quit()


if __name__ == "__main__":
    main()
