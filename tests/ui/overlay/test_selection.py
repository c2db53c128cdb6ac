"""None"""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from grokdesk.model import Region
from grokdesk.ui.overlay.places import label_place
from grokdesk.ui.overlay.selection import (
    Box,
    Drag,
    Handle,
    Mapping,
    Point,
    around,
    dragged,
    fitted,
    handle_at,
    middle,
    moved,
    of_size,
    pulled,
    resized,
    resized_in_shape,
    window_at,
)

SCREEN = Region(0, 0, 1920, 1080)
RATIOS = st.sampled_from([1, 1.25, 1.5, 1.66, 2])
positions = st.floats(-5000, 9000)
points = st.builds(Point, positions, positions)
aspects = st.none() | st.floats(0.05, 20)


@st.composite
def screens(draw: st.DrawFn) -> Region:
    """A monitor somewhere in a capture."""
    x, y = draw(st.integers(0, 4000)), draw(st.integers(0, 4000))
    return Region(x, y, draw(st.integers(1, 4000)), draw(st.integers(1, 4000)))


@st.composite
def regions_on_screens(draw: st.DrawFn) -> tuple[Region, Region]:
    screen = draw(screens())
    width, height = draw(st.integers(1, screen.width)), draw(st.integers(1, screen.height))
    x = draw(st.integers(screen.x, screen.right - width))
    y = draw(st.integers(screen.y, screen.bottom - height))
    return Region(x, y, width, height), screen


def is_inside(region: Region, screen: Region) -> bool:
    return not region.is_empty and region.intersected(screen) == region


def test_a_drag_takes_in_the_pixels_at_both_ends() -> None:
    assert dragged(Point(100, 50), Point(199, 149), SCREEN) == Region(100, 50, 100, 100)


def test_the_direction_of_a_drag_does_not_matter() -> None:
    a, b = Point(100, 50), Point(199, 149)
    assert dragged(a, b, SCREEN) == dragged(b, a, SCREEN) == dragged(Point(100, 149), Point(199, 50), SCREEN)


def test_a_drag_reaches_the_last_row_and_column() -> None:
    assert dragged(Point(0, 0), Point(1919, 1079), SCREEN) == SCREEN


def test_a_drag_with_the_aspect_kept_is_square() -> None:
    assert dragged(Point(100, 100), Point(149, 119), SCREEN, aspect=1) == Region(100, 100, 50, 50)
    assert dragged(Point(100, 100), Point(51, 90), SCREEN, aspect=1) == Region(51, 51, 50, 50)


def test_a_kept_aspect_stops_at_the_edge_of_the_screen() -> None:
    assert dragged(Point(1900, 1000), Point(1919, 1079), SCREEN, aspect=2) == Region(1900, 1000, 20, 10)


def test_moving_keeps_the_size_and_stops_at_the_edges() -> None:
    region = Region(5, 5, 100, 50)
    assert moved(region, 10, 1, SCREEN) == Region(15, 6, 100, 50)
    assert moved(region, -10, -1, SCREEN) == Region(0, 4, 100, 50)
    assert moved(region, 9999, 9999, SCREEN) == Region(1820, 1030, 100, 50)


def test_resizing_moves_the_right_and_bottom_edges() -> None:
    region = Region(5, 5, 100, 50)
    assert resized(region, 1, -1, SCREEN) == Region(5, 5, 101, 49)
    assert resized(region, -500, -500, SCREEN) == Region(5, 5, 1, 1)
    assert resized(region, 9999, 0, SCREEN).right == SCREEN.right


def test_the_keyboard_begins_in_the_middle_of_its_screen() -> None:
    assert middle(Region(1920, 100, 1280, 800)) == Region(2240, 300, 640, 400)


def test_each_handle_is_found_on_the_frame_and_the_inside_is_none() -> None:
    box = Box(100, 100, 200, 100)
    for handle in Handle:
        place = handle.on(box)
        assert handle_at(box, place.x + 3, place.y - 3, 6) is handle
    assert handle_at(box, 200, 150, 6) is None
    assert handle_at(box, 80, 150, 6) is None


def test_pulling_each_handle_moves_its_edges_alone() -> None:
    region = Region(100, 100, 50, 40)
    assert pulled(region, Handle.LEFT, Point(90, 500), SCREEN) == Region(90, 100, 60, 40)
    assert pulled(region, Handle.RIGHT, Point(159, 500), SCREEN) == Region(100, 100, 60, 40)
    assert pulled(region, Handle.TOP, Point(0, 90), SCREEN) == Region(100, 90, 50, 50)
    assert pulled(region, Handle.BOTTOM, Point(0, 149), SCREEN) == Region(100, 100, 50, 50)
    assert pulled(region, Handle.TOP_LEFT, Point(90, 90), SCREEN) == Region(90, 90, 60, 50)
    assert pulled(region, Handle.BOTTOM_RIGHT, Point(159, 149), SCREEN) == Region(100, 100, 60, 50)


