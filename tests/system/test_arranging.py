from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import Pixels, Region
from grokdesk.system.arranging import arranged, bounds, composed, monitors_in_image

FULL_HD, LAPTOP = Region(0, 0, 1920, 1080), Region(1920, 0, 1280, 720)
SCALES = [1, 1.25, 1.5, 1.66, 2]


def sizes(places: list[Region], scales: list[float]) -> list[tuple[int, int]]:
    return [(round(p.width * k), round(p.height * k)) for p, k in zip(places, scales, strict=True)]


def test_one_scale_keeps_the_picture_of_the_desktop() -> None:
    places = [Region(-1280, -100, 1280, 720), Region(0, 0, 1920, 1080)]
    assert arranged(places, sizes(places, [1.5, 1.5])) == (Region(0, 0, 1920, 1080), Region(1920, 150, 2880, 1620))


def test_mixed_scales_stand_side_by_side_in_their_own_pixels() -> None:
    places = [FULL_HD, LAPTOP]
    assert arranged(places, sizes(places, [1, 2])) == (Region(0, 0, 1920, 1080), Region(1920, 0, 2560, 1440))
    above = [Region(0, -720, 1280, 720), FULL_HD]
    assert arranged(above, sizes(above, [2, 1])) == (Region(0, 0, 2560, 1440), Region(0, 1440, 1920, 1080))


@st.composite
def desktops(draw: st.DrawFn) -> list[Region]:
    """Screens that do not overlap, in any order, beginning anywhere."""
    found: list[Region] = []
    for _ in range(draw(st.integers(1, 4))):
        x, y = draw(st.integers(-3000, 3000)), draw(st.integers(-3000, 3000))
        screen = Region(x, y, draw(st.integers(200, 2000)), draw(st.integers(200, 2000)))
        if all(screen.intersected(other).is_empty for other in found):
            found.append(screen)
    return found


@given(desktops(), st.data())
def test_no_screen_covers_another_whatever_the_scales(places: list[Region], data: st.DataObject) -> None:
    scales = [data.draw(st.sampled_from(SCALES)) for _ in places]
    wanted = sizes(places, scales)
    regions = arranged(places, wanted)
    assert [(region.width, region.height) for region in regions] == wanted
    assert all(one.intersected(other).is_empty for one, other in combinations(regions, 2))
    assert (bounds(regions).x, bounds(regions).y) == (0, 0)


@given(desktops(), st.sampled_from(SCALES))
def test_with_one_scale_every_screen_is_at_its_place(places: list[Region], scale: float) -> None:
    desktop = bounds(places)
    for place, region in zip(places, arranged(places, sizes(places, [scale] * len(places))), strict=True):
        x, y = (place.x - desktop.x) * scale, (place.y - desktop.y) * scale
        # The scale is found from sizes that were rounded, here to as little as 200 pixels.
        assert abs(region.x - x) <= len(places) + x / 100
        assert abs(region.y - y) <= len(places) + y / 100


def test_images_are_put_in_their_places_and_the_rest_is_black() -> None:
    white, grey = Pixels(b"\xff" * 16, 2, 2), Pixels(b"\x80" * 4, 1, 1)
    image = composed([Region(0, 0, 2, 2), Region(2, 1, 1, 1)], [white, grey])
    assert bytes(image.data) == b"\xff" * 8 + bytes(4) + b"\xff" * 8 + b"\x80" * 4
    assert composed([Region(0, 0, 2, 2)], [white]) is white


@pytest.mark.parametrize("scale", SCALES)
def test_one_ratio_maps_all_screens(scale: float) -> None:
    places = [Region(-1280, 0, 1280, 800), Region(0, -100, 1280, 720)]
    left, right = monitors_in_image(["A", "B"], places, (round(2560 * scale), round(900 * scale)))
    assert (left.name, left.place, right.place) == ("A", *places)
    assert left.region == Region(0, round(100 * scale), round(1280 * scale), round(900 * scale) - round(100 * scale))
    assert right.region.right == round(2560 * scale)


def test_an_image_of_another_shape_has_no_monitors() -> None:
    assert monitors_in_image(["A", "B"], [FULL_HD, LAPTOP], (1920, 1080)) == ()
    assert monitors_in_image([], [], (1920, 1080)) == ()
