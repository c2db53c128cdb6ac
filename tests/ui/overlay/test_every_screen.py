"""A drag on any screen takes the pixels that the screen shows there: left of and above the first, upright, scaled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.model import Region
from tests.support.desktops.wallpapers import map_of_places, region_on_map
from tests.support.windows.overlay_on_screens import Drag, Screen, drag_on, places_in_capture

SCALES = (1, 1.25, 1.5, 1.66, 2)

ARRANGEMENTS = {
    "left of the first, and higher": (
        Screen("MAIN", Region(0, 0, 1920, 1080)),
        Screen("LEFT", Region(-1280, -200, 1280, 1024)),
    ),
    "above, each with its scale": (
        Screen("MAIN", Region(0, 0, 1920, 1200), 1.5),
        Screen("ABOVE", Region(-333, -996, 2560, 996), 1.66),
    ),
    "upright on both sides": (
        Screen("LEFT", Region(-1080, -420, 1080, 1920), 1.25),
        Screen("MAIN", Region(0, 0, 1280, 800)),
        Screen("RIGHT", Region(1280, -300, 800, 1280), 2),
    ),
    "dense screens, as on macOS": (
        Screen("MAIN", Region(0, 0, 1280, 800), density=2),
        Screen("LEFT", Region(-1280, -100, 1280, 800)),
    ),
}


def drags_on(screen: Screen) -> list[Drag]:
    """Odd pixels in the middle, drawn to the left and up; and the last pixels of the screen."""
    width, height = screen.pixels
    return [
        Drag(screen.name, (101, 203), (517, 411)),
        Drag(screen.name, (517, 411), (101, 203)),
        Drag(screen.name, (width - 301, height - 203), (width - 1, height - 1)),
    ]


def region_of(drag: Drag, place: Region) -> Region:
    """What the drag covers in the capture: the pixels at both of its ends are taken in."""
    (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(drag.start, drag.end, strict=True))
    return Region(place.x + x0, place.y + y0, x1 - x0 + 1, y1 - y0 + 1)


def drags_between(screens: Sequence[Screen]) -> list[Drag]:
    return [
        Drag(first.name, (101, 203), (57, 79), second.name)
        for first in screens
        for second in screens
        if first is not second
    ]


def region_between(drag: Drag, begins: Region, ends: Region) -> Region:
    xs = sorted((begins.x + drag.start[0], ends.x + drag.end[0]))
    ys = sorted((begins.y + drag.start[1], ends.y + drag.end[1]))
    return Region(xs[0], ys[0], xs[1] - xs[0] + 1, ys[1] - ys[0] + 1)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_a_drag_on_a_screen_and_one_from_a_screen_to_another(arrangement: str, tmp_path: Path) -> None:
    """In one process, as starting it takes longer than dragging."""
    screens = ARRANGEMENTS[arrangement]
    places = places_in_capture(screens)
    on_one, between = [drag for screen in screens for drag in drags_on(screen)], drags_between(screens)
    expected = [region_of(drag, places[drag.screen]) for drag in on_one]
    expected += [region_between(drag, places[drag.screen], places[drag.end_screen]) for drag in between]
    dragged = drag_on(screens, on_one + between, tmp_path)
    assert [each.selected for each in dragged] == expected
    assert [each.shown for each in dragged] == expected


@pytest.mark.parametrize("scale", SCALES)
def test_a_large_screen_at_every_scale(scale: float, tmp_path: Path) -> None:
    """Where sizes are not whole, the error adds up to the far edge."""
    screen = Screen("LARGE", Region(0, 0, 3840, 2160), scale)
    drags = [*drags_on(screen), Drag("LARGE", (3001, 1777), (3839, 2159))]
    dragged = drag_on([screen], drags, tmp_path)
    assert [each.shown for each in dragged] == [region_of(drag, screen.region) for drag in drags]


def test_a_size_that_the_scale_does_not_divide(tmp_path: Path) -> None:
    screen = Screen("ODD", Region(0, 0, 2560, 1000), 1.66)
    drags = drags_on(screen)
    dragged = drag_on([screen], drags, tmp_path)
    assert [each.shown for each in dragged] == [region_of(drag, screen.region) for drag in drags]


def test_the_map_tells_a_picture_that_is_a_pixel_off() -> None:
    whole = map_of_places(600, 400)
    good = whole.crop((257, 255, 357, 355))
    assert region_on_map(good) == Region(257, 255, 100, 100)
    assert region_on_map(whole.crop((258, 255, 358, 355))).x == 258
    for picture in (good.resize((101, 100)), good.transpose(Image.Transpose.ROTATE_90)):
        with pytest.raises(ValueError, match="no region of the map"):
            region_on_map(picture)