def test_a_handle_pulled_over_the_other_edge_turns_the_region_over() -> None:
    assert pulled(Region(100, 100, 50, 40), Handle.LEFT, Point(200, 0), SCREEN) == Region(149, 100, 52, 40)


def test_nothing_jumps_when_a_handle_is_taken_beside_its_pixel() -> None:
    region = Region(100, 100, 50, 40)
    drag = Drag(Point(153.4, 141), region, Handle.BOTTOM_RIGHT)
    assert drag.selection(Point(153.4, 141), SCREEN, None) == region
    assert drag.selection(Point(154.4, 143), SCREEN, None) == Region(100, 100, 51, 42)


def test_a_drag_inside_moves_the_selection() -> None:
    drag = Drag(Point(110, 110), Region(100, 100, 50, 40), moving=True)
    assert drag.selection(Point(117, 105), SCREEN, None) == Region(107, 95, 50, 40)


@given(start=points, current=points, screen=screens(), aspect=aspects)
def test_a_drag_never_leaves_the_screen(start: Point, current: Point, screen: Region, aspect: float | None) -> None:
    assert is_inside(dragged(start, current, screen, aspect), screen)


@given(
    case=regions_on_screens(),
    start=points,
    current=points,
    handle=st.none() | st.sampled_from(Handle),
    moving=st.booleans(),
    aspect=aspects,
)
def test_no_change_of_a_selection_leaves_the_screen(
    case: tuple[Region, Region], start: Point, current: Point, handle: Handle | None, moving: bool, aspect: float | None
) -> None:
    region, screen = case
    assert is_inside(Drag(start, region, handle, moving).selection(current, screen, aspect), screen)
    dx, dy = round(current.x), round(current.y)
    assert is_inside(moved(region, dx, dy, screen), screen)
    assert is_inside(resized(region, dx, dy, screen), screen)


@given(case=regions_on_screens(), current=points, handle=st.sampled_from(Handle), aspect=st.floats(0.1, 10))
def test_a_pulled_side_keeps_the_shape(
    case: tuple[Region, Region], current: Point, handle: Handle, aspect: float
) -> None:
    region, screen = case
    made = pulled(region, handle, current, screen, aspect)
    assert is_inside(made, screen)
    slack = max(1.0, aspect)
    assert abs(made.width - made.height * aspect) <= slack or 1 in (made.width, made.height)


