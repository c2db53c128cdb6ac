from __future__ import annotations

import pytest
from PIL import Image

from grokdesk.model import ImageLimits, Picture
from grokdesk.pictures.decode.shrinking import shrunk
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.pictures.prepare.text_height import line_height
from tests.support.images.images import encoded, page_of_text, photo

LINES = ["All work and no play makes Jack a dull boy, says the Settings page."] * 20
LOOKS = [("#1a1a1a", "#ffffff"), ("#d4d4d4", "#1e1e1e"), ("#444444", "#fffbe0")]


@pytest.mark.parametrize("size", [9, 12, 16, 20, 28])
@pytest.mark.parametrize(("ink", "paper"), LOOKS)
def test_a_line_is_about_as_high_as_its_capital_letters(size: int, ink: str, paper: str) -> None:
    page = page_of_text(LINES, size, ink, paper, width=1400)
    assert 0.55 * size <= line_height(page) <= 0.95 * size


@pytest.mark.parametrize(
    "image",
    [photo(800, 600), Image.effect_noise((800, 600), 60), Image.linear_gradient("L").resize((900, 500)),
     Image.new("RGB", (2000, 1000), "white"), page_of_text(["Ask"])],
    ids=["photo", "noise", "gradient", "empty", "one word"],
)  # fmt: skip
def test_what_is_no_text_has_no_height(image: Image.Image) -> None:
    assert line_height(image) == 0


@pytest.mark.parametrize(
    ("size", "scale", "legible"),
    [(16, 0.5, False), (16, 0.75, True), (24, 0.33, False), (24, 0.5, True), (14, 0.5, False), (20, 0.67, True)],
)
def test_text_that_shrinking_leaves_too_small_is_told(size: int, scale: float, legible: bool) -> None:
    page = page_of_text(LINES, size, width=1600)
    limits = ImageLimits(long_edge=round(max(page.size) * scale))
    prepared = prepare(Picture("page", encoded(page, "PNG")), limits)
    assert prepared.is_legible is legible
    told = [note for note in prepared.notes if "too small to read" in note]
    assert bool(told) is not legible


def test_nothing_is_said_of_what_is_not_shrunk() -> None:
    tiny = shrunk(page_of_text(LINES, 16, width=1600), 600)
    prepared = prepare(Picture("page", encoded(tiny, "PNG")), ImageLimits())
    assert prepared.is_legible
    assert prepared.notes == ()
