from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import Region
from grokdesk.pictures.prepare.redacting import visible_boxes
from grokdesk.ui.overlay.keys import ARROWS, TABLE, Key, press
from grokdesk.ui.overlay.pointer import Pointing
from grokdesk.ui.overlay.selection import Mapping, Point
from grokdesk.ui.overlay.state import SELECT_FIRST, Choosing
from grokdesk.ui.overlay.values import Accept, Leave, Stage

LEFT, RIGHT = Region(0, 200, 1280, 1024), Region(1280, 0, 1920, 1080)
WHOLE = Region(0, 0, 3200, 1224)
FRONT, BACK, OUTSIDE = Region(1400, 100, 400, 300), Region(1300, 50, 1200, 900), Region(-100, 900, 500, 600)
STAGE = Stage(WHOLE, (LEFT, RIGHT), (FRONT, BACK, OUTSIDE), Region(10, 300, 50, 40), ("alt-text", "describe"))
MAIN = Mapping(RIGHT, RIGHT.width, RIGHT.height)
"""A window over the right screen, in which positions begin at its own corner."""


@pytest.fixture
def choosing() -> Choosing:
    return Choosing(STAGE, screen=1)


def keys(choosing: Choosing, *names: str) -> object:
    """Press them as ``ctrl+shift+left``; what the last led to."""
    outcome: object = None
    for name in names:
        *modifiers, last = name.split("+")
        outcome = press(choosing, Key(last, *(word in modifiers for word in ("ctrl", "shift", "alt"))))
    return outcome


def typed(choosing: Choosing, text: str) -> object:
    return keys(choosing, *text)


def drag(
    choosing: Choosing,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    adjust: bool = False,
    shift: bool = False,
    mapping: Mapping = MAIN,
) -> object:
    pointing = Pointing(choosing)
    pointing.press(mapping, *start)
    pointing.move(mapping, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2, shift=shift)
    pointing.move(mapping, *end, shift=shift)
    return pointing.release(adjust=adjust)


# --- keys ---------------------------------------------------------------------------------------------------


def test_arrows_begin_move_and_resize_by_one_or_ten(choosing: Choosing) -> None:
    keys(choosing, "left")
    assert choosing.region == Region(1280 + 480, 270, 960, 540)
    keys(choosing, "left", "ctrl+down", "shift+right", "ctrl+shift+up")
    assert choosing.region == Region(1280 + 479, 280, 961, 530)
    assert keys(choosing, "enter") == Accept()


def test_a_held_arrow_repeats_and_is_undone_at_once(choosing: Choosing) -> None:
    keys(choosing, "left")
    first = choosing.region
    for _ in range(3):
        press(choosing, Key("left", repeated=True))
    keys(choosing, "ctrl+z")
    assert choosing.region == first


def test_a_held_letter_counts_once(choosing: Choosing) -> None:
    keys(choosing, "x")
    press(choosing, Key("x", repeated=True))
    assert choosing.mode == "redact"


def test_space_takes_this_screen_and_then_accepts(choosing: Choosing) -> None:
    assert keys(choosing, "space") is None
    assert choosing.region == RIGHT
    assert keys(choosing, "space") == Accept()


def test_a_digit_takes_its_screen_and_the_keys_with_it(choosing: Choosing) -> None:
    keys(choosing, "1")
    assert (choosing.region, choosing.screen, choosing.entry) == (LEFT, 0, "1")
    assert keys(choosing, "enter") == Accept()


@pytest.mark.parametrize("key", ["a", "0"])
def test_all_screens(choosing: Choosing, key: str) -> None:
    keys(choosing, key, "left")
    assert choosing.region == WHOLE


def test_the_last_region_is_cut_to_the_capture(choosing: Choosing) -> None:
    keys(choosing, "l")
    assert (choosing.region, choosing.screen) == (STAGE.last, 0)
    half_gone = Choosing(Stage(LEFT, (LEFT,), last=Region(1200, 300, 500, 100)))
    keys(half_gone, "l")
    assert half_gone.region == Region(1200, 300, 80, 100)


@pytest.mark.parametrize("last", [None, Region(9000, 0, 5, 5)])
def test_without_a_last_region_a_sentence_says_so(last: Region | None) -> None:
    choosing = Choosing(Stage(LEFT, (LEFT,), last=last))
    keys(choosing, "l")
    assert choosing.region is None
    assert choosing.notice.startswith(("No region has been captured", "The last region is no longer"))


def test_tab_goes_to_the_next_screen_where_an_arrow_begins_anew(choosing: Choosing) -> None:
    keys(choosing, "left", "tab")
    assert choosing.screen == 0
    keys(choosing, "left")
    assert choosing.region == Region(320, 456, 640, 512)
    keys(choosing, "shift+tab")
    assert choosing.screen == 1