@given(
    screen=screens(),
    window=st.tuples(st.integers(1, 4000), st.integers(1, 4000)),
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_letterboxed_screen_is_whole_in_shape_and_mapped_back(
    screen: Region, window: tuple[int, int], share: tuple[float, float]
) -> None:
    mapping = Mapping.letterboxed(screen, *window)
    box = mapping.box(screen)
    assert box.x >= -0.01
    assert box.y >= -0.01
    assert box.right <= window[0] + 0.01
    assert box.bottom <= window[1] + 0.01
    assert abs(mapping.ratio_x - mapping.ratio_y) < 1e-6 * mapping.ratio_x
    point = Point(screen.x + share[0] * screen.width, screen.y + share[1] * screen.height)
    back = mapping.to_image(*mapping.to_window(point))
    assert abs(back.x - point.x) < 0.01
    assert abs(back.y - point.y) < 0.01


@given(
    ratio=RATIOS,
    size=st.sampled_from([(1920, 1080), (2560, 1440), (1080, 1920), (1366, 768)]),
    origin=st.tuples(st.integers(0, 300), st.integers(0, 300)),
    shares=st.tuples(*[st.floats(0, 0.9999)] * 4),
    letterboxed=st.booleans(),
)
def test_the_crop_is_what_the_person_saw(
    ratio: float,
    size: tuple[int, int],
    origin: tuple[int, int],
    shares: tuple[float, float, float, float],
    letterboxed: bool,
) -> None:
    """The box that is drawn bright, and nothing else, is what is cut out: any monitor, any scale, any drag."""
    screen = Region(*origin, *size)
    mapping = Mapping(screen, round(size[0] / ratio), round(size[1] / ratio))
    if letterboxed:
        mapping = Mapping.letterboxed(screen, 1000, 700)
    x0, x1 = (mapping.left + share * mapping.width for share in shares[:2])
    y0, y1 = (mapping.top + share * mapping.height for share in shares[2:])
    region = dragged(mapping.to_image(x0, y0), mapping.to_image(x1, y1), screen)
    assert is_inside(region, screen)
    box = mapping.box(region)
    a_pixel = 1 / min(mapping.ratio_x, mapping.ratio_y)
    assert abs(box.x - min(x0, x1)) <= a_pixel
    assert abs(box.right - max(x0, x1)) <= 2 * a_pixel
    assert abs(box.y - min(y0, y1)) <= a_pixel
    assert abs(box.bottom - max(y0, y1)) <= 2 * a_pixel


@given(screen=screens())
def test_the_default_selection_is_on_the_screen(screen: Region) -> None:
    assert is_inside(middle(screen), screen)


@given(screen=screens(), ratio=RATIOS, share_x=st.floats(0, 1), share_y=st.floats(0, 1))
def test_from_image_to_window_and_back_is_the_same_place(
    screen: Region, ratio: float, share_x: float, share_y: float
) -> None:
    mapping = Mapping(screen, max(1, round(screen.width / ratio)), max(1, round(screen.height / ratio)))
    point = Point(screen.x + share_x * screen.width, screen.y + share_y * screen.height)
    window = mapping.to_window(point)
    assert -0.01 <= window.x <= mapping.width + 0.01
    back = mapping.to_image(window.x, window.y)
    assert abs(back.x - point.x) < 0.01
    assert abs(back.y - point.y) < 0.01


@given(
    ratio=RATIOS,
    size=st.sampled_from([(1920, 1080), (2560, 1440), (3840, 2160), (1366, 768)]),
    left=st.integers(0, 5000),
    shares=st.tuples(*[st.floats(0, 0.9999)] * 4),
)
def test_a_drag_over_native_pixels_selects_them_to_the_pixel_or_one_off(
    ratio: float, size: tuple[int, int], left: int, shares: tuple[float, float, float, float]
) -> None:
    """Qt divides native positions by the ratio; the window has a whole number of logical units."""
    screen = Region(left, 0, *size)
    mapping = Mapping(screen, round(size[0] / ratio), round(size[1] / ratio))
    x0, x1 = (int(share * size[0]) for share in shares[:2])
    y0, y1 = (int(share * size[1]) for share in shares[2:])
    region = dragged(mapping.to_image(x0 / ratio, y0 / ratio), mapping.to_image(x1 / ratio, y1 / ratio), screen)
    assert abs(region.x - left - min(x0, x1)) <= 1
    assert abs(region.y - min(y0, y1)) <= 1
    assert abs(region.right - left - max(x0, x1) - 1) <= 1
    assert abs(region.bottom - max(y0, y1) - 1) <= 1
    if ratio in (1, 2):
        assert (region.width, region.height) == (abs(x1 - x0) + 1, abs(y1 - y0) + 1)


@given(
    x=st.floats(0, 1000),
    y=st.floats(0, 1000),
    width=st.floats(0, 1000),
    height=st.floats(0, 1000),
    label=st.tuples(st.floats(10, 200), st.floats(10, 40)),
)
def test_the_size_label_never_leaves_the_window(
    x: float, y: float, width: float, height: float, label: tuple[float, float]
) -> None:
    window = Box(0, 0, 1000, 1000)
    box = Box(x, y, min(width, 1000 - x), min(height, 1000 - y))
    place = label_place(box, *label, window, gap=8)
    assert 0 <= place.x <= 1000 - label[0]
    assert 0 <= place.y <= 1000 - label[1]


def test_the_size_label_goes_below_then_above_then_inside() -> None:
    window = Box(0, 0, 1000, 1000)
    assert label_place(Box(100, 100, 50, 50), 60, 20, window, 8) == (100, 158)
    assert label_place(Box(100, 900, 50, 90), 60, 20, window, 8) == (100, 872)
    assert label_place(window, 60, 20, window, 8) == (8, 972)


sizes = st.integers(0, 9000)
aspects = st.floats(0.02, 50)


@given(case=regions_on_screens(), width=sizes, height=sizes, at=st.tuples(*[st.integers(-5000, 9000)] * 2))
def test_a_region_of_a_wanted_size_is_on_the_screen(
    case: tuple[Region, Region], width: int, height: int, at: tuple[int, int]
) -> None:
    region, screen = case
    for made in (of_size(width, height, region, screen), around(*at, width, height, screen)):
        assert is_inside(made, screen)
        assert made.width == min(max(1, width), screen.width)
        assert made.height == min(max(1, height), screen.height)


@example(case=(Region(0, 0, 2, 33), Region(0, 0, 2, 33)), aspect=0.03125)
@given(case=regions_on_screens(), aspect=aspects)
def test_a_fitted_region_is_inside_and_has_the_shape(case: tuple[Region, Region], aspect: float) -> None:
    region, _screen = case
    made = fitted(region, aspect)
    assert is_inside(made, region)
    assert made.width == region.width or made.height == region.height
    assert abs(made.width / aspect - made.height) <= 1 or abs(made.height * aspect - made.width) <= 1


@given(case=regions_on_screens(), dx=st.integers(-9000, 9000), aspect=st.none() | aspects)
def test_resizing_in_shape_stays_on_the_screen(case: tuple[Region, Region], dx: int, aspect: float | None) -> None:
    region, screen = case
    for change in ((dx, 0), (0, dx)):
        made = resized_in_shape(region, *change, screen, aspect)
        assert is_inside(made, screen)
        assert (made.x, made.y) == (region.x, region.y)


def test_the_window_in_front_is_found_by_its_pixels() -> None:
    front, back = Region(10, 10, 5, 5), Region(0, 0, 100, 100)
    assert window_at(14.4, 10, (front, back)) == front
    assert window_at(14.6, 10, (front, back)) == back
    assert window_at(100, 100, (front, back)) is None
