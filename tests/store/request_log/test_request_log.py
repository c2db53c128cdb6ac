from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import HistoryTooNew, StoreError
from grokdesk.model.requests import UNDER_WAY, RequestRecord, SentPicture, Spent, is_of_unknown_cost
from grokdesk.store.months import begin_of, bounds_of, month_of
from grokdesk.store.request_log.request_log import COLUMNS, RequestLog, Sums, Wanted
from tests.support.servers.outgoing_requests import PICTURE, WHEN, ending, outgoing

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
from grokdesk.store.request_log.request_log import RequestLog
from tests.support.servers.outgoing_requests import ending, outgoing
request_log = RequestLog(Path(sys.argv[1]), busy_seconds=30)
for _ in range(40):
    request_log.end(request_log.begin(outgoing(profile=sys.argv[2])), ending("0.01"))
print(request_log.warns_first("2026-11", 10 * ending("1").cost_usd, "all"))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite3"


@pytest.fixture
def request_log(file: Path) -> RequestLog:
    return RequestLog(file)


def ids(entries: tuple[RequestRecord, ...]) -> list[int]:
    return [entry.id for entry in entries]


# --- keeping -----------------------------------------------------------------------------------------------


def test_everything_of_a_request_comes_back(request_log: RequestLog) -> None:
    address = SentPicture("image/jpeg", 0, 0, 0, "", as_address=True)
    left = outgoing(pictures=(PICTURE, address), is_temporary=True, stored=None)
    entry_id = request_log.begin(left)
    assert request_log.get(entry_id) == RequestRecord(entry_id, left, UNDER_WAY)
    told = ending("0.0000305401", is_estimate=True, status=200)
    request_log.end(entry_id, told)
    assert request_log.get(entry_id) == RequestRecord(entry_id, left, told)
    assert request_log.page(Wanted()) == (RequestRecord(entry_id, left, told),)


def test_the_file_is_nobody_elses_business(request_log: RequestLog, file: Path) -> None:
    request_log.begin(outgoing())
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("cost", ["NaN", "Infinity", "-1", "1e30"])
def test_a_cost_that_no_server_can_mean_is_unknown(request_log: RequestLog, cost: str) -> None:
    entry_id = request_log.begin(outgoing())
    request_log.end(entry_id, ending(cost))
    assert request_log.spent("2026-11") == Spent(unknown=1)


def test_words_of_no_encoding_do_not_keep_a_request_out(request_log: RequestLog) -> None:
    request_log.begin(outgoing(profile="\udcff"))
    assert request_log.page(Wanted())[0].outgoing.profile == "?"


# --- finding -----------------------------------------------------------------------------------------------


def test_words_are_found_in_any_column(request_log: RequestLog) -> None:
    request_log.begin(outgoing())
    request_log.end(request_log.begin(outgoing(host="localhost:11434", profile="Öllama")), ending(model="qwen3-vl"))
    for text in ("ÖLLAMA", "LLAMA", "11434 llama", "qwen3", "answered lla"):
        assert ids(request_log.page(Wanted(text))) == [2], text
    for text in ("%", "_", "ollama grok-9"):
        assert not request_log.page(Wanted(text)), text


def test_a_picture_is_found_by_the_beginning_of_its_fingerprint(request_log: RequestLog) -> None:
    request_log.begin(outgoing(pictures=(SentPicture("image/png", 1, 1, 1, "cd" * 32),)))
    request_log.begin(outgoing())
    assert ids(request_log.page(Wanted("AB12AB12"))) == [2]
    assert ids(request_log.page(Wanted("cd" * 32))) == [1]
    assert not request_log.page(Wanted("ab12ab13"))


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_sorts_both_ways(request_log: RequestLog, column: str) -> None:
    first = outgoing(WHEN, pictures=(), profile="a", host="a", model="a", body_bytes=1, kind="download")
    request_log.begin(first, ending("0.1", total_tokens=1, outcome="answered"))
    request_log.begin(outgoing(WHEN + timedelta(days=1)), ending("0.2", outcome="cut"))
    assert ids(request_log.page(Wanted(sort=column, descending=False))) == [1, 2]
    assert ids(request_log.page(Wanted(sort=column))) == [2, 1]


