"""``grokdesk compare`` as a script sees it, against servers on real sockets."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable

import pytest

from grokdesk.actions.catalogue import load_catalogue
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_NETWORK, EXIT_OK, EXIT_USAGE
from grokdesk.paths import resources
from tests.cli.conftest import CommandLine, Done
from tests.support.servers.replies import ReceivedRequest, Reply, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import DONE, chat_stream, chat_usage, event

Compare = Callable[..., Done]


def by_model(**replies: Reply) -> Callable[[ReceivedRequest], Reply]:
    return lambda request: replies[str(request.json["model"])]


def saying(text: str) -> Reply:
    return Reply.stream(chat_stream(text, model="m"))


@pytest.fixture
def compare(grokdesk: CommandLine, server: ScriptedServer) -> Compare:
    """Profiles at the scripted server, one of them Concurred's, and one that needs a key that is not there."""
    acme = {"id": "acme", "name": "Acme", "dialect": "chat-completions", "base_url": f"{server.url}/v1"}
    concurred = {**acme, "id": "con", "name": "Con", "dialect": "concurred-vision", "base_url": server.url}
    locked = {**acme, "id": "locked", "name": "Locked"}
    grokdesk.write_settings(profiles=[{**acme, "needs_key": False}, {**concurred, "needs_key": False}, locked])
    server.on("POST", "/v1/chat/completions", by_model(a=saying("Two pears."), b=saying("A walnut.\nIt is brown.")))

    def run(*words: str) -> Done:
        return grokdesk("compare", *words)

    return run


AB = ("--with", "acme/a", "--with", "acme/b")


def test_answers_are_printed_in_the_order_of_their_columns(
    compare: Compare, grokdesk: CommandLine, server: ScriptedServer, shot: str
) -> None:
    done = compare(shot, "-p", "What fruit?", *AB)
    assert (done.code, done.err) == (EXIT_OK, "")
    assert done.out == "## Acme · a\n\nTwo pears.\n\n## Acme · b\n\nA walnut.\nIt is brown.\n"
    assert [b"What fruit?" in request.body for request in server.requests] == [True, True]
    kept = grokdesk.history.list()
    assert {entry.compared.position: entry.answer for entry in kept if entry.compared} == {
        1: "Two pears.",
        2: "A walnut.\nIt is brown.",
    }


def test_a_later_column_waits_for_the_one_before(compare: Compare, server: ScriptedServer) -> None:
    """The first model answers only when the second was asked."""

    def answer(request: ReceivedRequest) -> Reply:
        if request.json["model"] == "b":
            return saying("Second.")
        server.wait_for_requests(2)
        return saying("First.")

    server.on("POST", "/v1/chat/completions", answer)
    assert compare("-p", "?", *AB).out == "## Acme · a\n\nFirst.\n\n## Acme · b\n\nSecond.\n"


def test_json_has_every_column(compare: Compare, grokdesk: CommandLine, shot: str) -> None:
    done = compare(shot, "-p", "?", *AB, "--json")
    assert done.code == EXIT_OK
    told = done.json
    assert [(each["position"], each["asked_model"], each["answer"]) for each in told["answers"]] == [
        (1, "a", "Two pears."),
        (2, "b", "A walnut.\nIt is brown."),
    ]
    first = told["answers"][0]
    assert (first["profile"], first["error"], first["images"][0]["name"]) == ("Acme", None, "shot.png")
    assert first["seconds"] >= first["first_token_seconds"] >= 0
    assert (told["judge"], told["error"], told["cost_is_estimate"]) == (None, None, False)
    assert told["cost_usd"] == pytest.approx(2 * 739_000 / 10**10)
    assert len(grokdesk.history.comparison(told["comparison"])) == 2


