from __future__ import annotations

import json
from io import BytesIO
from typing import Any, cast

import pytest
import zxingcpp
from PIL import Image

from grokdesk.model import Region
from grokdesk.pictures.read.belief import believed, is_plain
from grokdesk.pictures.read.page import Line, Word, join_lines
from grokdesk.pictures.read.reading import Engine, serve
from tests.support.images.images import encoded, page_of_text, photo

SENTENCES = [
    "The quick report shows that version 3.14 of the client",
    "could not connect because the certificate expired on Monday.",
    "Please restart the application, then open Settings and choose",
    "Network from the list. If the problem remains, write to",
    "help@example.org and give the error code 0x80070057.",
    "",
    "Total amount due: 1,249.50 EUR before March 27, 2026",
    "(invoice no. 4711). New features include faster search,",
    "better export and a dark mode; see /usr/local/share/doc.",
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def error_rate(truth: str, found: str) -> float:
    """Characters to change, add or leave out, over those there are; runs of blanks count as one."""
    truth, found = " ".join(truth.split()), " ".join(found.split())
    before = list(range(len(found) + 1))
    for row, wanted in enumerate(truth, 1):
        now = [row]
        for column, got in enumerate(found, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (wanted != got)))
        before = now
    return before[-1] / len(truth)


@pytest.mark.parametrize(
    ("size", "ink", "paper", "bound"),
    [
        (16, "#1a1a1a", "#ffffff", 0.01),
        (16, "#d4d4d4", "#1e1e1e", 0.01),
        (16, "#0645ad", "#f6f6f6", 0.01),
        (11, "#1a1a1a", "#ffffff", 0.03),
        (28, "#1a1a1a", "#ffffff", 0.01),
        (72, "#1a1a1a", "#ffffff", 0.01),
    ],
)
def test_text_is_read_with_few_errors(engine: Engine, size: int, ink: str, paper: str, bound: float) -> None:
    image = page_of_text(SENTENCES, size, ink, paper, width=60 + 34 * size)
    text = engine.text(image.convert("L"))
    assert error_rate("\n".join(SENTENCES), text) <= bound
    assert text.count("\n") == len(SENTENCES) - 1
    assert text.count("\n\n") == 1


def test_dark_and_light_on_one_picture(engine: Engine) -> None:
    light, dark = page_of_text(SENTENCES[:5]), page_of_text(SENTENCES[6:], ink="#d4d4d4", paper="#1e1e1e")
    both = Image.new("RGB", (light.width, light.height + dark.height))
    both.paste(light)
    both.paste(dark, (0, light.height))
    assert error_rate("\n".join(SENTENCES), engine.text(both.convert("L"))) <= 0.02


@pytest.mark.parametrize(("ink", "paper", "desktop"), [("#1a1a1a", "#ffffff", 0), ("#d4d4d4", "#1e1e1e", 255)])
def test_a_window_on_a_desktop_of_the_other_shade(engine: Engine, ink: str, paper: str, desktop: int) -> None:
    window = page_of_text(SENTENCES, 13, ink, paper, width=500).convert("L")
    screen = Image.new("L", (1280, 800), desktop)
    screen.paste(window, (400, 100))
    assert error_rate("\n".join(SENTENCES), engine.text(screen)) <= 0.03


@pytest.mark.parametrize("image", [photo(), photo(900, 700), Image.new("L", (300, 200), 255), Image.new("L", (1, 1))])
def test_no_text_is_found_where_there_is_none(engine: Engine, image: Image.Image) -> None:
    assert engine.text(image.convert("L")) == ""
    assert engine.codes(image.convert("L")) == []


