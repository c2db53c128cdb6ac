"""The quick way to read lists and tables reads them as markdown-it does."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grokdesk.ui.chat.markdown.blocks import LONG, BlockSplitter
from grokdesk.ui.chat.markdown.carrying import carry_after
from grokdesk.ui.chat.markdown.flat import flat_carry, flat_pieces
from grokdesk.ui.chat.markdown.pieces import NOTHING_CARRIED, Carry, build

STARTS = ("- ", "-   ", "* ", "+ ", "1. ", "7. ", "2) ", "-     ", "- - ", "- 1. ", "  - ", "", "- [ ] ", "- [x] ")
BODIES = (
    *(
        "word",
        "a **b** c",
        "`code` and *it*",
        "https://example.com/x",
        "# no",
        "> no",
        "```",
        "---",
        "5",
        "5.",
        "ends ",
    ),
    *(
        "[l](http://x.y)",
        "*half",
        "**half",
        "a|b",
        "\\*",
        "you@example.com",
        "[r]",
        "$x_1$",
        "1 < 2 & 3",
        "",
        "=",
        "~a~",
    ),
    *("www.x.org", "a<br>b", "\u5b57\u3002", "[x]: y", "|---|", "\u00a0", "x  y"),
)
CARRIES = (
    NOTHING_CARRIED,
    Carry("- \ufdd0\n\n", lists=(((9, 1), None),)),
    Carry("4.  \ufdd0\n\n", lists=(((9, 2), 41),)),
    Carry("| a | b |\n|:--|--:|\n", in_table=True),
    Carry("> - \ufdd0\n\n", lists=(((9, 1), None),)),
)
ROWS = (
    *(
        "| a | b |",
        "|---|:-:|",
        "| **a** | `b` |",
        "| a |",
        "| a | b | c |",
        "|a|b",
        "|",
        "||",
        "| \\| | x |",
        "a | b",
        "",
    ),
    *("| half **b | x |", "|--|--|", "| https://x.y | [r] |", "- a | b", "|\u00a0| x |"),
)


def compare(text: str, carry: Carry, *, is_open: bool) -> None:
    references = {"R": {"href": "http://r.s", "title": ""}}
    read = flat_pieces(text, references, number=3, carry=carry, is_open=is_open)
    if read is not None:
        assert read == build(text, references, number=3, carry=carry, is_open=is_open)
    if not is_open and (known := flat_carry(text, carry, 3)) is not None:
        assert known == carry_after(text, carry, 3, joins=False)


@example(lines=[("- [ ] ", "word")], end="", between="\n", carry=NOTHING_CARRIED, is_open=False)
@settings(deadline=None, max_examples=100)
@given(
    lines=st.lists(st.tuples(st.sampled_from(STARTS), st.sampled_from(BODIES)), min_size=1, max_size=4),
    end=st.sampled_from(["", "\n", "\n\n"]),
    between=st.sampled_from(["\n", "\n\n"]),
    carry=st.sampled_from(CARRIES),
    is_open=st.booleans(),
)
def test_lists_are_read_alike(
    lines: list[tuple[str, str]], end: str, between: str, carry: Carry, is_open: bool
) -> None:
    compare(between.join(start + body for start, body in lines) + end, carry, is_open=is_open)


@example(head=["| a | b |", "|---|:-:|"], rows=["| *a | b", "|"], end="", carry=NOTHING_CARRIED, is_open=True)
@settings(deadline=None, max_examples=100)
@given(
    head=st.sampled_from([["| a | b |", "|---|:-:|"], []]),
    rows=st.lists(st.sampled_from(ROWS), min_size=1, max_size=4),
    end=st.sampled_from(["", "\n", "\n\n"]),
    carry=st.sampled_from(CARRIES),
    is_open=st.booleans(),
)
def test_tables_are_read_alike(head: list[str], rows: list[str], end: str, carry: Carry, is_open: bool) -> None:
    compare("\n".join([*head, *rows]) + end, carry, is_open=is_open)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"- item {n}\n" for n in range(LONG // 5)),
        "".join(f"{n}. **item** `{n}`\n" for n in range(1, LONG // 8)),
        "".join(f"- [ ] item {n}\n\n" for n in range(LONG // 8)),
        "| a | b |\n|---|---|\n" + "".join(f"| {n} | *x* |\n" for n in range(LONG // 8)),
    ],
    ids=["list", "numbered", "tasks", "table"],
)
def test_what_is_long_is_read_the_quick_way(text: str) -> None:
    splitter = BlockSplitter()
    blocks = splitter.feed(text) + splitter.finish()
    assert len(blocks) > 1
    for block in blocks:
        assert (
            not block.text.strip()
            or flat_pieces(block.text, {}, number=block.number, carry=block.carry, is_open=False) is not None
        )
