from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from grokdesk.cli.terminal import Terminal
from grokdesk.errors import EXIT_CANCELLED
from grokdesk.store.request_log.request_log import RequestLog
from tests.cli.conftest import CommandLine, Done
from tests.support.servers.outgoing_requests import ending, outgoing
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream, responses_usage

Ask = Callable[..., Done]


@pytest.fixture
def request_log(grokdesk: CommandLine) -> RequestLog:
    """Three requests of which two are of one profile and month."""
    request_log = RequestLog(grokdesk.home / "data" / "ledger.sqlite3")
    request_log.begin(outgoing(), ending("0.10"))
    request_log.begin(
        outgoing(kind="models", pictures=(), body_bytes=0, is_charged=False), ending(None, total_tokens=None)
    )
    request_log.begin(outgoing(outgoing().at.replace(month=10), profile="Öther"), ending("2", is_estimate=True))
    return request_log


def test_the_newest_are_listed_first(grokdesk: CommandLine, request_log: RequestLog) -> None:
    models, question, estimate = grokdesk("requests").lines
    assert models.endswith("api.x.ai  grok-4.5  models  0 bytes  answered")
    assert question.endswith("api.x.ai  grok-4.5  1 picture  283,000 bytes  266 tokens  $0.10  answered")
    assert estimate.endswith("266 tokens  about $2.00  answered")
    assert len(grokdesk("requests", "list", "--limit", "1").lines) == 1
    assert [entry["kind"] for entry in grokdesk("requests", "--json", "--search", "models").json] == ["models"]


def test_a_month_is_summed(grokdesk: CommandLine, request_log: RequestLog) -> None:
    assert grokdesk("requests", "sum").lines == [
        "3 requests, 2 images, 566,000 bytes, 532 tokens, $2.10, about $2.00 of it estimated"
    ]
    told = grokdesk("requests", "sum", "--month", "2026-11", "--json").json
    assert (told["requests"], told["cost_usd"], told["budget"]) == (2, 0.1, None)
    grokdesk("settings", "set", "monthly_budget_usd", "5")
    assert grokdesk("requests", "sum").lines[1].endswith("$0.00 of $5.00 budget")
    assert grokdesk("requests", "sum", "--json").json["budget"]["usd"] == 5


def test_it_is_exported(grokdesk: CommandLine, request_log: RequestLog, tmp_path: Path) -> None:
    file = tmp_path / "left.csv"
    done = grokdesk("requests", "--csv", str(file), "--profile", "Öther")
    assert (done.code, done.lines) == (0, [f"Wrote {file}."])
    with file.open(encoding="utf-8", newline="") as text:
        (row,) = csv.DictReader(text)
    assert (row["profile"], row["cost_usd"]) == ("Öther", "2")
    assert len(grokdesk("requests", "export").out.splitlines()) == 4
    assert len(grokdesk("requests", "export", "--json").json) == 3


@pytest.mark.parametrize(
    "words", [("--month", "11"), ("--limit", "0"), ("sum", "--csv", "x"), ("export", "--csv", "x", "--json"), ("show",)]
)
def test_words_without_a_meaning_are_refused(grokdesk: CommandLine, words: tuple[str, ...]) -> None:
    assert grokdesk("requests", *words).code == 2


def test_entries_are_deleted(grokdesk: CommandLine, request_log: RequestLog) -> None:
    done = grokdesk("requests", "delete", "--month", "2026-10")
    assert (done.code, done.out) == (0, "1 deleted.\n")
    assert grokdesk("requests", "delete", "--before", "2026-11-01", "--json").json == {"deleted": 0}
    assert grokdesk("requests", "delete", "--profile", "nobody").out == "0 deleted.\n"
    assert request_log.sums().requests == 2
    assert grokdesk("requests", "delete", "--all", "--yes", "--json").json == {"deleted": 2}
    assert grokdesk("requests").lines == []


def test_deleting_is_asked_first(
    grokdesk: CommandLine, request_log: RequestLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(_terminal: Terminal, question: str) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr(Terminal, "confirm", refuse)
    done = grokdesk("requests", "delete", "--before", "2026-12-01")
    assert (done.code, done.out) == (EXIT_CANCELLED, "")
    assert "Nothing was deleted." in done.err
    assert asked == [
        "Permanently delete 3 entries of the request log? The monthly budget then counts only what remains."
    ]
    assert grokdesk("requests", "delete", "--before", "2026-12-01", "--yes").code == 0
    assert len(asked) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("delete",),
        ("delete", "--all", "--month", "2026-11"),
        ("delete", "--before", "2026-11-31"),
        ("delete", "--before", "yesterday"),
        ("list", "--all"),
        ("--yes",),
    ],
)
def test_what_is_to_be_deleted_has_to_be_said(
    grokdesk: CommandLine, request_log: RequestLog, words: tuple[str, ...]
) -> None:
    assert grokdesk("requests", *words).code == 2
    assert request_log.sums().requests == 3


def test_a_question_is_in_the_ledger_and_its_content_is_not(
    at_server: Ask, grokdesk: CommandLine, server: ScriptedServer, shot: str
) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))
    assert at_server(shot, "-p", "What are these merger papers?").code == 0
    assert at_server("-p", "Again, off the record", "--no-history").code == 0
    later, first = grokdesk("requests", "--json").json
    assert (first["outcome"], first["pictures"][0]["width"], first["stored"]) == ("answered", 4, False)
    assert (later["is_temporary"], first["is_temporary"]) == (True, False)
    kept = b"".join(file.read_bytes() for file in (grokdesk.home / "data").glob("ledger*"))
    assert b"merger" not in kept
    assert b"pears" not in kept
    assert b"xai-key-of-these-tests" not in kept


def test_a_used_up_budget_is_a_failure_that_says_how_to_go_on(
    at_server: Ask, grokdesk: CommandLine, server: ScriptedServer
) -> None:
    usage = responses_usage(ticks=6 * 10**10)
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.", usage=usage)))
    for words in (("monthly_budget_usd", "5"), ("budget_mode", "stop")):
        grokdesk("settings", "set", *words)
    assert "This month's budget is used up: $6.00 of $5.00." in at_server("-p", "First").err
    refused = at_server("-p", "Second")
    assert refused.code == 1
    assert "$6.00 of $5.00" in refused.err
    assert "--over-budget" in refused.err
    assert len(server.requests) == 1
    assert at_server("-p", "Third", "--over-budget").out == "Two pears.\n"
    assert [entry["outcome"] for entry in grokdesk("requests", "--json").json] == ["answered", "held back", "answered"]


def test_two_commands_at_once_share_the_file(at_server: Ask, grokdesk: CommandLine, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))
    at_once = [grokdesk.start("ask", "-p", "What?") for _ in range(2)]
    for process in at_once:
        process.communicate(timeout=60)
    assert [process.returncode for process in at_once] == [0, 0]
    told = grokdesk("requests", "sum", "--json").json
    assert (told["requests"], told["cost_usd"]) == (2, 2 * 0.0003054)


def test_the_earlier_name_of_the_command_still_works(grokdesk: CommandLine, request_log: RequestLog) -> None:
    assert grokdesk("ledger", "sum").lines == grokdesk("requests", "sum").lines
