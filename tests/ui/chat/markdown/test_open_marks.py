from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.ui.chat.markdown.open_marks import certain, mended


@pytest.mark.parametrize(
    ("open_text", "shown"),
    [
        ("**bold", "**bold"),
        ("**bold te*", "**bold te"),
        ("**bold** and **", "**bold** and "),
        ("a `", "a "),
        ("a `code", "a `code"),
        ("[text](http://exa", "text"),
        ("see [te", "see te"),
        ("see [text]", "see text"),
        ("[a](https://x.y/A_(b", "a"),
        ("![alt](http", "alt"),
        ("[![alt](http://x.y/p.png)](ht", "![alt](http://x.y/p.png)"),
        ("[![al", "al"),
        ("`[` and `b", "`[` and `b"),
        ("`[te` x", "`[te` x"),
        ("\\[ x_1", "\\[ x_1"),
        ("\\(a[1", "\\(a[1"),
        ("costs $5 and $", "costs $5 and "),
        ("AT&am", "AT"),
        ("AT&T is", "AT&T is"),
        ("a<b", "a"),
        ("a<br", "a"),
        ("see <https://exa", "see https://exa"),
        ("1 < 2", "1 < 2"),
        ("[ ", ""),
        ("[x]", ""),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_half_marks_at_the_end_are_hidden(open_text: str, shown: str) -> None:
    assert mended(open_text) == shown


@pytest.mark.parametrize(
    ("open_text", "shown"),
    [
        ("text\n-", "text\n"),
        ("text\n==", "text\n"),
        ("text\n--- ", "text\n"),
        ("text\n---\n", "text\n---\n"),
        ("text\n- a", "text\n- a"),
        ("- a\n  -", "- a\n"),
        ("text\n#", "text\n"),
        ("text\n12.", "text\n"),
        ("12 men", "12 men"),
        ("text\n```", "text\n"),
        ("text\n```py", "text\n"),
        ("text\n```py\n", "text\n```py\n"),
        ("``", ""),
        (">", ""),
        ("[1]: http://exa", ""),
        ("[1]: http://exa\n", "[1]: http://exa\n"),
        ("| a | b |", ""),
        ("| a | b |\n", ""),
        ("| a | b |\n|--", ""),
        ("text\n| a | b |\n|--", "text\n"),
        ("a | b\n--|", ""),
        ("| a | b |\n|---|---|\n", "| a | b |\n|---|---|\n"),
        ("| a | b |\n|---|---|\n| 1", "| a | b |\n|---|---|\n| 1"),
        ("| a | b |\nno table", "| a | b |\nno table"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_what_only_the_rest_can_tell_waits(open_text: str, shown: str) -> None:
    assert certain(open_text) == shown


@given(st.text("ab *`[]()|\n!~<&$\\-=1.>#", max_size=40))
def test_it_holds_for_any_text(text: str) -> None:
    assert text.startswith(certain(text))
    assert len(mended(text)) <= len(text)


@given(st.text("ab c.\n", max_size=40))
def test_text_without_marks_is_left_alone(text: str) -> None:
    assert certain(text) == mended(text) == text