def test_one_may_fail(compare: Compare, server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", by_model(a=Reply.json({"error": "no"}, 404), b=saying("Yes.")))
    done = compare("-p", "?", "--with", "locked/c", *AB)
    assert done.out == "## Acme · b\n\nYes.\n"
    assert done.code == EXIT_FAILURE
    assert "Locked · c: There is no key for Locked." in done.err
    assert "Acme · a: " in done.err
    assert compare("-p", "?", *AB).code == EXIT_NETWORK


def test_nothing_is_kept_when_so_said(compare: Compare, grokdesk: CommandLine) -> None:
    done = compare("-p", "?", *AB, "--no-history", "--json")
    assert done.json["comparison"] is None
    assert grokdesk.history.list() == ()


@pytest.mark.parametrize(
    "words",
    [
        ("-p", "?"),
        ("-p", "?", "--with", "acme/a"),
        ("-p", "?", "--with", "acme/a", "--with", "acme/a"),
        ("-p", "?", "--with", "acme/a", "--with", "nobody"),
        ("-p", "?", *AB, "--judge", "nobody/x"),
        AB,
        ("-p", "?", *AB, "--action", "nothing"),
        tuple(word for number in range(9) for word in ("--with", f"acme/m-{number}")),
    ],
)
def test_words_that_make_no_sense_reach_no_server(
    compare: Compare, server: ScriptedServer, words: tuple[str, ...]
) -> None:
    assert compare(*words).code == EXIT_USAGE
    assert server.requests == []


# --- the judge ---------------------------------------------------------------------------------------------


def judging(request: ReceivedRequest) -> Reply:
    """Chooses whatever has "walnut" in it."""
    text = str(request.json["messages"])
    if "Answer A:" not in text:
        return by_model(a=saying("Two pears."), b=saying("A walnut."))(request)
    letter = text[: text.index("A walnut.")].rindex("Answer ") + len("Answer ")
    said = json.dumps({"best": text[letter], "why": "It says what it is."})
    usage = chat_usage(ticks=10**8)
    return Reply.stream(chat_stream(said, model="j", usage=usage))


def test_a_judge_says_which_is_best(compare: Compare, grokdesk: CommandLine, server: ScriptedServer, shot: str) -> None:
    server.on("POST", "/v1/chat/completions", judging)
    done = compare(shot, "-p", "What fruit?", *AB, "--judge", "acme/j")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert done.out.endswith("\n\n## Judge's pick: Acme · b\n\nIt says what it is.\n")
    body = server.requests[-1].json
    assert "response_format" in body
    assert b"data:image/png" in server.requests[-1].body
    assert [entry.answer for entry in grokdesk.history.list() if entry.compared and entry.compared.judged_best] == [
        "A walnut."
    ]


def test_the_judges_cost_is_counted(compare: Compare, server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", judging)
    told = compare("-p", "What fruit?", *AB, "--judge", "acme/j", "--json").json
    assert (told["judge"]["best"], told["judge"]["why"]) == (2, "It says what it is.")
    assert told["cost_usd"] == pytest.approx((2 * 739_000 + 10**8) / 10**10)


def test_one_answer_alone_is_not_judged(compare: Compare, server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", by_model(a=Reply.json({"error": "no"}, 404), b=saying("Yes.")))
    done = compare("-p", "?", *AB, "--judge", "acme/b")
    assert (done.out, len(server.requests)) == ("## Acme · b\n\nYes.\n", 2)
    assert "Nothing to judge." in done.err


# --- held by the server itself -----------------------------------------------------------------------------

CON = ("--with", "con/a", "--with", "con/b")
FOUGHT = [
    {"model": "a", "round": 1, "delta": "One."},
    {"model": "b", "delta": "Two."},
    {"model": "c", "delta": "A walnut."},
]


def fought() -> Reply:
    return Reply.stream([*(event(each) for each in FOUGHT), DONE])


def test_a_fight_that_the_server_holds_itself(compare: Compare, grokdesk: CommandLine, server: ScriptedServer) -> None:
    server.on("POST", "/api/v1/fight", fought())
    done = compare("-p", "Why?", *CON, "--arena", "fight")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert done.out == ("## Con · a\n\n**Round 1**\n\nOne.\n\n## Con · b\n\nTwo.\n\n## Con · c\n\nA walnut.\n")
    assert [entry.answer for entry in grokdesk.history.list()] == ["A walnut.", "Two.", "**Round 1**\n\nOne."]
    server.on("POST", "/api/v1/battle", Reply.json({"error": {"code": "FORBIDDEN", "message": "no"}}, 403))
    assert compare("-p", "Why?", *CON, "--arena", "battle").code == EXIT_NETWORK


def test_a_judge_judges_a_fight(compare: Compare, grokdesk: CommandLine, server: ScriptedServer) -> None:
    server.on("POST", "/api/v1/fight", fought())
    server.on("POST", "/v1/chat/completions", judging)
    done = compare("-p", "Why?", *CON, "--arena", "fight", "--judge", "acme/j")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert done.out.endswith("\n\n## Judge's pick: Con · c\n\nIt says what it is.\n")
    kept = [entry.answer for entry in grokdesk.history.list() if entry.compared and entry.compared.judged_best]
    assert kept == ["A walnut."]


def test_an_action_frames_a_fight(compare: Compare, server: ScriptedServer) -> None:
    server.on("POST", "/api/v1/fight", fought())
    assert compare("-p", "Why?", *CON, "--arena", "fight", "--action", "critique").code == EXIT_OK
    action = load_catalogue([resources() / "actions"]).get("critique")
    assert server.requests[-1].json["message"] == f"{action.system.strip()}\n\n{action.filled('Why?')}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-p", "?", *CON, "--effort", "high"), "A battle accepts no effort and no schema."),
        (("-p", "?", *CON, "--with", "con/c"), "A battle has exactly 2 models, not 3."),
        (("-p", "?", *AB), "Acme has no battle: only Concurred does."),
        (("-p", "?", "--with", "con/a", "--with", "acme/b"), "A battle needs models of one server."),
        (("-p", "?", *CON, "--judge", "nobody/x"), "nobody"),
        (("-p", "?", *CON, "--action", "nothing"), "nothing"),
    ],
)
def test_what_a_battle_cannot_hold_is_refused(
    compare: Compare, server: ScriptedServer, words: tuple[str, ...], said: str
) -> None:
    done = compare(*words, "--arena", "battle")
    assert done.code == EXIT_USAGE
    assert said in done.err
    assert server.requests == []


