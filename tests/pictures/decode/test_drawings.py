from __future__ import annotations

import base64
import gzip
import itertools
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import NotAPicture
from grokdesk.model import Picture
from grokdesk.pictures.decode.drawings import LEAST_EDGE, safe_drawing
from grokdesk.pictures.decode.file_types import describe_type
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.pictures.decode.svg_tree import MOST_DEPTH, NotADrawing
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


def picture_of(inside: str, root: str = f'{SPACE} viewBox="0 0 100 20"', before: str = "") -> OpenedPicture:
    """Five squares of 20 units beside each other, at 51 pixels each."""
    return opened(drawing(inside, root, before), 255)


def colours(picture: OpenedPicture, count: int = 5) -> list[tuple[int, ...]]:
    found = [picture.image.convert("RGB").getpixel((25 + 51 * number, 25)) for number in range(count)]
    return [colour for colour in found if isinstance(colour, tuple)]


def squares(*attributes: str) -> str:
    return "".join(f'<rect x="{20 * n}" width="20" height="20" {each}/>' for n, each in enumerate(attributes))


WHITE_FILL = 'fill="#fff"'
WHITE, BLACK, CYAN, MAGENTA = (255, 255, 255), (0, 0, 0), (0, 255, 255), (255, 0, 255)


@pytest.mark.parametrize(
    ("sheet", "attribute", "expected"),
    [
        (":root{--c:cyan}", 'style="fill:var(--c)"', CYAN),
        (":root{--c:cyan}", 'fill="var(--c)"', CYAN),
        ("svg{--c:cyan} .a{fill:var(--c)}", 'class="a"', CYAN),
        ("*{--c:cyan} rect.a{fill:var( --c )}", 'class="b a"', CYAN),
        (":root{--b:cyan;--c:var(--b)} svg > rect{fill:var(--c)}", "", CYAN),
        ("rect{fill:var(--none,cyan)}", "", CYAN),
        ("rect{fill:var(--none,var(--never,cyan))}", "", CYAN),
        (".a{fill:magenta} #i{fill:var(--c)} :root{--c:cyan}", 'class="a" id="i"', CYAN),
        ("#i{fill:magenta} .a{fill:var(--c)} :root{--c:cyan}", 'class="a" id="i"', MAGENTA),
        (".a{fill:var(--c)!important} :root{--c:cyan}", 'class="a" style="fill:magenta"', CYAN),
        (":root{--c:magenta}", 'style="--c:cyan;fill:var(--c)"', CYAN),
        (":root{--c:cyan} @media (prefers-color-scheme: dark){:root{--c:magenta}}", 'fill="var(--c)"', CYAN),
        ("@media screen{:root{--c:cyan}}", 'fill="var(--c)"', CYAN),
        ("/* :root{--c:magenta} */ :root{--c:cyan}", 'fill="var(--c)"', CYAN),
        ("", 'style="fill:light-dark(cyan, magenta)"', CYAN),
        (":root{--c:rgb(0, 255, 255)}", 'style="fill:light-dark(var(--c), rgb(255, 0, 255))"', CYAN),
        (".a{--d:magenta;fill:cyan;--e:magenta} .b{fill:var(--d)}", 'class="a"', CYAN),
        (":root{--a:var(--b);--b:var(--a)}", 'style="fill:var(--a, cyan)"', CYAN),
        ("", 'fill="var(--none)"', BLACK),
    ],
)
def test_variables_of_style_sheets_are_put_in(sheet: str, attribute: str, expected: tuple[int, int, int]) -> None:
    picture = picture_of(f"<style>{sheet}</style>" + squares('style="fill:#fff"', attribute))
    assert colours(picture, 2) == [WHITE, expected]


def test_a_variable_is_that_of_the_nearest_group() -> None:
    inside = '<g style="--c:magenta"><rect width="20" height="20" fill="var(--c)"/></g>'
    inside += '<rect x="20" width="20" height="20" fill="var(--c)"/>'
    assert colours(picture_of(f"<style>:root{{--c:cyan}}</style>{inside}"), 2) == [MAGENTA, CYAN]


def test_variables_that_double_each_other_end() -> None:
    doubled = "".join(f"--a{n}:var(--a{n - 1}) var(--a{n - 1});" for n in range(1, 64))
    picture_of(f'<style>:root{{--a0:cyan;{doubled}}}</style><rect width="9" height="9" fill="var(--a63)"/>')


WEB = 'xmlns="http://www.w3.org/1999/xhtml"'
MERMAID = (
    f'<foreignObject width="90" height="18"><div {WEB} style="display: table-cell; white-space: nowrap; '
    'text-align: center;"><span class="nodeLabel"><p>Start here</p></span></div></foreignObject>'
)
DRAWIO = (
    '<switch><foreignObject width="100%" height="100%" requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility">'
    f'<div {WEB} style="display: flex; align-items: unsafe center; justify-content: unsafe center; width: 90px; '
    'height: 1px; padding-top: 10px; margin-left: 1px;"><div style="font-size: 0px; text-align: center;"><div '
    'style="display: inline-block; font-size: 12px; color: rgb(0, 0, 255);">Start here</div></div></div>'
    '</foreignObject><text y="200">Sta...</text></switch>'
)


@pytest.mark.parametrize("label", [MERMAID, DRAWIO], ids=["Mermaid", "draw.io"])
def test_words_that_are_web_text_are_drawn(label: str) -> None:
    need_programs("fc-match")
    picture = opened(drawing(f'<rect width="100" height="20" fill="#fff"/>{label}', f'{SPACE} viewBox="0 0 100 20"'))
    assert picture.notes == ("Labels that are written as web text are drawn plainly.",)
    inked = picture.image.convert("L").point([255] * 128 + [0] * 128).getbbox()
    assert inked is not None
    # One line, in the middle.
    assert 300 < (inked[0] + inked[2]) / 2 < 650
    assert inked[2] - inked[0] > 400
    assert inked[3] - inked[1] < 180


