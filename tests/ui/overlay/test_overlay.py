from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QImage, QKeyEvent, QMouseEvent, QPaintEvent, QWindow
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.paths import resources
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.overlay.overlay import Overlay, Selection
from grokdesk.ui.overlay.region_window import RegionWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
AREA = 800


def captured(width: int, height: int) -> Capture:
    """A desktop of one monitor on which no two neighbouring pixels are alike."""
    pixels = b"".join(bytes((x % 256, y % 256, (x + y) % 256, 255)) for y in range(height) for x in range(width))
    return Capture(Pixels(pixels, width, height), (Monitor("", Region(0, 0, width, height)),))


DESKTOP = captured(AREA, AREA)


@pytest.fixture
def overlay(qtbot: QtBot, qapp: QApplication) -> Iterator[Overlay]:
    overlay = Overlay(Theme(qapp, resources() / "icons"))
    yield overlay
    overlay.close()
    overlay.deleteLater()
    let_go = QWindow()
    let_go.show()
    qtbot.keyRelease(let_go, Qt.Key.Key_Control)
    assert QGuiApplication.queryKeyboardModifiers() == NONE
    let_go.destroy()


@pytest.fixture
def window(qtbot: QtBot, overlay: Overlay) -> RegionWindow:
    assert QGuiApplication.primaryScreen().size() == QSize(AREA, AREA)
    overlay.open(DESKTOP)
    (window,) = overlay.windows
    qtbot.waitUntil(lambda: window.grab().toImage().pixelColor(5, 5) == dimmed(5, 5))
    return window


def original(x: int, y: int) -> QColor:
    return QColor((x + y) % 256, y % 256, x % 256)


def dimmed(x: int, y: int) -> QColor:
    color = original(x, y)
    return QColor(*(round(value * 0.6) for value in (color.red(), color.green(), color.blue())))


def drag(
    qtbot: QtBot,
    window: RegionWindow,
    start: tuple[int, int],
    end: tuple[int, int],
    *,
    modifier: Qt.KeyboardModifier = NONE,
    release: bool = True,
) -> None:
    qtbot.mousePress(window, LEFT, modifier, QPoint(*start))
    for part in (0.3, 0.7, 1.0):
        x, y = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
        move(window, x, y, modifier)
    if release:
        qtbot.mouseRelease(window, LEFT, modifier, QPoint(*end))


def move(window: RegionWindow, x: float, y: float, modifier: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(x, y)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, window.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT, modifier
    )
    QApplication.sendEvent(window, event)


def press(window: RegionWindow, key: Qt.Key, *, repeated: bool = False) -> None:
    QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, NONE, "", repeated))


def test_the_first_frame_is_the_frozen_screen_itself(qtbot: QtBot, overlay: Overlay) -> None:
    overlay.open(DESKTOP)
    (window,) = overlay.windows
    first = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert bytes(first.constBits()) == DESKTOP.pixels.data
    qtbot.waitUntil(lambda: window.grab().toImage().pixelColor(400, 5) == dimmed(400, 5))


def test_only_the_selection_is_bright(qtbot: QtBot, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 100), (399, 299), modifier=CTRL)
    shown = window.grab().toImage()
    for x, y in ((120, 120), (380, 280), (250, 200)):
        assert shown.pixelColor(x, y) == original(x, y)
    for x, y in ((90, 200), (250, 90), (410, 200), (500, 310)):
        assert shown.pixelColor(x, y) == dimmed(x, y)


def test_a_plain_drag_accepts_on_release(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    with qtbot.waitSignal(overlay.selected) as selected:
        drag(qtbot, window, (100, 50), (299, 149))
    assert selected.args == [Selection(Region(100, 50, 200, 100), QRect(100, 50, 200, 100))]
    assert overlay.windows == ()
    assert not window.isVisible()


def test_a_drag_with_ctrl_is_adjusted_and_accepted_by_enter(
    qtbot: QtBot, overlay: Overlay, window: RegionWindow
) -> None:
    with qtbot.assertNotEmitted(overlay.selected):
        drag(qtbot, window, (100, 50), (299, 149), modifier=CTRL)
        drag(qtbot, window, (300, 100), (310, 100))  # the right edge
        drag(qtbot, window, (150, 100), (160, 95))  # the inside
    with qtbot.waitSignal(overlay.selected) as selected:
        qtbot.keyClick(window, Qt.Key.Key_Return)
    assert selected.args is not None
    assert selected.args[0].region == Region(110, 45, 210, 100)


def test_a_double_click_accepts(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 50), (299, 149), modifier=CTRL)
    with qtbot.assertNotEmitted(overlay.selected):
        qtbot.mouseDClick(window, LEFT, NONE, QPoint(500, 500))
    with qtbot.waitSignal(overlay.selected):
        qtbot.mouseDClick(window, LEFT, NONE, QPoint(200, 100))


