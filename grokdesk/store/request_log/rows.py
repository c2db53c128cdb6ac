"""Between the ledger's values and the columns of its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from grokdesk.model.requests import Ending, OutgoingRequest, RequestRecord, SentPicture
from grokdesk.store.request_log.steps import TICKS_PER_USD

_LARGEST = 2**63 - 1


def outgoing_row(outgoing: OutgoingRequest) -> dict[str, object]:
    return {
        "at": milliseconds(outgoing.at),
        "kind": outgoing.kind,
        "method": outgoing.method,
        "host": storable(outgoing.host),
        "address": storable(outgoing.address),
        "profile": storable(outgoing.profile),
        "model": storable(outgoing.model),
        "body_bytes": outgoing.body_bytes,
        "pictures": len(outgoing.pictures),
        "picture_bytes": sum(picture.bytes for picture in outgoing.pictures),
        "redactions": sum(picture.redactions for picture in outgoing.pictures),
        "stored": None if outgoing.stored is None else int(outgoing.stored),
        "is_temporary": int(outgoing.is_temporary),
        "is_charged": int(outgoing.is_charged),
    }


def ending_row(ending: Ending) -> dict[str, object]:
    return {
        "outcome": ending.outcome,
        "status": ending.status,
        "error": ending.error,
        "answered_by": storable(ending.model),
        "input_tokens": ending.input_tokens,
        "output_tokens": ending.output_tokens,
        "total_tokens": ending.total_tokens,
        "cost": ticks(ending.cost_usd),
        "cost_is_estimate": int(ending.cost_is_estimate),
        "seconds": ending.seconds,
    }


def picture_rows(entry_id: int, pictures: Sequence[SentPicture]) -> list[tuple[object, ...]]:
    return [
        (
            entry_id,
            position,
            picture.media_type,
            picture.width,
            picture.height,
            picture.bytes,
            picture.sha256,
            picture.redactions,
            int(picture.as_address),
        )
        for position, picture in enumerate(pictures)
    ]


def entry_of(row: sqlite3.Row, pictures: Iterable[SentPicture]) -> RequestRecord:
    outgoing = OutgoingRequest(
        datetime.fromtimestamp(row["at"] / 1000, UTC),
        row["kind"],
        row["method"],
        row["host"],
        row["address"],
        row["profile"],
        row["model"],
        row["body_bytes"],
        tuple(pictures),
        None if row["stored"] is None else bool(row["stored"]),
        bool(row["is_temporary"]),
        bool(row["is_charged"]),
    )
    ending = Ending(
        row["outcome"],
        row["status"],
        row["error"],
        row["answered_by"],
        row["input_tokens"],
        row["output_tokens"],
        row["total_tokens"],
        dollars(row["cost"]),
        bool(row["cost_is_estimate"]),
        row["seconds"],
    )
    return RequestRecord(row["id"], outgoing, ending)


def picture_of(row: sqlite3.Row) -> SentPicture:
    return SentPicture(
        row["media_type"],
        row["width"],
        row["height"],
        row["bytes"],
        row["sha256"],
        row["redactions"],
        bool(row["as_address"]),
    )


def milliseconds(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def ticks(cost: Decimal | None) -> int | None:
    """None also for what no server can mean."""
    if cost is None or not cost.is_finite() or not 0 <= cost * TICKS_PER_USD <= _LARGEST:
        return None
    return int((cost * TICKS_PER_USD).to_integral_value())


def dollars(cost: int | None) -> Decimal | None:
    return None if cost is None else Decimal(cost) / TICKS_PER_USD


def storable(text: str) -> str:
    """Without lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
