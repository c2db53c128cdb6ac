from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from grokdesk.pictures.png import encode_png
from tests.support.images import decoded, photo


@st.composite
def small_images(draw: st.DrawFn) -> Image.Image:
    mode = draw(st.sampled_from(["L", "RGB"]))
    width, height = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    size = width * height * len(mode)
    return Image.frombytes(mode, (width, height), draw(st.binary(min_size=size, max_size=size)))


@given(small_images(), st.integers(1, 9))
def test_pillow_reads_back_every_pixel(image: Image.Image, level: int) -> None:
    back = decoded(encode_png(image, level))
    assert (back.mode, back.size, back.tobytes()) == (image.mode, image.size, image.tobytes())


@pytest.mark.parametrize("size", [(1, 1), (1, 70_000), (70_000, 1), (1031, 757), (9, 64), (9, 65), (9, 128)])
def test_sizes_around_and_beyond_one_strip(size: tuple[int, int]) -> None:
    image = photo(*size)
    back = decoded(encode_png(image))
    assert back.size == image.size
    assert ImageChops.difference(back, image).getbbox() is None
