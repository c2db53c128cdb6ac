"""What is said about a request that left, with the digits of the person's locale."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QDateTime, QLocale

from grokdesk.model.requests import STAYED, Kind, Outcome, RequestRecord, SentPicture, is_of_unknown_cost
from grokdesk.store.request_log.request_log import Sums
from grokdesk.translation import N_, _, ngettext
from grokdesk.ui.kit.captions import cost, duration, locale, tokens
from grokdesk.ui.kit.quantities import byte_size, pixel_size

COLUMNS: tuple[tuple[str, str], ...] = (
    ("at", N_("Time")),
    ("profile", N_("Profile")),
    ("host", N_("Host")),
    ("model", N_("Model")),
    ("pictures", N_("Pictures")),
    ("bytes", N_("Size")),
    ("tokens", N_("Tokens")),
    ("cost", N_("Cost")),
    ("outcome", N_("Result")),
    ("kind", N_("Purpose")),
)
"""The columns, and their titles."""

KINDS: dict[Kind, str] = {
    "question": N_("Question"),
    "retry": N_("Question, retried"),
    "probe": N_("Image support test"),
    "test": N_("Test"),
    "models": N_("Model list"),
    "key": N_("Key status"),
    "download": N_("Image download"),
    "other": N_("Other"),
}
OUTCOMES: dict[Outcome, str] = {
    "under way": N_("Under way"),
    "answered": N_("Answered"),
    "stopped": N_("Stopped"),
    "cut": N_("Cut off"),
    "refused": N_("Refused"),
    "failed": N_("No answer"),
    "not sent": N_("Not sent"),
    "held back": N_("Held back"),
    "interrupted": N_("Interrupted"),
}
_MEANINGS: dict[Outcome, str] = {
    "under way": N_("Under way."),
    "answered": N_("Answered."),
    "stopped": N_("Stopped by you."),
    "cut": N_("The answer was cut off."),
    "refused": N_("The server refused it."),
    "failed": N_("Sent, but no answer came."),
    "not sent": N_("Not sent: the server could not be reached."),
    "held back": N_("Not sent: the month's budget is used up."),
    "interrupted": N_("GrokDesk was closed before the answer was read."),
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
        "outcome": lambda: _(OUTCOMES[came.outcome]),
        "kind": lambda: _(KINDS[left.kind]),
    }
    return texts[column]()


def when(entry: RequestRecord) -> str:
    return locale().toString(_moment(entry), QLocale.FormatType.ShortFormat)


def _moment(entry: RequestRecord) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(entry.outgoing.at.timestamp() * 1000))


def facts(entry: RequestRecord) -> Iterator[str]:
    """Everything that the request log has of a request, a line each."""
    left, came = entry.outgoing, entry.ending
    moment = _moment(entry)
    day = locale().toString(moment.date(), QLocale.FormatType.LongFormat)
    yield f"{day}, {locale().toString(moment.time(), 'HH:mm:ss')} · {_(KINDS[left.kind])}"
    status = f" HTTP {came.status}." if came.status is not None else ""
    took = " " + _("Took {time}.").format(time=duration(came.seconds)) if came.seconds is not None else ""
    error = f" {came.error}." if came.error else ""
    yield f"{_(_MEANINGS[came.outcome])}{status}{error}{took}"
    yield f"{left.method} {left.address}"
    if left.profile:
        yield " · ".join(_who(entry))
    if left.body_bytes:
        size, count = byte_size(left.body_bytes), locale().toString(left.body_bytes)
        yield ngettext("Body: {size} ({count} byte)", "Body: {size} ({count} bytes)", left.body_bytes).format(
            size=size, count=count
        )
    yield from map(picture, left.pictures)
    if left.is_temporary:
        yield _("Temporary conversation: no SHA-256 of its images is kept.")
    if left.model:
        yield _stored(left.stored)
        yield f"{_tokens(entry)} {_cost(entry)}".strip()


def picture(sent: SentPicture) -> str:
    size = f"{pixel_size(sent.width, sent.height)} " if sent.width else ""
    kind = sent.media_type.removeprefix("image/").upper()
    bytes_sent = ngettext("{count} byte", "{count} bytes", sent.bytes).format(count=locale().toString(sent.bytes))
    parts = [
        _("Image: {size}{kind}").format(size=size, kind=kind),
        _("sent as a link") if sent.as_address else bytes_sent,
        _("{count} redacted").format(count=sent.redactions) if sent.redactions else "",
        f"SHA-256 {sent.sha256}" if sent.sha256 else "",
    ]
    return ", ".join(part for part in parts if part)


def _who(entry: RequestRecord) -> Iterator[str]:
    left, came = entry.outgoing, entry.ending
    yield _("Profile: {name}").format(name=left.profile)
    if left.model:
        yield _("Requested model: {model}").format(model=left.model)
    if came.model:
        yield _("Answered by: {model}").format(model=came.model)


def totals(sums: Sums) -> str:
    """``1,204 requests · 310 images · 212 MB · 1,203,000 tokens · $3.21, about $0.20 of it estimated``"""
    number, spent = locale().toString, sums.spent
    parts = [
        ngettext("{count} request", "{count} requests", sums.requests).format(count=number(sums.requests)),
        _("{count} not sent").format(count=number(sums.stayed)) if sums.stayed else "",
        ngettext("{count} image", "{count} images", sums.pictures).format(count=number(sums.pictures)),
        byte_size(sums.bytes),
        tokens(sums.tokens),
    ]
    estimated = cost(spent.estimated_usd, is_estimate=True) if spent.estimated_usd else ""
    paid = cost(spent.usd, is_estimate=False) + (
        ", " + _("{amount} of it estimated").format(amount=estimated) if estimated else ""
    )
    unknown = _("{count} with cost not reported").format(count=number(spent.unknown)) if spent.unknown else ""
    return " · ".join(part for part in (*parts, paid, unknown) if part)


def _stored(stored: bool | None) -> str:
    if stored is None:
        return _("Stored by provider: provider default")
    return _("Stored by provider: yes") if stored else _("Stored by provider: no")


def _tokens(entry: RequestRecord) -> str:
    came = entry.ending
    if came.total_tokens is None and came.input_tokens is None:
        return ""
    number = locale().toString
    parts = [
        words.format(count=number(count))
        for count, words in ((came.input_tokens, _("{count} input")), (came.output_tokens, _("{count} output")))
        if count
    ]
    details = f" ({', '.join(parts)})" if parts else ""
    return f"{tokens(came.total_tokens) or _('Tokens')}{details}."


def _short_cost(entry: RequestRecord) -> str:
    if is_of_unknown_cost(entry):
        return _("not reported")
    return cost(entry.ending.cost_usd, is_estimate=entry.ending.cost_is_estimate)


def _cost(entry: RequestRecord) -> str:
    came = entry.ending
    if came.cost_usd is not None:
        amount = f"${came.cost_usd.normalize():f}"
        if came.cost_is_estimate:
            return _("Cost: about {amount}, estimated from the server's prices.").format(amount=amount)
        return _("Cost: {amount}, reported by the server.").format(amount=amount)
    return _("Cost not reported.") if is_of_unknown_cost(entry) else ""
