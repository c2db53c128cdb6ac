from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.model import Usage
from grokdesk.providers.formats.usage import usage_from


@pytest.mark.parametrize(
    ("written", "reasoning", "total", "output"),
    [
        (41, 9, 73, 41),  # inside: 32 + 41
        (9, 110, 151, 119),  # outside: 32 + 9 + 110
        (9, 110, None, 119),  # cannot be inside
        (50, 10, None, 50),
        (9, 0, 41, 9),
        (5, 3, 99, 5),  # a total that fits neither way
    ],
)
def test_reasoning_is_counted_once(written: int, reasoning: int, total: int | None, output: int) -> None:
    told: dict[str, object] = {
        "input_tokens": 32,
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": reasoning},
    }
    if total is not None:
        told["total_tokens"] = total
    assert usage_from(told).output_tokens == output


def test_both_families_of_names() -> None:
    chat = {
        "prompt_tokens": 5,
        "completion_tokens": 2,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 3, "image_tokens": 4},
    }
    assert usage_from(chat) == Usage(5, 2, None, 3, 4, 7)
    responses = {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7, "input_tokens_details": {"cached_tokens": 3}}
    assert usage_from(responses) == Usage(5, 2, None, 3, None, 7)
    assert usage_from({"prompt_cache_hit_tokens": 8}).cached_tokens == 8


@pytest.mark.parametrize(
    ("told", "dollars"),
    [
        ({"cost_in_usd_ticks": 739000}, "0.0000739"),
        ({"cost_in_nano_usd": 73900}, "0.0000739"),
        ({"cost": 9.19e-05}, "0.0000919"),
        ({"cost": 0}, "0"),
        ({"cost_in_usd_ticks": 739000, "cost": 5}, "0.0000739"),
    ],
)
def test_money(told: dict[str, object], dollars: str) -> None:
    assert usage_from(told).cost_usd == Decimal(dollars)


@pytest.mark.parametrize("odd", [None, True, "5", -1, float("nan"), float("inf"), [], {}])
def test_odd_values_are_unknown(odd: Any) -> None:
    told = {"prompt_tokens": odd, "completion_tokens": odd, "total_tokens": odd, "cost": odd, "cost_in_usd_ticks": odd}
    assert usage_from({**told, "prompt_tokens_details": odd}) == Usage()


@given(st.dictionaries(st.sampled_from(["input_tokens", "output_tokens", "total_tokens", "cost"]), st.integers()))
def test_no_number_is_ever_negative(told: dict[str, object]) -> None:
    usage = usage_from(told)
    numbers = (usage.input_tokens, usage.output_tokens, usage.total_tokens, usage.cost_usd)
    assert all(number is None or number >= 0 for number in numbers)
