from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from grokdesk.errors import EXIT_FAILURE, EXIT_OK, EXIT_USAGE
from grokdesk.model import Answer, ErrorNote, Message, Question, Turn
from grokdesk.store.history.comparisons import JUDGE, Place
from tests.cli.conftest import CommandLine
from tests.support.images.pictures import prepared_image


@pytest.fixture
def kept(grokdesk: CommandLine) -> CommandLine:
    """A history of three."""
    for question, answer in (("What fruit?", "A pear."), ("", "A walnut\ntree."), ("Why?", "")):
        note = None if answer else ErrorNote("The server is busy.", "Wait.")
        turn = Turn(
            Question(question, (), "describe"),
            Message("Prompt", (prepared_image(),)),
            Answer(answer, model="grok-4.5", finish="stop" if answer else "failed", error=note),
            "xAI",
            datetime(2026, 11, 23, 12, tzinfo=UTC),
        )
        grokdesk.history.save("c1", turn)
    return grokdesk


def test_without_a_history_there_is_nothing_to_list(grokdesk: CommandLine) -> None:
    assert grokdesk("history").out == ""
    assert grokdesk("history", "list", "--json").json == []


def test_the_list_has_a_line_for_each_the_newest_first(kept: CommandLine) -> None:
    done = kept("history")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert [line.split()[0] for line in done.lines] == ["3", "2", "1"]
    assert "Why?  →  The server is busy." in done.lines[0]
    assert "(describe)  →  A walnut tree." in done.lines[1]
    assert "2026-11-2" in done.lines[2]
    assert done == kept("history", "list")


def test_the_list_can_be_limited(kept: CommandLine) -> None:
    assert len(kept("history", "--limit", "2").lines) == 2
    assert [entry["id"] for entry in kept("history", "list", "--limit", "1", "--json").json] == [3]
    assert kept("history", "--limit", "0").code == EXIT_USAGE
    assert kept("history", "--limit", "many").code == EXIT_USAGE


def test_a_search_takes_several_words(kept: CommandLine) -> None:
    assert [entry["id"] for entry in kept("history", "search", "pear", "fruit", "--json").json] == [1]
    assert [line.split()[0] for line in kept("history", "search", "walnut tree").lines] == ["2"]
    assert kept("history", "search", "nothing").out == ""
    assert kept("history", "search").code == EXIT_USAGE


def test_an_entry_is_shown_whole(kept: CommandLine) -> None:
    done = kept("history", "show", "2")
    assert "A walnut\ntree." in done.out
    assert "shot.png" in done.out
    entry = kept("history", "show", "2", "--json").json
    assert (entry["id"], entry["answer"], entry["images"][0]["name"]) == (2, "A walnut\ntree.", "shot.png")
    assert [entry["id"] for entry in kept("history", "show", "1", "3", "--json").json] == [1, 3]


def test_everything_is_exported_the_oldest_first(kept: CommandLine) -> None:
    assert [entry["id"] for entry in kept("history", "export", "--json").json] == [1, 2, 3]
    markdown = kept("history", "export").out
    assert markdown.index("A pear.") < markdown.index("A walnut") < markdown.index("The server is busy.")


def test_entries_are_deleted_by_number(kept: CommandLine) -> None:
    assert kept("history", "delete", "1", "3").out == "2 deleted.\n"
    assert [entry.id for entry in kept.history.list()] == [2]
    assert kept("history", "delete", "2", "--json").json == {"deleted": 1}


def test_everything_is_deleted_when_said_so(kept: CommandLine) -> None:
    assert kept("history", "delete", "--all").out == "3 deleted.\n"
    assert kept.history.list() == ()


@pytest.mark.parametrize("words", [(), ("1", "--all"), ("one",), ("-1",), ("0x1",)])
def test_it_has_to_be_plain_what_is_deleted(kept: CommandLine, words: tuple[str, ...]) -> None:
    assert kept("history", "delete", *words).code == EXIT_USAGE
    assert len(kept.history.list()) == 3


@pytest.mark.parametrize("what", ["show", "delete"])
def test_an_entry_that_is_not_there_is_named(kept: CommandLine, what: str) -> None:
    done = kept("history", what, "77")
    assert done.code == EXIT_USAGE
    assert "There is no entry 77." in done.err
    assert len(kept.history.list()) == 3


def test_a_history_that_cannot_be_read_is_a_failure(grokdesk: CommandLine) -> None:
    (grokdesk.home / "data" / "history.sqlite3").mkdir(parents=True)
    done = grokdesk("history")
    assert done.code == EXIT_FAILURE
    assert "cannot be opened" in done.err


def test_a_damaged_history_is_told_and_a_new_one_begins(grokdesk: CommandLine) -> None:
    (grokdesk.home / "data").mkdir(parents=True)
    (grokdesk.home / "data" / "history.sqlite3").write_bytes(b"no database " * 100)
    done = grokdesk("history", "--json")
    assert (done.code, done.json) == (EXIT_OK, [])
    assert "history.sqlite3.broken" in done.err


def test_json_keeps_every_letter(grokdesk: CommandLine) -> None:
    text = 'Größe 東京 🍐 "\\ \u2028 \x1b[31m'
    turn = Turn(Question(text), Message(text), Answer(text), "xAI", datetime.now(UTC))
    grokdesk.history.save("c", turn)
    assert json.loads(grokdesk("history", "--json").out)[0]["answer"] == text


@pytest.fixture
def compared(kept: CommandLine) -> CommandLine:
    """And a comparison, entries 4 to 6."""
    for position in (1, 2, JUDGE):
        answer = Answer(f"Answer at {position}.", model=f"m-{position}", finish="stop")
        turn = Turn(Question("Which?"), Message("Which?"), answer, "Acme", datetime(2026, 11, 24, 12, tzinfo=UTC))
        kept.history.save(f"c-{position}", turn, Place("0123456789abcdef", position))
    return kept


def test_a_comparison_is_told_by_the_list_the_entry_and_the_export(compared: CommandLine) -> None:
    listed = compared("history").out
    assert "[comparison 01234567, column 2] Which?" in listed
    assert "[comparison 01234567, the judge] Which?" in listed
    assert "stop · comparison 01234567, column 1*" in compared("history", "show", "4").out
    assert compared("history", "export", "--json").json[3]["compared"] == {
        "comparison": "0123456789abcdef",
        "position": 1,
        "voted_best": False,
        "judged_best": False,
    }


def test_a_vote_is_kept(compared: CommandLine) -> None:
    done = compared("history", "vote", "5")
    assert (done.code, done.out) == (EXIT_OK, "Entry 5 by m-2 is marked as preferred.\n")
    assert "column 2, voted best" in compared("history", "show", "5").out
    assert compared("history", "vote", "4", "--json").json == {"voted": 4}
    assert "voted" not in compared("history", "show", "5").out


@pytest.mark.parametrize("words", [(), ("4", "5"), ("1",), ("6",), ("99",), ("best",)])
def test_only_one_answer_of_a_comparison_can_be_voted_for(compared: CommandLine, words: tuple[str, ...]) -> None:
    assert compared("history", "vote", *words).code == EXIT_USAGE
