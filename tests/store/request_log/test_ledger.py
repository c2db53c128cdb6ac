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
from grokdesk.model.requests import UNDER_WAY, LedgerEntry, SentPicture, Spent, is_of_unknown_cost
from grokdesk.store.months import begin_of, bounds_of, month_of
from grokdesk.store.request_log.ledger import COLUMNS, Ledger, Sums, Wanted
from tests.support.servers.departures import PICTURE, WHEN, departure, ending

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
from grokdesk.store.request_log.ledger import Ledger
from tests.support.servers.departures import departure, ending
ledger = Ledger(Path(sys.argv[1]), busy_seconds=30)
for _ in range(40):
    ledger.end(ledger.begin(departure(profile=sys.argv[2])), ending("0.01"))
print(ledger.warns_first("2026-11", 10 * ending("1").cost_usd, "all"))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite3"


@pytest.fixture
def ledger(file: Path) -> Ledger:
    return Ledger(file)


def ids(entries: tuple[LedgerEntry, ...]) -> list[int]:
    return [entry.id for entry in entries]


# --- keeping -----------------------------------------------------------------------------------------------


def test_everything_of_a_request_comes_back(ledger: Ledger) -> None:
    address = SentPicture("image/jpeg", 0, 0, 0, "", as_address=True)
    left = departure(pictures=(PICTURE, address), is_temporary=True, stored=None)
    entry_id = ledger.begin(left)
    assert ledger.get(entry_id) == LedgerEntry(entry_id, left, UNDER_WAY)
    told = ending("0.0000305401", is_estimate=True, status=200)
    ledger.end(entry_id, told)
    assert ledger.get(entry_id) == LedgerEntry(entry_id, left, told)
    assert ledger.page(Wanted()) == (LedgerEntry(entry_id, left, told),)


def test_the_file_is_nobody_elses_business(ledger: Ledger, file: Path) -> None:
    ledger.begin(departure())
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("cost", ["NaN", "Infinity", "-1", "1e30"])
def test_a_cost_that_no_server_can_mean_is_unknown(ledger: Ledger, cost: str) -> None:
    entry_id = ledger.begin(departure())
    ledger.end(entry_id, ending(cost))
    assert ledger.spent("2026-11") == Spent(unknown=1)


def test_words_of_no_encoding_do_not_keep_a_request_out(ledger: Ledger) -> None:
    ledger.begin(departure(profile="\udcff"))
    assert ledger.page(Wanted())[0].departure.profile == "?"


# --- finding -----------------------------------------------------------------------------------------------


def test_words_are_found_in_any_column(ledger: Ledger) -> None:
    ledger.begin(departure())
    ledger.end(ledger.begin(departure(host="localhost:11434", profile="Öllama")), ending(model="qwen3-vl"))
    for text in ("ÖLLAMA", "LLAMA", "11434 llama", "qwen3", "answered lla"):
        assert ids(ledger.page(Wanted(text))) == [2], text
    for text in ("%", "_", "ollama grok-9"):
        assert not ledger.page(Wanted(text)), text


def test_a_picture_is_found_by_the_beginning_of_its_fingerprint(ledger: Ledger) -> None:
    ledger.begin(departure(pictures=(SentPicture("image/png", 1, 1, 1, "cd" * 32),)))
    ledger.begin(departure())
    assert ids(ledger.page(Wanted("AB12AB12"))) == [2]
    assert ids(ledger.page(Wanted("cd" * 32))) == [1]
    assert not ledger.page(Wanted("ab12ab13"))


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_sorts_both_ways(ledger: Ledger, column: str) -> None:
    first = departure(WHEN, pictures=(), profile="a", host="a", model="a", body_bytes=1, kind="download")
    ledger.begin(first, ending("0.1", total_tokens=1, outcome="answered"))
    ledger.begin(departure(WHEN + timedelta(days=1)), ending("0.2", outcome="cut"))
    assert ids(ledger.page(Wanted(sort=column, descending=False))) == [1, 2]
    assert ids(ledger.page(Wanted(sort=column))) == [2, 1]


