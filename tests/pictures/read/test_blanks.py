"""Single letters and digits between blanks, drawn in proportional typefaces and read."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from grokdesk.model import Region
from grokdesk.pictures.read.blanks import Blanks
from grokdesk.pictures.read.page import Word
from grokdesk.pictures.read.reading import Engine
from tests.support.images.reading_pages import has_typefaces
from tests.support.images.secret_pages import typeface

pytestmark = pytest.mark.skipif(not has_typefaces(), reason="needs typefaces to draw with")


def drawn(text: str, kind: str, size: int) -> Image.Image:
    face = typeface(kind, size)
    image = Image.new("L", (round(face.getlength(text)) + 40, 2 * size), 255)
    ImageDraw.Draw(image).text((20, size // 3), text, 20, face)
    return image


def as_one_word(text: str, kind: str, size: int, read: str) -> list[str]:
    """What becomes of a line of which the engine has swallowed the blanks."""
    image = drawn(text, kind, size)
    left, top, right, bottom = image.point(lambda shade: 255 - shade).getbbox() or (0, 0, 0, 0)
    return [word.text for word in Blanks(image).mended([Word(read, Region(left, top, right - left, bottom - top))])]


@pytest.mark.parametrize("size", [13, 16, 20, 28])
@pytest.mark.parametrize(
    ("text", "read", "words"),
    [
        ("2 kg", "2kg", ["2", "kg"]),
        ("1 l", "11", ["1", "l"]),
        ("1 l", "1|", ["1", "l"]),
        ("a 1", "al", ["a", "1"]),
        ("I 5", "15", ["I", "5"]),
        ("1 x 2", "1x2", ["1", "x", "2"]),
        ("1 A", "1A", ["1", "A"]),
        ("milk", "milk", ["milk"]),
        ("illicit", "illicit", ["illicit"]),
        ("11", "11", ["11"]),
        *((number, number, [number]) for number in ("10696", "16796", "19428", "28188", "61044", "91644", "71117")),
        ("10000", "10000", ["10000"]),
        ("111", "111", ["111"]),
        ("A1", "A1", ["A1"]),
        ("v1", "v1", ["v1"]),
        ("x11", "x11", ["x11"]),
        ("1A", "1A", ["1A"]),
        ("3.14", "3.14", ["3.14"]),
        ("1,249.50", "1,249.50", ["1,249.50"]),
        ("x2y", "x2y", ["x2y"]),
        ("Wi-Fi", "Wi-Fi", ["Wi-Fi"]),
        ("10:41", "10:41", ["10:41"]),
    ],
)
def test_a_blank_beside_a_single_letter_is_put_back(text: str, read: str, words: list[str], size: int) -> None:
    assert as_one_word(text, "sans", size, read) == words


def test_single_letters_on_a_page() -> None:
    engine = Engine()
    for line in ("2 kg", "1 x 2 m", "Room 1 A"):
        assert engine.text(drawn(line, "sans", 20)) == line