def test_a_click_without_a_drag_selects_nothing(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    with qtbot.assertNotEmitted(overlay.selected):
        drag(qtbot, window, (100, 100), (102, 101))
    assert window.region is None


def test_esc_undoes_one_step_then_leaves(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 50), (299, 149), modifier=CTRL)
    drag(qtbot, window, (150, 100), (400, 400), release=False)
    assert window.region == Region(350, 350, 200, 100)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.region == Region(100, 50, 200, 100)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.region is None
    with qtbot.waitSignal(overlay.cancelled):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert overlay.windows == ()


def test_the_right_button_cancels_the_drag_then_leaves(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 50), (299, 149), release=False)
    qtbot.mousePress(window, Qt.MouseButton.RightButton, NONE, QPoint(299, 149))
    assert window.region is None
    with qtbot.assertNotEmitted(overlay.selected):
        qtbot.mouseRelease(window, LEFT, NONE, QPoint(299, 149))
    with qtbot.waitSignal(overlay.cancelled):
        qtbot.mousePress(window, Qt.MouseButton.RightButton, NONE, QPoint(299, 149))


def test_a_region_by_keys_alone(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert window.region == Region(200, 200, 400, 400)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    qtbot.keyClick(window, Qt.Key.Key_Down, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(window, Qt.Key.Key_Up, SHIFT | CTRL)
    with qtbot.waitSignal(overlay.selected) as selected:
        qtbot.keyClick(window, Qt.Key.Key_Enter)
    assert selected.args is not None
    assert selected.args[0].region == Region(199, 210, 401, 390)


def test_space_takes_the_screen_and_accepts_it(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.region == Region(0, 0, AREA, AREA)
    with qtbot.waitSignal(overlay.selected):
        qtbot.keyClick(window, Qt.Key.Key_Space)


def test_enter_without_a_selection_does_nothing(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    with qtbot.assertNotEmitted(overlay.selected), qtbot.assertNotEmitted(overlay.cancelled):
        qtbot.keyClick(window, Qt.Key.Key_Return)


def test_shift_keeps_the_shape(qtbot: QtBot, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 100), (199, 119), modifier=SHIFT, release=False)
    assert window.region == Region(100, 100, 100, 100)
    move(window, 199, 149)
    assert window.region == Region(100, 100, 100, 50)
    move(window, 299, 110, SHIFT)
    assert window.region == Region(100, 100, 200, 100)


def test_pressing_and_releasing_shift_counts_without_a_move(qtbot: QtBot, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 100), (199, 149), release=False)
    qtbot.keyPress(window, Qt.Key.Key_Shift)
    move(window, 299, 110, SHIFT)
    assert window.region == Region(100, 100, 200, 100)
    qtbot.keyRelease(window, Qt.Key.Key_Shift)
    assert window.region == Region(100, 100, 200, 11)


def test_a_repeated_key_of_the_hotkey_does_nothing(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    with qtbot.assertNotEmitted(overlay.cancelled):
        press(window, Qt.Key.Key_Escape, repeated=True)
        press(window, Qt.Key.Key_Right, repeated=True)
    assert window.region is None
    press(window, Qt.Key.Key_Right)
    press(window, Qt.Key.Key_Right, repeated=True)
    assert window.region == Region(201, 200, 400, 400)


def test_modifiers_still_held_from_the_hotkey_do_not_count(qtbot: QtBot, overlay: Overlay) -> None:
    elsewhere = QWindow()
    elsewhere.show()
    qtbot.keyPress(elsewhere, Qt.Key.Key_Control, CTRL)
    try:
        overlay.open(DESKTOP)
        (window,) = overlay.windows
        with qtbot.waitSignal(overlay.selected):
            drag(qtbot, window, (100, 50), (299, 149), modifier=CTRL)
        overlay.open(DESKTOP)
        (window,) = overlay.windows
        move(window, 5, 5)  # released by now
        with qtbot.assertNotEmitted(overlay.selected):
            drag(qtbot, window, (100, 50), (299, 149), modifier=CTRL)
    finally:
        qtbot.keyRelease(elsewhere, Qt.Key.Key_Control)
        elsewhere.destroy()


def test_half_logical_pixels_are_kept(qtbot: QtBot, overlay: Overlay) -> None:
    overlay.open(captured(2 * AREA, 2 * AREA))
    (window,) = overlay.windows
    qtbot.mousePress(window, LEFT, NONE, QPoint(100, 100))
    move(window, 150, 150)
    move(window, 200.5, 149.5)
    assert window.region == Region(200, 200, 202, 100)


class Painted(QObject):
    """Adds up what a window is asked to paint, in square pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.areas: list[int] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent) and isinstance(watched, RegionWindow):
            rects = cast("Iterable[QRect]", event.region())
            self.areas.append(sum(rect.width() * rect.height() for rect in rects))
        return False


def test_a_drag_paints_only_what_changed(qtbot: QtBot, window: RegionWindow) -> None:
    drag(qtbot, window, (50, 50), (600, 600), modifier=CTRL, release=False)
    QApplication.processEvents()
    painted = Painted()
    window.installEventFilter(painted)
    for step in range(1, 6):
        move(window, 600 + 4 * step, 600 + 3 * step)
        QApplication.processEvents()
    window.removeEventFilter(painted)
    assert len(painted.areas) == 5
    assert max(painted.areas) < 0.15 * AREA * AREA


def test_what_was_painted_in_parts_is_what_a_whole_repaint_paints(qtbot: QtBot, window: RegionWindow) -> None:
    for start, end in (((50, 50), (600, 500)), ((20, 300), (90, 340)), ((700, 700), (720, 760))):
        drag(qtbot, window, start, end, modifier=CTRL)
        QApplication.processEvents()
    qtbot.keyClick(window, Qt.Key.Key_Right, CTRL)
    QApplication.processEvents()
    whole = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    qtbot.waitUntil(lambda: window.screen().grabWindow(window.winId()).toImage() == whole)


def test_a_screen_reader_hears_what_to_do_and_the_size(qtbot: QtBot, window: RegionWindow) -> None:
    spoken = QAccessible.queryAccessibleInterface(window)
    assert "Select a region" in spoken.text(QAccessible.Text.Name)
    assert "Enter accepts" in spoken.text(QAccessible.Text.Description)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert "400 × 400 at 200, 200" in spoken.text(QAccessible.Text.Description)


def test_closing_from_outside_says_nothing(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    with qtbot.assertNotEmitted(overlay.cancelled), qtbot.assertNotEmitted(overlay.selected):
        overlay.close()
    assert not window.isVisible()


def test_closing_a_window_by_the_desktop_leaves(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    with qtbot.waitSignal(overlay.cancelled):
        window.close()


TWO_SCREENS = """
import json, sys
from PySide6.QtCore import Qt, QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.paths import resources
from grokdesk.ui.overlay.overlay import Overlay
from grokdesk.ui.kit.theme import Theme

app = QApplication(sys.argv)
overlay = Overlay(Theme(app, resources() / "icons"))
monitors = (Monitor("", Region(1280, 200, 1920, 1080)), Monitor("", Region(0, 0, 1280, 1024)))
overlay.open(Capture(Pixels(bytes(3200 * 1280 * 4), 3200, 1280), monitors, -1280, -200))
windows = sorted(overlay.windows, key=lambda window: window.x())
for _ in range(5):
    app.processEvents()
first, second = windows
QTest.keyClick(first, Qt.Key.Key_Space)
QTest.keyClick(second, Qt.Key.Key_Left)
found = {"geometry": [window.geometry().getRect() for window in windows], "first": repr(first.region)}
overlay.selected.connect(lambda chosen: found.update(region=repr(chosen.region), anchor=chosen.anchor.getRect()))
QTest.keyClick(second, Qt.Key.Key_Return)
print(json.dumps(found))
"""


@pytest.mark.parametrize("what", ["the monitor goes", "its size changes"])
def test_what_happens_to_a_monitor_ends_the_overlay_also_when_qt_shows_its_window_again(
    qtbot: QtBot, overlay: Overlay, window: RegionWindow, what: str
) -> None:
    """As QScreen does when it is deleted: it moves the windows, and shows again those that were visible before."""
    handle = window.windowHandle()
    with qtbot.waitSignal(overlay.cancelled):
        if what == "the monitor goes":
            window._place = replace(window._place, x=9000)
            handle.screenChanged.emit(handle.screen())
        else:
            window.wanted_screen.geometryChanged.emit(window.wanted_screen.geometry())
        handle.setVisible(True)
    assert overlay.windows == ()
    assert not handle.isVisible()
    assert not window.isVisible()


def test_every_screen_has_a_window_over_its_own_part(tmp_path: Path) -> None:
    screens = [("MAIN", 0, 0, 1920, 1080, 2), ("SIDE", -1280, -200, 1280, 1024, 1)]
    names = ("name", "x", "y", "width", "height", "dpr")
    described = [dict(zip(names, screen, strict=True), logicalDpi=96, logicalBaseDpi=96) for screen in screens]
    (tmp_path / "screens.json").write_text(json.dumps({"synchronousWindowSystemEvents": True, "screens": described}))
    environment = os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}"}
    done = subprocess.run(
        [sys.executable, "-c", TWO_SCREENS], capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "geometry": [[-1280, -200, 1280, 1024], [0, 0, 1920, 1080]],
        "first": "None",
        "region": repr(Region(1280 + 480, 200 + 270, 960, 540)),
        "anchor": [480, 270, 960, 540],
    }
