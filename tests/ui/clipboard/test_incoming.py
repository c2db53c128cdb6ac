from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QSysInfo, QUrl
from PySide6.QtGui import QColor, QColorSpace, QImage, QPixmap
from PySide6.QtWidgets import QApplication

from grokdesk.model import Pixels
from grokdesk.ui.clipboard.incoming import MAX_DATA_URL, Incoming, incoming_from, may_be_taken, pixels_of

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def image(color: str = "#102030", width: int = 3, height: int = 2) -> QImage:
    made = QImage(width, height, QImage.Format.Format_ARGB32)
    made.fill(QColor(color))
    return made


def mime(*urls: str | QUrl, text: str | None = None, picture: QImage | None = None, rich: bool = False) -> QMimeData:
    made = QMimeData()
    if urls:
        made.setUrls([QUrl(url) for url in urls])
    if text is not None:
        made.setText(text)
    if picture is not None:
        made.setImageData(picture)
    if rich:
        made.setData("text/rtf", b"{\\rtf1}")
    return made


def test_image_data_becomes_a_picture(qapp: QApplication) -> None:
    (picture,) = incoming_from(mime(picture=image())).pictures
    assert isinstance(picture.content, Pixels)
    assert (picture.content.width, picture.content.height) == (3, 2)
    assert bytes(picture.content.data[:3]) == b"\x30\x20\x10"


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/webp"])
def test_a_file_on_the_clipboard_is_not_decoded_here(qapp: QApplication, kind: str) -> None:
    both = mime(picture=image())
    both.setData(kind, b"whatever it is")
    (picture,) = incoming_from(both).pictures
    assert picture.content == b"whatever it is"


def test_an_empty_file_is_none(qapp: QApplication) -> None:
    both = mime(picture=image())
    both.setData("image/png", b"")
    (picture,) = incoming_from(both).pictures
    assert isinstance(picture.content, Pixels)


def test_what_is_transparent_gets_a_ground_that_shows_the_ink(qapp: QApplication) -> None:
    for ink, ground in (("#000000", b"\xff\xff\xff"), ("#ffffff", b"\0\0\0")):
        drawn = image("#00000000", 40, 20)
        for x in range(10, 30):
            drawn.setPixelColor(x, 10, QColor(ink))
        pixels = pixels_of(drawn)
        assert bytes(pixels.data[:3]) == ground
        assert bytes(pixels.data[(10 * 40 + 20) * 4 :][:3]) == bytes(255 - value for value in ground)


def test_an_alpha_that_is_the_same_everywhere_is_ignored(qapp: QApplication) -> None:
    for color in ("#00102030", "#80102030"):
        assert bytes(pixels_of(image(color, 5, 1)).data[:3]) == b"\x30\x20\x10"


def test_a_high_resolution_picture_keeps_its_pixels(qapp: QApplication) -> None:
    sharp = image("#80ff0000", 40, 20)
    sharp.setDevicePixelRatio(2)
    pixels = pixels_of(sharp)
    assert (pixels.width, pixels.height) == (40, 20)
    assert bytes(pixels.data[-4:-1]) == bytes(pixels.data[:3]) == b"\0\0\xff"


def test_another_colour_space_is_converted_to_srgb(qapp: QApplication) -> None:
    wide = image("#00ff00")
    wide.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    dim = image("#407040")
    dim.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    assert bytes(pixels_of(wide).data[:3]) == b"\x00\xff\x00"
    assert bytes(pixels_of(dim).data[:3]) != b"\x40\x70\x40"


@pytest.mark.parametrize(
    "form",
    [
        QImage.Format.Format_Grayscale8,
        QImage.Format.Format_Indexed8,
        QImage.Format.Format_RGB888,
        QImage.Format.Format_RGB16,
        QImage.Format.Format_ARGB32_Premultiplied,
        QImage.Format.Format_RGBA64,
    ],
)
def test_every_format_becomes_the_same_rows(qapp: QApplication, form: QImage.Format) -> None:
    pixels = pixels_of(image("#ffffff", 7, 3).convertToFormat(form))
    assert {bytes(pixels.data[i : i + 3]) for i in range(0, len(pixels.data), 4)} == {b"\xff\xff\xff"}


