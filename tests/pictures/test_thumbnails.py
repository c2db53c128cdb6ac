from __future__ import annotations

import pytest

from grokdesk.model import ImageLimits, Picture
from grokdesk.pictures.preparing import prepare
from grokdesk.pictures.thumbnails import thumbnail
from tests.support.images import encoded, photo, quarters


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
@pytest.mark.parametrize(("size", "small"), [((1600, 800), (320, 160)), ((300, 900), (67, 200)), ((32, 16), (32, 16))])
def test_it_fits_and_shows_the_same(file_format: str, size: tuple[int, int], small: tuple[int, int]) -> None:
    prepared = prepare(Picture("a", encoded(quarters(*size), file_format)), ImageLimits())
    found = thumbnail(prepared, 320, 200)
    assert (found.width, found.height) == small
    blue, green, red = bytes(found.data)[:3]
    assert red > 230
    assert max(blue, green) < 25


def test_a_photo_has_a_thumbnail_too() -> None:
    assert thumbnail(prepare(Picture("a", encoded(photo(2000, 1500), "JPEG")), ImageLimits()), 320, 200).height == 200
