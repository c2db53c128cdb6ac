"""Prices of models; amounts of money in plain text, for the command line and for sentences.

The windows follow the person's locale.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens, as the server tells them."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    """Of the input, what the server's cache of prompts knew."""


def dollars(usd: Decimal, *, is_estimate: bool = False) -> str:
    """``$1,234.50``: cents, or the first two digits of what is less than one."""
    decimals = 1 - usd.adjusted() if 0 < usd < Decimal("0.01") else 2
    return f"{'about ' if is_estimate else ''}${usd:,.{decimals}f}"