@pytest.mark.parametrize("angle", [0, 90, 180])
@pytest.mark.parametrize(
    ("code_format", "content", "name"),
    [
        (zxingcpp.BarcodeFormat.QRCode, "https://example.org/?q=ä&n=1", "QR code"),
        (zxingcpp.BarcodeFormat.EAN13, "4006381333931", "EAN-13"),
        (zxingcpp.BarcodeFormat.DataMatrix, "line one\nline two", "Data Matrix"),
    ],
)
def test_codes_are_read(
    engine: Engine, code_format: zxingcpp.BarcodeFormat, content: str, name: str, angle: int
) -> None:
    drawn = zxingcpp.create_barcode(content, code_format).to_image(scale=4)
    height, width = drawn.shape
    page = Image.new("L", (700, 700), 255)
    pixels = bytes(cast("Any", drawn))  # it has the buffer protocol, which its type stub does not say
    page.paste(Image.frombytes("L", (width, height), pixels).rotate(angle, expand=True), (150, 150))
    [code] = engine.codes(page)
    assert (code.format, code.text) == (name, content)
    assert code.region is not None
    assert code.region.intersected(Region(150, 150, max(width, height), max(width, height))) == code.region


def line(text: str, confidence: float = 90.0, top: int = 0, height: int = 20) -> Line:
    return Line(text, confidence, top, top + height)


def test_false_finds_in_a_photo_are_not_believed() -> None:
    noise = [line("SSOO oo", 20), line("w", 92), line("= ms ae", 40), line("Mi", 88)]
    assert believed(noise) == []
    sign = line("EXIT", 95)
    assert believed([*noise, line("ssoo ee aa", 12), sign]) == [sign]


def test_one_bad_line_on_a_good_page_is_left_out() -> None:
    good = [line("a whole line of text", 93), line("(c) 2026", 55)]
    assert believed([*good, line("~", 3)]) == good


def test_lines_apart_become_paragraphs() -> None:
    lines = [line("a", top=0), line("b", top=28), line("c", top=56), line("d", top=110), line("e", top=138)]
    assert join_lines(lines) == "a\nb\nc\n\nd\ne"


def test_evenly_spread_lines_are_one_paragraph() -> None:
    assert join_lines([line(text, top=45 * number) for number, text in enumerate("abcd")]) == "a\nb\nc\nd"


def test_another_column_is_another_paragraph() -> None:
    assert join_lines([line("a", top=0), line("b", top=28), line("c", top=0), line("d", top=28)]) == "a\nb\n\nc\nd"


def test_no_lines_are_no_text() -> None:
    assert join_lines([]) == ""


def test_serving_answers_each_picture_and_ends_with_its_input() -> None:
    page = encoded(page_of_text(["Hello there"], size=24), "PNG")
    request = b'{"want": "text"}\n' + page
    requests, replies = BytesIO(2 * (len(request).to_bytes(8, "big") + request)), BytesIO()
    serve(requests, replies)
    hello, *rest = (json.loads(reply) for reply in replies.getvalue().splitlines())
    assert hello["engine"].startswith(("Tesseract 5.", "RapidOCR "))
    assert "ZXing 3." in hello["engine"]
    assert rest[0] == rest[1]
    assert (rest[0]["text"], rest[0]["codes"]) == ("Hello there", [])
    [[text, _confidence, words]] = rest[0]["lines"]
    assert text == "Hello there"
    assert [word for word, _box, _sure in words] == ["Hello", "there"]


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("Please restart the application, then open Settings.", True),
        ("\u201cIt\u2019s there,\u201d he said (twice).", True),
        ("Password: swordfish", False),
        ("the token is hunter2", False),
        ("see help@example.org", False),
        ("MY_TOKEN=abc", False),
        ("use aB3dE as it is", False),
        ("snake_case names", False),
        ("abcdefghijklmnopqrstuvw", False),
        ("XAI", False),
    ],
)
def test_what_is_plain_needs_no_second_look(text: str, *, is_so: bool) -> None:
    words = tuple(Word(word, Region(0, 0, 10, 10), 90) for word in text.split())
    assert is_plain(Line(text, 90, 0, 10, words)) is is_so
    assert not is_plain(Line(text, 90, 0, 10, tuple(Word(word.text, word.region, 50) for word in words)))
