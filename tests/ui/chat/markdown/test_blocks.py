from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.ui.chat.markdown.blocks import Block, BlockSplitter

PIECES = [
    "word",
    " ",
    "\n",
    "\n\n",
    "- ",
    "* ",
    "12",
    "1. ",
    "3) ",
    "-",
    "```",
    "```py\n",
    "````",
    "~~~\n",
    "    ",
    "  ",
    "\t",
    "| a | b |\n|---|---|\n",
    "> ",
    "# ",
    "\r\n",
    "$5",
    "é",
    "😀",
    "`",
    "---",
    "\u2028",
]
markdown = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)


def split(*chunks: str) -> list[Block]:
    splitter = BlockSplitter()
    blocks = [block for chunk in chunks for block in splitter.feed(chunk)]
    return blocks + splitter.finish()


def parts(*chunks: str, nesting: bool = True) -> list[tuple[str, str]]:
    splitter = BlockSplitter(nesting=nesting)
    blocks = [block for chunk in chunks for block in splitter.feed(chunk)]
    return [(block.text, block.kind) for block in blocks + splitter.finish()]


def texts(*chunks: str) -> list[str]:
    return [block.text for block in split(*chunks)]


@given(markdown, st.data())
def test_any_chunking_gives_the_same_blocks(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    chunks = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert split(*chunks) == split(text) == split(*text)


@given(markdown)
def test_joined_blocks_are_the_text(text: str) -> None:
    assert "".join(texts(text)) == text


@given(markdown)
def test_the_open_block_is_what_is_not_finished(text: str) -> None:
    splitter = BlockSplitter()
    finished = "".join(block.text for block in splitter.feed(text))
    assert finished + splitter.open_text() == text
    assert splitter.open_length == len(splitter.open_text())
    assert splitter.open_text(start=1) == splitter.open_text()[1:]


def test_paragraphs_end_at_a_blank_line() -> None:
    assert texts("one\ntwo\n\nthree\n") == ["one\ntwo\n\n", "three\n"]


def test_blank_lines_belong_to_what_follows() -> None:
    assert texts("one\n\n\n\ntwo") == ["one\n\n", "\n\ntwo"]


def test_a_list_goes_on_after_a_blank_line() -> None:
    text = "- a\n\n- b\n\n  more of b\n\n"
    assert texts(text + "Paragraph\n") == [text, "Paragraph\n"]


def test_a_list_is_over_at_the_first_character_that_tells() -> None:
    splitter = BlockSplitter()
    assert splitter.feed("1. a\n2. b\n\n") == []
    assert splitter.feed("3") == []
    assert [(b.text, b.kind) for b in splitter.feed("D")] == [("1. a\n2. b\n\n", "list")]
    assert splitter.open_text() == "3D"


@pytest.mark.parametrize("marker", ["-", "+", "*", "1.", "123456789)"])
def test_every_list_marker_continues_a_list(marker: str) -> None:
    text = f"{marker} a\n\n{marker} b\n"
    assert texts(text) == texts(*text) == [text]


def test_a_table_is_one_block() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    assert texts(table + "after") == [table, "after"]


def test_an_open_fence_is_code_and_ends_with_its_line() -> None:
    splitter = BlockSplitter()
    assert [(b.text, b.kind) for b in splitter.feed("Look:\n```py\nx = 1\n\n\ny")] == [("Look:\n", "text")]
    assert splitter.open_kind == "code"
    assert [(b.text, b.kind) for b in splitter.feed("\n```\n")] == [("```py\nx = 1\n\n\ny\n```\n", "code")]
    assert splitter.open_text() == ""


def test_a_fence_closes_only_with_its_own_sign_and_length() -> None:
    code = "````\n```\n~~~\n````x\n`````\n"
    assert parts(code + "text", nesting=False) == [(code, "code"), ("text", "text")]


def test_backticks_in_a_line_are_no_fence() -> None:
    assert parts("```not a fence``` here\n\nnext") == [
        ("```not a fence``` here\n\n", "text"),
        ("next", "text"),
    ]


def test_a_fence_within_a_list_stays_there() -> None:
    text = "1. Run\n\n   ```sh\n   make\n\n   make install\n   ```\n\n2. Done\n"
    assert parts(text) == [(text, "list")]


def test_a_fence_at_the_margin_ends_a_list() -> None:
    assert parts("1. Run\n```sh\nmake\n```\n2. Done") == [
        ("1. Run\n", "list"),
        ("```sh\nmake\n```\n", "code"),
        ("2. Done", "list"),
    ]


def test_indented_code_stays_whole() -> None:
    assert texts("    a\n\n    b\n\nafter") == ["    a\n\n    b\n\n", "after"]


def test_dollars_are_text() -> None:
    assert texts("It costs $5\n\nor $6, $$x$$\n\n") == ["It costs $5\n\n", "or $6, $$x$$\n\n"]


def test_cost_grows_with_the_length_only() -> None:
    def cpu(length: int) -> float:
        best = float("inf")
        for _ in range(3):
            splitter = BlockSplitter()
            started = time.process_time()
            splitter.feed("```\n")
            for _ in range(length // 8):
                splitter.feed("eight ch")
            best = min(best, time.process_time() - started)
        return best

    assert cpu(800_000) < 20 * cpu(100_000), "eight times the text must not cost many times eight"
