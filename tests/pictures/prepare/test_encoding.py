from __future__ import annotations

import pytest
from PIL import Image

from grokdesk.errors import PictureTooLarge
from grokdesk.pictures.decode.shrinking import shrunk
from grokdesk.pictures.prepare.encoding import encode, looks_drawn
from tests.benchmarks.png_encode import desktop_image
from tests.support.images.images import decoded, page_of_text, photo

PLENTY = 20 * 1024 * 1024


@pytest.mark.parametrize(
    "image",
    [
        page_of_text(["All work and no play", "makes Jack a dull boy."] * 10),
        page_of_text(["All work and no play"] * 20, ink="#d4d4d4", paper="#1e1e1e"),
        page_of_text(["All work and no play"] * 20).convert("L"),
        desktop_image(1920, 1080),
        Image.linear_gradient("L").resize((800, 600)),
        Image.new("RGB", (500, 500)),
    ],
    ids=["light", "dark", "grey", "desktop", "gradient", "one colour"],
)
def test_screens_and_drawings_leave_as_png(image: Image.Image) -> None:
    encoded = encode(image, PLENTY, lossless=False)
    assert encoded.media_type == "image/png"
    assert decoded(encoded.data).convert(image.mode).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    "image", [photo(), photo().convert("L"), photo().convert("L").convert("RGB"), photo(1200, 900)]
)
def test_photos_leave_as_jpeg(image: Image.Image) -> None:
    encoded = encode(image, PLENTY, lossless=False)
    assert encoded.media_type == "image/jpeg"
    assert not encoded.gave_up_png
    assert decoded(encoded.data).size == image.size


def test_lossless_keeps_a_photo_exactly() -> None:
    encoded = encode(photo(), PLENTY, lossless=True)
    assert encoded.media_type == "image/png"
    assert decoded(encoded.data).mode == "RGB"


def test_a_jpeg_has_full_colour_resolution() -> None:
    jpeg = decoded(encode(photo(), PLENTY, lossless=False).data)
    layers = jpeg.layer  # type: ignore[attr-defined]  # of Pillow's JPEG images: (id, horizontal, vertical, table)
    assert {layer[1:3] for layer in layers} == {(1, 1)}


def test_compression_comes_before_shrinking() -> None:
    image = photo(800, 600)
    best = encode(image, PLENTY, lossless=False)
    tighter = encode(image, int(len(best.data) * 0.8), lossless=False)
    assert len(tighter.data) <= len(best.data) * 0.8
    assert (tighter.width, tighter.height) == image.size
    tiny = encode(image, len(best.data) // 20, lossless=False)
    assert len(tiny.data) <= len(best.data) // 20
    assert tiny.width < 800


def test_a_png_that_is_too_large_becomes_a_jpeg_and_says_so() -> None:
    image = photo(300, 200)
    whole = encode(image, PLENTY, lossless=True)
    smaller = encode(image, len(whole.data) // 3, lossless=True)
    assert (smaller.media_type, smaller.gave_up_png) == ("image/jpeg", True)
    assert (smaller.width, smaller.height) == image.size


def test_what_cannot_fit_is_an_error() -> None:
    with pytest.raises(PictureTooLarge, match="does not fit into 40 bytes"):
        encode(photo(), 40, lossless=False)


def test_the_smallest_limit_that_holds_one_pixel_is_met() -> None:
    encoded = encode(photo(), 75, lossless=False)
    assert len(encoded.data) <= 75
    assert (encoded.width, encoded.height) == (1, 1)


@pytest.mark.parametrize(
    ("size", "edge", "expected"),
    [
        ((3840, 2160), 2048, (2048, 1152)),
        ((2160, 3840), 2048, (1152, 2048)),
        ((100, 50), 100, (100, 50)),
        ((10_000, 1), 100, (100, 1)),
    ],
)
def test_shrinking_keeps_the_aspect(size: tuple[int, int], edge: int, expected: tuple[int, int]) -> None:
    assert shrunk(Image.new("RGB", size), edge).size == expected


def test_small_pictures_count_as_drawn() -> None:
    assert looks_drawn(photo(48, 48))
