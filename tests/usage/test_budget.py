"""What of a budget is reached, at its exact limits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from grokdesk.model.requests import Spent
from grokdesk.store.settings.settings import Settings
from grokdesk.usage.budget import budget_of, state, used_up, warning


@pytest.mark.parametrize(
    ("budget", "percent", "spent", "level"),
    [
        ("0.0001", 80, "0", None),
        ("0.0001", 80, "0.00007999", None),
        ("0.0001", 80, "0.00008", "share"),
        ("0.0001", 80, "0.0001", "all"),
        ("0.5", 80, "0.3999999999", None),
        ("0.5", 80, "0.4", "share"),
        ("0.5", 80, "0.4999999999", "share"),
        ("0.5", 80, "0.5", "all"),
        ("1", 80, "0.7999999999", None),
        ("1", 80, "0.8", "share"),
        ("1", 80, "1", "all"),
        ("1", 80, "1.0000000001", "all"),
        ("1", 1, "0", None),
        ("1", 1, "0.01", "share"),
        ("1", 100, "0.9999999999", None),
        ("1", 100, "1", "all"),
        ("10", 80, "8", "share"),
        ("10", 80, "10", "all"),
    ],
)
def test_what_is_reached(budget: str, percent: int, spent: str, level: str | None) -> None:
    found = budget_of(Settings(monthly_budget_usd=budget, budget_warn_percent=percent, budget_mode="stop"))
    assert found is not None
    assert found.level(Spent(Decimal(spent))) == level
    assert found.level(Spent(Decimal(0), Decimal(spent))) == level


@pytest.mark.parametrize("text", ["", "0", "0.0", "0.0000"])
def test_no_amount_is_no_budget(text: str) -> None:
    assert budget_of(Settings(monthly_budget_usd=text)) is None


def test_small_amounts_are_said_as_they_are() -> None:
    budget = budget_of(Settings(monthly_budget_usd="0.5"))
    assert budget is not None
    assert "80%" in warning(budget, Spent(Decimal("0.4")))
    assert "$0.50" in warning(budget, Spent(Decimal("0.5")))
    assert "used up" in warning(budget, Spent(Decimal("0.5")))
    assert "$0.40 of" in state(budget, Spent(Decimal("0.4")))
    assert "Nothing was sent" in used_up(budget, Spent(Decimal("0.5"))).hint