@pytest.mark.parametrize("words", [(), ("--as-is",), ("--redact",)])
def test_no_picture_goes_into_a_battle(
    compare: Compare, grokdesk: CommandLine, server: ScriptedServer, shot: str, words: tuple[str, ...]
) -> None:
    done = compare(shot, "-p", "?", *CON, "--arena", "battle", *words)
    assert done.code == EXIT_USAGE
    assert "A battle accepts text only." in done.err
    assert server.requests == []
    assert grokdesk("ledger", "--json").json == []


def test_a_battle_is_in_the_ledger_and_within_the_budget(
    compare: Compare, grokdesk: CommandLine, server: ScriptedServer
) -> None:
    server.on("POST", "/api/v1/battle", fought())
    server.on("POST", "/v1/chat/completions", by_model(a=saying("x"), b=saying("y")))
    assert compare("-p", "Why?", *CON, "--arena", "battle").code == EXIT_OK
    (entry,) = grokdesk("ledger", "--json").json
    assert (entry["kind"], entry["model"], entry["outcome"]) == ("question", "a, b", "answered")
    assert (entry["address"], entry["pictures"]) == (f"{server.url}/api/v1/battle", [])
    assert compare("-p", "?", *AB).code == EXIT_OK  # costs something
    grokdesk("settings", "set", "monthly_budget_usd", "0.0001")
    grokdesk("settings", "set", "budget_mode", "stop")
    refused = compare("-p", "Why?", *CON, "--arena", "battle")
    assert refused.code == EXIT_FAILURE
    assert "This month's budget is used up" in refused.err
    assert len(server.requests) == 3
    assert compare("-p", "Why?", *CON, "--arena", "battle", "--over-budget").code == EXIT_OK


# --- stopping ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends a process there")
def test_ctrl_c_stops_all_and_keeps_what_came(
    compare: Compare,
    grokdesk: CommandLine,
    server: ScriptedServer,
) -> None:
    half = Reply.stream(chat_stream("A word.")[:-3], end=(Stall(),))
    whole = Reply.stream([*chat_stream("Whole.")[:-1], DONE])
    server.on("POST", "/v1/chat/completions", by_model(a=whole, b=half, c=half))
    with grokdesk.start("compare", "-p", "?", *AB, "--with", "acme/c") as process:
        server.wait_until_stalled(2)
        assert process.stdout is not None
        assert process.stderr is not None
        begun = b"".join(process.stdout.readline() for _ in range(5))  # as far as the heading of the second column
        process.send_signal(signal.SIGINT)
        out, err = process.stdout.read(), process.stderr.read()
    assert process.returncode == EXIT_CANCELLED
    assert begun.startswith(b"## Acme \xc2\xb7 a\n\nWhole.\n")
    assert out.count(b"A word.") == 2
    assert b"Traceback" not in err
    kept = {entry.compared.position: entry.finish for entry in grokdesk.history.list() if entry.compared}
    assert kept == {1: "stop", 2: "stopped", 3: "stopped"}