def test_pages_do_not_shift_when_something_leaves_meanwhile(request_log: RequestLog) -> None:
    for _ in range(4):
        request_log.begin(outgoing())
    wanted = Wanted(up_to=request_log.newest())
    first = request_log.page(wanted, 0, 2)
    request_log.begin(outgoing())
    assert ids(first) + ids(request_log.page(wanted, 2, 2)) == [4, 3, 2, 1]


def test_months_and_profiles_to_choose_from(request_log: RequestLog) -> None:
    for at in (WHEN, WHEN - timedelta(days=65), WHEN - timedelta(days=400)):
        request_log.begin(outgoing(at))
    request_log.begin(outgoing(profile="Ollama"))
    request_log.begin(outgoing(profile=""))
    months, profiles = request_log.choices()
    assert months == tuple(month_of(WHEN - timedelta(days=days)) for days in (0, 65, 400))
    assert profiles == ("Ollama", "xAI")
    assert RequestLog(request_log._database.path.with_name("other.sqlite3")).choices() == ((), ())


# --- sums --------------------------------------------------------------------------------------------------


def test_sums_are_exact_and_say_what_they_do_not_know(request_log: RequestLog) -> None:
    for _ in range(10):
        request_log.begin(outgoing(), ending("0.1"))
    request_log.begin(outgoing(), ending("0.0000000001", is_estimate=True))
    request_log.begin(outgoing(), ending(None))
    request_log.begin(
        outgoing(kind="models", is_charged=False, pictures=(), body_bytes=0), ending(None, total_tokens=None)
    )
    spent = Spent(Decimal("1.0"), Decimal("0.0000000001"), 1)
    assert request_log.sums() == Sums(13, 0, 12, 12 * 283_000, 12 * 266, spent)
    assert request_log.sums(Wanted("models")).requests == 1


@pytest.mark.parametrize("outcome", ["answered", "stopped", "cut", "under way"])
def test_a_question_without_a_cost_counts_as_unknown(request_log: RequestLog, outcome: str) -> None:
    entry_id = request_log.begin(outgoing(), ending(None, outcome=outcome))
    entry = request_log.get(entry_id)
    assert entry is not None
    assert is_of_unknown_cost(entry)
    assert request_log.sums().spent.unknown == 1


@pytest.mark.parametrize("outcome", ["refused", "failed", "not sent", "held back"])
def test_what_was_not_answered_costs_nothing(request_log: RequestLog, outcome: str) -> None:
    entry_id = request_log.begin(outgoing(), ending(None, outcome=outcome))
    entry = request_log.get(entry_id)
    assert entry is not None
    assert not is_of_unknown_cost(entry)
    assert request_log.sums().spent.unknown == 0


def test_what_did_not_leave_is_counted_apart(request_log: RequestLog) -> None:
    for outcome in ("held back", "not sent", "refused"):
        request_log.begin(outgoing(), ending(None, outcome=outcome, total_tokens=None))
    assert request_log.sums() == Sums(3, 2, 1, 283_000)


def test_a_month_begins_and_ends_at_local_midnight(request_log: RequestLog) -> None:
    begin, end = bounds_of("2026-11")
    second = timedelta(seconds=1)
    for at in (begin - second, begin, end - second, end):
        request_log.begin(outgoing(at.astimezone(UTC)), ending("1"))
    assert ids(request_log.page(Wanted(month="2026-11", descending=False))) == [2, 3]
    assert request_log.spent("2026-11").usd == 2