def test_local_files_are_named_not_read(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "bild größe #1 100%.png"
    incoming = incoming_from(mime(QUrl.fromLocalFile(str(file))))
    assert incoming == Incoming(files=(file,))


def test_files_win_over_the_icon_and_the_name_that_come_with_them(qapp: QApplication, tmp_path: Path) -> None:
    url = QUrl.fromLocalFile(str(tmp_path / "a.png"))
    assert incoming_from(mime(url, text="a.png", picture=image())) == Incoming(files=(tmp_path / "a.png",))


def test_several_files_keep_their_order(qapp: QApplication, tmp_path: Path) -> None:
    files = tuple(tmp_path / f"{name}.png" for name in "cab")
    assert incoming_from(mime(*(QUrl.fromLocalFile(str(file)) for file in files))).files == files


def test_a_folder_is_refused_by_name(qapp: QApplication, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    incoming = incoming_from(mime(QUrl.fromLocalFile(str(folder)), QUrl.fromLocalFile(str(tmp_path / "a.png"))))
    assert incoming.files == (tmp_path / "a.png",)
    assert incoming.refused == ("holiday is a folder. Drop the pictures in it instead.",)


def test_web_links_are_kept_as_links(qapp: QApplication) -> None:
    url = "https://example.org/a%20b.png?x=%23"
    assert incoming_from(mime(url)) == Incoming(links=(url,))


def test_a_link_beside_pixels_only_tells_where_they_are_from(qapp: QApplication) -> None:
    incoming = incoming_from(mime("https://example.org/a.png", text="https://example.org/a.png", picture=image()))
    assert len(incoming.pictures) == 1
    assert (incoming.links, incoming.text) == ((), "")


def test_text_of_an_office_program_stays_beside_its_picture(qapp: QApplication) -> None:
    incoming = incoming_from(mime(text="Total\t42", picture=image(), rich=True))
    assert incoming.text == "Total\t42"
    assert len(incoming.pictures) == 1


def test_plain_words_beside_a_screenshot_are_dropped(qapp: QApplication) -> None:
    incoming = incoming_from(mime(text="Screenshot.png", picture=image()))
    assert incoming.text == ""
    assert len(incoming.pictures) == 1


def test_other_schemes_are_refused_by_name(qapp: QApplication) -> None:
    (sentence,) = incoming_from(mime("ftp://example.org/a.png")).refused
    assert "ftp:" in sentence


def test_text_is_text(qapp: QApplication) -> None:
    assert incoming_from(mime(text="see https://example.org")) == Incoming(text="see https://example.org")


@pytest.mark.parametrize(
    "url",
    [
        f"data:image/png;base64,{base64.b64encode(PNG).decode()}",
        f"data:image/png;name=a.png;base64,{base64.b64encode(PNG).decode().replace('+', '%2B')}",
        "data:image/png," + "".join(f"%{byte:02x}" for byte in PNG),
    ],
    ids=["base64", "parameters", "percent"],
)
def test_a_data_link_is_decoded(qapp: QApplication, url: str) -> None:
    (picture,) = incoming_from(mime(url)).pictures
    assert picture.content == PNG


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("data:text/html,<b>hi</b>", "text/html"),
        ("data:,hello", "text"),
        ("data:image/png;base64,!!!", "damaged"),
        ("data:image/png", "not a picture"),
    ],
)
def test_a_data_link_that_is_no_picture_is_refused(qapp: QApplication, url: str, word: str) -> None:
    incoming = incoming_from(mime(url))
    assert not incoming.has_pictures
    assert word in incoming.refused[0]


def test_a_huge_data_link_is_refused(qapp: QApplication) -> None:
    incoming = incoming_from(mime("data:image/png;base64," + "A" * MAX_DATA_URL))
    assert not incoming.pictures
    assert "20 MiB" in incoming.refused[0]


def test_a_broken_picture_is_refused(qapp: QApplication) -> None:
    assert incoming_from(mime(picture=QImage())).refused == ("The picture on the clipboard cannot be read.",)
    assert incoming_from(mime(picture=QImage(), text="words")) == Incoming(text="words")


def test_a_pixmap_is_a_picture_too(qapp: QApplication) -> None:
    inside = QMimeData()
    inside.setImageData(QPixmap.fromImage(image()))
    assert len(incoming_from(inside).pictures) == 1


def test_nothing_is_empty(qapp: QApplication) -> None:
    assert incoming_from(QMimeData()).is_empty
    assert not may_be_taken(QMimeData())
    assert may_be_taken(mime(text="a"))


@given(url=st.text(max_size=80), text=st.none() | st.text(max_size=20))
def test_whatever_a_program_calls_a_link_is_sorted_out(url: str, text: str | None) -> None:
    incoming = incoming_from(mime(url, text=text))
    assert all(link.lower().startswith(("http:", "https:")) for link in incoming.links)
    assert all(sentence.endswith(".") for sentence in incoming.refused)