def test_pages_do_not_shift_when_something_leaves_meanwhile(ledger: Ledger) -> None:
    for _ in range(4):
        ledger.begin(departure())
    wanted = Wanted(up_to=ledger.newest())
    first = ledger.page(wanted, 0, 2)
    ledger.begin(departure())
    assert ids(first) + ids(ledger.page(wanted, 2, 2)) == [4, 3, 2, 1]


def test_months_and_profiles_to_choose_from(ledger: Ledger) -> None:
    for at in (WHEN, WHEN - timedelta(days=65), WHEN - timedelta(days=400)):
        ledger.begin(departure(at))
    ledger.begin(departure(profile="Ollama"))
    ledger.begin(departure(profile=""))
    months, profiles = ledger.choices()
    assert months == tuple(month_of(WHEN - timedelta(days=days)) for days in (0, 65, 400))
    assert profiles == ("Ollama", "xAI")
    assert Ledger(ledger._database.path.with_name("other.sqlite3")).choices() == ((), ())


# --- sums --------------------------------------------------------------------------------------------------


def test_sums_are_exact_and_say_what_they_do_not_know(ledger: Ledger) -> None:
    for _ in range(10):
        ledger.begin(departure(), ending("0.1"))
    ledger.begin(departure(), ending("0.0000000001", is_estimate=True))
    ledger.begin(departure(), ending(None))
    ledger.begin(departure(kind="models", is_charged=False, pictures=(), body_bytes=0), ending(None, total_tokens=None))
    spent = Spent(Decimal("1.0"), Decimal("0.0000000001"), 1)
    assert ledger.sums() == Sums(13, 0, 12, 12 * 283_000, 12 * 266, spent)
    assert ledger.sums(Wanted("models")).requests == 1


@pytest.mark.parametrize("outcome", ["answered", "stopped", "cut", "under way"])
def test_a_question_without_a_cost_counts_as_unknown(ledger: Ledger, outcome: str) -> None:
    entry_id = ledger.begin(departure(), ending(None, outcome=outcome))
    entry = ledger.get(entry_id)
    assert entry is not None
    assert is_of_unknown_cost(entry)
    assert ledger.sums().spent.unknown == 1


@pytest.mark.parametrize("outcome", ["refused", "failed", "not sent", "held back"])
def test_what_was_not_answered_costs_nothing(ledger: Ledger, outcome: str) -> None:
    entry_id = ledger.begin(departure(), ending(None, outcome=outcome))
    entry = ledger.get(entry_id)
    assert entry is not None
    assert not is_of_unknown_cost(entry)
    assert ledger.sums().spent.unknown == 0


def test_what_did_not_leave_is_counted_apart(ledger: Ledger) -> None:
    for outcome in ("held back", "not sent", "refused"):
        ledger.begin(departure(), ending(None, outcome=outcome, total_tokens=None))
    assert ledger.sums() == Sums(3, 2, 1, 283_000)


def test_a_month_begins_and_ends_at_local_midnight(ledger: Ledger) -> None:
    begin, end = bounds_of("2026-11")
    second = timedelta(seconds=1)
    for at in (begin - second, begin, end - second, end):
        ledger.begin(departure(at.astimezone(UTC)), ending("1"))
    assert ids(ledger.page(Wanted(month="2026-11", descending=False))) == [2, 3]
    assert ledger.spent("2026-11").usd == 2


