"""What was asked and answered, kept on this computer and found again by its words. Pictures are not kept.

Sizes are in pixels and bytes, times in seconds, costs in US dollars.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from grokdesk.model import ANSWERING, INTERRUPTED, Answer, ErrorNote, PreparedImage, Turn, Usage
from grokdesk.store.database import Database, transaction
from grokdesk.store.history.comparisons import Compared, Place, mark_best, note_place, places_of
from grokdesk.store.writers import dead_writers, this_process

PAGE = 200
"""How many entries are read at once when all are."""
MOST_WORDS = 32
"""SQLite refuses a search of more than 256 terms."""
LONGEST_SEARCH = 500

_USAGE = tuple(item.name for item in fields(Usage))
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class HistoryImage:
    """An image that left with a question."""

    name: str
    media_type: str
    width: int
    height: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One turn as it was kept."""

    id: int
    conversation_id: str
    asked_at: datetime
    question: str
    prompt: str
    action_id: str
    profile: str
    model: str
    answer: str
    reasoning: str
    finish: str
    error: ErrorNote | None
    usage: Usage | None
    first_token_seconds: float | None
    seconds: float | None
    images: tuple[HistoryImage, ...] = ()
    compared: Compared | None = None
    """Its part in a comparison of several models."""


def _close_interrupted(connection: sqlite3.Connection) -> None:
    """A process that was killed could not say how its answers ended; what had come of them stays."""
    for writer in dead_writers(connection, "turn"):
        with transaction(connection):
            connection.execute("UPDATE turn SET finish = ?, writer = NULL WHERE writer = ?", (INTERRUPTED, writer))


def image_of(image: PreparedImage) -> HistoryImage:
    """What is known of an image without its pixels."""
    return HistoryImage(
        _storable(image.name), image.media_type, image.width, image.height, len(image.data), image.sha256
    )


