"""Opens the real overlay on screens that a configuration of Qt's offscreen platform describes, and drags on it.

``drag_on(screens, drags)`` runs this module as a program, because Qt reads its screens once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grokdesk.model import Region


@dataclass(frozen=True, slots=True)
class Screen:
    """``region`` is where it lies on the desktop, in its pixels; ``scale`` is what the desktop enlarges there.

    ``density`` is the other way to scale, that of macOS: places and sizes are logical, each with so many pixels.
    """

    name: str
    region: Region
    scale: float = 1
    density: int = 1

    @property
    def pixels(self) -> tuple[int, int]:
        return self.region.width * self.density, self.region.height * self.density


@dataclass(frozen=True, slots=True)
class Drag:
    """From the middle of one pixel to another on a screen, counted in pixels from the screen's corner."""

    screen: str
    start: tuple[int, int]
    end: tuple[int, int]
    end_screen: str = ""
    """Where it ends, when that is another one."""


@dataclass(frozen=True, slots=True)
class Dragged:
    """What came of a drag: where in the capture, and which region of the map its pixels show."""

    selected: Region
    shown: Region


def drag_on(screens: Sequence[Screen], drags: Sequence[Drag], folder: Path) -> list[Dragged]:
    """The capture is a map of places of the whole desktop, which begins at its upper left screen."""
    (folder / "screens.json").write_text(json.dumps(_configuration(screens)))
    factors = ";".join(f"{screen.name}={screen.scale:g}" for screen in screens)
    environment = os.environ | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={folder / 'screens.json'}",
        "QT_SCREEN_SCALE_FACTORS": factors,
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    asked = json.dumps({"screens": [asdict(screen) for screen in screens], "drags": [asdict(drag) for drag in drags]})
    words = (sys.executable, "-m", "tests.support.windows.overlay_on_screens")
    done = subprocess.run(words, input=asked, capture_output=True, text=True, env=environment, check=False, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [Dragged(Region(**each["selected"]), Region(**each["shown"])) for each in json.loads(done.stdout)]


def places_in_capture(screens: Sequence[Screen]) -> dict[str, Region]:
    """Where each screen is in the captured image; dense screens are put side by side."""
    if all(screen.density == 1 for screen in screens):
        left, top = min(screen.region.x for screen in screens), min(screen.region.y for screen in screens)
        return {screen.name: screen.region.moved(-left, -top) for screen in screens}
    x, places = 0, {}
    for screen in sorted(screens, key=lambda screen: screen.region.x):
        width, height = screen.pixels
        places[screen.name] = Region(x, 0, width, height)
        x += width
    return places


def _configuration(screens: Sequence[Screen]) -> dict[str, Any]:
    described = [
        {"name": screen.name, **asdict(screen.region), "dpr": screen.density, "logicalDpi": 96, "logicalBaseDpi": 96}
        for screen in screens
    ]
    return {"synchronousWindowSystemEvents": True, "screens": described}


# --- in the process that was started ------------------------------------------------------------------------


def _run(screens: Sequence[Screen], drags: Sequence[Drag]) -> list[dict[str, Any]]:
    from PIL import Image
    from PySide6.QtWidgets import QApplication

    from grokdesk.model import Capture, Monitor, Pixels
    from grokdesk.paths import resources
    from grokdesk.ui.kit.theme import Theme
    from grokdesk.ui.overlay.overlay import Overlay
    from tests.support.desktops.wallpapers import map_of_places, region_on_map

    app = QApplication(sys.argv)
    places = places_in_capture(screens)
    width, height = max(each.right for each in places.values()), max(each.bottom for each in places.values())
    pixels = Pixels(map_of_places(width, height).tobytes("raw", "BGRX"), width, height)
    monitors = tuple(Monitor(name, region) for name, region in places.items())
    left, top = min(screen.region.x for screen in screens), min(screen.region.y for screen in screens)
    overlay = Overlay(Theme(app, resources() / "icons"))
    selected: list[Region] = []
    overlay.selected.connect(lambda selection: selected.append(selection.region))
    results = []
    for drag in drags:
        overlay.open(Capture(pixels, monitors, left, top))
        app.processEvents()
        windows = {each.screen().name(): each for each in overlay.windows}
        _drag(windows[drag.screen], windows[drag.end_screen or drag.screen], drag)
        cropped = pixels.cropped(selected[-1])
        picture = Image.frombytes("RGB", (cropped.width, cropped.height), bytes(cropped.data), "raw", "BGRX")
        results.append({"selected": asdict(selected[-1]), "shown": asdict(region_on_map(picture))})
    if len(selected) != len(drags):
        raise AssertionError(f"{len(selected)} selections of {len(drags)} drags")
    return results


def _drag(window: Any, last: Any, drag: Drag) -> None:
    """As Qt hands over what a mouse does: whole pixels of a screen, divided by its scale; all to the window in which
    the button was pressed."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    (x0, y0), (x1, y1) = drag.start, drag.end
    halfway = ((x0 + x1) // 2, (y0 + y1) // 2) if window is last else (x0 + 5, y0 + 5)
    steps = [
        (QEvent.Type.MouseButtonPress, window, drag.start, left, left),
        (QEvent.Type.MouseMove, window, halfway, none, left),
        (QEvent.Type.MouseMove, last, drag.end, none, left),
        (QEvent.Type.MouseButtonRelease, last, drag.end, left, none),
    ]
    for kind, below, (x, y), button, buttons in steps:
        scale = below.screen().devicePixelRatio()
        there = below.mapToGlobal(QPointF(x / scale, y / scale))
        place = window.mapFromGlobal(there)
        event = QMouseEvent(kind, place, there, button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, event)


def main() -> None:
    asked = json.load(sys.stdin)
    screens = [Screen(**(each | {"region": Region(**each["region"])})) for each in asked["screens"]]
    drags = [
        Drag(each["screen"], tuple(each["start"]), tuple(each["end"]), each["end_screen"]) for each in asked["drags"]
    ]
    json.dump(_run(screens, drags), sys.stdout)


if __name__ == "__main__":
    main()
