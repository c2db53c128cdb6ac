"""A month's budget: how much of it is used, what is said about that, and when nothing more may leave."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from grokdesk.errors import BudgetUsedUp, GrokDeskError
from grokdesk.model.money import dollars
from grokdesk.model.requests import Spent
from grokdesk.store.settings.settings import Settings
from grokdesk.translation import N_, _, ngettext

Level = Literal["share", "all"]


@dataclass(frozen=True, slots=True)
class Budget:
    usd: Decimal
    warn_percent: int
    stops: bool

    def level(self, spent: Spent) -> Level | None:
        """What has been reached: the share that is warned of, or all."""
        if spent.usd >= self.usd:
            return "all"
        return "share" if spent.usd * 100 >= self.usd * self.warn_percent else None


def budget_of(settings: Settings) -> Budget | None:
    """None while there is none."""
    usd = Decimal(settings.monthly_budget_usd or "0")
    return Budget(usd, settings.budget_warn_percent, settings.budget_mode == "stop") if usd > 0 else None


def warning(budget: Budget, spent: Spent) -> str:
    """A sentence about what has been reached."""
    used = _("{spent} of {budget}{details}").format(
        spent=dollars(spent.usd), budget=dollars(budget.usd), details=_details(spent)
    )
    if budget.level(spent) == "all":
        sentence = _("This month's budget is used up: {used}.").format(used=used)
        if not budget.stops:
            return sentence
        return f"{sentence} {_('Requests are blocked this month unless you allow them.')}"
    percent = int(spent.usd * 100 / budget.usd)
    return _("{percent}% of this month's budget is used: {used}.").format(percent=percent, used=used)


def state(budget: Budget, spent: Spent) -> str:
    """How much of it is used, whatever has been reached."""
    return _("This month: {spent} of {budget} budget{details}.").format(
        spent=dollars(spent.usd), budget=dollars(budget.usd), details=_details(spent)
    )


def used_up(budget: Budget, spent: Spent) -> BudgetUsedUp:
    return BudgetUsedUp(
        _("This month's budget is used up: {spent} of {budget}{details}.").format(
            spent=dollars(spent.usd), budget=dollars(budget.usd), details=_details(spent)
        ),
        _("Nothing was sent. {how_to_go_on}").format(how_to_go_on=_(_HOW_TO_GO_ON)),
    )


def cannot_be_told(error: GrokDeskError) -> BudgetUsedUp:
    """For a budget that is to stop, while what was spent cannot be read."""
    return BudgetUsedUp(
        _("What was spent this month cannot be read, so nothing was sent: {title}").format(title=error.title),
        _("{hint} For this once, ask anyway, or with --over-budget; or set budget_mode to warn.")
        .format(hint=error.hint)
        .strip(),
    )


_HOW_TO_GO_ON = N_(
    "Raise the budget in the settings (Request log), or with: grokdesk settings set monthly_budget_usd AMOUNT. "
    "For this once, ask anyway, or with --over-budget."
)


def _details(spent: Spent) -> str:
    """What the sum is not exact about."""
    parts = []
    if spent.estimated_usd:
        parts.append(_("about {dollars} of it estimated").format(dollars=dollars(spent.estimated_usd)))
    if spent.unknown:
        parts.append(
            ngettext(
                "not counting {count} request with unreported cost",
                "not counting {count} requests with unreported cost",
                spent.unknown,
            ).format(count=spent.unknown)
        )
    return f" ({'; '.join(parts)})" if parts else ""
