"""One model a row: its name, and below it whether it sees and what it costs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QListWidgetItem

from grokdesk.translation import _
from grokdesk.ui.kit.captions import locale
from grokdesk.ui.kit.two_lines import two_lines

if TYPE_CHECKING:
    from grokdesk.model.money import Prices
    from grokdesk.providers.models.models import ModelInfo

SIGHT = {True: "Sees pictures", False: "Does not see", None: "May see: the server does not say"}


def about(model: ModelInfo, *, in_use: bool) -> str:
    """``In use · Sees pictures · $1.25 in, $2.50 out for a million tokens · holds 500,000 tokens``"""
    parts = [_("In use")] if in_use else []
    parts.append(SIGHT[model.supports_images])
    if model.prices is not None:
        parts.append(price(model.prices))
    if model.context:
        parts.append(f"holds {locale().toString(model.context)} tokens")
    return " · ".join(parts)


def price(prices: Prices) -> str:
    if not prices.input and not prices.output:
        return "free"
    return _("{dollars} in, {dollars2} out for a million tokens").format(
        dollars=_dollars(prices.input), dollars2=_dollars(prices.output)
    )


def _dollars(amount: Decimal) -> str:
    """With as many decimals as the price has, two at the least."""
    exponent = amount.normalize().as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 2)
    return locale().toCurrencyString(float(amount), "$", min(decimals, 6))


def row_of(model: ModelInfo, *, in_use: bool) -> QListWidgetItem:
    return two_lines(model.id, model.id, about(model, in_use=in_use))


def typed_row(text: str) -> QListWidgetItem:
    """For a model that the server's list does not have under this name."""
    return two_lines(text, _("Use “{text}”").format(text=text), _("As typed: it is not in the list"))
