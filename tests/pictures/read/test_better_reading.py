"""The better engine's words become a page's; what it reads itself is tried where it is installed."""

from __future__ import annotations

import pytest

from grokdesk.model import Region
from grokdesk.pictures.read import better_reading
from grokdesk.pictures.read.better_reading import lines_of
from grokdesk.pictures.read.reading import Engine
from tests.support.images.images import page_of_text


def square(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def test_what_it_says_becomes_lines_with_words() -> None:
    tilted = [[10.0, 20.4], [90.0, 19.6], [90.5, 40.0], [10.2, 41.0]]
    words = [("Total", 0.99, square(10, 20, 50, 40)), ("due", 0.5, None)]
    [line] = lines_of([tilted], [" Total due "], [0.75], [words])
    assert (line.text, line.confidence, line.top, line.bottom) == ("Total due", 75.0, 19, 41)
    [word] = line.words
    assert (word.text, word.region, word.confidence) == ("Total", Region(10, 20, 40, 20), 99.0)


def test_a_line_without_words_is_one_word_and_an_empty_one_is_none() -> None:
    [line] = lines_of([square(1, 2, 3, 4)] * 2, ["EXIT", " "], [1.0, 1.0], [[], []])
    assert [word.region for word in line.words] == [Region(1, 2, 2, 2)]


@pytest.mark.skipif(not better_reading.is_installed(), reason="the extra better-reading is not installed")
def test_it_reads_where_it_is_installed() -> None:
    engine = Engine()
    assert engine.name.startswith("RapidOCR")
    page = page_of_text(["The certificate expired on Monday.", "card 4111 1111 1111 1111"], 16).convert("L")
    assert engine.text(page).split("\n") == ["The certificate expired on Monday.", "card 4111 1111 1111 1111"]
    assert [word.text for word in engine.lines(page)[1].words][:2] == ["card", "4111"]
    blank = page_of_text([""], 16).convert("L")
    assert engine.lines(blank) == []