def test_the_words_of_web_text_keep_their_lines_and_looks() -> None:
    label = f"""<foreignObject x="5" y="5" width="90" height="90"><div {WEB}><h1>Head</h1>one<br/>two <b>bold</b>
        <ul><li>first</li></ul><table><tr><td>a</td><td>b</td></tr></table><script>no</script>
        <p style="color:red">red</p><p style="display:none">hidden</p></div></foreignObject>"""
    text = safe_drawing(drawing(label)).text
    lines = [re.sub("<[^>]*>", "", line).strip() for line in re.findall(r"<text.*?</text>", text)]
    assert lines == ["Head", "one", "two bold", "• first", "a   b", "red"]
    assert re.search(r"font-weight:bold[^>]*>bold", text)
    assert "fill:red" in text
    assert "foreignObject" not in text


def test_what_is_for_programs_without_web_text_is_left_aside() -> None:
    text = safe_drawing(
        drawing(
            '<switch><g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"/>'
            "<text>Text is not SVG - cannot display</text></switch>"
        )
    ).text
    assert "cannot display" not in text


def address_of(inner: str, how: str) -> str:
    if how == "base64":
        return "data:image/svg+xml;base64," + base64.b64encode(inner.encode()).decode()
    return f"data:image/svg+xml;charset=utf-8,{quote(inner)}"


@pytest.mark.parametrize("how", ["base64", "percent"])
def test_a_drawing_in_a_drawing_is_drawn_with_its_words(how: str) -> None:
    need_programs("fc-match")
    inner = f'<svg {SPACE} width="20" height="20"><style>.a{{fill:cyan}}</style><defs><linearGradient id="g"><stop/>'
    inner += '</linearGradient></defs><rect id="r" class="a" width="20" height="20"/>'
    inner += '<text y="18" font-size="20">H</text></svg>'
    address = address_of(inner, how)
    picture = picture_of(f'{squares("", WHITE_FILL)}<image x="20" width="20" height="20" href="{address}"/>')
    assert LEFT_OUT not in picture.notes
    words = picture.image.crop((51, 0, 102, 51)).convert("RGB").getcolors(9999) or []
    assert {CYAN, BLACK} <= {colour for _, colour in words}
    # The class is one of the inner drawing alone.
    assert colours(picture, 1) == [BLACK]


def test_a_drawing_in_a_drawing_gets_no_file_of_this_computer(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded(quarters(), "PNG"))
    inner = f'<svg {SPACE} width="20" height="20"><image width="20" height="20" href="{secret}"/></svg>'
    address = address_of(inner, "base64")
    picture = picture_of(f'{RED}<image width="20" height="20" href="{address}"/>')
    assert picture.notes[0] == LEFT_OUT
    assert colours(picture, 1) == [(255, 0, 0)]


def test_drawings_in_drawings_come_to_an_end() -> None:
    inner = f'<svg {SPACE} width="20" height="20"><rect width="20" height="20"/></svg>'
    for _ in range(6):
        address = address_of(inner, "base64")
        inner = f'<svg {SPACE} width="20" height="20"><image href="{address}"/></svg>'
    assert safe_drawing(inner.encode()).left_out


ENTITIES = "".join(f'<!ENTITY ns{number} "http://ns.example.com/{number}">' for number in range(99))
PLAIN = f'<svg {SPACE} width="40" height="20"><rect width="40" height="20" fill="#0ff"/><desc>Größe</desc></svg>'


@pytest.mark.parametrize(
    "data",
    [
        f"<!-- {'licence ' * 2000} -->{PLAIN}".encode(),
        f'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [<!ENTITY a "> ]"><!-- ]> -->'
        f"{ENTITIES}]>{PLAIN}".encode(),
        f'<?xml-stylesheet href="a.css"?>\n\n<!-- a --><!-- b -->{PLAIN}'.encode(),
        f'<?xml version="1.0" encoding="ISO-8859-1"?>{PLAIN}'.encode("latin-1"),
        f'<?xml version="1.0" encoding="windows-1252"?>{PLAIN}'.encode("cp1252"),
        PLAIN.encode("latin-1"),
        PLAIN.encode("utf-16"),
        f'<?xml version="1.0" encoding="UTF-16"?>{PLAIN}'.encode("utf-16-be"),
        f'<?xml version="1.0" encoding="utf-16"?>{PLAIN}'.encode(),
        f'<?xml version="1.0" encoding="Shift_JIS"?>{PLAIN.replace("Größe", "寸法")}'.encode("shift-jis"),
        f"\n \n{PLAIN}".encode(),
        gzip.compress(PLAIN.encode()),
        gzip.compress(PLAIN.encode("utf-16")),
    ],
    ids=[
        "comment", "entities", "instructions", "Latin-1", "Windows", "undeclared", "UTF-16", "UTF-16 BE", "converted",
        "Japanese", "blank lines", "packed", "packed UTF-16",
    ],
)  # fmt: skip
def test_a_drawing_is_known_by_its_root_in_any_encoding(data: bytes) -> None:
    assert describe_type(data) == "an SVG drawing"
    assert opened(data, 100).image.getpixel((50, 25)) == CYAN


def test_a_long_beginning_that_never_ends_is_soon_looked_through() -> None:
    for start in ("<!-- -->", "<?a?>", '<!DOCTYPE svg [<!ENTITY a "b">', "<!DOCTYPE x [[", "<!--", "<"):
        assert describe_type((start * 100_000).encode()[:900_000]) in ("a text file", "a web page (HTML)")
