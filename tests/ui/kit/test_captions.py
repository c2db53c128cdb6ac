from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale

from grokdesk.model import CUT, FAILED, FILTERED, GAPS, LENGTH, STOPPED, TOOL_CALLS, Answer, Usage
from grokdesk.ui.kit import captions
from tests.support.windows.panel import IMAGE


@pytest.fixture(autouse=True)
def american() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


FULL = Answer(
    "text",
    model="grok-4.5",
    usage=Usage(1000, 203, 120, 64, 512, 1203, Decimal("0.0021")),
    first_token_seconds=0.42,
    seconds=0.84,
)


def test_a_footer_says_what_is_known() -> None:
    assert captions.footer(FULL) == "grok-4.5 · 1,203\u00a0tokens · $0.0021 · 0.8\u00a0s"
    assert captions.footer(Answer()) == ""
    assert captions.footer(Answer(seconds=72.0)) == "1:12\u00a0min"
    assert captions.footer(replace(FULL, usage=Usage())) == "grok-4.5 · 0.8\u00a0s"


def test_a_footer_is_written_as_people_there_write() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    assert captions.footer(FULL) == "grok-4.5 · 1.203\u00a0tokens · 0,0021\u00a0$ · 0,8\u00a0s"


def test_without_a_locale_numbers_are_american() -> None:
    QLocale.setDefault(QLocale.c())
    assert captions.footer(FULL) == "grok-4.5 · 1,203\u00a0tokens · $0.0021 · 0.8\u00a0s"


def test_another_model_than_asked_is_named() -> None:
    assert captions.footer(Answer(model="b"), "a") == "b answered instead of a"
    assert captions.footer(Answer(model="a"), "a") == "a"
    assert captions.footer(Answer(), "a") == ""


COSTS = {
    "0": "$0.00",
    "0.0021": "$0.0021",
    "0.000456": "$0.00046",
    "0.00000000012": "$0.00000000012",
    "0.05": "$0.05",
    "0.016": "$0.02",
    "1.5": "$1.50",
    "1234.5": "$1,234.50",
}
LEFT = [(3.0, "in 3 s…"), (2.1, "in 3 s…"), (0.2, "in 1 s…"), (0.0, "again…"), (-4, "again…")]
DURATIONS = [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.3, "12 s"), (60, "1:00 min"), (3725, "62:05 min")]


@pytest.mark.parametrize(("dollars", "words"), COSTS.items())
def test_cost(dollars: str, words: str) -> None:
    assert captions.cost(Decimal(dollars), is_estimate=False) == words


def test_an_unknown_cost_is_not_said_and_an_estimate_is_marked() -> None:
    assert captions.cost(None, is_estimate=False) == ""
    assert captions.cost(Decimal("0.01"), is_estimate=True) == "about $0.01"


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (Usage(input_tokens=5, output_tokens=6), "11 tokens"),
        (Usage(output_tokens=1), "1 token"),
        (Usage(input_tokens=5, output_tokens=6, total_tokens=20), "20 tokens"),
        (Usage(cached_tokens=3), ""),
    ],
)
def test_tokens(usage: Usage, words: str) -> None:
    assert captions.footer(Answer(usage=usage)).replace("\u00a0", " ") == words


def test_details_name_the_parts() -> None:
    assert captions.details(FULL).splitlines() == [
        "Input: 1,000 tokens",
        "of which images: 512 tokens",
        "of which cached: 64 tokens",
        "Output: 203 tokens",
        "of which reasoning: 120 tokens",
        "First token after 0.4 s",
    ]
    assert captions.details(Answer()) == ""


@pytest.mark.parametrize("finish", [STOPPED, CUT, LENGTH, FILTERED, TOOL_CALLS, GAPS, "sunset"])
def test_every_unusual_end_is_said(finish: str) -> None:
    assert captions.mark(Answer("text", finish=finish)).endswith(".")


def test_usual_ends_are_not_said() -> None:
    assert captions.mark(Answer("text", finish="stop")) == ""
    assert captions.mark(Answer(finish=FAILED)) == ""
    assert captions.mark(Answer(finish="stop")) == "The answer is empty."


def test_sending() -> None:
    assert captions.sending([IMAGE]) == "Sending 1284 × 716 PNG, 212 kB…"
    assert captions.sending([IMAGE] * 3) == "Sending 3 images, 636 kB…"
    assert captions.sending([]) == captions.WAITING


@pytest.mark.parametrize(
    ("left", "words"), [(3.0, "in 3 s…"), (2.1, "in 3 s…"), (0.2, "in 1 s…"), (0.0, "again…"), (-4, "again…")]
)
def test_retrying_counts_down(left: float, words: str) -> None:
    assert captions.retrying("The server asked to wait.", left).endswith(words)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.3, "12 s"), (60, "1:00 min"), (3725, "62:05 min")]
)
def test_duration(seconds: float, words: str) -> None:
    assert captions.duration(seconds) == words