def test_keys_stay_with_a_chosen_screen_where_the_desktop_leaves_them_in_one_window(choosing: Choosing) -> None:
    choosing.hear_from(1)
    keys(choosing, "1")
    choosing.hear_from(1)
    keys(choosing, "shift+left")
    assert choosing.region == Region(0, 200, 1279, 1024)
    choosing.hear_from(0)
    choosing.hear_from(1)
    assert choosing.screen == 1


def test_escape_ends_what_is_open_then_the_selection_then_leaves(choosing: Choosing) -> None:
    keys(choosing, "left", "x", "left", "f1")
    states = []
    for _ in range(4):
        assert keys(choosing, "escape") is None
        states.append((choosing.shows_keys, choosing.box is None, choosing.mode, choosing.region is None))
    assert states == [
        (False, False, "redact", False),
        (False, True, "redact", False),
        (False, True, "region", False),
        (False, True, "region", True),
    ]
    assert keys(choosing, "escape") == Leave()


def test_what_needs_a_selection_says_so(choosing: Choosing) -> None:
    for key in ("enter", "ctrl+c", "ctrl+s", "alt+1"):
        assert keys(choosing, key) is None
        assert choosing.notice == SELECT_FIRST
    keys(choosing, "left")
    assert choosing.notice == ""


def test_copy_save_and_actions(choosing: Choosing) -> None:
    keys(choosing, "left")
    assert keys(choosing, "ctrl+c") == Accept("copy")
    assert keys(choosing, "ctrl+s") == Accept("save")
    assert keys(choosing, "alt+2") == Accept("describe")
    assert keys(choosing, "alt+3") is None


def test_f1_and_question_mark_show_the_keys(choosing: Choosing) -> None:
    for key in ("f1", "?"):
        keys(choosing, key)
        assert choosing.shows_keys
        keys(choosing, key)
        assert not choosing.shows_keys
    assert len({key for key, _meaning in TABLE}) == len(TABLE)


def test_undo_and_redo_go_through_selections_and_boxes(choosing: Choosing) -> None:
    keys(choosing, "left", "x", "left", "enter", "x")
    marks = choosing.marks
    assert len(marks.boxes) == 1
    keys(choosing, "ctrl+z")
    assert choosing.boxes == ()
    keys(choosing, "ctrl+z")
    assert choosing.region is None
    keys(choosing, "ctrl+z")
    assert "Nothing to undo" in choosing.notice
    keys(choosing, "ctrl+y", "ctrl+shift+z")
    assert choosing.marks == marks
    keys(choosing, "ctrl+y")
    assert "Nothing to redo" in choosing.notice


# --- typing -------------------------------------------------------------------------------------------------


def test_a_typed_size_is_taken_where_the_selection_is(choosing: Choosing) -> None:
    keys(choosing, "left")
    typed(choosing, "800x600")
    assert choosing.entry == "800x600"
    assert keys(choosing, "enter") is None
    assert choosing.region == Region(1760, 270, 800, 600)
    assert keys(choosing, "enter") == Accept()


def test_a_size_typed_first_goes_around_the_pointer(choosing: Choosing) -> None:
    choosing.pointer = Point(1300, 500)
    typed(choosing, "800x600")
    keys(choosing, "enter")
    assert choosing.region == Region(1280, 200, 800, 600)
    far = Choosing(STAGE, screen=1)
    typed(far, "100x50")
    keys(far, "enter")
    assert far.region == Region(1280 + 910, 515, 100, 50)


def test_a_size_larger_than_the_screen_is_cut_and_says_so(choosing: Choosing) -> None:
    typed(choosing, "9000x50")
    keys(choosing, "enter")
    assert choosing.region == Region(1280, 515, 1920, 50)
    assert "cropped" in choosing.notice


def test_a_size_that_begins_like_a_screen_does_not_leave_it_selected(choosing: Choosing) -> None:
    typed(choosing, "1")
    assert choosing.region == LEFT
    typed(choosing, "0")
    assert choosing.region is None
    typed(choosing, "0x50")
    keys(choosing, "enter")
    assert choosing.region is not None
    assert (choosing.region.width, choosing.region.height) == (100, 50)
    keys(choosing, "ctrl+z")
    assert choosing.region is None


def test_escape_drops_what_was_typed_and_what_it_did(choosing: Choosing) -> None:
    keys(choosing, "left")
    before = choosing.region
    typed(choosing, "1")
    assert keys(choosing, "escape") is None
    assert (choosing.entry, choosing.region) == ("", before)


