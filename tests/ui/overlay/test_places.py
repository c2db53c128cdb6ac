from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grokdesk.ui.overlay.places import glass_place
from grokdesk.ui.overlay.selection import Box

WINDOW = Box(0, 0, 1000, 700)


def test_the_magnifier_flips_at_the_edges_and_away_from_the_bar() -> None:
    assert glass_place(100, 100, 140, 160, WINDOW, 16) == (116, 116)
    assert glass_place(900, 100, 140, 160, WINDOW, 16) == (744, 116)
    assert glass_place(900, 600, 140, 160, WINDOW, 16) == (744, 424)
    assert glass_place(100, 400, 140, 160, WINDOW, 16, Box(50, 410, 400, 36)) == (116, 224)


@given(
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    size=st.tuples(st.floats(200, 2000), st.floats(220, 2000)),
    bar=st.none() | st.builds(Box, *[st.floats(0, 500)] * 4),
)
def test_the_magnifier_is_inside_and_beside_the_position(
    x: float, y: float, size: tuple[float, float], bar: Box | None
) -> None:
    window = Box(0, 0, *size)
    at_x, at_y = x * size[0], y * size[1]
    place = glass_place(at_x, at_y, 138, 160, window, 16, bar)
    assert 0 <= place.x <= size[0] - 138 + 1e-6
    assert 0 <= place.y <= size[1] - 160 + 1e-6
    if size[0] > 2 * (138 + 16) or size[1] > 2 * (160 + 16):
        assert not (place.x < at_x < place.x + 138 and place.y < at_y < place.y + 160)
