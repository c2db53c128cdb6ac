"""The ledger's schema, as numbered steps. A step that was released is never changed; a new one is added.

Times are milliseconds since 1970 in UTC, costs whole numbers of 10^-10 US dollars, so that sums are exact.
"""

from __future__ import annotations

import sqlite3

from grokdesk.store.migrations import Migration

TICKS_PER_USD = 10**10


def create_requests(connection: sqlite3.Connection) -> None:
    """Requests and the pictures in them: facts and numbers alone."""
    connection.execute(
        """
        CREATE TABLE request (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            method TEXT NOT NULL,
            host TEXT NOT NULL,
            address TEXT NOT NULL,
            profile TEXT NOT NULL,
            model TEXT NOT NULL,
            body_bytes INTEGER NOT NULL,
            pictures INTEGER NOT NULL,
            picture_bytes INTEGER NOT NULL,
            redactions INTEGER NOT NULL,
            stored INTEGER,
            is_temporary INTEGER NOT NULL,
            is_charged INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            status INTEGER,
            error TEXT NOT NULL,
            answered_by TEXT NOT NULL,
            input_tokens INTEGER,
            output_tokens INTEGER,
            total_tokens INTEGER,
            cost INTEGER,
            cost_is_estimate INTEGER NOT NULL,
            seconds REAL
        ) STRICT
        """
    )
    connection.execute("CREATE INDEX request_by_time ON request (at)")
    connection.execute(
        """
        CREATE TABLE picture (
            request_id INTEGER NOT NULL REFERENCES request (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            media_type TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            redactions INTEGER NOT NULL,
            as_address INTEGER NOT NULL,
            PRIMARY KEY (request_id, position)
        ) STRICT, WITHOUT ROWID
        """
    )
    connection.execute("CREATE INDEX picture_by_fingerprint ON picture (sha256)")
    # What was said of a month's budget, so that of several programs one says it, once.
    connection.execute(
        """
        CREATE TABLE warning (
            month TEXT NOT NULL, budget TEXT NOT NULL, level TEXT NOT NULL, PRIMARY KEY (month, budget, level)
        ) STRICT, WITHOUT ROWID
        """
    )


def add_writers(connection: sqlite3.Connection) -> None:
    """``writer`` is the process that waits for the end of a request under way, NULL once it is known.

    What an earlier version left under way has ended with it.
    """
    connection.execute("ALTER TABLE request ADD COLUMN writer TEXT")
    connection.execute("CREATE INDEX request_under_way ON request (writer) WHERE writer IS NOT NULL")
    connection.execute("UPDATE request SET outcome = 'interrupted' WHERE outcome = 'under way'")


STEPS: tuple[Migration, ...] = (create_requests, add_writers)