def test_a_shape_fits_the_selection_and_is_kept_by_drags_and_keys(choosing: Choosing) -> None:
    keys(choosing, "left")
    typed(choosing, "2:1")
    keys(choosing, "enter")
    assert choosing.region == Region(1760, 300, 960, 480)
    keys(choosing, "ctrl+shift+left")
    assert choosing.region == Region(1760, 300, 950, 475)
    keys(choosing, "ctrl+shift+down")
    assert choosing.region == Region(1760, 300, 970, 485)
    keys(choosing, "escape")
    drag(choosing, (10, 10), (209, 20), adjust=True)
    assert choosing.region == Region(1290, 10, 200, 100)
    keys(choosing, "escape", "escape")
    assert choosing.marks.aspect is None
    assert keys(choosing, "escape") == Leave()


@pytest.mark.parametrize("text", ["12x", "3", "16:", "5x0", "1.5", "1:900"])
def test_what_is_not_understood_stays_with_a_sentence(choosing: Choosing, text: str) -> None:
    typed(choosing, text)
    assert keys(choosing, "enter") is None
    assert choosing.entry == text
    assert choosing.notice
    keys(choosing, *["backspace"] * len(text))
    assert choosing.entry == ""
    assert choosing.region is None or text[0] == "1"


def test_letters_mean_their_command_unless_something_is_typed(choosing: Choosing) -> None:
    typed(choosing, "5x")
    assert (choosing.entry, choosing.mode) == ("5x", "region")
    typed(choosing, "x")
    keys(choosing, "escape", "x")
    assert choosing.mode == "redact"


# --- windows ------------------------------------------------------------------------------------------------


def test_window_mode_points_at_the_front_window_and_a_click_takes_it(choosing: Choosing) -> None:
    keys(choosing, "w")
    assert choosing.mode == "window"
    pointing = Pointing(choosing)
    pointing.move(MAIN, 30, 60, shift=False)
    assert choosing.region == BACK
    pointing.move(MAIN, 200, 200, shift=False)
    assert choosing.region == FRONT
    pointing.press(MAIN, 200, 200)
    assert pointing.release(adjust=False) == Accept()
    assert choosing.marks.region == FRONT


def test_where_there_is_no_window_the_screen_is_taken(choosing: Choosing) -> None:
    keys(choosing, "w")
    Pointing(choosing).move(MAIN, 1900, 1000, shift=False)
    assert choosing.region == RIGHT


def test_tab_goes_through_the_windows_which_are_cut_to_the_capture() -> None:
    choosing = Choosing(STAGE, "window", screen=1)
    assert choosing.region == FRONT
    keys(choosing, "tab", "tab")
    assert choosing.region == Region(0, 900, 400, 324)
    assert choosing.screen == 0
    keys(choosing, "tab")
    assert choosing.region == FRONT
    keys(choosing, "shift+tab", "shift+tab")
    assert choosing.region == BACK
    assert keys(choosing, "enter") == Accept()
    assert choosing.marks.region == BACK


def test_ctrl_click_and_arrows_adjust_a_window(choosing: Choosing) -> None:
    keys(choosing, "w")
    assert drag(choosing, (200, 200), (200, 200), adjust=True) is None
    assert (choosing.mode, choosing.region) == ("region", FRONT)
    keys(choosing, "w", "right")
    assert choosing.region == FRONT.moved(1, 0)


def test_a_click_in_region_mode_selects_the_window_to_be_adjusted(choosing: Choosing) -> None:
    assert drag(choosing, (200, 200), (201, 201)) is None
    assert choosing.region == FRONT
    drag(choosing, (30, 60), (30, 60))
    assert choosing.region == BACK
    keys(choosing, "right")
    drag(choosing, (1900, 1000), (1900, 1000))
    assert choosing.region == BACK.moved(1, 0)
    assert Pointing(choosing).double_click(MAIN, 300, 300) == Accept()


def test_without_windows_a_sentence_says_so() -> None:
    choosing = Choosing(Stage(LEFT, (LEFT,)), "window")
    assert choosing.mode == "region"
    assert "cannot tell where the windows are" in choosing.notice
    assert keys(choosing, "escape") == Leave()


def test_escape_leaves_at_once_what_began_with_windows() -> None:
    assert keys(Choosing(STAGE, "window"), "escape") == Leave()
    later = Choosing(STAGE)
    assert keys(later, "w", "escape") is None
    assert later.mode == "region"


# --- boxes --------------------------------------------------------------------------------------------------


def test_drags_draw_boxes_in_redaction_mode_and_accept_nothing(choosing: Choosing) -> None:
    drag(choosing, (100, 100), (499, 299), adjust=True)
    keys(choosing, "x")
    assert drag(choosing, (90, 150), (199, 169)) is None
    assert choosing.boxes == (Region(1370, 150, 110, 20),)
    assert choosing.region == Region(1380, 100, 400, 200)
    assert keys(choosing, "enter") == Accept()
    assert visible_boxes(choosing.boxes, Region(1380, 100, 400, 200)) == (Region(1380, 150, 100, 20),)


