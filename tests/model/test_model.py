from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import FINISHED, Answer, Picture, Pixels, Profile, Region
from tests.support.images.pictures import capture

regions = st.builds(Region, st.integers(-50, 50), st.integers(-50, 50), st.integers(0, 60), st.integers(0, 60))


def columns(region: Region) -> set[int]:
    return set(range(region.x, region.right))


def rows(region: Region) -> set[int]:
    return set(range(region.y, region.bottom))


@given(a=regions, b=regions)
def test_an_intersection_holds_what_is_in_both(a: Region, b: Region) -> None:
    both = a.intersected(b)
    assert both.width >= 0
    assert both.height >= 0
    if columns(a) & columns(b) and rows(a) & rows(b):
        assert columns(both) == columns(a) & columns(b)
        assert rows(both) == rows(a) & rows(b)
    else:
        assert both.is_empty


@given(a=regions, dx=st.integers(-9, 9), dy=st.integers(-9, 9))
def test_moving_keeps_the_size_and_can_be_undone(a: Region, dx: int, dy: int) -> None:
    moved = a.moved(dx, dy)
    assert (moved.width, moved.height) == (a.width, a.height)
    assert moved.moved(-dx, -dy) == a


@given(region=st.builds(Region, st.integers(-5, 45), st.integers(-5, 35), st.integers(0, 50), st.integers(0, 40)))
def test_cropping_takes_exactly_the_pixels_of_the_region(region: Region) -> None:
    pixels = capture(40, 30).pixels
    inside = region.intersected(Region(0, 0, 40, 30))
    if inside.is_empty:
        with pytest.raises(ValueError, match="lies outside"):
            pixels.cropped(region)
        return
    cropped = pixels.cropped(region)
    assert (cropped.width, cropped.height) == (inside.width, inside.height)
    expected = b"".join(
        bytes(pixels.data[(y * 40 + inside.x) * 4 : (y * 40 + inside.right) * 4])
        for y in range(inside.y, inside.bottom)
    )
    assert bytes(cropped.data) == expected


def test_a_crop_keeps_the_boxes_that_touch_it() -> None:
    whole = Pixels(bytes(20 * 10 * 4), 20, 10, (Region(0, 0, 5, 5), Region(18, 8, 2, 2), Region(3, 3, 10, 1)))
    part = whole.cropped(Region(4, 2, 6, 6))
    assert part.boxes == (Region(0, 0, 1, 3), Region(0, 1, 6, 1))
    assert (whole.redactions, part.redactions) == (3, 2)
    assert whole.cropped(Region(5, 5, 5, 3)).redactions == 0


@pytest.mark.parametrize(("width", "height"), [(2, 2), (1, 3), (0, 1)])
def test_pixels_of_a_wrong_length_are_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="BGRX"):
        Pixels(b"\0" * 4, width, height)


def test_pictures_are_compared_by_identity_and_can_be_remembered_weakly() -> None:
    one, other = Picture("a.png", b"same"), Picture("a.png", b"same")
    assert one != other
    remembered: weakref.WeakKeyDictionary[Picture, str] = weakref.WeakKeyDictionary({one: "one", other: "other"})
    assert remembered[one] == "one"
    del one
    gc.collect()
    assert list(remembered.values()) == ["other"]


def test_reprs_do_not_hold_pictures() -> None:
    assert "same" not in repr(Picture("a.png", b"same"))
    assert len(repr(capture(300, 200))) < 400


def test_a_profile_needs_a_key_and_is_remote_unless_said_otherwise() -> None:
    profile = Profile("a", "A", "chat-completions")
    assert profile.needs_key
    assert not profile.is_local


def test_an_answer_begins_empty() -> None:
    assert Answer() == Answer("", "", "", "", None, None, None, None)
    assert FINISHED == "stop"
