"""The ledger: every request that left, or was held back, in a file of its own. Several programs may write to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from grokdesk.model.requests import (
    COST_NOTHING,
    STAYED,
    UNDER_WAY,
    Ending,
    OutgoingRequest,
    RequestRecord,
    SentPicture,
    Spent,
)
from grokdesk.store.database import Database, transaction
from grokdesk.store.months import bounds_of, month_of
from grokdesk.store.request_log.rows import (
    dollars,
    ending_row,
    entry_of,
    milliseconds,
    outgoing_row,
    picture_of,
    picture_rows,
    storable,
)
from grokdesk.store.request_log.steps import STEPS
from grokdesk.store.writers import dead_writers, this_process
from grokdesk.translation import N_

PAGE = 500
BUSY_SECONDS = 2.0
"""A question waits no longer than this for another program that writes."""

COLUMNS = {
    "at": "at",
    "profile": "profile",
    "host": "host",
    "model": "model",
    "pictures": "pictures",
    "bytes": "body_bytes",
    "tokens": "total_tokens",
    "cost": "cost",
    "outcome": "outcome",
    "kind": "kind",
}
"""What the entries can be sorted by."""

_LEFT = f"outcome NOT IN {STAYED}"
# As departures.is_of_unknown_cost.
_UNKNOWN = f"is_charged AND cost IS NULL AND outcome NOT IN {COST_NOTHING}"
_WORDS = (
    "lower(host || ' ' || address || ' ' || profile || ' ' || model || ' ' || answered_by || ' ' || kind || ' '"
    " || outcome || ' ' || error)"
)
_SHORTEST_FINGERPRINT = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: all of whose words are in the row or begin a picture's SHA-256; of a profile, of a local month
    like "2026-11"; of before a time. "" is every one. ``up_to`` is an id that newer entries are left out after, 0 for
    none."""

    text: str = ""
    profile: str = ""
    month: str = ""
    sort: str = "at"
    descending: bool = True
    up_to: int = 0
    before: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """But for what is newer than was known."""
        return self.text == self.profile == self.month == "" and self.before is None


@dataclass(frozen=True, slots=True)
class Sums:
    """``stayed`` counts the requests of which nothing left; only those that left count in what follows it."""

    requests: int = 0
    stayed: int = 0
    pictures: int = 0
    bytes: int = 0
    tokens: int = 0
    spent: Spent = field(default=Spent())


