from __future__ import annotations

from collections.abc import Sequence

import pytest
import zxingcpp
from PIL import Image

from grokdesk.model import Region
from grokdesk.pictures.read.page import Line, Word
from grokdesk.pictures.read.reader import Code
from grokdesk.pictures.read.reading import Engine
from grokdesk.pictures.read.secret_scan import scan
from tests.support.images.secret_pages import BENIGN, DARK, LIGHT, OWN_WORDS, hidden_share, page, secret_pages

WHOLE = Region(0, 0, 2000, 1000)
LETTER, HEIGHT = 10, 20


def line(*words: str, top: int = 100, gaps: Sequence[int] = ()) -> Line:
    """Words of 10 px a letter, apart by a blank unless ``gaps`` says otherwise."""
    left, placed = 30, []
    for number, word in enumerate(words):
        placed.append(Word(word, Region(left, top, LETTER * len(word), HEIGHT)))
        left += LETTER * len(word) + (gaps[number] if number < len(gaps) else 13)
    return Line(" ".join(words), 90, top, top + HEIGHT, tuple(placed))


def test_the_box_is_around_the_words_and_no_more() -> None:
    [found] = scan([line("card", "4111", "1111", "1111", "1111", "today")], [], (), WHOLE)
    assert found.rule == "card number"
    [region] = found.regions
    assert (region.x, region.right) == (83 - 2, 83 + 4 * 40 + 3 * 13 + 2)
    assert region.y < 100
    assert region.bottom > 120


def test_what_the_engine_split_is_joined() -> None:
    parts = ("ghp_a1B2c3", "D4e5F6g7H8", "i9J0k1", "L2m3N4o5P6")
    [found] = scan([line("token", *parts, "since", "May", gaps=(13, 5, 6, 5))], [], (), WHOLE)
    assert found.rule == "GitHub token"
    [region] = found.regions
    assert region.x < 93 < 93 + 360 < region.right < 93 + 390


def test_what_goes_on_in_the_next_line_is_joined() -> None:
    first = line("key=xai-a1B2c3D4e5F6g7H8i9J0k1L2", top=100)
    second = line("m3N4o5P6q7R8s9T0u1V2", top=126)
    [found] = scan([first, second, line("plain", "words", top=152)], [], (), WHOLE)
    assert found.rule == "xAI key"
    assert [region.y // 20 for region in found.regions] == [4, 6]


def test_one_thing_is_one_finding_under_its_most_telling_name() -> None:
    [found] = scan([line("api_key", "=", "xai-a1B2c3D4e5F6g7H8i9J0k1L2m3")], [], (), WHOLE)
    assert found.rule == "xAI key"


def test_findings_come_from_the_top_and_stay_inside() -> None:
    lines = [line("jane@example.org", top=960), line("203.0.113.7", top=1)]
    found = scan(lines, [], (), Region(0, 0, 200, 981))
    assert [finding.rule for finding in found] == ["IP address", "e-mail address"]
    assert all(region.intersected(Region(0, 0, 200, 981)) == region for f in found for region in f.regions)


def test_a_code_with_a_secret_is_found_as_a_whole() -> None:
    codes = [
        Code("QR code", "mailto:jane@example.org", Region(10, 10, 90, 90)),
        Code("QR code", "https://example.org/menu", Region(200, 10, 90, 90)),
    ]
    [found] = scan([], codes, (), WHOLE)
    assert found.rule == "e-mail address"
    assert found.regions[0].intersected(Region(10, 10, 90, 90)) == Region(10, 10, 90, 90)


def test_what_a_second_look_finds_is_joined_with_the_first() -> None:
    first = [line("host", "203.0.113.7"), line("MY", "TOKEN=550e8400-e29b", top=200)]
    second = [line("MY_TOKEN=550e8400-e29b-41d4-a716-446655440000", top=200)]
    [address, token] = scan(first, [], (), WHOLE, second)
    assert (address.rule, token.rule) == ("IP address", "password")
    assert max(region.right for region in token.regions) >= 30 + LETTER * len(second[0].text)


def test_no_text_is_in_what_comes_out() -> None:
    found = scan([line("jane@example.org")], [], (), WHOLE)
    assert "jane" not in repr(found)
    assert "jane" not in repr(line("jane@example.org"))


# --- drawn with real typefaces and read by the engine ------------------------------------------------------


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def look(engine: Engine, image: Image.Image) -> tuple[list[str], list[tuple[int, int, int, int]]]:
    grey = image.convert("L")
    found = scan(engine.lines(grey), engine.codes(grey), OWN_WORDS, Region(0, 0, grey.width, grey.height))
    boxes = [(box.x, box.y, box.width, box.height) for finding in found for box in finding.regions]
    return [finding.rule for finding in found], boxes


@pytest.mark.parametrize(("kind", "colours"), [("sans", LIGHT), ("mono", DARK)])
def test_nearly_every_planted_secret_is_hidden(engine: Engine, kind: str, colours: tuple[str, str]) -> None:
    """A floor; ``python -m tests.benchmarks.redaction`` prints the whole table."""
    pages = list(secret_pages(kind, 16, colours, beside=18))
    hidden = [hidden_share(drawn, look(engine, drawn.image)[1]) >= 0.97 for drawn in pages]
    missed = [drawn.secret.rules[0] for drawn, is_hidden in zip(pages, hidden, strict=True) if not is_hidden]
    assert sum(hidden) >= 0.85 * len(pages), missed
    assert not {"card number", "IBAN", "e-mail address", "IP address", "own word"} & set(missed)


@pytest.mark.parametrize(("kind", "colours"), [("sans", DARK), ("mono", LIGHT)])
def test_ordinary_pages_raise_hardly_an_alarm(engine: Engine, kind: str, colours: tuple[str, str]) -> None:
    assert len(look(engine, page(BENIGN, kind, 16, colours)[0])[0]) <= 1


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("WIFI:T:WPA;password=hunter2hunter2;", "password"),
        ("WIFI:S:home;T:WPA;P:swordfish;;", "password"),
        ("otpauth://totp/Shop:bob?secret=JBSWY3DPEHPK3PXP&issuer=Shop", "one-time code secret"),
    ],
)
def test_a_drawn_code_is_found(engine: Engine, content: str, rule: str) -> None:
    drawn = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode)
    code = drawn.to_image(scale=4)
    height, width = code.shape
    image = Image.new("L", (500, 400), 255)
    image.paste(Image.frombytes("L", (width, height), bytes(memoryview(code))), (200, 100))  # type: ignore[arg-type]
    rules, [(x, y, wide, high)] = look(engine, image)
    assert rules == [rule]
    assert x <= 216
    assert y <= 116
    assert x + wide >= 200 + width - 17
    assert y + high >= 100 + height - 17
