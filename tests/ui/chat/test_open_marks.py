from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.ui.chat.open_marks import closed


@pytest.mark.parametrize(
    ("open_text", "shown"),
    [
        ("**bold", "**bold**"),
        ("**bold te*", "**bold te**"),
        ("**bold** and **", "**bold** and "),
        ("a `code", "a `code`"),
        ("a ``co`de", "a ``co`de``"),
        ("a `", "a "),
        ("`a` and `b", "`a` and `b`"),
        ("[text](http://exa", "text"),
        ("see [te", "see te"),
        ("![alt](http", "alt"),
        ("`a ** b` and **c", "`a ** b` and **c**"),
        ("one **line\nand another", "one **line\nand another"),
        ("costs $5 and \\**", "costs $5 and \\**"),
        ("text\n```", "text\n"),
        ("``", ""),
        ("| a | b |", ""),
        ("| a | b |\n|--", ""),
        ("| a | b |\n|---|---|\n| 1", "| a | b |\n|---|---|\n| 1"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_open_marks_are_closed(open_text: str, shown: str) -> None:
    assert closed(open_text).strip(" ") == shown.strip(" ")


@given(st.text("ab *`[]()|\n!~", max_size=40))
def test_it_holds_for_any_text(text: str) -> None:
    assert isinstance(closed(text), str)


@given(st.text("ab c.\n", max_size=40))
def test_text_without_marks_is_left_alone(text: str) -> None:
    assert closed(text) == text
