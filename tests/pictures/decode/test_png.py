from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from grokdesk.pictures.decode.png import StandardZlib, Zlib, encode_png, fastest_zlib
from tests.support.images.images import decoded, page_of_text, photo


@st.composite
def small_images(draw: st.DrawFn) -> Image.Image:
    mode = draw(st.sampled_from(["L", "RGB"]))
    width, height = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    size = width * height * len(mode)
    return Image.frombytes(mode, (width, height), draw(st.binary(min_size=size, max_size=size)))


@given(small_images(), st.sampled_from([fastest_zlib, StandardZlib]))
def test_pillow_reads_back_every_pixel(image: Image.Image, deflate: Callable[[], Zlib]) -> None:
    back = decoded(encode_png(image, deflate()))
    assert (back.size, back.convert(image.mode).tobytes()) == (image.size, image.tobytes())


def test_what_is_only_grey_is_written_as_grey() -> None:
    page = page_of_text(["All work and no play"] * 20)
    assert page.mode == "RGB"
    written = encode_png(page)
    back = decoded(written)
    assert back.mode == "L"
    assert ImageChops.difference(back.convert("RGB"), page).getbbox() is None
    page.putpixel((0, 0), (255, 255, 254))
    coloured = encode_png(page)
    assert decoded(coloured).tobytes() == page.tobytes()
    assert len(written) < 0.7 * len(coloured)


def test_zlib_serves_where_the_faster_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zlib_ng", None)
    assert isinstance(fastest_zlib(), StandardZlib)


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 70_000), (70_000, 1), (1031, 757), (9, 64), (9, 65), (9, 128), (1500, 1500)]
)
def test_sizes_around_and_beyond_one_strip(size: tuple[int, int]) -> None:
    image = photo(*size)
    back = decoded(encode_png(image))
    assert back.size == image.size
    assert ImageChops.difference(back, image).getbbox() is None
