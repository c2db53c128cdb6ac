"""Rows, columns, charts and the grid of a monospaced block, from places of words alone."""

from __future__ import annotations

import pytest

from grokdesk.model import Region
from grokdesk.pictures.read.layout import arranged, grid_of
from grokdesk.pictures.read.page import Line, Word

HEIGHT = 20


def line(top: int, *words: tuple[int, str], wide: int = 9) -> Line:
    placed = tuple(Word(word, Region(left, top, wide * len(word), HEIGHT)) for left, word in words)
    return Line(" ".join(word for _, word in words), 90, top, top + HEIGHT, placed)


def running(top: int, left: int, text: str) -> Line:
    """A line of a proportional typeface: letters of the same width would make a grid."""
    words, at = [], left
    for word in text.split():
        width = sum(4 if letter in "iltj.,'" else 13 if letter in "mwMW" else 9 for letter in word)
        words.append(Word(word, Region(at, top, width, HEIGHT)))
        at += width + 7
    return Line(text, 90, top, top + HEIGHT, tuple(words))


def texts(*lines: Line) -> list[str]:
    return [row.text for row in arranged(lines)]


def test_a_table_that_was_read_by_columns_is_given_by_rows() -> None:
    columns = [running(top, left, f"{name}{top}") for left, name in ((0, "mix"), (260, "wall")) for top in (0, 30, 60)]
    assert texts(*columns) == ["mix0 wall0", "mix30 wall30", "mix60 wall60"]


def test_columns_of_running_text_come_one_after_the_other() -> None:
    left = [running(30 * row, 0, f"This is the left column, line {row}.") for row in range(4)]
    right = [running(30 * row, 480, f"And this is the other one, line {row}.") for row in range(4)]
    assert texts(*[each for pair in zip(left, right, strict=True) for each in pair]) == [
        *(each.text for each in left),
        *(each.text for each in right),
    ]


def test_a_list_beside_a_page_is_not_mixed_into_it() -> None:
    side = [running(37 * row, 0, word) for row, word in enumerate(("Inbox", "Drafts", "Sent mail", "Archive", "Trash"))]
    main = [running(9 + 28 * row, 300, f"Sentence {row} of the text beside the list") for row in range(6)]
    assert texts(*side, *main) == [each.text for each in (*side, *main)]


def test_a_title_over_two_columns_stays_above_them() -> None:
    title = running(0, 0, "A long title that goes over all of the page and both of its columns, wide as it is")
    left = [running(60 + 30 * row, 0, f"This is the left column, line {row}.") for row in range(4)]
    right = [running(60 + 30 * row, 480, f"And this is the other one, line {row}.") for row in range(4)]
    assert texts(title, *right, *left) == [each.text for each in (title, *left, *right)]


def test_values_of_a_chart_come_in_the_order_of_their_names() -> None:
    names = line(300, (10, "Jan"), (110, "Feb"), (210, "Mar"), (310, "Apr"))
    values = [line(top, (left, value)) for top, left, value in ((200, 14, "42"), (90, 114, "74"), (250, 214, "38"))]
    assert texts(names, *values, line(150, (314, "61"))) == ["42 74 38 61", "Jan Feb Mar Apr"]


def test_the_axis_of_a_chart_is_not_mixed_with_its_values() -> None:
    names = line(300, (110, "Jan"), (210, "Feb"), (310, "Mar"))
    axis = [line(90, (10, "80")), line(200, (10, "40"), (114, "42")), line(120, (214, "74"), (314, "70"))]
    assert texts(names, *axis) == ["80", "40", "42 74 70", "Jan Feb Mar"]


def test_rules_of_tables_are_left_out_and_bars_of_menus_stay() -> None:
    assert texts(running(0, 0, "Home | News | Contact")) == ["Home | News | Contact"]
    assert texts(line(0, (0, "mix"), (40, "|"), (70, "wall"), (130, "|"), wide=8)) == ["mix wall"]


CODE = """\
def sum_of(items):
    total = 0
    for item in items:
        total += item.price
    return total"""


def code(text: str, pitch: float = 9.63) -> list[Line]:
    lines = []
    for row, each in enumerate(text.split("\n")):
        words, at = [], 0
        for word in each.split(" "):
            if word:
                left = 20 + round((at + 0.1) * pitch)
                words.append(Word(word, Region(left, 25 * row, round((len(word) - 0.2) * pitch), HEIGHT)))
            at += len(word) + 1
        lines.append(Line(" ".join(word.text for word in words), 90, 25 * row, 25 * row + HEIGHT, tuple(words)))
    return lines


@pytest.mark.parametrize("pitch", [6.6, 7.8, 9.63, 12.04])
def test_code_keeps_its_indentation(pitch: float) -> None:
    assert "\n".join(texts(*code(CODE, pitch))) == CODE


def test_a_listing_keeps_its_columns_and_loses_false_blanks() -> None:
    listing = "NAME      SIZE  USED\nsda1      468G  211G\ntmpfs     1.6G     0\nnvme0n1p2   8G  2.1M"
    assert "\n".join(texts(*code(listing))) == listing
    [*above, last] = code(CODE)
    # "total" read as two words that stand together.
    first, second = last.words
    broken = (
        first,
        Word("tot", Region(second.region.x, 100, 28, HEIGHT)),
        Word("al", Region(second.region.x + 29, 100, 18, HEIGHT)),
    )
    assert texts(*above, Line("return tot al", 90, 100, 120, broken))[-1] == "    return total"


def test_a_proportional_typeface_has_no_grid() -> None:
    words = [word for row in range(5) for word in running(30 * row, 20, "will fill mommy with wild mist at noon").words]
    assert grid_of(words) is None
    cells = [word for row in range(6) for word in line(30 * row, (0, "abcd"), (200, "efgh"), (400, "ijkl")).words]
    assert grid_of(cells) is None
