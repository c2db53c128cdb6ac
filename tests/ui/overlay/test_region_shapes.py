from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from grokdesk.model import Region
from grokdesk.ui.overlay.region_shapes import around, fitted, of_size, resized_in_shape, window_at
from tests.ui.overlay.test_selection import is_inside, regions_on_screens

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
