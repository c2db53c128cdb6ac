"""The ledger for other programs: CSV for a spreadsheet, objects for JSON."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import StoreError
from grokdesk.model.requests import RequestRecord, SentPicture, Spent
from grokdesk.private_files import write_private
from grokdesk.store.request_log.request_log import Sums
from grokdesk.translation import _

# What a spreadsheet would take for the beginning of a formula; the wide forms are typed on East Asian keyboards.
# Source: https://owasp.org/www-community/attacks/CSV_Injection
_BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")

COLUMNS = (
    "id", "at", "kind", "method", "host", "address", "profile", "model", "answered_by", "outcome", "status", "error",
    "bytes", "pictures", "picture_bytes", "redactions", "sent", "stored", "is_temporary", "input_tokens",
    "output_tokens", "total_tokens", "cost_usd", "cost_is_estimate", "seconds",
)  # fmt: skip
"""Of the CSV."""
_STEP = 500


@dataclass(frozen=True, slots=True)
class Exported:
    """How far an export has come."""

    entries: int
    is_written: bool = False


def entry_object(entry: RequestRecord) -> dict[str, object]:
    left, came = entry.outgoing, entry.ending
    return {
        "id": entry.id,
        "at": left.at.isoformat(timespec="milliseconds"),
        "kind": left.kind,
        "method": left.method,
        "host": left.host,
        "address": left.address,
        "profile": left.profile,
        "model": left.model,
        "answered_by": came.model,
        "outcome": came.outcome,
        "status": came.status,
        "error": came.error,
        "bytes": left.body_bytes,
        "pictures": [picture_object(picture) for picture in left.pictures],
        "stored": left.stored,
        "is_temporary": left.is_temporary,
        "input_tokens": came.input_tokens,
        "output_tokens": came.output_tokens,
        "total_tokens": came.total_tokens,
        "cost_usd": None if came.cost_usd is None else float(came.cost_usd),
        "cost_is_estimate": came.cost_is_estimate,
        "seconds": came.seconds,
    }


def picture_object(picture: SentPicture) -> dict[str, object]:
    return {
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "bytes": picture.bytes,
        "sha256": picture.sha256,
        "redactions": picture.redactions,
        "as_address": picture.as_address,
    }


def sums_object(sums: Sums) -> dict[str, object]:
    return {
        "requests": sums.requests,
        "stayed": sums.stayed,
        "pictures": sums.pictures,
        "bytes": sums.bytes,
        "tokens": sums.tokens,
        **spent_object(sums.spent),
    }


def spent_object(spent: Spent) -> dict[str, object]:
    return {
        "cost_usd": float(spent.usd),
        "exact_usd": float(spent.exact_usd),
        "estimated_usd": float(spent.estimated_usd),
        "unknown_costs": spent.unknown,
    }


def as_csv(entries: Iterable[RequestRecord]) -> Iterator[str]:
    """A line of names and a line for each request, as RFC 4180 has them; no cell begins a formula.

    The pictures of a request share a cell, one a semicolon: size in pixels, type, bytes, SHA-256.
    """
    yield _line(COLUMNS)
    for entry in entries:
        pictures = entry.outgoing.pictures
        values = {
            **_plain(entry),
            "pictures": len(pictures),
            "picture_bytes": sum(picture.bytes for picture in pictures),
            "redactions": sum(picture.redactions for picture in pictures),
            "sent": "; ".join(map(picture_words, pictures)),
        }
        yield _line([values[name] for name in COLUMNS])


def picture_words(picture: SentPicture) -> str:
    """``1284x716 image/png, 212332 bytes, SHA-256 ...``; what is not known is left out."""
    size = f"{picture.width}x{picture.height} " if picture.width else ""
    sent = "by its address" if picture.as_address else f"{picture.bytes} bytes"
    return ", ".join(
        part
        for part in (
            f"{size}{picture.media_type}".strip(),
            sent,
            f"SHA-256 {picture.sha256}" if picture.sha256 else "",
            f"{picture.redactions} redacted" if picture.redactions else "",
        )
        if part
    )


def write_csv(path: Path, entries: Iterable[RequestRecord]) -> None:
    """Raises StoreError when the file cannot be written, and what reading the entries raises."""
    deque(export_csv(path, entries, CancelSwitch()), maxlen=0)


def export_csv(path: Path, entries: Iterable[RequestRecord], cancel: CancelSwitch) -> Iterator[Exported]:
    """The same step by step. Raises Cancelled as well, until the file is written: what was there before stays."""
    if not path.parent.is_dir():
        raise StoreError(_("The file cannot be written."), _("There is no folder {parent}.").format(parent=path.parent))
    lines: list[str] = []
    for line in as_csv(entries):
        if len(lines) % _STEP == 0 and lines:
            cancel.check()
            yield Exported(len(lines) - 1)
        lines.append(line)
    cancel.check()
    try:
        write_private(path, "".join(lines).encode("utf-8"))
    except OSError as error:
        raise StoreError(
            _("The file cannot be written."), f"{path}: {error.strerror or type(error).__name__}."
        ) from error
    yield Exported(len(lines) - 1, is_written=True)


def _plain(entry: RequestRecord) -> dict[str, object]:
    cost = entry.ending.cost_usd
    return {**entry_object(entry), "cost_usd": None if cost is None else f"{cost:f}"}


def _line(values: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(map(_cell, values))
    return text.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() | int() | Decimal():
            return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text
