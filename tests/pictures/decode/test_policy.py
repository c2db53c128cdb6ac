"""Which bytes leave for which picture: what is kept, what is encoded anew, and that it is the same every time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from PIL.ExifTags import Base

from grokdesk.model import ImageLimits, Picture, Pixels, Region
from grokdesk.pictures.prepare.preparing import prepare
from tests.benchmarks.png_encode import desktop_image
from tests.support.images.images import decoded, encoded, page_of_text, photo, quarters

LIMITS = ImageLimits()
PAGE = page_of_text(["All work and no play makes Jack a dull boy."] * 30)


def pixels_of(image: Image.Image) -> Pixels:
    return Pixels(image.tobytes("raw", "BGRX"), image.width, image.height)


def same(data: bytes, image: Image.Image) -> bool:
    return ImageChops.difference(decoded(data).convert("RGB"), image.convert("RGB")).getbbox() is None


def exif(turn: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[Base.Orientation], made[Base.Make] = turn, "SECRET"
    return made


def test_a_screenshot_that_came_as_a_jpeg_is_not_blown_up() -> None:
    shot = encoded(desktop_image(1600, 900), "JPEG", quality=80, exif=exif())
    prepared = prepare(Picture("shot.jpg", shot), LIMITS)
    assert prepared.media_type == "image/jpeg"
    assert len(prepared.data) < len(shot)
    assert same(prepared.data, decoded(shot))
    assert b"SECRET" not in prepared.data
    assert prepared.notes == ("Removed: camera data.",)


def test_a_photo_keeps_its_pixels_unless_a_good_jpeg_is_clearly_smaller() -> None:
    ordinary, lavish = (encoded(photo(), "JPEG", quality=quality) for quality in (90, 100))
    assert same(prepare(Picture("a", ordinary), LIMITS).data, decoded(ordinary))
    smaller = prepare(Picture("a", lavish), LIMITS)
    assert len(smaller.data) < len(lavish) / 1.25
    assert same(prepare(Picture("a", lavish), LIMITS, lossless=True).data, decoded(lavish))


def test_a_small_png_stays_as_small() -> None:
    crushed = encoded(PAGE.quantize(8), "PNG", optimize=True)
    prepared = prepare(Picture("page.png", crushed), LIMITS)
    assert len(prepared.data) <= len(crushed)
    assert same(prepared.data, decoded(crushed))


def test_a_wasteful_png_becomes_smaller_and_stays_the_same() -> None:
    wasteful = encoded(PAGE, "PNG", compress_level=0)
    prepared = prepare(Picture("page.png", wasteful), LIMITS)
    assert len(prepared.data) < len(wasteful) / 10
    assert same(prepared.data, PAGE)


def test_a_file_that_has_to_be_turned_or_shrunk_is_encoded_anew() -> None:
    turned = prepare(Picture("a", encoded(photo(), "JPEG", exif=exif(6))), LIMITS)
    assert decoded(turned.data).size == (300, 400)
    assert "exif" not in decoded(turned.data).info
    assert prepare(Picture("a", encoded(photo(), "JPEG")), ImageLimits(long_edge=300)).width == 300


def test_the_limit_counts_what_stands_in_the_request() -> None:
    data = prepare(Picture("a", pixels_of(PAGE)), LIMITS).data
    tight = ImageLimits(max_bytes=len(data) + 100)
    assert prepare(Picture("a", pixels_of(PAGE)), tight).data != data
    by_file = ImageLimits(max_bytes=len(data) + 100, counts_base64=False)
    assert prepare(Picture("a", pixels_of(PAGE)), by_file).data == data


@pytest.mark.parametrize("image", [PAGE, photo()], ids=["page", "photo"])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
@pytest.mark.parametrize("accepted", ["png", "jpeg"])
def test_only_what_the_provider_takes_leaves(image: Image.Image, file_format: str, accepted: str) -> None:
    limits = ImageLimits(formats=("png",) if accepted == "png" else ("jpeg",))
    for as_is in (False, True):
        picture = Picture("a", encoded(image, file_format), as_is=as_is)
        assert prepare(picture, limits).media_type == f"image/{accepted}"


@given(st.data())
@settings(deadline=None, max_examples=20)
def test_what_is_cropped_leaves_pixel_for_pixel(data: st.DataObject) -> None:
    desktop = pixels_of(DESKTOP)
    x, y = data.draw(st.integers(0, 500)), data.draw(st.integers(0, 300))
    region = Region(x, y, data.draw(st.integers(1, 640 - x)), data.draw(st.integers(1, 400 - y)))
    prepared = prepare(Picture("crop", desktop.cropped(region)), LIMITS, lossless=True)
    assert same(prepared.data, DESKTOP.crop((region.x, region.y, region.right, region.bottom)))


DESKTOP = desktop_image(1600, 900).crop((300, 200, 940, 600))


# --- sent as it is ------------------------------------------------------------------------------------------


def test_an_original_is_the_file_without_its_words() -> None:
    file = encoded(photo(900, 600), "JPEG", quality=97, exif=exif(6))
    prepared = prepare(Picture("a.jpg", file, as_is=True), ImageLimits(long_edge=100))
    assert (prepared.width, prepared.height) == (600, 900)
    assert len(file) - 400 < len(prepared.data) < len(file)
    assert same(prepared.data, decoded(file))
    assert decoded(prepared.data).getexif() == {Base.Orientation: 6}
    assert prepared.notes == ("Sent as the file is.", "Removed: camera data.")
    assert (prepared.source_bytes, prepared.source_format) == (len(file), "JPEG")


@pytest.mark.parametrize("file_format", ["WEBP", "BMP", "TIFF"])
def test_an_original_of_another_kind_leaves_whole_and_exact(file_format: str) -> None:
    picture = Picture("a", encoded(PAGE, file_format, **({"lossless": True} if file_format == "WEBP" else {})))
    prepared = prepare(Picture("a", picture.content, as_is=True), ImageLimits(long_edge=100))
    assert same(prepared.data, PAGE)
    assert "The file cannot be sent as it is, so it was encoded anew in full size." in prepared.notes


def test_an_original_that_is_too_large_is_made_to_fit() -> None:
    file = encoded(photo(900, 600), "JPEG", quality=97)
    prepared = prepare(Picture("a.jpg", file, as_is=True), ImageLimits(max_bytes=len(file)))
    assert len(prepared.data) * 4 / 3 <= len(file)
    assert (prepared.width, prepared.height) == (900, 600)


def test_a_capture_may_leave_in_full_size() -> None:
    prepared = prepare(Picture("shot", pixels_of(DESKTOP), as_is=True), ImageLimits(long_edge=100))
    assert same(prepared.data, DESKTOP)
    assert prepared.notes == ()


# --- the same bytes -----------------------------------------------------------------------------------------


def test_the_same_picture_is_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    """A server's cache of prompts knows a picture by its bytes."""
    files = {
        "page.png": encoded(PAGE, "PNG"),
        "photo.jpg": encoded(photo(2500, 700), "JPEG", quality=100),
        "quarters.webp": encoded(quarters(), "WEBP"),
        "desktop.bmp": encoded(desktop_image(2400, 900), "BMP"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    code = """
import sys
from pathlib import Path
from grokdesk.model import ImageLimits
from grokdesk.pictures.decode.opening import read_picture_file
from grokdesk.pictures.prepare.preparing import prepare
for name in sys.argv[1:]:
    print(prepare(read_picture_file(Path(name)), ImageLimits()).sha256)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *files], capture_output=True, text=True, check=True, cwd=tmp_path
    )  # fmt: skip
    twice = [[prepare(Picture(name, data), LIMITS).sha256 for name, data in files.items()] for _ in range(2)]
    assert twice[0] == twice[1] == done.stdout.split()