SRC = "https://pictures.example/a%20b.png?x=1&y=2"
IN_PAGE = f'<html><head><title>t</title></head><body><img src="{SRC.replace("&", "&amp;")}" alt="a > b">'
DATA = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"


def page(html: str, *urls: str, text: str | None = None) -> QMimeData:
    made = mime(*urls, text=text)
    made.setHtml(html)
    return made


@pytest.mark.parametrize(
    "data",
    [
        page(IN_PAGE),
        page(f'<a href="https://page.example/"><img src="{SRC}"></a>', "https://page.example/"),
        page(f'<a href="https://page.example/"><img src="{SRC}"></a>', "https://page.example/", text="A caption"),
        page(
            f'<a href="/"><img src="{SRC}"><p>A caption</p></a>', "https://page.example/", text="https://page.example/"
        ),
        page(f"<IMG WIDTH=9 SRC='{SRC}'/>", text="https://pictures.example/a"),
        page(f'<picture><source srcset="https://x.example/2x.webp 2x"><img\nsrc = {SRC}\nloading=lazy></picture>'),
        page(f'<img src="{SRC.removeprefix("https:")}">'),
        page(f'<style>p {{}}</style><!-- <b>words</b> --><img src="{SRC}"><img src="{SRC}">'),
        page(f'<img width="1" height="1" src="https://count.example/dot.gif"><img src="{SRC}">'),
    ],
    ids=["alone", "linked", "caption", "card", "capitals", "choice", "no scheme", "style", "dot"],
)
def test_a_picture_of_a_page_is_taken_and_not_where_a_click_leads(qapp: QApplication, data: QMimeData) -> None:
    assert may_be_taken(data)
    assert incoming_from(data) == Incoming(links=(SRC,))


def test_a_picture_that_a_page_holds_is_taken(qapp: QApplication) -> None:
    (picture,) = incoming_from(page(f'<a href="x"><img src="{DATA}"></a>', "https://page.example/")).pictures
    assert picture.content == PNG


def test_words_of_a_page_stay_words_beside_their_pictures(qapp: QApplication) -> None:
    incoming = incoming_from(page(f'<p>Two words</p><img src="{DATA}"><img src="{SRC}">', text="Two words"))
    assert (incoming.text, len(incoming.pictures), incoming.links) == ("Two words", 1, (SRC,))
    alone = incoming_from(page("<p>One<br>two &amp; <b>three</b></p><script>no()</script>"))
    assert alone == Incoming(text="One\ntwo & three")


@pytest.mark.parametrize("src", ["file:///etc/passwd", "blob:https://x.example/1", "cid:1", "javascript:1"])
def test_a_page_may_not_choose_what_is_opened_on_this_computer(qapp: QApplication, src: str) -> None:
    incoming = incoming_from(page(f'<img src="{src}">'))
    assert not incoming.has_pictures
    assert incoming.refused == (
        f"GrokDesk cannot open {src.partition(':')[0]}: links. Save the picture as a file and drop that.",
    )


def test_what_cannot_be_used_is_said(qapp: QApplication) -> None:
    odd = QMimeData()
    odd.setData("application/x-something", b"1")
    nowhere = page('<img src="a.png">')
    for data in (odd, nowhere):
        assert incoming_from(data).refused == ("GrokDesk can't use this. Save the picture as a file and drop that.",)


def test_a_long_page_is_soon_looked_through(qapp: QApplication) -> None:
    for piece in ("<style>", "<img ", "<!-- ", "<img src='", '<a b="', "<"):
        assert incoming_from(page(piece * 200_000, text="words")).text == "words"


@pytest.mark.parametrize("host", ["", "localhost", "LOCALHOST", "127.0.0.1", QSysInfo.machineHostName()])
def test_a_file_of_this_computer_under_any_of_its_names(qapp: QApplication, tmp_path: Path, host: str) -> None:
    file = tmp_path / "bild größe #1 100%.png"
    address = bytes(QUrl.fromLocalFile(str(file)).toEncoded().data()).decode().replace("file://", f"file://{host}")
    assert incoming_from(mime(QUrl.fromEncoded(address.encode()))) == Incoming(files=(file,))


def test_a_file_of_another_computer_is_refused(qapp: QApplication) -> None:
    (sentence,) = incoming_from(mime("file://elsewhere/a.png")).refused
    assert sentence == "The file is on another computer, elsewhere. Copy it to this computer first."
