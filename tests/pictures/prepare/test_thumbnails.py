from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from grokdesk.model import ImageLimits, Picture, Pixels
from grokdesk.pictures.decode.raw_pixels import pixels_of
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.prepare.thumbnails import HEIGHT, WIDTH, thumbnail
from tests.support.images.images import encoded, photo, quarters


def preview_of(picture: Picture, limits: ImageLimits) -> Pixels:
    preview = prepare(picture, limits).preview
    assert preview is not None
    return preview


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", ""])
@pytest.mark.parametrize(("size", "small"), [((1600, 800), (320, 160)), ((300, 900), (67, 200)), ((32, 16), (32, 16))])
def test_it_fits_and_shows_the_same(file_format: str, size: tuple[int, int], small: tuple[int, int]) -> None:
    image = quarters(*size)
    content = encoded(image, file_format) if file_format else pixels_of(image)
    found = preview_of(Picture("a", content), ImageLimits())
    assert (found.width, found.height) == small
    blue, green, red = bytes(found.data)[:3]
    assert red > 230
    assert max(blue, green) < 25


def test_grey_becomes_pixels_too() -> None:
    found = thumbnail(Image.new("L", (WIDTH * 2, HEIGHT * 2), 77))
    assert bytes(found.data[:3]) == b"\x4d\x4d\x4d"
    assert (found.width, found.height) == (WIDTH, HEIGHT)


def test_a_line_keeps_a_pixel() -> None:
    found = thumbnail(Image.new("RGB", (5000, 1)))
    assert (found.width, found.height) == (WIDTH, 1)


def test_it_is_not_sharper_than_what_leaves() -> None:
    found = preview_of(Picture("a", encoded(photo(400, 200), "JPEG")), ImageLimits(long_edge=100))
    assert (found.width, found.height) == (100, 50)


def test_what_leaves_as_it_is_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Picture("a", encoded(quarters(640, 320), "JPEG", exif=exif), as_is=True)
    found = preview_of(stored, ImageLimits())
    assert (found.width, found.height) == (100, 200)
    assert found.data[2] < 25  # the blue corner of the file is at the top left


def test_it_says_nothing_of_what_a_picture_is() -> None:
    image = prepare(Picture("a", encoded(quarters(), "PNG")), ImageLimits())
    assert replace(image, preview=None) == image
    assert "preview" not in repr(image)
