"""What is noted of real requests to a real server, and what the budget holds back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import BudgetUsedUp, GrokDeskError
from grokdesk.logs import Redactor
from grokdesk.model import (
    Answer,
    Connection,
    Conversation,
    DialectName,
    Ended,
    Message,
    Picture,
    PreparedImage,
    Profile,
    Question,
    Turn,
)
from grokdesk.model.requests import Purpose, RequestRecord
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.formats.json_pieces import Inline
from grokdesk.providers.http.audit import HIDDEN, pictures_in
from grokdesk.providers.http.download import fetch
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.key_check import check_key
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.remote import Remote
from grokdesk.providers.vision_probe import supports_images
from grokdesk.questions.ask import ask
from grokdesk.store.request_log.request_log import RequestLog, Wanted
from grokdesk.store.settings.settings import Settings
from grokdesk.usage.recent import RecentRequests, exact_body, shown_body
from grokdesk.usage.recorder import UsageRecorder
from tests.support.images.pictures import png_bytes, prepared_image
from tests.support.servers.answers import Heard, heard
from tests.support.servers.outgoing_requests import outgoing
from tests.support.servers.providers import asker
from tests.support.servers.replies import Cut, Reply, Send, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream, responses_usage, script_xai

KEY = "xai-PLANTED-0123456789abcdef"
SECRET_WORDS = "the merger is off"


@dataclass
class Office:
    """A bookkeeper with a real ledger, and a profile that leads to a real server."""

    server: ScriptedServer
    file: Path
    settings: Settings = field(default_factory=Settings)
    said: list[str] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    dialect: DialectName = "xai-responses"
    is_local: bool = False

    def __post_init__(self) -> None:
        self.redactor = Redactor()
        self.keeper = UsageRecorder(
            partial(RequestLog, self.file, busy_seconds=0.05),
            lambda: self.settings,
            self.redactor.redact,
            self.said.append,
            lambda: self.now,
        )
        self.transport = Transport(watch=self.keeper)
        self.cancel = CancelSwitch()

    @property
    def profile(self) -> Profile:
        address = f"{self.server.url}/v1"
        local = self.is_local
        return Profile("xai", "xAI", self.dialect, address, "grok-4.5", needs_key=not local, is_local=local)

    def remote(self, model: str = "grok-4.5") -> Remote:
        memory = ModelMemory(None, lambda: 0.0)
        profile = replace(self.profile, model=model)
        return Remote(self.transport, profile, dialect_for(self.dialect), KEY, self.redactor, memory)

    def ask(self, *images: PreparedImage, past: tuple[Turn, ...] = (), **purpose: object) -> Heard:
        message = Message(SECRET_WORDS, images, purpose=Purpose(**purpose))  # type: ignore[arg-type]  # its own fields
        return heard(self.remote().answer(message, past, self.cancel))

    @property
    def entries(self) -> tuple[RequestRecord, ...]:
        return self.keeper.request_log.page(Wanted(descending=False))

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(entry.outgoing.kind, entry.ending.outcome) for entry in self.entries]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))
        yield server


@pytest.fixture
def office(server: ScriptedServer, tmp_path: Path) -> Office:
    return Office(server, tmp_path / "ledger.sqlite3")


def budget(usd: str, mode: str = "stop") -> Settings:
    return Settings(monthly_budget_usd=usd, budget_mode=mode)


# --- what is noted -----------------------------------------------------------------------------------------


def test_a_question_is_noted_with_everything_but_its_content(office: Office, server: ScriptedServer) -> None:
    shot = replace(prepared_image("salary.png", 40, 30), redactions=3)
    assert office.ask(shot).text == "Two pears."
    (entry,) = office.entries
    left, came = entry.outgoing, entry.ending
    assert abs(left.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert (left.kind, left.method, left.host) == ("question", "POST", f"127.0.0.1:{server.port}")
    assert (left.address, left.profile, left.model) == (f"{server.url}/v1/responses", "xAI", "grok-4.5")
    (picture,) = left.pictures
    assert (picture.width, picture.height, picture.bytes) == (40, 30, len(shot.data))
    assert (picture.media_type, picture.sha256, picture.redactions) == ("image/png", shot.sha256, 3)
    assert left.body_bytes == len(server.requests[0].body)
    assert (left.stored, left.is_charged, left.is_temporary) == (False, True, False)
    assert (came.outcome, came.status, came.model, came.error) == ("answered", 200, "grok-4.5", "")
    assert (came.input_tokens, came.output_tokens, came.total_tokens) == (216, 50, 266)
    assert (came.cost_usd, came.cost_is_estimate) == (Decimal("0.0003054"), False)
    assert came.seconds is not None
    kept = office.file.read_bytes()
    for word in (SECRET_WORDS, "salary", "pears", KEY, shot.data[30:60]):
        assert (word if isinstance(word, bytes) else word.encode()) not in kept


def test_a_temporary_question_leaves_no_fingerprint(office: Office) -> None:
    shot = prepared_image()
    office.ask(shot, is_temporary=True)
    (entry,) = office.entries
    assert entry.outgoing.is_temporary
    assert (entry.outgoing.pictures[0].bytes, entry.outgoing.pictures[0].sha256) == (len(shot.data), "")
    assert shot.sha256.encode() not in office.file.read_bytes()


def test_pictures_of_the_past_are_noted_each_time_they_go_along(office: Office) -> None:
    one, other = prepared_image("a.png", 5, 5), prepared_image("b.png", 6, 6)
    past = Turn(Question("?"), Message("What?", (one,)), Answer("A pear."), "xAI", datetime.now(UTC))
    office.ask(other, past=(past,))
    assert [picture.width for picture in office.entries[0].outgoing.pictures] == [5, 6]


def test_a_picture_that_went_as_its_address_has_no_bytes(office: Office) -> None:
    office.dialect = "chat-completions"
    office.server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("Yes.")))
    shot = replace(prepared_image(), url="https://example.org/shared?token=hush.png")
    profile = replace(office.profile, base_url="https://api.x.ai/v1")
    request = dialect_for("chat-completions").build(profile, Message("?", (shot,)), [])
    assert "hush" in str(request.body)  # this server is given the address
    (picture,) = pictures_in(request.body or {}, (shot,))
    assert (picture.as_address, picture.bytes, picture.sha256) == (True, 0, "")


def test_a_picture_that_nobody_announced_is_noted_by_its_bytes() -> None:
    data = png_bytes()
    (picture,) = pictures_in({"a": [{"b": Inline(data)}]}, ())
    assert (picture.media_type, picture.bytes, len(picture.sha256)) == ("image/png", len(data), 64)


def test_a_retry_and_what_led_to_it_are_two_requests(office: Office, server: ScriptedServer) -> None:
    busy = Reply.json({"error": "busy"}, 503, {"retry-after": "0"})
    server.on("POST", "/v1/responses", busy, Reply.stream(responses_stream("Yes.")))
    office.ask()
    assert office.outcomes == [("question", "refused"), ("retry", "answered")]
    assert [entry.ending.status for entry in office.entries] == [503, 200]


def test_a_picture_itself_after_its_address_is_a_retry(office: Office, server: ScriptedServer) -> None:
    refused = Reply.json({"error": {"message": "Failed to download the image from the provided URL."}}, 400)
    server.on("POST", "/v1/responses", refused, Reply.stream(responses_stream("Two pears.")))
    shown = Picture("pears.png", png_bytes(6, 3), "https://93.184.215.14/pears.png")
    question, asking = Question("What?", (shown,)), asker(office.remote())
    *_, ended = ask(asking, question, Conversation("c1"), office.profile, office.cancel)
    assert isinstance(ended, Ended)
    assert office.outcomes == [("question", "refused"), ("retry", "answered")]
    pictures = [picture for entry in office.entries for picture in entry.outgoing.pictures]
    assert [picture.as_address for picture in pictures] == [True, False]
    ticket = ended.turn.message.purpose.ticket
    assert len(office.keeper.sent.of(ticket)) == 2


def test_an_answer_that_breaks_off_is_cut(office: Office, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("One two three.")[:4], end=(Cut(),)))
    assert office.ask().error is not None
    assert office.outcomes == [("question", "cut")]
    assert office.keeper.request_log.sums().spent.unknown == 1


def test_a_stopped_answer_is_stopped(office: Office, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("One two three.")[:4], end=(Stall(),)))
    answer = office.remote().answer(Message("?"), (), office.cancel)
    next(answer)
    office.cancel.throw()
    heard(answer)
    assert office.outcomes == [("question", "stopped")]


def test_an_answer_nobody_reads_to_its_end_is_stopped(office: Office, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("One two three.")[:4], end=(Stall(),)))
    with closing(office.remote().answer(Message("?"), (), office.cancel)) as answer:  # type: ignore[type-var]
        next(answer)
    assert office.outcomes == [("question", "stopped")]


def test_what_no_server_heard_was_not_sent(tmp_path: Path) -> None:
    with ScriptedServer() as gone:
        office = Office(gone, tmp_path / "ledger.sqlite3")
    with pytest.raises(GrokDeskError):
        office.remote().models(office.cancel)
    assert office.outcomes == [("models", "not sent")]
    assert office.entries[0].ending.error == "NotReachable"


def test_what_a_proxy_did_not_let_through_was_not_sent(office: Office, server: ScriptedServer) -> None:
    behind = replace(office.profile, base_url="https://api.example.org/v1", connection=Connection(proxy=server.url))
    remote = replace(office.remote(), profile=behind)
    with pytest.raises(GrokDeskError):
        remote.models(office.cancel)
    assert [request.method for request in server.requests] == ["CONNECT"]
    assert office.outcomes == [("models", "not sent")]


def test_requests_that_are_no_questions_are_noted_as_what_they_are(office: Office, server: ScriptedServer) -> None:
    script_xai(server)
    server.on("GET", "/cat.png", Reply(200, {"Content-Type": "image/png"}, (Send(png_bytes()),)))
    check_key(office.transport, office.profile, KEY, office.cancel)
    fetch(office.transport, f"{server.url}/cat.png?token=hush", office.cancel)
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("12345")))
    assert supports_images(office.remote(), office.cancel, 12345)
    assert [kind for kind, _ in office.outcomes] == ["key", "models", "download", "probe"]
    assert [entry.outgoing.is_charged for entry in office.entries] == [False, False, False, True]
    assert office.entries[2].outgoing.address == f"{server.url}/…"
    assert b"hush" not in office.file.read_bytes()


def test_a_cost_by_the_servers_prices_is_an_estimate(office: Office, server: ScriptedServer) -> None:
    priced = {"id": "grok-4.5", "prompt_text_token_price": 20000, "completion_text_token_price": 60000}
    server.on("GET", "/v1/language-models", Reply.json({"models": [priced]}))
    usage = responses_usage(ticks=None)
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Yes.", usage=usage)))
    remote = office.remote()
    remote.models(office.cancel)
    told = heard(remote.answer(Message("?"), (), office.cancel))
    assert told.usage is not None
    ended = office.entries[-1].ending
    assert ended.cost_is_estimate
    assert ended.cost_usd == told.usage.cost_usd


# --- what was sent, to look at -----------------------------------------------------------------------------


def test_what_is_shown_is_what_was_sent(office: Office, server: ScriptedServer) -> None:
    shot = prepared_image()
    office.ask(shot, ticket="t1")
    (kept,) = office.keeper.sent.of("t1")
    assert kept.sent is not None
    assert b"".join(exact_body(kept.sent)) == server.requests[0].body
    parts = list(shown_body(kept.sent))
    assert [part.data for part in parts if isinstance(part, Inline)] == [shot.data]
    assert SECRET_WORDS in str(parts[0])
    shown = dict(kept.sent.headers)
    assert shown["Authorization"] == HIDDEN
    received = server.requests[0].headers
    assert {name.lower() for name in shown} == {name.lower() for name in dict(received)}
    assert office.keeper.sent.at(office.entries[0].id) == kept
    assert kept.entry.ending.outcome == "answered"
    assert KEY not in repr(kept)


def test_the_oldest_is_forgotten_first(office: Office) -> None:
    office.keeper.sent = RecentRequests(most_bytes=3_000, most_requests=3)
    for ticket in "abcd":
        office.ask(PreparedImage("x", bytes(2_000), "image/png", 1, 1, "0", 1, 1), ticket=ticket)
    memory = office.keeper.sent
    assert not memory.of("a")
    assert [memory.of(ticket)[0].sent is not None for ticket in "bcd"] == [False, False, True]


def test_a_temporary_conversation_is_forgotten_when_it_ends(office: Office) -> None:
    office.ask(ticket="a", conversation="one", is_temporary=True)
    office.ask(ticket="b", conversation="one")
    office.ask(ticket="c", conversation="two", is_temporary=True)
    office.keeper.sent.end("one")
    assert [bool(office.keeper.sent.of(ticket)) for ticket in "abc"] == [False, True, True]
    office.ask(ticket="d", conversation="one", is_temporary=True)  # an answer that went on unseen
    assert not office.keeper.sent.of("d")
    assert [entry.outgoing.is_temporary for entry in office.entries] == [True, False, True, True]


def test_what_is_deleted_from_the_ledger_is_forgotten(office: Office, server: ScriptedServer) -> None:
    office.ask(ticket="a")
    office.ask(ticket="b")
    assert office.keeper.delete(Wanted(up_to=1, text="api")) == 0
    assert office.keeper.delete(Wanted(up_to=1, text="grok")) == 1
    assert [bool(office.keeper.sent.of(ticket)) for ticket in "ab"] == [False, True]
    assert office.keeper.delete(Wanted()) == 1
    assert not office.keeper.sent.ids


def test_what_another_program_deleted_is_forgotten_with_the_next_request(office: Office) -> None:
    office.ask(ticket="a")
    RequestLog(office.file).delete(Wanted())
    assert office.keeper.sent.of("a")
    office.ask(ticket="b")
    assert [bool(office.keeper.sent.of(ticket)) for ticket in "ab"] == [False, True]


# --- the budget --------------------------------------------------------------------------------------------


def expensive(server: ScriptedServer, usd: str) -> None:
    usage = responses_usage(ticks=int(Decimal(usd) * 10**10))
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Yes.", usage=usage)))


def test_a_used_up_budget_holds_back_before_anything_leaves(office: Office, server: ScriptedServer) -> None:
    expensive(server, "6")
    office.settings = budget("10")
    office.ask()
    office.ask()
    said = office.ask(prepared_image())
    assert isinstance(said.error, BudgetUsedUp)
    assert said.error.title == "This month's budget is used up: $12.00 of $10.00."
    assert "monthly_budget_usd" in said.error.hint
    assert "--over-budget" in said.error.hint
    assert len(server.requests) == 2
    assert office.outcomes[-1] == ("question", "held back")
    assert office.entries[-1].ending.seconds is None


@pytest.mark.parametrize(("usd", "cost", "goes"), [("1", "0.99", True), ("1", "1", False), ("0.5", "0.5", False)])
def test_a_small_budget_holds_back_once_it_is_exactly_used_up(
    office: Office, server: ScriptedServer, usd: str, cost: str, goes: bool
) -> None:
    expensive(server, cost)
    office.settings = budget(usd)
    assert office.ask().error is None
    assert (office.ask().error is None) == goes
    assert len(server.requests) == 1 + goes


def test_the_state_of_the_budget_is_said(office: Office, server: ScriptedServer) -> None:
    expensive(server, "6")
    office.ask()
    assert office.keeper.budget_state() == ""
    office.settings = budget("10")
    assert office.keeper.budget_state() == "This month: $6.00 of $10.00 budget."


def test_this_once_it_may_go(office: Office, server: ScriptedServer) -> None:
    expensive(server, "6")
    office.settings = budget("5")
    office.ask()
    assert office.ask(may_exceed=True).text == "Yes."
    assert isinstance(office.ask().error, BudgetUsedUp)


def test_what_costs_nothing_goes_whatever_the_budget(office: Office, server: ScriptedServer) -> None:
    script_xai(server)
    expensive(server, "6")
    office.settings = budget("5")
    office.ask()
    assert office.remote().models(office.cancel)
    office.is_local = True
    assert office.ask().text == "Yes."
    assert not office.entries[-1].outgoing.is_charged


def test_raising_the_budget_lets_go_on(office: Office, server: ScriptedServer) -> None:
    expensive(server, "6")
    office.settings = budget("5")
    office.ask()
    office.settings = budget("20")
    assert office.ask().text == "Yes."


def test_a_new_month_begins_at_nothing(office: Office, server: ScriptedServer) -> None:
    expensive(server, "6")
    office.settings = budget("5")
    office.ask()
    office.now += timedelta(days=32)
    assert office.ask().text == "Yes."


def test_every_crossing_is_said_once(office: Office, server: ScriptedServer) -> None:
    expensive(server, "4.5")
    office.settings = budget("10", "warn")
    for _ in range(4):
        office.ask()
    assert office.said == [
        "90% of this month's budget is used: $9.00 of $10.00.",
        "This month's budget is used up: $13.50 of $10.00.",
    ]


def test_another_program_does_not_say_it_again(office: Office, server: ScriptedServer) -> None:
    expensive(server, "9")
    office.settings = budget("10", "warn")
    office.ask()
    other = Office(server, office.file, office.settings)
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Yes.")))
    other.ask()
    assert (len(office.said), other.said) == (1, [])


def test_estimates_and_what_is_unknown_are_said(office: Office, server: ScriptedServer) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Yes.", usage=responses_usage(ticks=None))))
    office.ask()
    office.keeper.request_log.begin(
        office.entries[0].outgoing, replace(office.entries[0].ending, cost_usd=Decimal("2.50"), cost_is_estimate=True)
    )
    expensive(server, "6")
    office.settings = budget("10", "stop")
    office.ask()
    used = "85% of this month's budget is used: $8.50 of $10.00"
    assert office.said == [f"{used} (about $2.50 of it estimated; not counting 1 request with unreported cost)."]


# --- a ledger that does not work ---------------------------------------------------------------------------


def test_a_ledger_in_use_is_told_once_and_keeps_nobody_from_asking(office: Office) -> None:
    office.ask()
    with closing(sqlite3.connect(office.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert office.ask().text == "Two pears."
        assert office.ask(ticket="t").text == "Two pears."
    assert len(office.said) == 1
    assert office.said[0].startswith("Requests are not being logged. The request log is in use")
    assert office.keeper.sent.of("t")[0].entry.id == 0
    # What the file does not have is forgotten with everything all the same.
    office.keeper.delete(Wanted(text="nothing like it"))
    assert office.keeper.sent.of("t")
    office.keeper.delete(Wanted())
    assert not office.keeper.sent.of("t")
    assert office.keeper.sent.ids == set()


def test_without_a_ledger_a_budget_that_stops_stops(office: Office, server: ScriptedServer, tmp_path: Path) -> None:
    office.file.mkdir()  # no file can be made there
    office.settings = budget("10")
    error = office.ask().error
    assert isinstance(error, BudgetUsedUp)
    assert "cannot be read, so nothing was sent: The request log cannot be opened." in error.title
    assert not server.requests
    assert office.ask(may_exceed=True).text == "Two pears."
    office.settings = budget("10", "warn")
    assert office.ask().text == "Two pears."


def test_a_damaged_ledger_says_that_the_budget_begins_anew(office: Office) -> None:
    office.file.write_bytes(b"no database " * 1000)
    office.settings = budget("10")
    assert office.ask().text == "Two pears."
    assert office.said[0].endswith("a new one was created. This month's budget starts at 0 again.")


# --- how long it is kept -----------------------------------------------------------------------------------


def test_what_is_older_goes_but_never_of_this_month(office: Office) -> None:
    office.now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    for days in (40, 20, 1):
        office.keeper.request_log.begin(outgoing(office.now - timedelta(days=days)))
    office.settings = Settings(ledger_keep_days=3)
    office.ask()
    assert [entry.id for entry in office.entries] == [2, 3, 4]
