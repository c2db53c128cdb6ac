from __future__ import annotations

from grokdesk.model import Region
from grokdesk.pictures.read.layout import arranged
from grokdesk.pictures.read.page import Line, Word
from grokdesk.pictures.read.scripts import in_reading_order, without_blanks_between_ideographs
from grokdesk.pictures.read.secret_text import spellings


def line(*words: tuple[int, str]) -> Line:
    placed = tuple(Word(text, Region(left, 0, 30, 20)) for left, text in words)
    return Line(placed[0].text, 90, 0, 20, placed)


def test_letters_from_right_to_left_come_in_their_own_order() -> None:
    seen = line((200, "םולש"), (150, "םלוע"), (100, "(2026)"), (50, "GrokDesk"), (10, "!םיאבה"))
    read = in_reading_order(seen)
    assert read.text == "שלום עולם GrokDesk (2026) הבאים!"
    assert [row.text for row in arranged([read])] == [read.text]


def test_numbers_within_stay_as_they_are() -> None:
    assert in_reading_order(line((0, "12.50םולש"))).text == "שלום12.50"


def test_other_lines_are_untouched() -> None:
    plain = line((0, "left"), (40, "to"), (80, "right"))
    assert in_reading_order(plain) is plain


def test_ideographs_have_no_blanks_between_them() -> None:
    assert without_blanks_between_ideographs("設定 を 保存 Save 12 件 です") == "設定を保存 Save 12 件です"
    assert spellings([line((0, "パス"), (40, "ワード"), (80, "：abc"))])[0].text.startswith("パスワード：abc")
