"""The history's schema, as numbered steps. A step that was released is never changed; a new one is added."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from grokdesk.errors import HistoryTooNew
from grokdesk.private_files import create_private
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

Migration = Callable[[sqlite3.Connection], None]


def create_turns(connection: sqlite3.Connection) -> None:
    """Conversations, their turns, and what is known of the images that left; never the pixels."""
    connection.execute("CREATE TABLE conversation (id TEXT PRIMARY KEY, started_at TEXT NOT NULL) STRICT")
    connection.execute(
        """
        CREATE TABLE turn (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            asked_at TEXT NOT NULL,
            question TEXT NOT NULL,
            prompt TEXT NOT NULL,
            action_id TEXT NOT NULL,
            profile TEXT NOT NULL,
            model TEXT NOT NULL,
            answer TEXT NOT NULL,
            reasoning TEXT NOT NULL,
            finish TEXT NOT NULL,
            error_title TEXT,
            error_hint TEXT,
            input_tokens INTEGER,
            output_tokens INTEGER,
            reasoning_tokens INTEGER,
            cached_tokens INTEGER,
            image_tokens INTEGER,
            total_tokens INTEGER,
            cost_usd TEXT,
            cost_is_estimate INTEGER NOT NULL,
            first_token_seconds REAL,
            seconds REAL
        ) STRICT
        """
    )
    connection.execute("CREATE INDEX turn_by_conversation ON turn (conversation_id)")
    connection.execute(
        """
        CREATE TABLE image (
            turn_id INTEGER NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (turn_id, position)
        ) STRICT, WITHOUT ROWID
        """
    )


def add_search(connection: sqlite3.Connection) -> None:
    """An index of the words in questions and answers that refers to ``turn`` for the text itself.

    Source: https://www.sqlite.org/fts5.html#external_content_tables
    """
    connection.execute(
        """
        CREATE VIRTUAL TABLE turn_words USING fts5 (
            question, answer, content='turn', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
        )
        """
    )
    new = "INSERT INTO turn_words (rowid, question, answer) VALUES (new.id, new.question, new.answer);"
    old = (
        "INSERT INTO turn_words (turn_words, rowid, question, answer)"
        " VALUES ('delete', old.id, old.question, old.answer);"
    )
    connection.execute(f"CREATE TRIGGER turn_inserted AFTER INSERT ON turn BEGIN {new} END")
    connection.execute(f"CREATE TRIGGER turn_deleted AFTER DELETE ON turn BEGIN {old} END")
    connection.execute(f"CREATE TRIGGER turn_updated AFTER UPDATE ON turn BEGIN {old} {new} END")
    connection.execute("INSERT INTO turn_words (turn_words) VALUES ('rebuild')")


def add_comparisons(connection: sqlite3.Connection) -> None:
    """Which turns answer one question side by side, and the best of them by the person's vote and the judge's."""
    connection.execute(
        """
        CREATE TABLE compared (
            turn_id INTEGER PRIMARY KEY REFERENCES turn (id) ON DELETE CASCADE,
            comparison_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            voted_best INTEGER NOT NULL DEFAULT 0,
            judged_best INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """
    )
    connection.execute("CREATE INDEX compared_by_comparison ON compared (comparison_id)")


def add_writers(connection: sqlite3.Connection) -> None:
    """A turn is a row from the moment it is asked; ``writer`` is the process that will complete it, NULL once it is."""
    connection.execute("ALTER TABLE turn ADD COLUMN writer TEXT")
    connection.execute("CREATE INDEX turn_under_way ON turn (writer) WHERE writer IS NOT NULL")


MIGRATIONS: tuple[Migration, ...] = (create_turns, add_search, add_comparisons, add_writers)


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS, name: str = N_("history")
) -> None:
    """Bring the database to the newest schema; before that, an older one is copied to ``*.before-N``.

    The connection has to be in autocommit mode. Each step is a transaction, so that it happens whole or not at all,
    and only once when two programs start together. Raises HistoryTooNew before anything is written, sqlite3.Error
    and OSError.
    """
    version = version_of(connection)
    if version > len(migrations):
        raise HistoryTooNew(
            _("The {name} was written by a newer GrokDesk.").format(name=_(name)),
            _("Update GrokDesk, or move {path} away to start a new {name}. Nothing was changed.").format(
                path=path, name=_(name)
            ),
        )
    if version == len(migrations):
        return
    if version > 0:
        _copy(connection, path.with_name(f"{path.name}.before-{len(migrations)}"))
    for number, step in enumerate(migrations, 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if version_of(connection) < number:
                step(connection)
                connection.execute(f"PRAGMA user_version = {number}")
                log.info("%s: step %d, %s", name, number, step.__name__)
            connection.execute("COMMIT")
        except BaseException:
            # SQLite itself ends the transaction on a full disk and on most I/O errors. To roll back once more would
            # fail, and its error would stand in the place of theirs. https://www.sqlite.org/lang_transaction.html
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def version_of(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    target.unlink(missing_ok=True)
    create_private(target)
    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