@given(when=st.datetimes(datetime(2000, 1, 2), datetime(2098, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_is_in_its_month(when: datetime) -> None:
    begin, end = bounds_of(month_of(when))
    assert begin <= when < end


@pytest.mark.parametrize("word", ["", "2026", "2026-13", "2026-00", "26-11", "２０２６-11", "2026-11 "])
def test_what_is_no_month_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="month"):
        bounds_of(word)


def test_a_day_begins_at_local_midnight(request_log: RequestLog) -> None:
    begin = begin_of("2026-11-02")
    assert begin - begin_of("2026-11-01") == timedelta(days=1)
    for at in (begin - timedelta(seconds=1), begin):
        request_log.begin(outgoing(at.astimezone(UTC)), ending("1"))
    assert ids(request_log.page(Wanted(before=begin))) == [1]
    assert Wanted(up_to=5).is_everything
    assert not Wanted(before=begin).is_everything


@pytest.mark.parametrize("word", ["", "2026-11", "2026-02-30", "26-11-01", "2026-11-1", "20261101", "20２６-11-01"])
def test_what_is_no_day_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="day"):
        begin_of(word)


def test_the_present_ones_are_told(request_log: RequestLog) -> None:
    request_log.begin(outgoing(), ending())
    assert request_log.present({1, 2, 77}) == {1}
    assert request_log.present(set()) == set()


# --- deleting ----------------------------------------------------------------------------------------------


def test_deleting_takes_what_is_shown_and_nothing_else(request_log: RequestLog) -> None:
    request_log.begin(outgoing(profile="Ollama"))
    request_log.begin(outgoing())
    assert request_log.delete(Wanted(profile="Ollama")) == 1
    assert ids(request_log.page(Wanted())) == [2]
    assert request_log.delete(Wanted()) == 1
    assert request_log.sums() == Sums()


def test_nothing_of_a_deleted_request_stays_in_the_file(request_log: RequestLog, file: Path) -> None:
    request_log.begin(outgoing(host="planted.example.org"))
    request_log.delete(Wanted())
    assert b"planted" not in b"".join(each.read_bytes() for each in file.parent.iterdir())


def test_old_entries_go(request_log: RequestLog) -> None:
    request_log.begin(outgoing(WHEN - timedelta(days=10)))
    request_log.begin(outgoing())
    assert request_log.prune(WHEN - timedelta(days=5)) == 1
    assert request_log.prune(WHEN - timedelta(days=5)) == 0
    assert ids(request_log.page(Wanted())) == [2]


# --- several programs, and files that are no good ----------------------------------------------------------


def test_two_programs_write_at_once(file: Path) -> None:
    words = [sys.executable, "-c", WRITER, str(file)]
    writers = [
        subprocess.Popen([*words, name], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for name in ("one", "other")
    ]
    said = [writer.communicate(timeout=60) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    assert sorted(out.strip() for out, _ in said) == ["False", "True"]  # one of them is to warn
    request_log = RequestLog(file)
    assert [request_log.sums(Wanted(profile=name)).requests for name in ("one", "other")] == [40, 40]
    assert request_log.spent("2026-11") == Spent(Decimal("0.80"))


def test_a_warning_is_for_one_budget_of_one_month(request_log: RequestLog) -> None:
    assert request_log.warns_first("2026-11", Decimal(10), "share")
    assert not request_log.warns_first("2026-11", Decimal("10.00"), "share")
    assert request_log.warns_first("2026-11", Decimal(10), "all")
    assert request_log.warns_first("2026-11", Decimal(20), "share")
    assert request_log.warns_first("2026-12", Decimal(10), "share")


def test_a_damaged_file_is_set_aside_and_told(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database at all " * 1000)
    told: list[str] = []
    request_log = RequestLog(file, told.append)
    request_log.begin(outgoing())
    assert told == [f"The request log was damaged and is now {file.name}.broken; a new one was created."]
    assert request_log.sums().requests == 1


def test_a_file_of_a_newer_program_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    with pytest.raises(HistoryTooNew, match="The request log was written by a newer GrokDesk"):
        RequestLog(file).begin(outgoing())
    assert file.read_bytes() == before


def test_a_file_that_is_in_use_is_told(request_log: RequestLog, file: Path) -> None:
    request_log.begin(outgoing())
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="The request log is in use by another program"):
            RequestLog(file, busy_seconds=0.01).begin(outgoing())
        assert request_log.sums().requests == 1  # reading goes on


def test_no_column_could_hold_a_word_of_a_question(request_log: RequestLog, file: Path) -> None:
    request_log.begin(outgoing())
    with closing(sqlite3.connect(file)) as connection:
        texts = {
            name
            for table in ("request", "picture")
            for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})")
            if kind in ("TEXT", "BLOB")
        }
    known = "kind method host address profile model outcome error answered_by media_type sha256 writer"
    assert json.dumps(sorted(texts)) == json.dumps(sorted(known.split()))
