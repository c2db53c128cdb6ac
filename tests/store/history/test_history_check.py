from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, HistoryTooNew, StoreError
from grokdesk.store.history.history import History
from grokdesk.store.history.history_check import HistoryReport, check_history
from tests.store.history.test_history import turn
from tests.support.ordinary_user import as_ordinary_user


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "history.sqlite3"
    History(file).save("one", turn())
    return file


def test_a_good_history_is_read_and_written_and_not_changed(file: Path) -> None:
    report = check_history(file, CancelSwitch())
    assert report == HistoryReport(1, file.stat().st_size)
    with closing(sqlite3.connect(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    assert "doctor" not in tables
    assert len(History(file).list()) == 1


def test_no_history_yet_is_none_and_makes_none(tmp_path: Path) -> None:
    assert check_history(tmp_path / "a" / "b" / "history.sqlite3", CancelSwitch()) == HistoryReport(None)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_one_is_said_and_left_alone(file: Path) -> None:
    file.write_bytes(b"This is no database. " * 500)
    with pytest.raises(StoreError, match="File is not a database"):
        check_history(file, CancelSwitch())
    assert file.read_bytes().startswith(b"This is no database.")


def test_a_page_that_is_broken_is_found(file: Path) -> None:
    for number in range(200):
        History(file).save("one", turn(f"question {number}", "words " * 50))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(file.read_bytes())
    for page in range(6, 20):
        content[page * 4096 : page * 4096 + 64] = os.urandom(64)
    file.write_bytes(content)
    with pytest.raises(StoreError):
        check_history(file, CancelSwitch())


def test_one_of_a_newer_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(HistoryTooNew):
        check_history(file, CancelSwitch())


def test_another_program_that_writes_without_end(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            check_history(file, CancelSwitch())
        other.execute("ROLLBACK")


def test_it_can_be_stopped(file: Path) -> None:
    cancel = CancelSwitch()
    cancel.throw()
    with pytest.raises(Cancelled):
        check_history(file, cancel)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written"):
        as_ordinary_user(lambda: check_history(tmp_path / "data" / "history.sqlite3", CancelSwitch()))
