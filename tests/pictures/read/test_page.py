from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from grokdesk.model import Region
from grokdesk.pictures.read.languages import installed_languages, known_languages
from grokdesk.pictures.read.page import Line, Word, markdown_of, tables_on
from grokdesk.pictures.read.reading import Engine
from tests.support.images.secret_pages import typeface


def row(top: int, *cells: tuple[int, str]) -> Line:
    words = []
    for left, cell in cells:
        at = left
        for word in cell.split():
            words.append(Word(word, Region(at, top, 10 * len(word), 20)))
            at += 10 * len(word) + 8
    return Line(" ".join(cell for _, cell in cells), 90, top, top + 20, tuple(words))


def test_rows_in_line_are_a_table() -> None:
    lines = [
        row(0, (0, "Orders of the last months")),
        row(40, (0, "month"), (200, "orders"), (400, "by whom")),
        row(70, (0, "May"), (220, "61"), (400, "Jane Doe")),
        row(100, (0, "June"), (220, "74"), (400, "a | b")),
        row(140, (0, "That is all.")),
    ]
    [table] = tables_on(lines)
    assert table == (("month", "orders", "by whom"), ("May", "61", "Jane Doe"), ("June", "74", "a | b"))
    assert markdown_of(table).splitlines() == [
        "| month | orders | by whom |",
        "| --- | --- | --- |",
        "| May | 61 | Jane Doe |",
        "| June | 74 | a \\| b |",
    ]


def test_columns_that_the_engine_read_one_after_the_other_are_a_table_too() -> None:
    columns = [row(top, (left, word)) for left in (0, 300) for top, word in ((0, "a"), (30, "b"), (60, "c"))]
    assert tables_on(columns) == ((("a", "a"), ("b", "b"), ("c", "c")),)


def test_running_text_is_no_table() -> None:
    assert tables_on([row(30 * number, (0, "just some words in a line")) for number in range(5)]) == ()
    long = "words " * 12
    assert tables_on([row(30 * number, (0, long), (1200, long)) for number in range(5)]) == ()
    assert tables_on([row(0, (0, "a"), (200, "b")), row(30, (0, "c"), (200, "d"))]) == ()


def test_a_drawn_table_is_read() -> None:
    rows = [("Item", "Number", "Price"), ("Pears", "12", "3.40"), ("Apples", "7", "2.10"), ("Plums", "150", "9.99")]
    image = Image.new("L", (640, 220), 255)
    draw, face = ImageDraw.Draw(image), typeface("sans", 18)
    for number, cells in enumerate(rows):
        for left, cell in zip((30, 260, 480), cells, strict=True):
            draw.text((left, 30 + 40 * number), cell, 0, face)
    assert tables_on(Engine().lines(image)) == (tuple(rows),)


def test_words_have_their_places() -> None:
    image = Image.new("L", (600, 120), 255)
    draw, face = ImageDraw.Draw(image), typeface("sans", 14)
    draw.text((40, 50), "Hello", 0, face)
    draw.text((400, 50), "World", 0, face)
    words = [word for line in Engine().lines(image) for word in line.words]
    assert [word.text for word in words] == ["Hello", "World"]
    for word, left in zip(words, (40, 400), strict=True):
        wanted = draw.textbbox((left, 50), word.text, face)
        assert abs(word.region.x - wanted[0]) <= 2
        assert abs(word.region.right - wanted[2]) <= 3
        assert wanted[1] - 6 <= word.region.y <= wanted[1] + 1
        assert wanted[3] - 1 <= word.region.bottom <= wanted[3] + 6


def test_languages_are_found_where_models_are(tmp_path: Path) -> None:
    for folder, names in (("a", ("eng", "osd")), ("b", ("eng", "deu", "fra"))):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.traineddata").touch()
    folders = [tmp_path / "a", tmp_path / "b", tmp_path / "none"]
    assert installed_languages(iter(folders)) == {"eng": folders[0], "deu": folders[1], "fra": folders[1]}
    assert known_languages("eng", iter(folders)) == ("eng", folders[0])
    assert known_languages("eng+deu+jpn", iter(folders)) == ("eng+deu", folders[1])
    with pytest.raises(FileNotFoundError):
        known_languages("eng", iter(folders[2:]))


def test_english_comes_last_and_what_is_not_here_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = installed_languages()["eng"] / "eng.traineddata"
    for name in ("eng", "xxa"):
        (tmp_path / f"{name}.traineddata").write_bytes(data.read_bytes())
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    engine = Engine("eng+xxa+tlh")
    assert engine.languages == "xxa+eng"
    assert engine.missing_languages == ("tlh",)
    assert Engine().missing_languages == ()


def test_a_language_that_is_not_here_leaves_the_bundled_one(tmp_path: Path) -> None:
    assert known_languages("tlh")[0] == "eng"
    assert "eng" in installed_languages()
