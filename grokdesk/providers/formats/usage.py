"""What an answer took, from the many ways in which servers tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from grokdesk.model import Usage
from grokdesk.model.money import Prices

TICKS_PER_USD = 10_000_000_000
"""xAI's ``cost_in_usd_ticks``; recomputed from recorded answers and their prices."""

NANOS_PER_USD = 1_000_000_000
_TOO_MANY = 2**53
"""No number of tokens; the history keeps whole numbers of 64 bits."""


def usage_from(told: Mapping[str, object]) -> Usage:
    """Read a usage object of chat.completions or of the Responses API; what is missing or odd stays None."""
    read = _count(told, "input_tokens", "prompt_tokens")
    written = _count(told, "output_tokens", "completion_tokens")
    total = _count(told, "total_tokens")
    input_details = _object(told, "input_tokens_details", "prompt_tokens_details")
    output_details = _object(told, "output_tokens_details", "completion_tokens_details")
    reasoning = _count(output_details, "reasoning_tokens")
    cached = _count(input_details, "cached_tokens")
    return Usage(
        input_tokens=read,
        output_tokens=_with_reasoning(read, written, reasoning, total),
        reasoning_tokens=reasoning,
        cached_tokens=_count(told, "prompt_cache_hit_tokens") if cached is None else cached,
        image_tokens=_count(input_details, "image_tokens"),
        total_tokens=total,
        cost_usd=_cost(told),
    )


def added(one: Usage, other: Usage) -> Usage:
    """What two requests took together; a number that one of them does not know is unknown."""
    sums = {
        name: None if (a := getattr(one, name)) is None or (b := getattr(other, name)) is None else a + b
        for name in (
            "input_tokens",
            "output_tokens",
            "reasoning_tokens",
            "cached_tokens",
            "image_tokens",
            "total_tokens",
            "cost_usd",
        )
    }
    return Usage(**sums, cost_is_estimate=one.cost_is_estimate or other.cost_is_estimate)


def estimated(usage: Usage, prices: Prices) -> Usage:
    """The usage with its cost by the server's own prices, where the server did not say the cost itself."""
    if usage.cost_usd is not None or usage.input_tokens is None or usage.output_tokens is None:
        return usage
    cached = min(usage.cached_tokens or 0, usage.input_tokens) if prices.cached is not None else 0
    cost = (usage.input_tokens - cached) * prices.input + usage.output_tokens * prices.output
    cost += cached * (prices.cached or 0)
    return replace(usage, cost_usd=cost / 1_000_000, cost_is_estimate=True)


def _with_reasoning(read: int | None, written: int | None, reasoning: int | None, total: int | None) -> int | None:
    """The output including reasoning. Some servers leave it out of the output but never out of the total."""
    if written is None or not reasoning:
        return written
    if read is not None and total is not None:
        if total == read + written:
            return written
        if total == read + written + reasoning:
            return written + reasoning
    return written + reasoning if reasoning > written else written


def _cost(told: Mapping[str, object]) -> Decimal | None:
    """The server's own word on the price in US dollars: xAI's ticks, xAI's nano dollars, OpenRouter's dollars."""
    for name, parts in (("cost_in_usd_ticks", TICKS_PER_USD), ("cost_in_nano_usd", NANOS_PER_USD), ("cost", 1)):
        value = told.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
            return Decimal(str(value)) / parts
    return None


def _count(told: Mapping[str, object], *names: str) -> int | None:
    for name in names:
        value = told.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _TOO_MANY:
            return value
    return None


def _object(told: Mapping[str, object], *names: str) -> Mapping[str, object]:
    for name in names:
        value = told.get(name)
        if isinstance(value, Mapping):
            return value
    return {}
