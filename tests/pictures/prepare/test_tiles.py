from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import PictureError
from grokdesk.model import ImageLimits, Picture, Pixels, Region
from grokdesk.pictures.decode.opened import SIZE_ALONE, OpenedPicture
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.prepare.redacting import redacted
from grokdesk.pictures.prepare.tiles import OVERLAP, in_tiles, tiles
from tests.support.images.images import encoded, photo
from tests.support.images.pictures import capture


def test_a_screen_of_4k_becomes_four_parts_with_names() -> None:
    parts = tiles(3840, 2160, 2048)
    assert [where for _region, where in parts] == ["top left", "top right", "bottom left", "bottom right"]
    assert parts[0][0] == Region(0, 0, 1968, 1128)
    assert parts[3][0] == Region(1872, 1032, 1968, 1128)


def test_a_long_page_becomes_parts_below_each_other() -> None:
    assert [where for _region, where in tiles(1000, 5000, 2048)] == ["top", "middle", "bottom"]
    assert [where for _region, where in tiles(1000, 9000, 2048)][-1] == "row 5"
    assert tiles(2048, 2048, 2048) == ((Region(0, 0, 2048, 2048), ""),)


@given(st.integers(1, 9000), st.integers(1, 9000), st.integers(512, 4096))
def test_the_parts_fit_cover_everything_and_overlap(width: int, height: int, long_edge: int) -> None:
    regions = [region for region, _where in tiles(width, height, long_edge)]
    assert all(max(region.width, region.height) <= long_edge for region in regions)
    for start, end, whole in (("x", "right", width), ("y", "bottom", height)):
        spans = sorted({(getattr(region, start), getattr(region, end)) for region in regions})
        assert spans[0][0] == 0
        assert spans[-1][1] == whole
        overlaps = [before[1] - after[0] for before, after in pairwise(spans)]
        assert all(overlap >= min(OVERLAP, long_edge // 4) for overlap in overlaps)


def test_each_part_has_its_pixels() -> None:
    whole = capture(100, 70).pixels
    parts = in_tiles(Picture("shot", whole), ImageLimits(long_edge=64), open_picture)
    assert [part.name for part in parts][1] == "shot, part 2 of 4, top right"
    last = parts[-1].content
    assert isinstance(last, Pixels)
    region = tiles(100, 70, 64)[-1][0]
    assert bytes(last.data) == bytes(whole.cropped(region).data)


def test_each_part_counts_the_boxes_that_touch_it() -> None:
    """In parts of 60 by 43 pixels that share 16: one box in a corner, one in the middle that all of them show."""
    hidden = redacted(capture(100, 70).pixels, [Region(0, 0, 9, 9), Region(45, 30, 10, 10)])
    parts = in_tiles(Picture("shot", hidden), ImageLimits(long_edge=64), open_picture)
    assert [prepare(part, ImageLimits()).redactions for part in parts] == [2, 1, 1, 1]


def test_a_file_is_divided_too_and_one_that_fits_is_left() -> None:
    file = Picture("photo.jpg", encoded(photo(300, 100), "JPEG"))
    assert len(in_tiles(file, ImageLimits(long_edge=200), open_picture)) == 2
    assert in_tiles(file, ImageLimits(long_edge=300), open_picture) == (file,)


def test_more_parts_than_are_taken_are_an_error() -> None:
    with pytest.raises(PictureError, match="would be 4 parts, and at most 3 pictures"):
        in_tiles(Picture("shot", capture(100, 70).pixels), ImageLimits(long_edge=64, max_images=3), open_picture)


def test_parts_are_counted_before_anything_is_decoded() -> None:
    asked: list[int | None] = []

    def opener(picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None) -> OpenedPicture:
        asked.append(enough)
        return open_picture(picture, enough=enough, cancel=cancel)

    large = Picture("plan.png", encoded(photo(400, 300), "PNG"))
    with pytest.raises(PictureError, match="would be 20 parts"):
        in_tiles(large, ImageLimits(long_edge=100, max_images=19), opener)
    assert asked == [SIZE_ALONE]
    assert in_tiles(large, ImageLimits(long_edge=400), opener) == (large,)
    assert asked == [SIZE_ALONE] * 2


def test_parts_of_a_file_have_its_pixels() -> None:
    image = photo(300, 200)
    parts = in_tiles(Picture("photo.png", encoded(image, "PNG")), ImageLimits(long_edge=160), open_picture)
    for part, (region, _where) in zip(parts, tiles(300, 200, 160), strict=True):
        assert isinstance(part.content, Pixels)
        box = (region.x, region.y, region.right, region.bottom)
        assert bytes(part.content.data) == image.crop(box).tobytes("raw", "BGRX")
