"""Opens an SQLite file for one piece of work at a time and says in sentences what is wrong with it."""

from __future__ import annotations

import errno
import logging
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from grokdesk.errors import StoreError
from grokdesk.private_files import create_private, free_name
from grokdesk.store.migrations import MIGRATIONS, Migration, migrate
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long to wait for another program that writes."""
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_TRIAL = 64 * 1024
"""Bytes: a page of shared memory of SQLite's is half of it."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_OTHER_REASON = (N_("The {name} cannot be used."), N_("{error}: check {path}."))
_REASONS = {
    sqlite3.SQLITE_BUSY: (N_("The {name} is in use by another program."), N_("Close it and try again.")),
    sqlite3.SQLITE_LOCKED: (N_("The {name} is in use by another program."), N_("Close it and try again.")),
    sqlite3.SQLITE_FULL: (N_("The disk is full."), N_("Free some space and try again.")),
    sqlite3.SQLITE_READONLY: (N_("The {name} cannot be written."), N_("Check the permissions of {path}.")),
    sqlite3.SQLITE_CANTOPEN: (N_("The {name} cannot be opened."), N_("Check the permissions of {path}.")),
    sqlite3.SQLITE_PERM: (N_("The {name} cannot be opened."), N_("Check the permissions of {path}.")),
}


class Database:
    """One file. Each call of ``run`` has a connection of its own, so any thread may call and nothing stays open.

    ``tell`` gets a sentence when a damaged file was set aside; ``name`` is what sentences call it; ``at_first`` is done
    once before the first work.
    """

    def __init__(
        self,
        path: Path,
        tell: Callable[[str], None] | None = None,
        migrations: Sequence[Migration] = MIGRATIONS,
        busy_seconds: float = BUSY_SECONDS,
        name: str = N_("history"),
        at_first: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        self.path = path
        self._name = name
        self._tell = tell
        self._migrations = migrations
        self._busy_seconds = busy_seconds
        self._at_first = at_first
        self._lock = threading.Lock()

    def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What ``work`` returns. Raises StoreError, and HistoryTooNew for a file of a newer program.

        A damaged file is renamed and the work done on a new one, so ``work`` may be called twice.
        """
        with self._lock:
            try:
                try:
                    return self._once(work)
                except sqlite3.DatabaseError as error:
                    if _primary_code(error) not in _DAMAGED:
                        raise
                    log.info("%s: %s", self._name, error)
                    self._set_aside()
                    return self._once(work)
            except sqlite3.Error as error:
                raise self._translated(error) from error
            except OSError as error:
                log.info("%s: %s", self._name, error)
                if error.errno in _FULL:
                    raise _disk_full() from error
                reason = error.strerror or type(error).__name__
                raise StoreError(
                    _("The {name} cannot be opened.").format(name=_(self._name)), f"{self.path}: {reason}."
                ) from error

    def copies(self) -> tuple[Path, ...]:
        """What was set aside or copied before a migration, beside the file itself."""
        patterns = (f"{self.path.name}.before-*", f"{self.path.name}.broken*")
        return tuple(sorted(file for pattern in patterns for file in self.path.parent.glob(pattern)))

    def _once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        create_private(self.path)
        connection = sqlite3.connect(self.path, timeout=self._busy_seconds, isolation_level=None)
        with closing(connection):
            migrate(connection, self.path, self._migrations, self._name)
            _set_up(connection)
            if self._at_first is not None:
                self._at_first(connection)
                self._at_first = None
            return work(connection)

    def _set_aside(self) -> None:
        broken = free_name(self.path.with_name(self.path.name + ".broken"))
        for suffix in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + suffix)
            if part.exists():
                part.replace(broken.with_name(broken.name + suffix))
        sentence = _("The {name} was damaged and is now {file}; a new one was created.").format(
            name=_(self._name), file=broken.name
        )
        log.info("%s", sentence)
        if self._tell is not None:
            self._tell(sentence)

    def _translated(self, error: sqlite3.Error) -> StoreError:
        log.info("%s: %s: %s", self._name, getattr(error, "sqlite_errorname", type(error).__name__), error)
        if _primary_code(error) in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _is_full(self.path.parent):
            return _disk_full()
        title, hint = _REASONS.get(_primary_code(error), _OTHER_REASON)
        return StoreError(
            _(title).format(name=_(self._name)), _(hint).format(path=self.path, error=str(error).capitalize())
        )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block or nothing; waits for other writers before it begins."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        # Two programs that begin a file together: the other one does it.
        log.info("no change of the journal: %s", error)


def _is_full(folder: Path) -> bool:
    """SQLite calls it an I/O error when there is no room for its shared memory or journal."""
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(bytes(_TRIAL))
    except OSError as error:
        return error.errno in _FULL
    return False


def _disk_full() -> StoreError:
    return StoreError(*_REASONS[sqlite3.SQLITE_FULL])


def _primary_code(error: sqlite3.Error) -> int:
    """The code without its extension. Source: https://www.sqlite.org/rescode.html"""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