@given(when=st.datetimes(datetime(2000, 1, 2), datetime(2098, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_is_in_its_month(when: datetime) -> None:
    begin, end = bounds_of(month_of(when))
    assert begin <= when < end


@pytest.mark.parametrize("word", ["", "2026", "2026-13", "2026-00", "26-11", "２０２６-11", "2026-11 "])
def test_what_is_no_month_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="month"):
        bounds_of(word)


def test_a_day_begins_at_local_midnight(ledger: Ledger) -> None:
    begin = begin_of("2026-11-02")
    assert begin - begin_of("2026-11-01") == timedelta(days=1)
    for at in (begin - timedelta(seconds=1), begin):
        ledger.begin(departure(at.astimezone(UTC)), ending("1"))
    assert ids(ledger.page(Wanted(before=begin))) == [1]
    assert Wanted(up_to=5).is_everything
    assert not Wanted(before=begin).is_everything


@pytest.mark.parametrize("word", ["", "2026-11", "2026-02-30", "26-11-01", "2026-11-1", "20261101", "20２６-11-01"])
def test_what_is_no_day_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="day"):
        begin_of(word)


def test_the_present_ones_are_told(ledger: Ledger) -> None:
    ledger.begin(departure(), ending())
    assert ledger.present({1, 2, 77}) == {1}
    assert ledger.present(set()) == set()


# --- deleting ----------------------------------------------------------------------------------------------


def test_deleting_takes_what_is_shown_and_nothing_else(ledger: Ledger) -> None:
    ledger.begin(departure(profile="Ollama"))
    ledger.begin(departure())
    assert ledger.delete(Wanted(profile="Ollama")) == 1
    assert ids(ledger.page(Wanted())) == [2]
    assert ledger.delete(Wanted()) == 1
    assert ledger.sums() == Sums()


def test_nothing_of_a_deleted_request_stays_in_the_file(ledger: Ledger, file: Path) -> None:
    ledger.begin(departure(host="planted.example.org"))
    ledger.delete(Wanted())
    assert b"planted" not in b"".join(each.read_bytes() for each in file.parent.iterdir())


def test_old_entries_go(ledger: Ledger) -> None:
    ledger.begin(departure(WHEN - timedelta(days=10)))
    ledger.begin(departure())
    assert ledger.prune(WHEN - timedelta(days=5)) == 1
    assert ledger.prune(WHEN - timedelta(days=5)) == 0
    assert ids(ledger.page(Wanted())) == [2]


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
    ledger = Ledger(file)
    assert [ledger.sums(Wanted(profile=name)).requests for name in ("one", "other")] == [40, 40]
    assert ledger.spent("2026-11") == Spent(Decimal("0.80"))


def test_a_warning_is_for_one_budget_of_one_month(ledger: Ledger) -> None:
    assert ledger.warns_first("2026-11", Decimal(10), "share")
    assert not ledger.warns_first("2026-11", Decimal("10.00"), "share")
    assert ledger.warns_first("2026-11", Decimal(10), "all")
    assert ledger.warns_first("2026-11", Decimal(20), "share")
    assert ledger.warns_first("2026-12", Decimal(10), "share")


def test_a_damaged_file_is_set_aside_and_told(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database at all " * 1000)
    told: list[str] = []
    ledger = Ledger(file, told.append)
    ledger.begin(departure())
    assert told == [f"The ledger was damaged; it is now {file.name}.broken, and a new one begins."]
    assert ledger.sums().requests == 1


def test_a_file_of_a_newer_program_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    with pytest.raises(HistoryTooNew, match="The ledger was written by a newer GrokDesk"):
        Ledger(file).begin(departure())
    assert file.read_bytes() == before


def test_a_file_that_is_in_use_is_told(ledger: Ledger, file: Path) -> None:
    ledger.begin(departure())
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="The ledger is in use by another program"):
            Ledger(file, busy_seconds=0.01).begin(departure())
        assert ledger.sums().requests == 1  # reading goes on


def test_no_column_could_hold_a_word_of_a_question(ledger: Ledger, file: Path) -> None:
    ledger.begin(departure())
    with closing(sqlite3.connect(file)) as connection:
        texts = {
            name
            for table in ("request", "picture")
            for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})")
            if kind in ("TEXT", "BLOB")
        }
    known = "kind method host address profile model outcome error answered_by media_type sha256"
    assert json.dumps(sorted(texts)) == json.dumps(sorted(known.split()))
