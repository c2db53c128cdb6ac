"""Does the history work? Looked at without changing anything: no migration, no repair, no row that stays."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, HistoryTooNew, StoreError
from grokdesk.store.migrations import MIGRATIONS, version_of
from grokdesk.translation import _

log = logging.getLogger(__name__)

BUSY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """``turns`` is None while there is no history yet; ``size`` in bytes."""

    turns: int | None
    size: int = 0


def check_history(path: Path, cancel: CancelSwitch) -> HistoryReport:
    """Read every page, and write a row that is taken back. Raises StoreError, HistoryTooNew, Cancelled."""
    if not path.exists():
        _check_folder(path.parent)
        return HistoryReport(None)
    try:
        opened = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        with closing(opened) as connection, cancel.waking(connection.interrupt):
            cancel.check()
            return _look(connection, path)
    except sqlite3.Error as error:
        if cancel.thrown:
            raise Cancelled from error
        log.info("history: %s", error)
        raise StoreError(
            _("The history cannot be used."),
            _("{reason}: check {path}.").format(reason=str(error).capitalize(), path=path),
        ) from error


def _look(connection: sqlite3.Connection, path: Path) -> HistoryReport:
    version = version_of(connection)
    if version > len(MIGRATIONS):
        raise HistoryTooNew(_("The history was written by a newer GrokDesk."), _("Update GrokDesk."))
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        log.info("history: %s", verdict)
        raise StoreError(_("The history is damaged."), _("It will be set aside and a new one created."))
    turns = 0
    if version:
        turns = connection.execute("SELECT count(*) FROM turn").fetchone()[0]
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE doctor (word TEXT)")
        connection.execute("INSERT INTO doctor VALUES ('written')")
        if connection.execute("SELECT word FROM doctor").fetchone() != ("written",):
            raise StoreError(_("The history does not store what is written."), _("Check {path}.").format(path=path))
    finally:
        connection.execute("ROLLBACK")
    return HistoryReport(turns, path.stat().st_size)


def _check_folder(folder: Path) -> None:
    """The nearest folder that is there has to take new ones."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(there, os.W_OK):
        raise StoreError(
            _("The history cannot be written."), _("Check the permissions of {there}.").format(there=there)
        )
