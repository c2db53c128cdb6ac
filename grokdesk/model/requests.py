"""What is known of a request that leaves: facts and numbers, never a word of a question, a pixel or a key.

Sizes are in pixels and bytes, times are aware UTC datetimes, costs in US dollars.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Kind = Literal["question", "retry", "probe", "test", "models", "key", "download", "other"]
"""What a request is for. RETRY: a question again; PROBE: whether a model sees; MODELS: its list; KEY: the key's state;
DOWNLOAD: a picture by its address."""

Outcome = Literal[
    "under way", "answered", "stopped", "cut", "refused", "failed", "not sent", "held back", "interrupted"
]
"""STOPPED: by the person; CUT: the answer broke off; REFUSED: by the server; FAILED: no answer came; NOT SENT: nothing
left, say because the server was not reached; HELD BACK: by the budget, nothing left; INTERRUPTED: GrokDesk was ended
before the reply was read."""


STAYED: tuple[Outcome, ...] = ("not sent", "held back")
"""Of these nothing left."""
COST_NOTHING: tuple[Outcome, ...] = ("refused", "failed", *STAYED)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a question is for. Nothing of it is sent."""

    kind: Kind = "question"
    ticket: str = ""
    """Names the question, so that its requests are found again while the program runs."""
    conversation: str = ""
    """Names what the question is a part of, so that its requests can be forgotten together."""
    is_temporary: bool = False
    """True when the question and its answer are kept nowhere."""
    may_exceed: bool = False
    """True when the person said that this once the budget does not matter."""


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A picture in a request. ``as_address``: only its public address left, so ``bytes`` is 0."""

    media_type: str
    width: int
    height: int
    bytes: int
    sha256: str
    redactions: int = 0
    as_address: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request before it leaves. ``address`` has neither query nor credentials."""

    at: datetime
    kind: Kind
    method: str
    host: str
    address: str
    profile: str = ""
    model: str = ""
    """The one that is asked."""
    body_bytes: int = 0
    pictures: tuple[SentPicture, ...] = ()
    stored: bool | None = None
    """Whether the server was asked to keep the answer; None when nothing was said about it."""
    is_temporary: bool = False
    is_charged: bool = False
    """True for a question to a server that may cost something."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a request."""

    outcome: Outcome = "under way"
    status: int | None = None
    """The HTTP status, None when no reply came."""
    error: str = ""
    """The kind of the error alone: its words may be the server's."""
    model: str = ""
    """The one that answered."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    cost_usd: Decimal | None = None
    cost_is_estimate: bool = False
    seconds: float | None = None


UNDER_WAY = Ending()


@dataclass(frozen=True, slots=True)
class RequestRecord:
    id: int
    outgoing: OutgoingRequest
    ending: Ending = UNDER_WAY


@dataclass(frozen=True, slots=True)
class Spent:
    """``unknown`` counts the charged requests whose cost nobody told."""

    exact_usd: Decimal = Decimal(0)
    estimated_usd: Decimal = Decimal(0)
    unknown: int = 0

    @property
    def usd(self) -> Decimal:
        return self.exact_usd + self.estimated_usd


def is_of_unknown_cost(entry: RequestRecord) -> bool:
    """True when it may have cost something and nobody told how much."""
    return entry.outgoing.is_charged and entry.ending.cost_usd is None and entry.ending.outcome not in COST_NOTHING
