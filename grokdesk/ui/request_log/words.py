"""What is said about a request that left, with the digits of the person's locale."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QDateTime, QLocale

from grokdesk.model.requests import STAYED, Kind, Outcome, RequestRecord, SentPicture, is_of_unknown_cost
from grokdesk.store.request_log.request_log import Sums
from grokdesk.ui.kit.captions import cost, duration, locale, tokens
from grokdesk.ui.kit.quantities import byte_size, pixel_size

COLUMNS: tuple[tuple[str, str], ...] = (
    ("at", "Time"),
    ("profile", "Profile"),
    ("host", "Host"),
    ("model", "Model"),
    ("pictures", "Pictures"),
    ("bytes", "Size"),
    ("tokens", "Tokens"),
    ("cost", "Cost"),
    ("outcome", "How it went"),
    ("kind", "What for"),
)
"""The ledger's columns, and their names for a person."""

KINDS: dict[Kind, str] = {
    "question": "Question",
    "retry": "Question, again",
    "probe": "Does it see?",
    "test": "Test",
    "models": "List of models",
    "key": "State of the key",
    "download": "Picture by address",
    "other": "Other",
}
OUTCOMES: dict[Outcome, str] = {
    "under way": "Under way",
    "answered": "Answered",
    "stopped": "Stopped",
    "cut": "Broke off",
    "refused": "Refused",
    "failed": "No answer",
    "not sent": "Not sent",
    "held back": "Held back",
    "interrupted": "Interrupted",
}
_MEANINGS: dict[Outcome, str] = {
    "under way": "Under way.",
    "answered": "Answered.",
    "stopped": "Stopped by you.",
    "cut": "The answer broke off.",
    "refused": "The server refused it.",
    "failed": "It left, and no answer came.",
    "not sent": "Nothing left: the server was not reached.",
    "held back": "Nothing left: the month's budget was used up.",
    "interrupted": "GrokDesk was ended before the reply was read.",
}


def cell(entry: RequestRecord, column: str) -> str:
    left, came = entry.outgoing, entry.ending
    number, has_left = locale().toString, came.outcome not in STAYED
    texts: dict[str, Callable[[], str]] = {
        "at": lambda: when(entry),
        "profile": lambda: left.profile,
        "host": lambda: left.host,
        "model": lambda: came.model or left.model,
        "pictures": lambda: number(len(left.pictures)) if left.pictures and has_left else "",
        "bytes": lambda: byte_size(left.body_bytes) if left.body_bytes and has_left else "",
        "tokens": lambda: "" if came.total_tokens is None else number(came.total_tokens),
        "cost": lambda: _short_cost(entry),
        "outcome": lambda: OUTCOMES[came.outcome],
        "kind": lambda: KINDS[left.kind],
    }
    return texts[column]()


def when(entry: RequestRecord) -> str:
    return locale().toString(_moment(entry), QLocale.FormatType.ShortFormat)


def _moment(entry: RequestRecord) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(entry.outgoing.at.timestamp() * 1000))


def facts(entry: RequestRecord) -> Iterator[str]:
    """Everything that the ledger has of a request, a line each."""
    left, came = entry.outgoing, entry.ending
    moment = _moment(entry)
    day = locale().toString(moment.date(), QLocale.FormatType.LongFormat)
    yield f"{day}, {locale().toString(moment.time(), 'HH:mm:ss')} · {KINDS[left.kind]}"
    status = f" HTTP {came.status}." if came.status is not None else ""
    took = f" It took {duration(came.seconds)}." if came.seconds is not None else ""
    error = f" {came.error}." if came.error else ""
    yield f"{_MEANINGS[came.outcome]}{status}{error}{took}"
    yield f"{left.method} {left.address}"
    if left.profile:
        asked = f", {left.model} was asked" if left.model else ""
        answered = f", {came.model} answered" if came.model else ""
        yield f"Profile {left.profile}{asked}{answered}."
    if left.body_bytes:
        yield f"Body: {byte_size(left.body_bytes)} ({locale().toString(left.body_bytes)} bytes)."
    yield from map(picture, left.pictures)
    if left.is_temporary:
        yield "The conversation was kept nowhere, so no SHA-256 of a picture is kept either."
    if left.model:
        yield _stored(left.stored)
        yield f"{_tokens(entry)} {_cost(entry)}".strip()


def picture(sent: SentPicture) -> str:
    size = f"{pixel_size(sent.width, sent.height)} " if sent.width else ""
    kind = sent.media_type.removeprefix("image/").upper()
    way = "only its address was sent" if sent.as_address else f"{locale().toString(sent.bytes)} bytes"
    boxes = f", {sent.redactions} redacted" if sent.redactions else ""
    fingerprint = f", SHA-256 {sent.sha256}" if sent.sha256 else ""
    return f"Picture: {size}{kind}, {way}{boxes}{fingerprint}"


def totals(sums: Sums) -> str:
    """``1,204 requests · 310 pictures · 212 MB · 1,203,000 tokens · $3.21, about $0.20 of it estimated``"""
    number, spent = locale().toString, sums.spent
    parts = [
        f"{number(sums.requests)} {'request' if sums.requests == 1 else 'requests'}",
        f"{number(sums.stayed)} of them did not leave" if sums.stayed else "",
        f"{number(sums.pictures)} {'picture' if sums.pictures == 1 else 'pictures'}",
        byte_size(sums.bytes),
        tokens(sums.tokens),
    ]
    estimated = cost(spent.estimated_usd, is_estimate=True) if spent.estimated_usd else ""
    paid = cost(spent.usd, is_estimate=False) + (f", {estimated} of it estimated" if estimated else "")
    unknown = f"{number(spent.unknown)} of unknown cost" if spent.unknown else ""
    return " · ".join(part for part in (*parts, paid, unknown) if part)


def _stored(stored: bool | None) -> str:
    if stored is None:
        return "Nothing was said about keeping it: the server does as it likes."
    return "The server was asked to keep it." if stored else "The server was asked not to keep it."


def _tokens(entry: RequestRecord) -> str:
    came = entry.ending
    if came.total_tokens is None and came.input_tokens is None:
        return ""
    number = locale().toString
    parts = [
        f"{number(count)} {way}" for count, way in ((came.input_tokens, "in"), (came.output_tokens, "out")) if count
    ]
    details = f" ({', '.join(parts)})" if parts else ""
    return f"{tokens(came.total_tokens) or 'Tokens'}{details}."


def _short_cost(entry: RequestRecord) -> str:
    if is_of_unknown_cost(entry):
        return "unknown"
    return cost(entry.ending.cost_usd, is_estimate=entry.ending.cost_is_estimate)


def _cost(entry: RequestRecord) -> str:
    came = entry.ending
    if came.cost_usd is not None:
        source = "by the server's prices" if came.cost_is_estimate else "by the server's own word"
        return f"Cost: {'about ' if came.cost_is_estimate else ''}${came.cost_usd.normalize():f}, {source}."
    return "Nobody told what it cost." if is_of_unknown_cost(entry) else ""
