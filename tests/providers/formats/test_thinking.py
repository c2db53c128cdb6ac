from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.providers.formats.thinking import LeadingThought


def split(*pieces: str) -> tuple[str, str]:
    thought = LeadingThought()
    parts = [thought.split(piece) for piece in pieces] + [thought.rest()]
    return "".join(reasoning for reasoning, _ in parts), "".join(answer for _, answer in parts)


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("plain", "", "plain"),
        ("  plain", "", "  plain"),
        ("<think>why</think>because", "why", "because"),
        ("\n<think>why\n</think>\n\nbecause </think> so", "why\n", "because </think> so"),
        ("<think>never closed", "never closed", ""),
        ("<think>a </thin b", "a </thin b", ""),
        ("<think></think>x", "", "x"),
        ("<thinner>", "", "<thinner>"),
        ("<thi", "", "<thi"),
        ("say <think>no</think>", "", "say <think>no</think>"),
        ("", "", ""),
    ],
)
def test_every_cut_gives_the_same(text: str, reasoning: str, answer: str) -> None:
    assert split(text) == (reasoning, answer)
    assert split(*text) == (reasoning, answer)
    for cut in range(len(text)):
        assert split(text[:cut], text[cut:]) == (reasoning, answer)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "/", "think", ">", " ", "\n", "a"]), max_size=8))
def test_nothing_but_tags_and_blanks_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    reasoning, answer = split(*pieces)
    kept = (reasoning + answer).replace("<think>", "").replace("</think>", "")
    assert "".join(kept.split()) == "".join(text.replace("<think>", "").replace("</think>", "").split())
    assert (reasoning, answer) == split(text)
