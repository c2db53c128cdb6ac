from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import ImageLimits, Picture, Pixels, Region
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.prepare.redacting import BLACK, redacted, visible_boxes

WIDTH, HEIGHT = 12, 9
CROP = Region(0, 0, 10, 9)
SOURCE = Pixels(bytes(1 + index % 251 for index in range(WIDTH * HEIGHT * 4)), WIDTH, HEIGHT)
regions = st.builds(Region, st.integers(-4, 14), st.integers(-4, 11), st.integers(0, 16), st.integers(0, 16))
crops = st.builds(Region, st.integers(0, 5), st.integers(0, 4), st.integers(1, 16), st.integers(1, 16))


def pixel(pixels: Pixels, x: int, y: int) -> bytes:
    start = (y * pixels.width + x) * 4
    return bytes(pixels.data[start : start + 4])


def holds(box: Region, x: int, y: int) -> bool:
    return box.x <= x < box.right and box.y <= y < box.bottom


@given(crop=crops, boxes=st.lists(regions, max_size=4))
def test_inside_the_boxes_is_one_colour_and_outside_nothing_changed(crop: Region, boxes: list[Region]) -> None:
    before = bytes(SOURCE.data)
    made = redacted(SOURCE, boxes, crop)
    cut = crop.intersected(Region(0, 0, WIDTH, HEIGHT))
    assert (made.width, made.height) == (cut.width, cut.height)
    for y in range(made.height):
        for x in range(made.width):
            there = x + cut.x, y + cut.y
            hidden = any(holds(box, *there) for box in boxes)
            assert pixel(made, x, y) == (BLACK if hidden else pixel(SOURCE, *there))
    assert SOURCE.data == before


def test_the_boxes_that_can_be_seen_are_counted_up_to_the_picture_that_leaves() -> None:
    once = redacted(SOURCE, [Region(0, 0, 2, 2), Region(4, 4, 2, 2), Region(90, 90, 2, 2), Region(11, 0, 1, 1)], CROP)
    twice = redacted(once, [Region(1, 1, 1, 1)])
    assert (SOURCE.redactions, once.redactions, twice.redactions) == (0, 2, 3)
    assert prepare(Picture("shot", twice), ImageLimits()).redactions == 3


@given(boxes=st.lists(regions, max_size=5), region=regions)
def test_visible_boxes_cover_the_same_pixels_of_the_region(boxes: list[Region], region: Region) -> None:
    seen = visible_boxes(boxes, region)
    assert all(not box.is_empty and box.intersected(region) == box for box in seen)
    for y in range(-4, 28):
        for x in range(-4, 31):
            if holds(region, x, y):
                assert any(holds(box, x, y) for box in boxes) == any(holds(box, x, y) for box in seen)


def test_without_a_crop_everything_is_kept() -> None:
    assert redacted(SOURCE, []).data == SOURCE.data


def test_a_crop_outside_is_an_error() -> None:
    with pytest.raises(ValueError, match="outside"):
        redacted(SOURCE, [], Region(100, 100, 5, 5))
