"""Departures and endings for tests of what is kept of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from grokdesk.model.requests import Ending, OutgoingRequest, SentPicture

WHEN = datetime(2026, 11, 23, 12, 30, 15, 250_000, tzinfo=UTC)
PICTURE = SentPicture("image/png", 1284, 716, 212_000, "ab12" * 16, redactions=2)


def outgoing(at: datetime = WHEN, **more: object) -> OutgoingRequest:
    made = OutgoingRequest(
        at, "question", "POST", "api.x.ai", "https://api.x.ai/v1/responses", "xAI", "grok-4.5", 283_000,
        (PICTURE,), stored=False, is_charged=True,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # of OutgoingRequest's own fields


def ending(cost: str | None = "0.0123", *, is_estimate: bool = False, **more: object) -> Ending:
    usd = None if cost is None else Decimal(cost)
    made = Ending("answered", 200, "", "grok-4.5", 216, 50, 266, usd, is_estimate, 1.5)
    return replace(made, **more)  # type: ignore[arg-type]  # of Ending's own fields
