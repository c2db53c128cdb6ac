from __future__ import annotations

import base64
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import NotAPicture
from grokdesk.model import Picture
from grokdesk.pictures.decode.drawings import LEAST_EDGE, MOST_DEPTH, NotADrawing, safe_drawing
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.pictures.decode.opening import open_picture
from tests.support.desktops.needs import need_programs
from tests.support.images.images import encoded, quarters

SPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED = '<rect width="100%" height="100%" fill="#f00"/>'
LEFT_OUT = "What the drawing wanted to fetch from elsewhere is left out."


def drawing(inside: str, root: str = f'{SPACE} width="40" height="20"', before: str = "") -> bytes:
    return f"{before}<svg {root}>{inside}</svg>".encode()


def opened(data: bytes, enough: int | None = None) -> OpenedPicture:
    return open_picture(Picture("logo", data), enough=enough)


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('width="40" height="20"', (1024, 512)),
        ('viewBox="0 0 400 200"', (1024, 512)),
        ('width="100%" height="100%" viewBox="0,0,400,200"', (1024, 512)),
        ('width="2000px" viewBox="0 0 400 200"', (2000, 1000)),
        ('width="10mm" height="20mm"', (512, 1024)),
        ('width="1e6" height="1e6"', (4096, 4096)),
        ("", (1024, 1024)),
    ],
)
def test_a_drawing_is_rendered_as_large_as_it_says_or_larger(root: str, size: tuple[int, int]) -> None:
    picture = opened(drawing(RED, f"{SPACE} {root}"))
    assert picture.image.size == size == (picture.width, picture.height)
    assert picture.image.getpixel((9, 9)) == (255, 0, 0)


def test_enough_is_enough() -> None:
    picture = opened(drawing(RED), enough=300)
    assert picture.image.size == (300, 150)
    assert max(picture.image.size) < LEAST_EDGE


def test_a_drawing_without_a_namespace_and_one_with_a_prefix_open() -> None:
    assert opened(drawing(RED, 'width="4" height="4"')).image.getpixel((1, 1)) == (255, 0, 0)
    prefixed = (
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="4" height="4"><s:rect width="4" height="4"/></s:svg>'
    )
    assert opened(prefixed).image.getpixel((1, 1)) == (0, 0, 0)


def test_the_ground_is_white_and_said() -> None:
    picture = opened(drawing('<rect width="20" height="20" fill="#00f"/>'))
    assert (picture.image.getpixel((9, 9)), picture.image.getpixel((1000, 9))) == ((0, 0, 255), (255, 255, 255))
    assert picture.notes == ("Transparent parts became white.",)


@pytest.mark.parametrize("family", ["", "sans-serif", "Nobody Has This", "monospace"])
def test_text_is_rendered_whatever_typeface_it_wants(family: str) -> None:
    need_programs("fc-match")
    ground = '<rect width="40" height="20" fill="#fff"/>'
    picture = opened(drawing(f'{ground}<text y="18" font-size="20" font-family="{family}">Ag</text>'))
    assert picture.image.getextrema()[0] == (0, 255)


def test_nothing_of_this_computer_gets_into_a_drawing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded(quarters(), "PNG"))
    for address in (str(secret), secret.as_uri(), "http://127.0.0.1:9/a.png", "//host/a.png", " \n" + str(secret)):
        for element in ("image", "feImage", "use"):
            data = drawing(f'{RED}<{element} width="40" height="20" xlink:href="{address}" href="{address}"/>')
            picture = opened(data)
            assert picture.image.getcolors() == [(1024 * 512, (255, 0, 0))]
            assert picture.notes == (LEFT_OUT,)


def test_what_a_drawing_brings_along_is_drawn() -> None:
    address = "data:image/png;base64," + base64.b64encode(encoded(quarters(), "PNG")).decode()
    picture = opened(drawing(f'<image width="40" height="20" href="{address}"/>'))
    assert picture.image.getpixel((100, 100)) == (255, 0, 0)
    assert picture.image.getpixel((900, 100)) == (0, 255, 0)
    assert picture.notes == ()
    used = opened(drawing('<defs><g id="a"><rect width="40" height="20" fill="#f00"/></g></defs><use href="#a"/>'))
    assert used.image.getpixel((100, 100)) == (255, 0, 0)


def test_scripts_are_dropped_and_links_are_no_loss() -> None:
    data = drawing(f'<script>alert(1)</script><a href="https://example.org"><g onclick="x()">{RED}</g></a>')
    text = safe_drawing(data).text
    assert "alert" not in text
    assert "onclick" not in text
    assert "example.org" not in text
    assert opened(data).notes == ()


def test_entities_of_the_drawing_are_kept_and_others_left_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    inner = drawing("&shape;", before='<!DOCTYPE svg [<!ENTITY shape \'<rect width="40" height="20"/>\'>]>')
    assert "<rect" in safe_drawing(inner).text
    outer = drawing("&far;", before=f'<!DOCTYPE svg [<!ENTITY far SYSTEM "{secret.as_uri()}">]>')
    drawn = safe_drawing(outer)
    assert "SECRET" not in drawn.text
    assert drawn.left_out


def laughs() -> bytes:
    names = [f"a{number}" for number in range(12)]
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise(names)
    )
    return drawing(f"<desc>&{names[-1]};</desc>", before=f"<!DOCTYPE svg [{entities}]>")


@pytest.mark.parametrize(
    "data",
    [
        laughs(),
        drawing("<g>" * (MOST_DEPTH + 1) + "</g>" * (MOST_DEPTH + 1)),
        drawing("<g/>" * 200_001),
        drawing(RED, f'{SPACE} width="1000000" height="1"'),
        drawing(RED)[:-3],
        drawing("<g>"),
        b"<html><svg></svg></html>",
    ],
    ids=["laughs", "deep", "many", "line", "cut", "unclosed", "page"],
)
def test_hostile_and_broken_drawings_are_refused(data: bytes) -> None:
    with pytest.raises(NotADrawing):
        safe_drawing(data)
    with pytest.raises(NotAPicture):
        opened(data)


@given(st.text(alphabet="<>/&;!=\"' \n[]ashref#gx:dt?-", max_size=80))
def test_any_text_is_a_drawing_or_not(inside: str) -> None:
    try:
        text = safe_drawing(drawing(inside)).text
    except NotADrawing:
        return
    assert text.startswith("<svg ")