class RequestLog:
    """Methods may be called from any thread; all raise StoreError. Reading never waits for this program's writing.

    ``tell`` gets a sentence for the person when a damaged file was set aside.
    """

    def __init__(
        self,
        path: Path,
        tell: Callable[[str], None] | None = None,
        busy_seconds: float = BUSY_SECONDS,
        redact: Callable[[str], str] = str,
    ) -> None:
        """``redact`` masks keys in whatever is noted: a server may repeat one as the name of its model."""
        self._redact = redact
        self._database = Database(path, tell, STEPS, busy_seconds, N_("request log"), _close_interrupted)
        self._reading = Database(path, tell, STEPS, busy_seconds, N_("request log"), _close_interrupted)

    # --- writing ---

    def begin(self, outgoing: OutgoingRequest, ending: Ending = UNDER_WAY) -> int:
        """Note a request before it leaves; returns its id."""
        row = {**outgoing_row(outgoing), **ending_row(ending)}
        if ending.outcome == UNDER_WAY.outcome:
            row["writer"] = this_process()
        row = self._redacted(row)
        columns, marks = ", ".join(row), ", ".join(f":{key}" for key in row)

        def write(connection: sqlite3.Connection) -> int:
            with transaction(connection):
                # The names are this package's own; values are bound.
                made = connection.execute(f"INSERT INTO request ({columns}) VALUES ({marks})", row)  # noqa: S608
                entry_id = int(made.lastrowid or 0)
                rows = picture_rows(entry_id, outgoing.pictures)
                connection.executemany("INSERT INTO picture VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            return entry_id

        return self._database.run(write)

    def end(self, entry_id: int, ending: Ending) -> None:
        row = self._redacted({**ending_row(ending), "writer": None})
        changes = ", ".join(f"{key} = :{key}" for key in row)

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                connection.execute(f"UPDATE request SET {changes} WHERE id = :id", {**row, "id": entry_id})  # noqa: S608

        self._database.run(write)

    def _redacted(self, row: dict[str, object]) -> dict[str, object]:
        return {key: self._redact(value) if isinstance(value, str) else value for key, value in row.items()}

    def delete(self, wanted: Wanted) -> int:
        """Remove these entries for good; returns how many there were."""
        condition, values = _condition(wanted)

        def remove(connection: sqlite3.Connection) -> int:
            with transaction(connection):
                count = connection.execute(f"DELETE FROM request WHERE {condition}", values).rowcount  # noqa: S608
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if wanted.is_everything:
                for copy in self._database.copies():
                    copy.unlink(missing_ok=True)
            return count

        return self._database.run(remove)

    def prune(self, before: datetime) -> int:
        """Remove what is older; returns how many entries there were."""

        def remove(connection: sqlite3.Connection) -> int:
            old = (milliseconds(before),)
            if connection.execute("SELECT 1 FROM request WHERE at < ? LIMIT 1", old).fetchone() is None:
                return 0
            with transaction(connection):
                return connection.execute("DELETE FROM request WHERE at < ?", old).rowcount

        return self._database.run(remove)

    def warns_first(self, month: str, budget: Decimal, level: str) -> bool:
        """True for the one program that is to say it: nobody has said this of this month and budget yet."""

        def write(connection: sqlite3.Connection) -> bool:
            with transaction(connection):
                words = (month, str(budget.normalize()), level)
                return connection.execute("INSERT OR IGNORE INTO warning VALUES (?, ?, ?)", words).rowcount == 1

        return self._database.run(write)

    # --- reading ---

    def page(self, wanted: Wanted, offset: int = 0, limit: int = PAGE) -> tuple[RequestRecord, ...]:
        condition, values = _condition(wanted)
        direction = "DESC" if wanted.descending else "ASC"
        # Newest first among equals; time goes with the id but for clocks that are set.
        order = f"{COLUMNS[wanted.sort]} {direction}, id {direction if wanted.sort == 'at' else 'DESC'}"

        def read(connection: sqlite3.Connection) -> tuple[RequestRecord, ...]:
            connection.row_factory = sqlite3.Row
            query = f"SELECT * FROM request WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
            rows = connection.execute(query, (*values, limit, offset)).fetchall()
            with_pictures = [row["id"] for row in rows if row["pictures"]]
            pictures = _pictures_of(connection, with_pictures)
            return tuple(entry_of(row, pictures.get(row["id"], ())) for row in rows)

        return self._reading.run(read)

    def all(self, wanted: Wanted = Wanted()) -> Iterator[RequestRecord]:
        """Every wanted entry, read in large pages."""
        offset = 0
        while page := self.page(wanted, offset, 10 * PAGE):
            yield from page
            offset += len(page)

    def get(self, entry_id: int) -> RequestRecord | None:
        def read(connection: sqlite3.Connection) -> RequestRecord | None:
            connection.row_factory = sqlite3.Row
            row = connection.execute("SELECT * FROM request WHERE id = ?", (entry_id,)).fetchone()
            return None if row is None else entry_of(row, _pictures_of(connection, [entry_id]).get(entry_id, ()))

        return self._reading.run(read)

    def present(self, entry_ids: Collection[int]) -> set[int]:
        """Those of them that there are. As many as a statement takes: 32,766."""
        query = f"SELECT id FROM request WHERE id IN ({', '.join('?' * len(entry_ids))})"  # noqa: S608
        return self._reading.run(lambda connection: {found for (found,) in connection.execute(query, list(entry_ids))})

    def newest(self) -> int:
        """The id of the newest entry, 0 when there is none."""
        return self._reading.run(
            lambda connection: int(connection.execute("SELECT coalesce(max(id), 0) FROM request").fetchone()[0])
        )

    def sums(self, wanted: Wanted = Wanted()) -> Sums:
        condition, values = _condition(wanted)
        query = (  # the condition is this module's own; values are bound
            f"SELECT count(*), count(*) FILTER (WHERE NOT {_LEFT}), coalesce(sum(pictures) FILTER (WHERE {_LEFT}), 0),"  # noqa: S608
            f" coalesce(sum(body_bytes) FILTER (WHERE {_LEFT}), 0), coalesce(sum(total_tokens), 0),"
            " coalesce(sum(cost) FILTER (WHERE NOT cost_is_estimate), 0),"
            f" coalesce(sum(cost) FILTER (WHERE cost_is_estimate), 0), count(*) FILTER (WHERE {_UNKNOWN})"
            f" FROM request WHERE {condition}"
        )

        def read(connection: sqlite3.Connection) -> Sums:
            row = connection.execute(query, values).fetchone()
            requests, stayed, pictures, size, tokens, exact, estimated, unknown = row
            spent = Spent(dollars(exact) or Decimal(0), dollars(estimated) or Decimal(0), unknown)
            return Sums(requests, stayed, pictures, size, tokens, spent)

        return self._reading.run(read)

    def spent(self, month: str) -> Spent:
        return self.sums(Wanted(month=month)).spent

    def choices(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The months and the profiles that there are entries of, the newest month first."""

        def read(connection: sqlite3.Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
            months = []
            (at,) = connection.execute("SELECT max(at) FROM request").fetchone()
            while at is not None:
                months.append(month_of(datetime.fromtimestamp(at / 1000).astimezone()))
                begin = milliseconds(bounds_of(months[-1])[0])
                (at,) = connection.execute("SELECT max(at) FROM request WHERE at < ?", (begin,)).fetchone()
            profiles = connection.execute("SELECT DISTINCT profile FROM request WHERE profile <> '' ORDER BY 1")
            return tuple(months), tuple(name for (name,) in profiles)

        return self._reading.run(read)


def _close_interrupted(connection: sqlite3.Connection) -> None:
    """A process that was killed could not say how its requests ended."""
    for writer in dead_writers(connection, "request"):
        with transaction(connection):
            connection.execute("UPDATE request SET outcome = 'interrupted', writer = NULL WHERE writer = ?", (writer,))


def _condition(wanted: Wanted) -> tuple[str, tuple[object, ...]]:
    parts, values = ["1"], list[object]()
    for word in storable(wanted.text).replace("\0", " ").split():
        part = f"instr({_WORDS}, lower(?))"
        values.append(word)
        fingerprint = word.lower()
        if len(word) >= _SHORTEST_FINGERPRINT and set(fingerprint) <= set("0123456789abcdef"):
            part = f"({part} OR id IN (SELECT request_id FROM picture WHERE sha256 >= ? AND sha256 < ?))"  # noqa: S608
            values += [fingerprint, f"{fingerprint}g"]  # g comes after f
        parts.append(part)
    if wanted.profile:
        parts.append("profile = ?")
        values.append(storable(wanted.profile))
    if wanted.month:
        begin, end = bounds_of(wanted.month)
        parts.append("at >= ? AND at < ?")
        values += [milliseconds(begin), milliseconds(end)]
    if wanted.before is not None:
        parts.append("at < ?")
        values.append(milliseconds(wanted.before))
    if wanted.up_to:
        parts.append("id <= ?")
        values.append(wanted.up_to)
    return " AND ".join(parts), tuple(values)


def _pictures_of(connection: sqlite3.Connection, ids: list[int]) -> dict[int, tuple[SentPicture, ...]]:
    found: dict[int, list[SentPicture]] = {}
    marks = ", ".join("?" * len(ids))
    query = f"SELECT * FROM picture WHERE request_id IN ({marks}) ORDER BY request_id, position"  # noqa: S608
    for row in connection.execute(query, ids):
        found.setdefault(row["request_id"], []).append(picture_of(row))
    return {entry_id: tuple(pictures) for entry_id, pictures in found.items()}
