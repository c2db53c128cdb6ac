"""Drawn screens are read: floors below what ``python -m tests.benchmarks.reading`` prints for each kind of page."""

from __future__ import annotations

from functools import cache

import pytest

from grokdesk.pictures.read.reading import Engine
from tests.support.images.reading_pages import ReadingPage, has_typefaces, reading_pages, similarity

PAGES = {page.name: page for page in reading_pages()}
pytestmark = pytest.mark.skipif(not has_typefaces(), reason="needs typefaces to draw with")


@cache
def read(name: str) -> str:
    return Engine().text(PAGES[name].image.convert("L"))


def page(beginning: str) -> ReadingPage:
    return next(page for name, page in PAGES.items() if name.startswith(beginning))


@pytest.mark.parametrize(
    ("beginning", "least"),
    [
        ("code python 20", 97),
        ("code yaml 16", 98),
        ("terminal ls 17", 98),
        ("terminal df 13", 96),
        ("table ruled 6 16", 98),
        ("table plain 5 13", 98),
        ("table scanned", 95),
        ("chart 14", 95),
        ("receipt sans", 94),
        ("dialog 16 dark", 98),
        ("prose sans 9", 99),
    ],
)
def test_a_page_is_read_nearly_as_it_is(beginning: str, least: float) -> None:
    wanted = page(beginning)
    assert similarity(wanted, read(wanted.name)) >= least, read(wanted.name)


def test_code_keeps_names_with_underscores() -> None:
    text = read(page("code python 20").name)
    assert '\nif __name__ == "__main__":\n    print(' in text
    assert "\n    def __init__(self, size" in text
    assert "        self._items: dict[str, int] = {}" in text


def test_devices_and_options_are_told_from_letters() -> None:
    text = read(page("terminal ls 17").name)
    assert "/dev/sda1" in text
    assert "gcc -O2 -Wall" in text
    assert "a1b2c3d Fix" in read(page("terminal git 17").name)


def test_the_values_of_a_chart_are_all_there() -> None:
    assert "42 55 38 61 74 69" in read(page("chart 14").name)
