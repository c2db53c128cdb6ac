from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import ErrorNote, Usage
from grokdesk.store.history.exports import as_json, as_markdown, entry_object, markdown_of
from grokdesk.store.history.history import HistoryEntry, HistoryImage

ENTRY = HistoryEntry(
    7,
    "c1",
    datetime(2026, 11, 23, 12, tzinfo=UTC),
    "What is\nthis?",
    "Prompt",
    "ask",
    "xAI",
    "grok-4.5",
    "# Pears\n\nTwo of them.\n",
    "Hm.",
    "stop",
    None,
    Usage(total_tokens=266, cost_usd=Decimal("0.00030540")),
    0.5,
    1.5,
    (HistoryImage("a`b.png", "image/png", 7, 5, 99, "ab" * 32),),
)


def test_json_is_one_array_with_every_field() -> None:
    (first, second) = json.loads("".join(as_json([ENTRY, replace(ENTRY, id=8, usage=None)])))
    assert first == {
        "id": 7,
        "conversation": "c1",
        "asked_at": "2026-11-23T12:00:00+00:00",
        "question": "What is\nthis?",
        "prompt": "Prompt",
        "action": "ask",
        "profile": "xAI",
        "model": "grok-4.5",
        "answer": "# Pears\n\nTwo of them.\n",
        "reasoning": "Hm.",
        "finish": "stop",
        "error": None,
        "usage": {
            "input_tokens": None,
            "output_tokens": None,
            "reasoning_tokens": None,
            "cached_tokens": None,
            "image_tokens": None,
            "total_tokens": 266,
        },
        "cost_usd": 0.0003054,
        "cost_is_estimate": False,
        "first_token_seconds": 0.5,
        "seconds": 1.5,
        "images": [
            {
                "name": "a`b.png",
                "width": 7,
                "height": 5,
                "bytes": 99,
                "media_type": "image/png",
                "sha256": "ab" * 32,
            }
        ],
        "compared": None,
    }
    assert second["usage"] is None
    assert second["cost_usd"] is None


def test_no_entries_are_an_empty_array() -> None:
    assert json.loads("".join(as_json([]))) == []


def test_markdown_has_the_question_quoted_and_the_answer_as_it_came() -> None:
    text = markdown_of(ENTRY)
    assert text.startswith("## 7. 2026-")
    assert "> What is\n> this?\n" in text
    assert "\n# Pears\n\nTwo of them.\n" in text
    assert "- picture: `` a`b.png ``, 7 x 5" in text
    assert "*xAI · grok-4.5 · stop · 266 tokens · $0.00030540*" in text


def test_markdown_of_a_failed_question_has_the_error_and_the_action() -> None:
    failed = replace(ENTRY, question=" ", answer="", error=ErrorNote("It failed.", "Try again."), usage=None)
    text = markdown_of(failed)
    assert "> (ask)" in text
    assert "**It failed.** Try again." in text
    assert "".join(as_markdown([failed])) == f"# GrokDesk history\n\n{text}"


@given(question=st.text(), answer=st.text(), name=st.text())
def test_any_entry_can_be_exported(question: str, answer: str, name: str) -> None:
    entry = replace(ENTRY, question=question, answer=answer, images=(replace(ENTRY.images[0], name=name),))
    assert json.loads("".join(as_json([entry]))) == [entry_object(entry)]
    assert answer.rstrip() in markdown_of(entry)
