"""What the windows of the overlay add to the choosing: bar, plates, magnifier, speech, and how they come and go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.actions.catalogue import Action
from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.paths import resources
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.overlay.overlay import Overlay, Selection
from grokdesk.ui.overlay.region_window import RegionWindow
from grokdesk.ui.overlay.state import SELECT_FIRST
from tests.ui.overlay.test_overlay import AREA, CTRL, DESKTOP, LEFT, NONE, SHIFT, dimmed, drag, move, original

ALT = Qt.KeyboardModifier.AltModifier
ACTIONS = (Action("ask", "Ask", "{{text}}"), Action("alt-text", "Alt text", "x"), Action("read-text", "Text", "x"))
FRONT = Region(100, 100, 300, 200)


@pytest.fixture
def overlay(qtbot: QtBot, qapp: QApplication) -> Iterator[Overlay]:
    overlay = Overlay(Theme(qapp, resources() / "icons"))
    yield overlay
    overlay.close()
    overlay.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, overlay: Overlay) -> RegionWindow:
    overlay.open(DESKTOP, windows=[FRONT], last=Region(10, 20, 30, 40), actions=ACTIONS)
    (window,) = overlay.windows
    qtbot.waitUntil(window.plates.hint.isVisible)
    move(window, 5, 5)
    return window


def accepted(overlay: Overlay) -> list[Selection]:
    found: list[Selection] = []
    overlay.selected.connect(found.append)
    return found


def test_the_bar_is_there_while_a_selection_is_adjusted(qtbot: QtBot, window: RegionWindow) -> None:
    bar = window.plates.bar
    assert not bar.isVisible()
    drag(qtbot, window, (100, 100), (399, 299), modifier=CTRL, release=False)
    assert not bar.isVisible()
    assert window.scene.label is not None
    qtbot.mouseRelease(window, LEFT, CTRL, QPoint(399, 299))
    assert bar.isVisible()
    assert window.scene.label is None
    assert [button.text() for button in bar.buttons] == ["Ask", "Alt text", "Text", "Copy", "Save"]
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not bar.isVisible()


@pytest.mark.parametrize("area", [(0, 0, 799, 799), (700, 760, 790, 790), (0, 700, 20, 799), (300, 0, 799, 40)])
def test_the_bar_never_leaves_the_window(qtbot: QtBot, window: RegionWindow, area: tuple[int, int, int, int]) -> None:
    drag(qtbot, window, area[:2], area[2:], modifier=CTRL)
    bar = window.plates.bar
    assert window.rect().contains(bar.geometry())
    assert all(bar.rect().contains(QRect(button.mapTo(bar, QPoint()), button.size())) for button in bar.buttons)


@pytest.mark.parametrize(("number", "then"), [(0, ""), (1, "alt-text"), (2, "read-text"), (3, "copy"), (4, "save")])
def test_a_button_says_what_comes_next(
    qtbot: QtBot, overlay: Overlay, window: RegionWindow, number: int, then: str
) -> None:
    found = accepted(overlay)
    drag(qtbot, window, (100, 100), (399, 299), modifier=CTRL)
    qtbot.mouseClick(window.plates.bar.buttons[number], LEFT)
    assert found == [Selection(FRONT, QRect(100, 100, 300, 200), (), then)]


def test_the_buttons_are_reached_by_tab_and_pressed_by_enter(
    qtbot: QtBot, overlay: Overlay, window: RegionWindow
) -> None:
    found = accepted(overlay)
    drag(qtbot, window, (100, 100), (399, 299), modifier=CTRL)
    buttons = window.plates.bar.buttons
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    assert buttons[0].hasFocus()
    qtbot.keyClick(buttons[0], Qt.Key.Key_Tab)
    qtbot.keyClick(buttons[1], Qt.Key.Key_Tab)
    qtbot.keyClick(buttons[2], Qt.Key.Key_Backtab, SHIFT)
    assert buttons[1].hasFocus()
    qtbot.keyClick(buttons[1], Qt.Key.Key_Return)
    assert [selection.then for selection in found] == ["alt-text"]


def test_other_keys_on_a_button_mean_what_they_always_do(qtbot: QtBot, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 100), (399, 299), modifier=CTRL)
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    qtbot.keyClick(window.plates.bar.buttons[0], Qt.Key.Key_Right)
    assert window.region == FRONT.moved(1, 0)
    assert not window.plates.bar.has_focus


def test_buttons_have_names_and_keys_for_a_screen_reader(qtbot: QtBot, window: RegionWindow) -> None:
    told = []
    for button in window.plates.bar.buttons:
        spoken = QAccessible.queryAccessibleInterface(button)
        told.append((spoken.text(QAccessible.Text.Name), spoken.text(QAccessible.Text.Description)))
    assert told == [
        ("Ask", "Enter"),
        ("Alt text", "Alt+1"),
        ("Text", "Alt+2"),
        ("Copy", "Ctrl+C"),
        ("Save", "Ctrl+S"),
    ]


def test_keys_say_what_comes_next(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    found = accepted(overlay)
    for key, modifier in ((Qt.Key.Key_C, CTRL), (Qt.Key.Key_S, CTRL), (Qt.Key.Key_2, ALT)):
        overlay.open(DESKTOP, actions=ACTIONS)
        (window,) = overlay.windows
        move(window, 5, 5)
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.keyClick(window, key, modifier)
    assert [selection.then for selection in found] == ["copy", "save", "read-text"]


def test_copying_nothing_says_so(qtbot: QtBot, window: RegionWindow) -> None:
    qtbot.waitUntil(window.plates.hint.isVisible)
    qtbot.keyClick(window, Qt.Key.Key_C, CTRL)
    assert window.plates.hint.words == ("", SELECT_FIRST)


def test_the_plate_shows_what_is_typed(qtbot: QtBot, window: RegionWindow) -> None:
    qtbot.waitUntil(window.plates.hint.isVisible)
    qtbot.keyClicks(window, "40x30")
    assert window.plates.hint.words == ("40x30", "")
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert window.plates.hint.words == ("", "")
    assert window.region is not None
    assert (window.region.width, window.region.height) == (40, 30)


def test_boxes_are_painted_and_handed_over_cut_to_the_region(
    qtbot: QtBot, overlay: Overlay, window: RegionWindow
) -> None:
    found = accepted(overlay)
    drag(qtbot, window, (100, 100), (399, 299), modifier=CTRL)
    qtbot.keyClick(window, Qt.Key.Key_X)
    drag(qtbot, window, (50, 150), (199, 179))
    drag(qtbot, window, (500, 500), (599, 599))
    shown = window.grab().toImage()
    assert shown.pixelColor(150, 160) == QColor("black")
    assert shown.pixelColor(250, 160) == original(250, 160)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert found == [Selection(FRONT, QRect(100, 100, 300, 200), (Region(100, 150, 100, 30),))]


def test_the_magnifier_follows_a_drag_and_goes_with_it(qtbot: QtBot, window: RegionWindow) -> None:
    drag(qtbot, window, (100, 100), (299, 199), modifier=CTRL, release=False)
    glass = window.scene.glass
    assert glass is not None
    assert (glass.x, glass.y) == (299, 199)
    shown = window.grab().toImage()
    assert shown.pixelColor(glass.place.x() + 1 + 8 * 5 + 4, glass.place.y() + 1 + 8 * 5 + 4) == original(296, 196)
    qtbot.mouseRelease(window, LEFT, CTRL, QPoint(299, 199))
    assert window.scene.glass is None
    assert window.grab().toImage().pixelColor(glass.place.center()) == dimmed(
        glass.place.center().x(), glass.place.center().y()
    )


def test_f1_shows_the_keys_and_they_go(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    for way_out in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Question):
        qtbot.keyClick(window, Qt.Key.Key_F1)
        assert window.plates.keys.isVisible()
        assert window.rect().contains(window.plates.keys.geometry())
        qtbot.keyClick(window, way_out)
        assert not window.plates.keys.isVisible()
    assert overlay.windows
    assert "Space: this screen." in window.plates.keys.spoken


def test_a_click_selects_the_window_below_and_a_double_click_takes_it(
    qtbot: QtBot, overlay: Overlay, window: RegionWindow
) -> None:
    found = accepted(overlay)
    qtbot.mouseClick(window, LEFT, NONE, QPoint(200, 200))
    assert window.region == FRONT
    assert not found
    qtbot.mouseDClick(window, LEFT, NONE, QPoint(200, 200))
    assert [selection.region for selection in found] == [FRONT]


def test_window_mode_takes_what_is_pointed_at(qtbot: QtBot, overlay: Overlay) -> None:
    found = accepted(overlay)
    overlay.open(DESKTOP, windows=[FRONT, Region(0, 0, 50, 50)], mode="window")
    (window,) = overlay.windows
    qtbot.waitUntil(window.plates.hint.isVisible)
    assert ("Tab", "next") in window.plates.hint.hints
    move(window, 150, 150)
    assert window.region == FRONT
    assert window.scene.label is not None
    qtbot.mouseClick(window, LEFT, NONE, QPoint(150, 150))
    assert [selection.region for selection in found] == [FRONT]


def test_a_screen_reader_hears_what_keys_changed(qtbot: QtBot, overlay: Overlay, window: RegionWindow) -> None:
    heard: list[str] = []
    window._say = lambda _widget, words: heard.append(words)
    move(window, 150, 150)
    for key in (Qt.Key.Key_L, Qt.Key.Key_X, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_W):
        qtbot.keyClick(window, key)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert heard == [
        "30 × 40 at 10, 20",
        "Drawing boxes. An arrow key begins one, Enter keeps it, X ends",
        "Box 7 × 10 at 21, 35",
        "Box removed, 0 left",
        "Picking a window. Tab goes to the next one, Enter takes it. 300 × 200 at 100, 100",
        "Selecting a region. 30 × 40 at 10, 20",
    ]


# --- coming and going ---------------------------------------------------------------------------------------


def test_windows_are_made_once_and_dressed_again(qtbot: QtBot, overlay: Overlay) -> None:
    overlay.prepare()
    assert not overlay.windows
    overlay.open(DESKTOP)
    (first,) = overlay.windows
    qtbot.keyClick(first, Qt.Key.Key_Space)
    overlay.close()
    assert not first.isVisible()
    assert first.view is None
    overlay.open(DESKTOP)
    assert list(overlay.windows) == [first]
    assert first.region is None
    assert first.grab().toImage().pixelColor(300, 5) == original(300, 5)


def test_windows_work_again_after_a_rest(qtbot: QtBot, overlay: Overlay) -> None:
    overlay.open(DESKTOP)
    overlay.rest()
    assert overlay.windows
    overlay.close()
    overlay.rest()
    overlay.open(DESKTOP)
    (window,) = overlay.windows
    assert window.isVisible()
    with qtbot.waitSignal(overlay.selected):
        drag(qtbot, window, (100, 50), (299, 149))


TWO = Capture(
    Pixels(DESKTOP.pixels.data, AREA, AREA),
    (Monitor("A", Region(0, 0, 400, 800)), Monitor("B", Region(400, 200, 400, 200))),
)


@pytest.fixture
def unplaced(qapp: QApplication) -> Iterator[Overlay]:
    overlay = Overlay(Theme(qapp, resources() / "icons"), places_windows=False)
    yield overlay
    overlay.close()
    overlay.deleteLater()


def test_where_windows_cannot_be_placed_the_screen_is_chosen_first(qtbot: QtBot, unplaced: Overlay) -> None:
    found = accepted(unplaced)
    unplaced.open(TWO)
    assert not unplaced.windows
    assert unplaced.chooser is not None
    qtbot.keyClick(unplaced.chooser, Qt.Key.Key_2)
    assert unplaced.chooser is None
    (window,) = unplaced.windows
    # 400 x 200 pixels in a window of 800 x 800: twice as large, with bars of 200 above and below
    qtbot.waitUntil(window.plates.hint.isVisible)
    shown = window.grab().toImage()
    assert shown.pixelColor(5, 100) == QColor("black")
    assert shown.pixelColor(400, 400) != QColor("black")
    drag(qtbot, window, (100, 300), (299, 399))
    assert found == [Selection(Region(450, 250, 101, 51), QRect(100, 300, 202, 102))]


def test_the_only_window_shows_the_screen_that_has_the_keys(qtbot: QtBot, unplaced: Overlay) -> None:
    unplaced.open(TWO)
    assert unplaced.chooser is not None
    unplaced.chooser.chosen.emit(0)
    (window,) = unplaced.windows
    shown = []
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_1, Qt.Key.Key_Escape, Qt.Key.Key_A):
        qtbot.keyClick(window, key)
        assert window.view is not None
        shown.append(window.view.region)
    first, second = (monitor.region for monitor in TWO.monitors)
    assert shown == [second, first, second, Region(0, 0, AREA, AREA)]


def test_leaving_the_chooser_leaves(qtbot: QtBot, unplaced: Overlay) -> None:
    unplaced.open(TWO)
    assert unplaced.chooser is not None
    with qtbot.waitSignal(unplaced.cancelled):
        qtbot.keyClick(unplaced.chooser, Qt.Key.Key_Escape)
    assert unplaced.chooser is None
    assert unplaced.choosing is None


def test_with_one_screen_there_is_nothing_to_choose(qtbot: QtBot, unplaced: Overlay) -> None:
    unplaced.open(DESKTOP)
    assert unplaced.chooser is None
    assert len(unplaced.windows) == 1


def test_a_window_that_lands_elsewhere_leads_to_the_chooser_from_then_on(qtbot: QtBot, overlay: Overlay) -> None:
    overlay.open(DESKTOP)
    overlay.windows[0].moved_elsewhere.emit()
    assert len(overlay.windows) == 1
    assert overlay.windows[0].view is not None
    assert overlay.windows[0].view.keeps_shape
    overlay.open(TWO)
    assert overlay.chooser is not None
