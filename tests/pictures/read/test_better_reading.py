"""The better engine's words become a page's; what it reads itself is tried where it is installed."""

from __future__ import annotations

import sys
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.model import PreparedImage, Region
from grokdesk.pictures.read import better_reading
from grokdesk.pictures.read.better_reading import lines_of
from grokdesk.pictures.read.reader import open_reader
from tests.support.desktops.needs import need
from tests.support.images.images import encoded, page_of_text

APART = Path(sys.prefix, "better-reading")
"""Where packaging/dev.py installs it for this test."""
# A process of its own, so that it does not become the engine of other tests.
READING = """
import runpy, sys
sys.path.append(sys.argv[1])
runpy.run_module("grokdesk.pictures.read.reading", run_name="__main__")
"""


def page(*lines: str) -> PreparedImage:
    image = page_of_text(list(lines), 16)
    return PreparedImage("page", encoded(image, "PNG"), "image/png", *image.size, "0" * 64, *image.size)


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


def test_it_reads_where_it_is_installed() -> None:
    need([] if better_reading.is_installed() or APART.is_dir() else ["the extra better-reading"])
    with open_reader(CancelSwitch(), [sys.executable, "-P", "-c", READING, str(APART)]) as reader:
        assert reader.engine.startswith("RapidOCR")
        found = reader.read(page("The certificate expired on Monday.", "card 4111 1111 1111 1111"))
        assert found.text.split("\n") == ["The certificate expired on Monday.", "card 4111 1111 1111 1111"]
        assert [word.text for word in found.lines[1].words][:2] == ["card", "4111"]
        assert reader.read(page("")).lines == ()
