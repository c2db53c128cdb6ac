from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import QFont, QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication

from grokdesk.model import Capture, Pixels, Region
from grokdesk.ui.overlay.drawing import label_size
from grokdesk.ui.overlay.keys import ARROWS, Key, press
from grokdesk.ui.overlay.magnifier import ACROSS, TIMES, Glass, Magnifier, glass_caption
from grokdesk.ui.overlay.painting import ScenePainter
from grokdesk.ui.overlay.pointer import Pointing
from grokdesk.ui.overlay.scene import Scene, compose, difference
from grokdesk.ui.overlay.screens import View
from grokdesk.ui.overlay.selection import Box, Mapping
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.values import Stage

WIDTH, HEIGHT = 600, 450
NOISE = bytes(
    (7 * x + 13 * y + 31 * channel) % 256 for y in range(HEIGHT) for x in range(WIDTH) for channel in range(4)
)
CAPTURE = Capture(Pixels(NOISE, WIDTH, HEIGHT), ())
WHOLE = Region(0, 0, WIDTH, HEIGHT)


class Screen:
    """A window as an image: ``ratio`` device pixels a logical one."""

    def __init__(self, ratio: float, *, letterboxed: bool = False) -> None:
        self.width, self.height = round(WIDTH / ratio), round(HEIGHT / ratio) + (40 if letterboxed else 0)
        self.view = View.of(CAPTURE, WHOLE, 0, keeps_shape=letterboxed)
        self.mapping = self.view.mapping(self.width, self.height)
        self.ratio = ratio
        self.font = QFont()
        self._painter = ScenePainter(self.font)

    def compose(self, choosing: Choosing) -> Scene:
        window = Box(0, 0, self.width, self.height)
        return compose(choosing, self.mapping, window, self._label_size)

    def _label_size(self, text: str) -> QSizeF:
        return label_size(text, self.font)

    def blank(self) -> QImage:
        shown = QImage(round(self.width * self.ratio), round(self.height * self.ratio), QImage.Format.Format_RGB32)
        shown.setDevicePixelRatio(self.ratio)
        return shown

    def paint(self, shown: QImage, scene: Scene, parts: QRegion | None = None) -> QImage:
        everything = QRegion(0, 0, self.width + 1, self.height + 1)
        parts = everything if parts is None else parts
        painter = QPainter(shown)
        painter.setClipRegion(parts)
        self._painter.paint(painter, parts, scene, self.view.image, self.mapping, QRectF(0, 0, self.width, self.height))
        painter.end()
        return shown


keys = st.builds(
    Key, st.sampled_from([*ARROWS, *ARROWS, "space", "x", "z", "enter", "delete"]), st.booleans(), st.booleans()
)
drags = st.tuples(*[st.floats(-20, 650)] * 4, st.booleans())


@pytest.mark.parametrize(("ratio", "letterboxed"), [(1, False), (1.25, False), (1.5, False), (2, False), (1, True)])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=st.lists(keys | drags, min_size=1, max_size=8))
def test_painting_what_changed_gives_what_painting_all_gives(
    qapp: QApplication, ratio: float, letterboxed: bool, happened: list[Key | tuple[float, float, float, float, bool]]
) -> None:
    screen = Screen(ratio, letterboxed=letterboxed)
    choosing = Choosing(Stage(WHOLE, (WHOLE,)))
    pointing = Pointing(choosing)
    scene = screen.compose(choosing)
    shown = screen.paint(screen.blank(), scene)
    for event in happened:
        if isinstance(event, Key):
            press(choosing, event)
        else:
            x0, y0, x1, y1, released = event
            pointing.press(screen.mapping, x0 / ratio, y0 / ratio)
            pointing.move(screen.mapping, x1 / ratio, y1 / ratio, shift=False)
            if released:
                pointing.release(adjust=True)
        before, scene = scene, screen.compose(choosing)
        screen.paint(shown, scene, difference(before, scene))
        assert shown == screen.paint(screen.blank(), scene), event


def test_the_selection_is_shown_pixel_by_pixel(qapp: QApplication) -> None:
    for ratio in (1, 1.25, 1.5, 2):
        screen = Screen(ratio)
        choosing = Choosing(Stage(WHOLE, (WHOLE,)))
        choosing.select(Region(101, 53, 200, 151))
        choosing.drag_to(choosing.marks.region)
        shown = screen.paint(screen.blank(), screen.compose(choosing))
        assert shown.copy(101, 53, 200, 151).convertToFormat(QImage.Format.Format_RGB32) == screen.view.image.copy(
            101, 53, 200, 151
        ), ratio


@given(
    ratio=st.sampled_from([1, 1.25, 1.5, 1.66, 2, 3]),
    place=st.tuples(st.floats(0, 599), st.floats(0, 449)),
)
def test_the_magnifier_is_in_the_window_and_not_over_the_pointer(ratio: float, place: tuple[float, float]) -> None:
    mapping = Mapping(Region(0, 0, 1920, 1080), 1920 / ratio, 1080 / ratio)
    choosing = Choosing(Stage(Region(0, 0, 1920, 1080), (Region(0, 0, 1920, 1080),)))
    choosing.toggle_magnifier()
    x, y = place[0] * mapping.width / 600, place[1] * mapping.height / 450
    Pointing(choosing).move(mapping, x, y, shift=False)
    glass = compose(choosing, mapping, Box(0, 0, mapping.width, mapping.height), lambda _t: QSizeF()).glass
    assert glass is not None
    assert QRectF(0, 0, mapping.width + 1, mapping.height + 1).contains(QRectF(glass.place))
    assert not QRectF(glass.place).contains(x, y)
    assert abs(glass.x - x * mapping.ratio_x) <= 1


def test_the_magnifier_shows_pixels_eight_times_with_their_colour(qapp: QApplication) -> None:
    image = View.of(CAPTURE, WHOLE, 0).image
    shown = QImage(200, 200, QImage.Format.Format_RGB32)
    glass = Glass(QRect(10, 10, 138, 160), 3, 300)
    painter = QPainter(shown)
    Magnifier(QFont()).paint(painter, image, glass)
    painter.end()
    for dx, dy in ((2, -3), (-3, 5), (8, 8)):
        x, y = 11 + (ACROSS // 2 + dx) * TIMES + 4, 11 + (ACROSS // 2 + dy) * TIMES + 4
        assert shown.pixelColor(x, y) == image.pixelColor(3 + dx, 300 + dy)
    assert glass_caption(image, glass) == f"3, 300  {image.pixelColor(3, 300).name()}"


def test_a_region_on_two_screens_shows_its_part_on_each() -> None:
    left, right = Region(0, 0, 100, 100), Region(100, 0, 100, 100)
    choosing = Choosing(Stage(Region(0, 0, 200, 100), (left, right)))
    choosing.drag_to(choosing.stage.whole)
    scenes = [
        compose(choosing, Mapping(each, 100, 100), Box(0, 0, 100, 100), lambda _t: QSizeF(50, 20))
        for each in (left, right)
    ]
    assert [scene.frame for scene in scenes] == [Box(0, 0, 100, 100)] * 2
    assert [scene.label is not None for scene in scenes] == [False, True]
    assert not any(scene.handles for scene in scenes)
