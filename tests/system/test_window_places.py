from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.system.window_places import WindowInCapture, WindowPlace, windows_in


def capture(width: int, height: int, *monitors: Monitor, left: int = 0, top: int = 0) -> Capture:
    return Capture(Pixels(bytes(width * height * 4), width, height), monitors, left, top)


def test_windows_are_cut_to_the_capture_and_keep_their_order() -> None:
    taken = capture(60, 30, Monitor("", Region(0, 0, 40, 30)), Monitor("", Region(40, 10, 20, 20)), left=-40)
    windows = [
        WindowPlace("across", Region(-10, 5, 30, 10)),
        WindowPlace("outside", Region(20, 0, 5, 5)),
        WindowPlace("half", Region(-50, -5, 20, 20)),
    ]
    assert windows_in(taken, windows) == (
        WindowInCapture("across", Region(30, 5, 30, 10)),
        WindowInCapture("half", Region(0, 0, 10, 15)),
    )


def test_points_become_pixels() -> None:
    taken = capture(300, 150, Monitor("", Region(0, 0, 300, 150), place=Region(0, 0, 200, 100)))
    assert windows_in(taken, [WindowPlace("w", Region(11, 0, 3, 1))])[0].region == Region(16, 0, 5, 2)


def test_a_window_across_two_scales_is_two_regions() -> None:
    left = Monitor("", Region(0, 0, 20, 14), place=Region(-20, 0, 20, 14))
    right = Monitor("", Region(20, 0, 40, 28), place=Region(0, 0, 20, 14))
    windows = [WindowPlace("w", Region(-5, 2, 10, 4)), WindowPlace("left", Region(-20, 0, 2, 2))]
    assert [window.region for window in windows_in(capture(60, 28, left, right), windows)] == [
        Region(15, 2, 5, 4),
        Region(20, 4, 10, 8),
        Region(0, 0, 2, 2),
    ]


def test_an_image_without_monitors_shows_windows_nowhere() -> None:
    assert windows_in(capture(10, 10), [WindowPlace("w", Region(0, 0, 5, 5))]) == ()


@given(
    st.lists(
        st.builds(
            WindowPlace,
            st.just("w"),
            st.builds(Region, st.integers(-99, 99), st.integers(-99, 99), st.integers(-1, 99), st.integers(-1, 99)),
        )
    ),
    st.sampled_from([1, 1.25, 1.5, 2]),
)
def test_every_region_lies_inside_the_capture(windows: list[WindowPlace], scale: float) -> None:
    size = round(40 * scale)
    taken = capture(
        20 + size,
        size,
        Monitor("", Region(0, 0, 20, 20), place=Region(-20, -3, 20, 20)),
        Monitor("", Region(20, 0, size, size), place=Region(0, 0, 40, 40)),
    )
    whole = Region(0, 0, 20 + size, size)
    for window in windows_in(taken, windows):
        assert not window.region.is_empty
        assert window.region.intersected(whole) == window.region
