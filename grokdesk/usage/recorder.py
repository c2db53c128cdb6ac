"""Stands where requests leave: holds back what the budget does not allow, and writes everything into the ledger.

A ledger that cannot be written is told of and keeps nobody from asking; only a budget that is to stop asks for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from grokdesk.errors import BudgetUsedUp, StoreError
from grokdesk.model.requests import UNDER_WAY, Ending, OutgoingRequest, RequestRecord
from grokdesk.providers.http.audit import AsSent
from grokdesk.store.months import bounds_of, month_of
from grokdesk.store.request_log.request_log import RequestLog, Wanted
from grokdesk.store.settings.settings import Settings
from grokdesk.translation import _
from grokdesk.usage.budget import budget_of, cannot_be_told, state, used_up, warning
from grokdesk.usage.recent import RecentRequests

log = logging.getLogger(__name__)


class UsageRecorder:
    """An ``audit.Auditor``; any thread may ask. ``tell`` gets sentences for the person on the thread that asks.

    ``open_ledger`` gets what the ledger is to tell when it was damaged.
    """

    def __init__(
        self,
        open_ledger: Callable[[Callable[[str], None]], RequestLog],
        load_settings: Callable[[], Settings],
        redact: Callable[[str], str],
        tell: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self.request_log = open_ledger(self.request_log_lost)
        self.sent = RecentRequests()
        self.tell = tell
        self._load_settings = load_settings
        self._redact = redact
        self._now = now
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._pruned = False

    def leave(self, outgoing: OutgoingRequest, sent: AsSent) -> Callable[[Ending], None]:
        """Raises BudgetUsedUp for what may cost something, is over a budget that stops, and was not allowed."""
        outgoing = replace(outgoing, address=self._redact(outgoing.address))
        headers = tuple((name, self._redact(value)) for name, value in sent.headers)
        sent = replace(sent, url=self._redact(sent.url), headers=headers)
        if outgoing.is_charged and not sent.may_exceed:
            self._check(outgoing)
        entry = RequestRecord(self._begin(outgoing), outgoing)
        number = self.sent.add(entry, sent)

        def arrive(ending: Ending) -> None:
            self.sent.settle(number, replace(entry, ending=ending))
            self._end(entry.id, outgoing, ending)

        return arrive

    def budget_state(self) -> str:
        """A sentence about this month, "" without a budget. Raises StoreError."""
        budget = budget_of(self._load_settings())
        return state(budget, self.request_log.spent(month_of(self._now()))) if budget else ""

    def delete(self, wanted: Wanted) -> int:
        """Remove these entries for good, and what is remembered of them; how many there were. Raises StoreError."""
        count = self.request_log.delete(wanted)
        if wanted.is_everything:
            self.sent.forget_all()
        self._forget_deleted()
        return count

    def request_log_lost(self, sentence: str) -> None:
        """A damaged ledger was set aside, which ``sentence`` says."""
        budget = budget_of(self._load_settings())
        self.tell(
            _("{sentence} This month's budget starts at 0 again.").format(sentence=sentence) if budget else sentence
        )

    def _check(self, outgoing: OutgoingRequest) -> None:
        budget = budget_of(self._load_settings())
        if budget is None or not budget.stops:
            return
        try:
            spent = self.request_log.spent(month_of(self._now()))
        except StoreError as error:
            log.info("the budget cannot be checked: %s", error)
            raise cannot_be_told(error) from error
        if budget.level(spent) == "all":
            self._begin(outgoing, Ending("held back", error=BudgetUsedUp.__name__))
            raise used_up(budget, spent)

    def _begin(self, outgoing: OutgoingRequest, ending: Ending = UNDER_WAY) -> int:
        """The id of the entry, 0 when it could not be written."""
        try:
            return self.request_log.begin(outgoing, ending)
        except StoreError as error:
            self._complain(error)
            return 0

    def _end(self, entry_id: int, outgoing: OutgoingRequest, ending: Ending) -> None:
        if not entry_id:
            return
        try:
            self.request_log.end(entry_id, ending)
            if outgoing.is_charged or ending.cost_usd:
                self._warn()
            self._prune()
            self._forget_deleted()
        except StoreError as error:
            self._complain(error)

    def _forget_deleted(self) -> None:
        """Another program may have deleted entries as well."""
        remembered = self.sent.ids
        self.sent.forget(remembered - self.request_log.present(remembered))

    def _warn(self) -> None:
        """Once for every crossing, whichever program sees it first."""
        budget = budget_of(self._load_settings())
        if budget is None:
            return
        month = month_of(self._now())
        spent = self.request_log.spent(month)
        level = budget.level(spent)
        if level is None:
            return
        is_first = self.request_log.warns_first(month, budget.usd, level)
        if level == "all":
            self.request_log.warns_first(month, budget.usd, "share")  # is said with it
        if is_first:
            self.tell(warning(budget, spent))

    def _prune(self) -> None:
        """Once a run. The present month stays, for the budget."""
        with self._lock:
            if self._pruned:
                return
            self._pruned = True
        if days := self._load_settings().ledger_keep_days:
            now = self._now()
            oldest = min(now - timedelta(days=days), bounds_of(month_of(now))[0])
            if count := self.request_log.prune(oldest):
                log.info("ledger: %d entries are older than %d days", count, days)

    def _complain(self, error: StoreError) -> None:
        with self._lock:
            if error.title in self._told:
                return
            self._told.add(error.title)
        log.info("not in the ledger: %s", error)
        self.tell(_("Requests are not being logged. {error}").format(error=error))
