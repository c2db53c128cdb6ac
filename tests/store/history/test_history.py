from __future__ import annotations

import base64
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grokdesk.errors import HistoryTooNew, StoreError
from grokdesk.logs import Redactor
from grokdesk.model import ANSWERING, CUT, Answer, ErrorNote, Message, Question, Turn, Usage
from grokdesk.store.database import Database
from grokdesk.store.history.comparisons import Compared, Place
from grokdesk.store.history.history import History, HistoryEntry, HistoryImage
from grokdesk.store.migrations import MIGRATIONS, create_turns
from tests.support.images.pictures import prepared_image

WHEN = datetime(2026, 11, 23, 12, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=2)))


def turn(question: str = "What is this?", answer: str = "Two pears.", **more: object) -> Turn:
    return Turn(
        Question(question, (), "ask"),
        Message(f"Prompt: {question}", (prepared_image(),)),
        Answer(answer, model="grok-4.5", finish="stop", **more),  # type: ignore[arg-type]  # of Answer's own fields
        "xAI",
        WHEN,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite3"


@pytest.fixture
def history(file: Path) -> History:
    return History(file)


def ids(entries: Iterator[HistoryEntry] | tuple[HistoryEntry, ...]) -> list[int]:
    return [entry.id for entry in entries]


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


# --- keeping -----------------------------------------------------------------------------------------------


def test_everything_of_a_turn_comes_back(history: History) -> None:
    usage = Usage(216, 50, 20, 192, 256, 266, Decimal("0.0003054"), cost_is_estimate=True)
    error = ErrorNote("The answer was cut off.", "Try again.")
    image = prepared_image("Bild größe #1.png", 7, 5)
    kept = turn(reasoning="Hm.", usage=usage, error=error, first_token_seconds=0.25, seconds=1.5)
    kept = replace(
        kept, message=Message("Prompt", (image, prepared_image("b.png"))), answer=replace(kept.answer, finish=CUT)
    )
    history.save("c1", kept)
    (entry,) = history.list()
    assert entry == HistoryEntry(
        id=1,
        conversation_id="c1",
        asked_at=WHEN,
        question="What is this?",
        prompt="Prompt",
        action_id="ask",
        profile="xAI",
        model="grok-4.5",
        answer="Two pears.",
        reasoning="Hm.",
        finish=CUT,
        error=error,
        usage=usage,
        first_token_seconds=0.25,
        seconds=1.5,
        images=(
            HistoryImage(image.name, "image/png", 7, 5, len(image.data), image.sha256),
            HistoryImage("b.png", "image/png", 4, 3, len(prepared_image().data), prepared_image().sha256),
        ),
    )
    assert entry.asked_at.tzinfo is UTC
    assert history.get(1) == entry
    assert history.conversation("c1") == (entry,)


def test_a_turn_with_nothing_known_comes_back(history: History) -> None:
    history.save("c1", Turn(Question(""), Message(""), Answer(), "xAI", WHEN))
    (entry,) = history.list()
    assert entry.usage is None
    assert entry.error is None
    assert entry.seconds is None
    assert entry.images == ()


@given(cost=st.decimals(allow_nan=False, allow_infinity=False), tokens=st.none() | st.integers(0, 2**63 - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_usage_is_kept_exactly(history: History, cost: Decimal, tokens: int | None) -> None:
    usage = Usage(input_tokens=tokens, cost_usd=cost)
    history.save("c1", turn(usage=usage))
    assert history.list(1)[0].usage == usage


def test_a_number_that_no_server_can_mean_does_not_lose_the_turn(history: History) -> None:
    history.save("c1", turn(usage=Usage(input_tokens=10**30, output_tokens=3)))
    usage = history.list()[0].usage
    assert usage == Usage(output_tokens=3)


@given(text=st.text() | st.just("a\udcffb") | st.just("nul\0inside"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_kept(history: History, text: str) -> None:
    history.save("c1", turn(text, text, reasoning=text))
    entry = history.list(1)[0]
    assert entry.question == entry.answer == entry.reasoning
    assert entry.answer == text.encode("utf-8", "replace").decode()


def test_the_schema_has_a_column_for_everything_in_usage(history: History, file: Path) -> None:
    history.list()
    with closing(sqlite3.connect(file)) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(turn)")}
    assert {item.name for item in fields(Usage)} <= columns


def test_pictures_themselves_are_not_kept(history: History, file: Path) -> None:
    history.save("c1", turn())
    assert prepared_image().data not in all_bytes(file.parent)
    assert b"shot.png" in all_bytes(file.parent)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_files_are_the_owners_only(history: History, file: Path) -> None:
    modes: set[int] = set()

    def look(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO conversation VALUES ('c', 'now')")
        modes.update(stat.S_IMODE(part.stat().st_mode) for part in file.parent.iterdir())
        assert len(list(file.parent.iterdir())) == 3

    Database(file).run(look)
    history.save("c1", turn())
    assert modes == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_database_is_set_up_as_meant(file: Path) -> None:
    def read(connection: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert Database(file).run(read) == ["wal", 1, 1, 1]


def test_threads_and_programs_may_save_together(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from grokdesk.store.history.history import History;"
        "from tests.store.history.test_history import turn;"
        "[History(Path(sys.argv[1])).save('program', turn(str(n))) for n in range(20)]"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", code, str(file)], cwd=root) as program:
        history = History(file)
        failed: list[BaseException] = []

        def save(name: str) -> None:
            try:
                for number in range(20):
                    history.save(name, turn(str(number)))
            except BaseException as error:
                failed.append(error)
                raise

        threads = [threading.Thread(target=save, args=(f"thread {number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert program.wait(60) == 0
    assert failed == []
    assert len(list(history.all())) == 100
    for name in ("program", "thread 0", "thread 3"):
        assert [entry.question for entry in history.conversation(name)] == [str(number) for number in range(20)]


# --- listing -----------------------------------------------------------------------------------------------


def test_the_newest_come_first_and_pages_go_on(history: History) -> None:
    for number in range(5):
        history.save("c1", turn(str(number)))
    first = history.list(limit=2)
    assert [entry.question for entry in first] == ["4", "3"]
    assert [entry.question for entry in history.list(limit=2, before=first[-1].id)] == ["2", "1"]
    assert history.list(before=1) == ()


def test_all_come_oldest_first_over_several_pages(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        history.save("c1", turn(str(number)))
    monkeypatch.setattr("grokdesk.store.history.history.PAGE", 3)
    assert ids(history.all()) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("entry_id", [0, -1, 99, 2**80])
def test_what_is_not_there_is_none(history: History, entry_id: int) -> None:
    history.save("c1", turn())
    assert history.get(entry_id) is None
    assert history.delete(entry_id) is False


# --- searching ---------------------------------------------------------------------------------------------


@pytest.fixture
def library(history: History) -> History:
    for question, answer in (
        ("What fruit is this?", "A Pear tree in the Größe XL."),
        ("Read the text", "error_code E0308: mismatched types"),
        ("これは何ですか", "東京タワーの写真です。"),
        ("Price?", "It costs 12 € (C++ book)."),
        ("", "naïve café"),
    ):
        history.save("c1", turn(question, answer))
    return history


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fruit", [1]),
        ("FRUIT pear", [1]),
        ("pear fruit", [1]),
        ("pea", [1]),
        ("grösse", []),
        ("große", [1]),
        ("größe", [1]),
        ("grÖß", [1]),
        ("cafe", [5]),
        ("NAIVE", [5]),
        ("e0308", [2]),
        ("code", [2]),
        ("error_code", [2]),
        ("何", [3]),
        ("タワー", [3]),
        ("€", [4]),
        ("C++", [4]),
        ("ismatch", [2]),
        ("pear types", []),
        ("text", [2]),
        ("nothing like it", []),
        ("", [5, 4, 3, 2, 1]),
        ("   ", [5, 4, 3, 2, 1]),
        ("%", []),
        ("_", [2]),
    ],
)
def test_what_a_search_finds(library: History, text: str, found: list[int]) -> None:
    assert ids(library.search(text)) == found


@pytest.mark.parametrize(
    "text", ['"', '""', "a OR b", "NOT", "question:fruit", "fruit*", "(", "^fruit", "a NEAR b", "-x", "{x}"]
)
def test_search_syntax_has_no_meaning(library: History, text: str) -> None:
    library.search(text)
    assert ids(library.search("question:fruit")) == []


def test_the_newest_hits_come_first_and_not_more_than_wanted(history: History) -> None:
    for number in range(30):
        history.save("c1", turn(f"pear {number}"))
    assert ids(history.search("pear", limit=3)) == [30, 29, 28]
    assert ids(history.search("ear", limit=3)) == [30, 29, 28]


def test_a_changed_turn_is_found_by_its_new_words(library: History, file: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE turn SET answer = 'a walnut' WHERE id = 1")

    Database(file).run(change)
    assert ids(library.search("walnut")) == [1]
    assert ids(library.search("pear")) == []


@given(
    text=st.text()
    | st.text('"*^():{}-+ ORANDNT\0\udcffaé漢', max_size=40)
    | st.just("w " * 2000)
    | st.just("x" * 99_999)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_can_be_searched_for(history: History, text: str) -> None:
    history.search(text)


@given(
    words=st.lists(
        st.text(st.characters(categories=["L", "N"], max_codepoint=0x17F), min_size=1, max_size=8),
        min_size=1,
        max_size=5,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_a_kept_text_is_found_by_itself(history: History, words: list[str]) -> None:
    text = " ".join(words)
    history.save("c1", turn(answer=text))
    assert history.list(1)[0] in history.search(text)


# --- deleting ----------------------------------------------------------------------------------------------


def test_a_deleted_entry_is_gone_from_everywhere(history: History, file: Path) -> None:
    marker = "quincunx"
    history.save("c1", turn(marker, "Pears."))
    history.save("c2", turn("other", "Apples."))
    assert history.delete(1)
    assert not history.delete(1)
    assert ids(history.list()) == [2]
    assert history.search(marker) == ()
    assert history.search("pears") == ()
    assert marker.encode() not in all_bytes(file.parent)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT id FROM conversation").fetchall() == [("c2",)]
        assert connection.execute("SELECT turn_id FROM image").fetchall() == [(2,)]
    history.save("c3", turn())
    assert ids(history.list()) == [3, 2]


def test_delete_all_leaves_no_word_and_no_copy(history: History, file: Path) -> None:
    marker = "quincunx"
    for number in range(50):
        history.save("c1", turn(f"{marker} {number}"))
    file.with_name("history.sqlite3.before-2").write_bytes(b"quincunx")
    file.with_name("history.sqlite3.broken").write_bytes(b"quincunx")
    assert history.delete_all() == 50
    assert history.delete_all() == 0
    assert history.list() == ()
    assert history.search(marker) == ()
    assert marker.encode() not in all_bytes(file.parent)
    history.save("c1", turn("walnut"))
    assert ids(history.search("walnut")) == [51]


# --- files that are not as they should be ------------------------------------------------------------------


def test_a_file_of_a_newer_program_is_refused_and_left_as_it_is(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE future (x)")
        connection.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    for work in (lambda: History(file).save("c1", turn()), History(file).list, History(file).delete_all):
        with pytest.raises(HistoryTooNew, match="newer GrokDesk"):
            work()
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("content", [b"this is no database, not at all " * 40, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_set_aside(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    told: list[str] = []
    history = History(file, told.append)
    history.save("c1", turn())
    assert ids(history.list()) == [1]
    assert file.with_name("history.sqlite3.broken").read_bytes() == content
    assert len(told) == 1
    assert "history.sqlite3.broken" in told[0]


def test_damage_in_the_middle_is_noticed_when_it_is_met(history: History, file: Path) -> None:
    for number in range(200):
        history.save("c1", turn(f"{number} " * 50))
    content = bytearray(file.read_bytes())
    content[4096 * 2 :] = b"\x5a" * (len(content) - 4096 * 2)
    file.write_bytes(content)
    told: list[str] = []
    damaged = History(file, told.append)
    damaged.save("c1", turn("after the damage"))
    assert [entry.question for entry in damaged.list()] == ["after the damage"]
    assert len(told) == 1


def test_a_file_in_use_is_a_sentence(file: Path) -> None:
    History(file).save("c1", turn())
    database = Database(file, busy_seconds=0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="in use by another program"):
            database.run(lambda connection: connection.execute("DELETE FROM turn"))
        other.execute("ROLLBACK")
    assert ids(History(file).list()) == [1]


def test_a_full_disk_is_a_sentence_and_loses_nothing(file: Path) -> None:
    History(file).save("c1", turn())

    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        connection.execute("UPDATE turn SET answer = ?", ("x" * 1_000_000,))

    with pytest.raises(StoreError, match="disk is full"):
        Database(file).run(fill)
    assert History(file).list()[0].answer == "Two pears."


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(StoreError, match="cannot be opened"):
        History(tmp_path / "data" / "history.sqlite3").save("c1", turn())


def test_a_folder_in_the_place_of_the_file_is_a_sentence(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        History(file).list()


# --- migrations --------------------------------------------------------------------------------------------


def test_an_older_file_is_copied_and_brought_forward(file: Path) -> None:
    Database(file, migrations=[create_turns]).run(
        lambda connection: connection.executescript(
            "INSERT INTO conversation VALUES ('c1', 'x');"
            "INSERT INTO turn (conversation_id, asked_at, question, prompt, action_id, profile, model, answer,"
            " reasoning, finish, cost_is_estimate) VALUES ('c1', '2026-01-01T00:00:00+00:00', 'old walnut', '', 'ask',"
            " 'xAI', '', 'yes', '', 'stop', 0)"
        )
    )
    history = History(file)
    assert [entry.question for entry in history.search("walnut")] == ["old walnut"]
    copy = file.with_name(f"history.sqlite3.before-{len(MIGRATIONS)}")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT question FROM turn").fetchall() == [("old walnut",)]
        names = connection.execute("SELECT name FROM sqlite_master WHERE name = 'turn_words'").fetchall()
        assert names == []
    if sys.platform != "win32":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_new_file_is_not_copied(history: History, file: Path) -> None:
    history.save("c1", turn())
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_step_that_fails_changes_nothing(file: Path) -> None:
    History(file).save("c1", turn())

    def halfway(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE turn ADD COLUMN pinned INTEGER")
        connection.execute("INSERT INTO no_such_table VALUES (1)")

    with pytest.raises(StoreError, match="cannot be used"):
        Database(file, migrations=[*MIGRATIONS, halfway]).run(lambda connection: None)
    (entry,) = History(file).list()
    assert entry.question == "What is this?"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert "pinned" not in {row[1] for row in connection.execute("PRAGMA table_info(turn)")}


def test_two_programs_that_begin_together_migrate_once(file: Path) -> None:
    began: list[int] = []
    both = threading.Barrier(2, timeout=30)

    def step(connection: sqlite3.Connection) -> None:
        began.append(1)
        connection.execute("CREATE TABLE once (x)")

    def begin() -> None:
        both.wait()
        Database(file, migrations=[step]).run(lambda connection: None)

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert began == [1]


# --- comparisons -------------------------------------------------------------------------------------------


def test_turns_of_a_comparison_keep_their_places(history: History) -> None:
    history.save("c1", turn("alone"))
    for position in (2, 1, 0):
        history.save(f"c-{position}", turn(f"at {position}"), Place("abc", position))
    assert [entry.compared and entry.compared.position for entry in history.comparison("abc")] == [2, 1, 0]
    assert history.list()[-1].compared is None
    assert history.comparison("other") == ()


def test_a_vote_replaces_the_one_before_and_leaves_the_judges(history: History) -> None:
    for position in (1, 2):
        history.save(f"c-{position}", turn(), Place("abc", position))
    history.save("c-3", turn(), Place("other", 1))
    assert history.mark_best(Place("other", 1))
    assert history.mark_best(Place("abc", 1), by_judge=True)
    assert history.mark_best(Place("abc", 1))
    assert history.mark_best(Place("abc", 2))
    first, second = (entry.compared for entry in history.comparison("abc"))
    assert first == Compared("abc", 1, voted_best=False, judged_best=True)
    assert second == Compared("abc", 2, voted_best=True, judged_best=False)
    assert history.list(1)[0].compared == Compared("other", 1, voted_best=True)


def test_a_place_that_was_asked_again_is_voted_for_by_its_newest_turn(history: History) -> None:
    for answer in ("cut off", "whole"):
        history.save("c", turn(answer=answer), Place("abc", 1))
    history.mark_best(Place("abc", 1))
    assert [entry.answer for entry in history.list() if entry.compared and entry.compared.voted_best] == ["whole"]


def test_there_is_no_vote_for_what_is_not_kept(history: History) -> None:
    assert not history.mark_best(Place("abc", 1))


def test_a_place_goes_with_its_turn(history: History, file: Path) -> None:
    for position in (1, 2):
        history.save("c", turn(), Place("abc", position))
    history.delete(1)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT position FROM compared").fetchall() == [(2,)]
    history.delete_all()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT position FROM compared").fetchall() == []


# --- from the moment it is asked ---------------------------------------------------------------------------


def test_a_turn_is_kept_when_it_is_asked_and_completed_when_it_is_answered(history: History) -> None:
    asked = replace(turn(), answer=Answer())
    entry_id = history.begin("c1", asked)
    (entry,) = history.list()
    assert (entry.id, entry.question, entry.answer, entry.finish) == (entry_id, "What is this?", "", ANSWERING)
    history.note_answer(entry_id, Answer("Two pe", "Hm.", "grok-4.5"))
    (entry,) = history.search("two pe")
    assert (entry.answer, entry.reasoning, entry.model, entry.finish) == ("Two pe", "Hm.", "grok-4.5", ANSWERING)
    history.end(entry_id, turn())
    (entry,) = history.list()
    assert (entry.answer, entry.finish, len(entry.images)) == ("Two pears.", "stop", 1)
    assert ids(history.search("pears")) == [entry_id]


def test_what_was_deleted_while_it_was_answered_stays_deleted(history: History) -> None:
    entry_id = history.begin("c1", turn())
    history.delete_all()
    history.note_answer(entry_id, Answer("Two"))
    history.end(entry_id, turn())
    assert history.list() == ()


def test_a_late_note_does_not_open_a_turn_again(history: History) -> None:
    entry_id = history.begin("c1", turn())
    history.end(entry_id, turn())
    history.note_answer(entry_id, Answer("Two"))
    assert history.list()[0].answer == "Two pears."


def test_a_key_that_a_server_repeats_is_nowhere_in_the_file(file: Path) -> None:
    redactor, key = Redactor(), "planted-Zq9w8e7r6t5y"
    redactor.remember(key)
    history = History(file, redact=redactor.redact_known)
    encoded = base64.b64encode(f"Bearer {key}".encode()).decode()
    told = replace(turn(answer=f"Your key is {key}, or {encoded}.", reasoning=key), profile_name=key)
    told = replace(told, answer=replace(told.answer, model=key, error=ErrorNote(key, encoded)))
    history.save("c1", told)
    entry_id = history.begin("c2", told)
    history.note_answer(entry_id, told.answer)
    history.end(entry_id, told)
    kept = all_bytes(file.parent)
    assert key.encode() not in kept
    assert encoded[12:-4].encode() not in kept


@pytest.mark.parametrize("cost", ["free", "", "NaN dollars", "1e", "--1"])
def test_one_bad_cost_hides_no_entry(history: History, file: Path, cost: str) -> None:
    history.save("c1", turn("First", usage=Usage(cost_usd=Decimal("0.1"))))
    history.save("c1", turn("Second", usage=Usage(cost_usd=Decimal("0.2"))))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE turn SET cost_usd = ? WHERE id = 1", (cost,))
    second, first = history.list()
    assert (first.question, first.usage and first.usage.cost_usd) == ("First", None)
    assert second.usage is not None
    assert second.usage.cost_usd == Decimal("0.2")