def test_a_box_by_keys_alone(choosing: Choosing) -> None:
    keys(choosing, "space", "x", "down", "ctrl+down", "ctrl+shift+right")
    assert choosing.box == Region(1280 + 720, 415, 490, 270)
    assert not choosing.marks.boxes
    assert keys(choosing, "enter") is None
    assert choosing.marks.boxes == (Region(1280 + 720, 415, 490, 270),)
    keys(choosing, "right", "x")
    assert len(choosing.marks.boxes) == 2


def test_delete_removes_the_box_under_the_pointer_else_the_last(choosing: Choosing) -> None:
    keys(choosing, "x")
    for x in (10, 200, 400):
        drag(choosing, (x, 10), (x + 50, 60))
    choosing.pointer = Point(1280 + 220, 30)
    keys(choosing, "delete")
    assert [box.x - 1280 for box in choosing.boxes] == [10, 400]
    choosing.pointer = None
    keys(choosing, "delete")
    assert [box.x - 1280 for box in choosing.boxes] == [10]
    keys(choosing, "delete", "delete")
    assert "no box" in choosing.notice


def test_boxes_drawn_first_stay_when_a_region_is_dragged(choosing: Choosing) -> None:
    keys(choosing, "x")
    drag(choosing, (10, 10), (60, 60))
    keys(choosing, "x")
    assert drag(choosing, (0, 0), (200, 200)) == Accept()
    assert len(choosing.marks.boxes) == 1


# --- magnifier ----------------------------------------------------------------------------------------------


def test_the_magnifier_comes_with_drags_arrows_and_z(choosing: Choosing) -> None:
    pointing = Pointing(choosing)
    pointing.move(MAIN, 50, 60, shift=False)
    assert choosing.magnified is None
    pointing.press(MAIN, 50, 60)
    pointing.move(MAIN, 90, 70, shift=False)
    assert choosing.magnified == Point(1370, 70)
    pointing.release(adjust=True)
    assert choosing.magnified is None
    keys(choosing, "shift+right")
    assert choosing.magnified == Point(1371, 70)
    keys(choosing, "right")
    assert choosing.magnified == Point(1331, 60)
    keys(choosing, "z")
    assert choosing.magnified == Point(1370, 70)
    keys(choosing, "z")
    assert choosing.magnified is None


# --- whatever is done ---------------------------------------------------------------------------------------

positions = st.tuples(st.floats(-500, 4000), st.floats(-500, 3000))
modified = st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans())
names = st.sampled_from([*ARROWS, *"awlxz0123456789:.x?cs", "tab", "space", "enter", "escape", "delete", "backspace"])


class Dragged(NamedTuple):
    start: tuple[float, float]
    end: tuple[float, float]
    shift: bool
    adjust: bool
    screen: int


events = st.builds(lambda name, flags: Key(name, *flags), names, modified) | st.builds(
    Dragged, positions, positions, st.booleans(), st.booleans(), st.sampled_from([0, 1])
)


@st.composite
def stages(draw: st.DrawFn) -> Stage:
    """One to three monitors anywhere in a capture, with windows over their edges."""
    screens, x = [], 0
    for _ in range(draw(st.integers(1, 3))):
        width, height = draw(st.integers(1, 2000)), draw(st.integers(1, 2000))
        screens.append(Region(x, draw(st.integers(0, 500)), width, height))
        x += width
    whole = Region(0, 0, x, max(screen.bottom for screen in screens))
    anywhere = st.builds(Region, *[st.integers(-200, 3000)] * 2, *[st.integers(0, 3000)] * 2)
    windows = draw(st.lists(anywhere, max_size=3))
    return Stage(whole, tuple(screens), tuple(windows), draw(st.none() | anywhere), ("ask",))


@given(stage=stages(), happened=st.lists(events, max_size=25), ratio=st.sampled_from([1, 1.25, 1.5, 1.66, 2]))
def test_whatever_is_done_the_selection_lies_in_the_capture(
    stage: Stage, happened: list[Key | Dragged], ratio: float
) -> None:
    choosing = Choosing(stage)
    for event in happened:
        if isinstance(event, Key):
            outcome: object = press(choosing, event)
        else:
            screen = stage.screens[event.screen % len(stage.screens)]
            size = max(1, round(screen.width / ratio)), max(1, round(screen.height / ratio))
            mapping = Mapping.letterboxed(screen, 800, 600) if event.shift else Mapping(screen, *size)
            outcome = drag(choosing, event.start, event.end, adjust=event.adjust, shift=event.shift, mapping=mapping)
        for region in (choosing.region, *choosing.boxes):
            assert region is None or (not region.is_empty and region.intersected(stage.whole) == region)
        assert 0 <= choosing.screen < len(stage.screens)
        if isinstance(outcome, Accept):
            assert choosing.marks.region is not None