class History:
    """The history file. Methods may be called from any thread; all raise StoreError.

    ``tell`` gets a sentence for the person when a damaged file was set aside.
    """

    def __init__(
        self,
        path: Path,
        tell: Callable[[str], None] | None = None,
        redact: Callable[[str], str] = str,
    ) -> None:
        """``redact`` masks keys in whatever is kept: a server may repeat one as its answer."""
        self._database = Database(path, tell, at_first=_close_interrupted)
        self._redact = redact

    def save(self, conversation_id: str, turn: Turn, place: Place | None = None) -> int:
        """Add a turn, in whatever state its answer is, and return its id; ``place`` is where it stands in a
        comparison."""
        return self._add(self._row_of(conversation_id, turn), turn, place)

    def begin(self, conversation_id: str, turn: Turn, place: Place | None = None) -> int:
        """Add a turn that is being asked, so that it is found whatever happens to the program; returns its id.

        ``end`` completes it. When the program ends before that, the next one closes it as INTERRUPTED.
        """
        row = self._row_of(conversation_id, turn)
        return self._add({**row, "finish": ANSWERING, "writer": this_process()}, turn, place)

    def note_answer(self, entry_id: int, answer: Answer) -> None:
        """Keep what has come of the answer so far. Does nothing for a turn that was deleted meanwhile."""
        values = (answer.text, answer.reasoning, answer.model)
        row = tuple(_storable(self._redact(text)) for text in values)

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                connection.execute(
                    "UPDATE turn SET answer = ?, reasoning = ?, model = ? WHERE id = ? AND writer IS NOT NULL",
                    (*row, entry_id),
                )

        self._database.run(write)

    def end(self, entry_id: int, turn: Turn) -> None:
        """Complete a turn that was begun. Does nothing for one that was deleted meanwhile: the person wanted that."""
        row = self._row_of("", turn)
        del row["conversation_id"]
        changes = ", ".join(f"{key} = :{key}" for key in row)

        def write(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                values = {**row, "id": entry_id}
                done = connection.execute(f"UPDATE turn SET {changes}, writer = NULL WHERE id = :id", values)  # noqa: S608
                if done.rowcount:
                    connection.execute("DELETE FROM image WHERE turn_id = ?", (entry_id,))
                    self._add_images(connection, entry_id, turn)

        self._database.run(write)

    def _add(self, row: dict[str, object], turn: Turn, place: Place | None) -> int:
        columns, marks = ", ".join(row), ", ".join(f":{key}" for key in row)

        def write(connection: sqlite3.Connection) -> int:
            with transaction(connection):
                connection.execute(
                    "INSERT OR IGNORE INTO conversation (id, started_at) VALUES (:conversation_id, :asked_at)", row
                )
                # The names are this module's own; values are bound.
                made = connection.execute(f"INSERT INTO turn ({columns}) VALUES ({marks})", row)  # noqa: S608
                turn_id = int(made.lastrowid or 0)
                self._add_images(connection, turn_id, turn)
                if place is not None:
                    note_place(connection, turn_id, place)
            return turn_id

        return self._database.run(write)

    @staticmethod
    def _add_images(connection: sqlite3.Connection, turn_id: int, turn: Turn) -> None:
        connection.executemany(
            "INSERT INTO image VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(turn_id, position, *astuple(image_of(image))) for position, image in enumerate(turn.message.images)],
        )

    def _row_of(self, conversation_id: str, turn: Turn) -> dict[str, object]:
        row = _row_of(conversation_id, turn)
        redacted = ((name, self._redact(value) if isinstance(value, str) else value) for name, value in row.items())
        return {name: _value_of(value) for name, value in redacted}

    def mark_best(self, place: Place, *, by_judge: bool = False) -> bool:
        """Keep that the answer at this place is the best of its comparison; False when it is not kept."""

        def write(connection: sqlite3.Connection) -> bool:
            with transaction(connection):
                return mark_best(connection, place, by_judge=by_judge)

        return self._database.run(write)

    def comparison(self, comparison_id: str) -> tuple[HistoryEntry, ...]:
        """All turns of one comparison in the order in which they ended."""
        inside = "id IN (SELECT turn_id FROM compared WHERE comparison_id = ?)"
        return self._entries(f"WHERE {inside} ORDER BY id", (comparison_id,))

    def list(self, limit: int = 50, before: int | None = None) -> tuple[HistoryEntry, ...]:
        """The newest entries first; ``before`` is the id of an entry whose predecessors are wanted."""
        return self._entries("WHERE id < ? ORDER BY id DESC LIMIT ?", (before or _LARGEST, limit))

    def conversation(self, conversation_id: str) -> tuple[HistoryEntry, ...]:
        """All turns of one conversation in their order."""
        return self._entries("WHERE conversation_id = ? ORDER BY id", (_storable(conversation_id),))

    def search(self, text: str, limit: int = 50) -> tuple[HistoryEntry, ...]:
        """Entries whose question or answer has all these words, the newest first; the last word may be a beginning.

        When no word matches, the text is looked for as it is, also inside words (Chinese and Japanese have no blanks
        between them). Nothing in the text has a special meaning. An empty text finds everything.
        """
        text = _storable(text).replace("\0", " ").strip()[:LONGEST_SEARCH]
        if not text:
            return self.list(limit)
        found: tuple[HistoryEntry, ...] = ()
        if query := _words_query(text):
            found = self._entries(
                "WHERE id IN (SELECT rowid FROM turn_words WHERE turn_words MATCH ? ORDER BY rowid DESC LIMIT ?)"
                " ORDER BY id DESC",
                (query, limit),
            )
        if found:
            return found
        inside = "instr(lower(question), lower(?1)) OR instr(lower(answer), lower(?1))"
        return self._entries(f"WHERE {inside} ORDER BY id DESC LIMIT ?2", (text, limit))

    def get(self, entry_id: int) -> HistoryEntry | None:
        if not 0 < entry_id <= _LARGEST:
            return None
        return next(iter(self._entries("WHERE id = ?", (entry_id,))), None)

    def all(self) -> Iterator[HistoryEntry]:
        """Every entry, the oldest first, read in pages."""
        last = 0
        while page := self._entries("WHERE id > ? ORDER BY id LIMIT ?", (last, PAGE)):
            yield from page
            last = page[-1].id

    def delete(self, entry_id: int) -> bool:
        """Remove one entry, its words in the search index included; False when there was none."""
        if not 0 < entry_id <= _LARGEST:
            return False

        def remove(connection: sqlite3.Connection) -> bool:
            with transaction(connection):
                count = connection.execute("DELETE FROM turn WHERE id = ?", (entry_id,)).rowcount
                connection.execute("DELETE FROM conversation WHERE id NOT IN (SELECT conversation_id FROM turn)")
                if count:
                    # The index only marks deleted words until it is merged.
                    connection.execute("INSERT INTO turn_words (turn_words) VALUES ('optimize')")
            _forget_journal(connection)
            return count > 0

        return self._database.run(remove)

    def delete_all(self) -> int:
        """Remove every entry and every older copy of the file; returns how many entries there were."""

        def remove(connection: sqlite3.Connection) -> int:
            with transaction(connection):
                (count,) = connection.execute("SELECT count(*) FROM turn").fetchone()
                connection.execute("DELETE FROM conversation")
                connection.execute("INSERT INTO turn_words (turn_words) VALUES ('rebuild')")
            connection.execute("VACUUM")
            _forget_journal(connection)
            for copy in self._database.copies():
                copy.unlink(missing_ok=True)
            return int(count)

        return self._database.run(remove)

    def _entries(self, condition: str, values: tuple[object, ...]) -> tuple[HistoryEntry, ...]:
        def read(connection: sqlite3.Connection) -> tuple[HistoryEntry, ...]:
            connection.row_factory = sqlite3.Row
            # The condition is this module's own; values are bound.
            rows = connection.execute(f"SELECT * FROM turn {condition}", values).fetchall()  # noqa: S608
            ids = [row["id"] for row in rows]
            images, places = _images_of(connection, ids), places_of(connection, ids)
            return tuple(_entry_of(row, images.get(row["id"], ()), places.get(row["id"])) for row in rows)

        return self._database.run(read)


def _forget_journal(connection: sqlite3.Connection) -> None:
    """What was deleted must not stay readable in the write-ahead log. Another reader may delay that."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _words_query(text: str) -> str:
    """Every word in quotation marks, so that it is only a word; "" when there is none.

    Source: https://www.sqlite.org/fts5.html#fts5_strings
    """
    words = [word for word in text.split() if any(letter.isalnum() for letter in word)][:MOST_WORDS]
    if not words:
        return ""
    query = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    # A person who types is in the middle of a word, unless it ends in something else, as in C++.
    return f"{query} *" if words[-1][-1].isalnum() else query


def _storable(text: str) -> str:
    """The text without lone surrogates (from undecodable command lines), which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _row_of(conversation_id: str, turn: Turn) -> dict[str, object]:
    answer, usage = turn.answer, turn.answer.usage or Usage()
    row: dict[str, object] = {
        "conversation_id": conversation_id,
        "asked_at": turn.asked_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "question": turn.question.text,
        "prompt": turn.message.prompt,
        "action_id": turn.question.action_id,
        "profile": turn.profile_name,
        "model": answer.model,
        "answer": answer.text,
        "reasoning": answer.reasoning,
        "finish": answer.finish,
        "error_title": answer.error.title if answer.error else None,
        "error_hint": answer.error.hint if answer.error else None,
        "first_token_seconds": answer.first_token_seconds,
        "seconds": answer.seconds,
        **{name: getattr(usage, name) for name in _USAGE},
    }
    return row


def _value_of(value: object) -> object:
    match value:
        case str():
            return _storable(value)
        case bool():
            return int(value)
        case Decimal():
            return str(value)
        case int() if abs(value) > _LARGEST:
            return None
    return value


def _images_of(connection: sqlite3.Connection, turn_ids: Iterable[int]) -> dict[int, tuple[HistoryImage, ...]]:
    found: dict[int, tuple[HistoryImage, ...]] = {}
    for turn_id in turn_ids:
        rows = connection.execute("SELECT * FROM image WHERE turn_id = ? ORDER BY position", (turn_id,))
        found[turn_id] = tuple(
            HistoryImage(row["name"], row["media_type"], row["width"], row["height"], row["bytes"], row["sha256"])
            for row in rows
        )
    return found


def _entry_of(row: sqlite3.Row, images: tuple[HistoryImage, ...], compared: Compared | None) -> HistoryEntry:
    usage: dict[str, Any] = {name: row[name] for name in _USAGE}
    usage["cost_usd"] = _decimal(usage["cost_usd"])
    usage["cost_is_estimate"] = bool(usage["cost_is_estimate"])
    known = any(usage[name] is not None for name in _USAGE if name != "cost_is_estimate")
    title = row["error_title"]
    return HistoryEntry(
        row["id"],
        row["conversation_id"],
        datetime.fromisoformat(row["asked_at"]),
        row["question"],
        row["prompt"],
        row["action_id"],
        row["profile"],
        row["model"],
        row["answer"],
        row["reasoning"],
        row["finish"],
        ErrorNote(title, row["error_hint"] or "") if title is not None else None,
        Usage(**usage) if known else None,
        row["first_token_seconds"],
        row["seconds"],
        images,
        compared,
    )


def _decimal(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
