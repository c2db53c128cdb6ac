from __future__ import annotations

import pytest
from PIL import Image

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import PictureError
from grokdesk.model import ImageLimits, Picture, Pixels, PreparedImage, Region
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.pictures.decode.raw_pixels import image_of
from grokdesk.pictures.prepare.covering import covered, regions_as_it_leaves, regions_of_source
from grokdesk.pictures.prepare.preparing import prepare
from tests.support.images.images import encoded, photo, quarters
from tests.support.images.pictures import prepared_image

BOX = Region(3, 2, 10, 5)


def image_in(picture: Picture) -> Image.Image:
    assert isinstance(picture.content, Pixels)
    return image_of(picture.content)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_the_box_is_black_and_the_rest_as_it_was(file_format: str) -> None:
    options = {"lossless": True} if file_format == "WEBP" else {}
    source = Picture("a", encoded(quarters(), file_format, **options), "https://example.org/a")
    done = covered(source, [BOX], open_picture)
    wanted = quarters()
    wanted.paste((0, 0, 0), (3, 2, 13, 7))
    assert image_in(done).tobytes() == wanted.tobytes()
    assert (done.name, done.url) == ("a", "")


def test_pixels_of_a_capture_are_covered_in_place_of_their_file() -> None:
    pixels = Pixels(quarters().tobytes("raw", "BGRX"), 32, 16)
    done = covered(Picture("a", pixels), [BOX], open_picture)
    assert image_in(done).crop((3, 2, 13, 7)).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert bytes(pixels.data) == quarters().tobytes("raw", "BGRX")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_count_in_the_upright_picture(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Picture("a", encoded(quarters(64, 32), "PNG", exif=exif))
    upright = prepare(stored, ImageLimits())
    done = image_in(covered(stored, [BOX], open_picture))
    assert done.size == (upright.width, upright.height) == (upright.source_width, upright.source_height)
    assert done.crop((3, 2, 13, 7)).getextrema() == ((0, 0), (0, 0), (0, 0))


def test_a_file_that_leaves_as_it_is_is_covered_where_it_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Picture("a", encoded(quarters(64, 32), "JPEG", exif=exif, quality=95), as_is=True)
    done = covered(stored, [BOX], open_picture)
    assert image_in(done).size == (32, 64)
    assert image_in(done).crop((3, 2, 13, 7)).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert done.as_is


def test_what_is_covered_is_in_no_pixel_of_what_leaves() -> None:
    """Shrunk and as JPEG: the box is burnt in before, so nothing shines through its edges."""
    box = Region(100, 80, 200, 120)
    red = photo(1200, 900)
    red.paste((255, 0, 0), (100, 80, 300, 200))
    done = covered(Picture("a", encoded(red, "JPEG", quality=95)), [box], open_picture)
    left = prepare(done, ImageLimits(long_edge=400))
    from io import BytesIO

    with Image.open(BytesIO(left.data)) as image:
        inner = image.convert("RGB").crop((36, 29, 98, 64))
    assert max(high for _, high in inner.getextrema()) < 60  # type: ignore[misc]  # a tuple of pairs for RGB


def test_a_picture_that_cannot_be_had_whole_is_refused() -> None:
    def shrinking(
        picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None
    ) -> OpenedPicture:
        return OpenedPicture(quarters(16, 8), 32, 16)

    with pytest.raises(PictureError, match="too large to be changed"):
        covered(Picture("a.png", b"..."), [BOX], shrinking)


def test_regions_are_scaled_outwards() -> None:
    image = prepared_image(width=100, height=50)
    shrunk = PreparedImage(image.name, image.data, image.media_type, 100, 50, image.sha256, 250, 125)
    assert regions_of_source([Region(1, 1, 3, 3)], shrunk) == (Region(2, 2, 8, 8),)
    assert regions_as_it_leaves([Region(2, 2, 8, 8)], shrunk) == (Region(0, 0, 4, 4),)
