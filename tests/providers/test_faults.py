"""Everything that can go wrong between a question and its answer, for every dialect, over real sockets."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    GrokDeskError,
    Interrupted,
    NotReachable,
    NotTrusted,
    RateLimited,
    RequestRefused,
    RequestTooLarge,
    ServerTrouble,
    TimedOut,
)
from grokdesk.logs import MASK, Redactor
from grokdesk.model import FINISHED, DialectName, Message, PreparedImage, Profile
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.exchange import exchange
from grokdesk.providers.http.transport import Timeouts, Transport
from tests.support.servers.answers import Heard, heard
from tests.support.servers.arrival import byte_by_byte
from tests.support.servers.replies import Cut, Framing, Reply, Send, Stall, Step
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream

KEY = "ck_PLANTED-0123456789abcdef"
PATHS: dict[DialectName, str] = {
    "xai-responses": "/v1/responses",
    "chat-completions": "/v1/chat/completions",
    "concurred-vision": "/api/v1/vision",
}
TEXT = "Two pears."
PICTURE = PreparedImage("a.png", b"\x89PNG" * 300_000, "image/png", 2, 1, "0" * 64, 2, 1)
SMALL = replace(PICTURE, data=b"\x89PNG")
USUAL = Timeouts(connect=5, write=5, idle=5)


@dataclass
class Asking:
    server: ScriptedServer
    dialect: DialectName
    timeouts: Timeouts = USUAL
    waits: list[float] = field(default_factory=list)
    url: str = ""

    @property
    def stream(self) -> list[bytes]:
        return responses_stream(TEXT) if self.dialect == "xai-responses" else chat_stream(TEXT)

    def __call__(self, *replies: Reply, picture: PreparedImage = SMALL) -> Heard:
        self.server.on("POST", PATHS[self.dialect], *replies)
        redactor = Redactor()
        redactor.remember(KEY)
        profile = Profile("p", "Acme", self.dialect, self.url or self.server.url, "m-1", key_over_http=True)
        message, dialect = Message("What is this?", (picture,)), dialect_for(self.dialect)
        transport = Transport(self.timeouts)
        got = heard(
            exchange(transport, dialect, profile, KEY, message, [], CancelSwitch(), redactor, self.waits.append)
        )
        assert KEY not in str(got.error)
        return got

    def broken(self, kind: type[GrokDeskError], *replies: Reply) -> Heard:
        got = self(*replies)
        assert type(got.error) is kind
        assert got.error.title.endswith(".")
        assert got.finish == []
        return got


@pytest.fixture(params=PATHS)
def asking(request: pytest.FixtureRequest) -> Iterator[Asking]:
    with ScriptedServer() as server:
        yield Asking(server, request.param)


def whole(asking: Asking, framing: Framing = "length", length: int | None = None) -> Reply:
    body = b"".join(asking.stream)
    return Reply(200, {"Content-Type": "text/event-stream"}, (Send(body),), framing=framing, length=length)


# --- time -------------------------------------------------------------------------------------------------


def test_a_stall_before_the_headers(asking: Asking) -> None:
    asking.timeouts = Timeouts(idle=0.1)
    got = asking.broken(TimedOut, Reply(before=(Stall(),)))
    assert "for 0.1 s" in str(got.error)
    assert len(asking.server.requests) == 1, "it may be thinking, and be paid for it"


def test_a_stall_in_the_middle_keeps_what_came(asking: Asking) -> None:
    asking.timeouts = Timeouts(idle=0.1)
    got = asking.broken(TimedOut, Reply.stream(asking.stream[:-4], end=(Stall(),)))
    assert got.text
    assert TEXT.startswith(got.text)
    assert len(asking.server.requests) == 1


@pytest.mark.parametrize("framing", ["chunked", "until close"])
def test_a_drip_of_single_bytes(asking: Asking, framing: Framing) -> None:
    steps: tuple[Step, ...] = tuple(map(Send, byte_by_byte(b"".join(asking.stream))))
    got = asking(Reply(200, {}, steps, framing=framing))
    assert (got.text, got.finish, got.error) == (TEXT, [FINISHED], None)


def test_a_drip_is_not_silence(asking: Asking) -> None:
    asking.timeouts = Timeouts(idle=0.5)
    got = asking(Reply.stream([b": still thinking\n\n"] * 12 + asking.stream, every=0.06))
    assert (got.text, got.error) == (TEXT, None)


# --- cuts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reset", [False, True], ids=["end", "reset"])
def test_a_cut_at_each_event(asking: Asking, reset: bool) -> None:
    told = ""
    for at in range(len(asking.stream)):
        got = asking(Reply.stream(asking.stream[:at], end=(Cut(reset=reset),)))
        assert TEXT.startswith(got.text)
        assert len(got.text) >= len(told), "nothing that came is lost"
        told = got.text
        if got.error is not None:
            assert isinstance(got.error, Interrupted)
        else:
            assert (got.text, got.finish) == (TEXT, [FINISHED]), "only what follows the answer may be missing"
        assert len(got.retries) == (not got.text and not got.reasoning), "once more where nothing had come"
    assert told == TEXT


def test_a_wrong_content_length(asking: Asking) -> None:
    size = len(b"".join(asking.stream))
    too_long = asking(whole(asking, length=size + 10))
    assert (too_long.text, too_long.finish, too_long.error) == (TEXT, [FINISHED], None)
    got = asking.broken(Interrupted, whole(asking, length=size // 2))
    assert TEXT.startswith(got.text)


def test_gzip_that_nobody_asked_for(asking: Asking) -> None:
    body = gzip.compress(b"".join(asking.stream))
    for data in (body, body[:-8]):
        got = asking(Reply(200, {"Content-Encoding": "gzip"}, (Send(data),)))
        assert (got.text, got.error) == (TEXT, None)
    asking.broken(Interrupted, Reply(200, {"Content-Encoding": "gzip"}, (Send(b"no gzip"),)))


# --- refusals ---------------------------------------------------------------------------------------------


def test_an_error_in_a_reply_of_200(asking: Asking) -> None:
    error = {"code": "The service is currently unavailable", "error": f"Timed out waiting for {KEY}"}
    got = asking.broken(ServerTrouble, *[Reply.json(error)] * 4)
    assert MASK in str(got.error)
    assert len(got.retries) == 3
    assert asking(Reply.json(error), whole(asking)).text == TEXT


def test_a_web_page_of_502(asking: Asking) -> None:
    page = "<html><head><style>p{}</style><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"
    got = asking.broken(ServerTrouble, Reply.text(page, 502, "text/html"))
    assert "502 Bad Gateway cloudflare" in str(got.error)
    assert "<" not in str(got.error)
    assert [retry.attempt for retry in got.retries] == [1, 2, 3]


@pytest.mark.parametrize("reads_body", [True, False])
def test_a_picture_that_is_too_large(asking: Asking, reads_body: bool) -> None:
    reply = Reply.text("<h1>413 Request Entity Too Large</h1>", 413, "text/html")
    got = asking(replace(reply, reads_body=reads_body), picture=PICTURE)
    assert isinstance(got.error, (RequestTooLarge, Interrupted)), "a server that does not listen may just hang up"
    assert "smaller pictures" in str(got.error)
    assert got.retries == []
    if reads_body:
        assert isinstance(got.error, RequestTooLarge)


def test_a_rate_limit_in_seconds(asking: Asking) -> None:
    got = asking(Reply.json({"error": "slow"}, 429, {"Retry-After": "7"}), whole(asking))
    assert got.text == TEXT
    assert asking.waits == [7.0]
    assert [retry.seconds for retry in got.retries] == [7.0]


def test_a_rate_limit_as_a_date(asking: Asking) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    dates = {
        "Date": format_datetime(now, usegmt=True),
        "Retry-After": format_datetime(now + timedelta(seconds=20), usegmt=True),
    }
    got = asking(Reply.json({"error": "slow"}, 429, dates), whole(asking))
    assert got.text == TEXT
    assert 19 <= asking.waits[0] <= 21


def test_a_rate_limit_in_concurreds_words(asking: Asking) -> None:
    error = {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Rate limit exceeded", "details": {"retryAfter": 30}}}
    assert asking(Reply.json(error, 429), whole(asking)).text == TEXT
    assert asking.waits == [30.0]


def test_a_long_wait_is_left_to_the_person(asking: Asking) -> None:
    got = asking.broken(RateLimited, Reply.json({"error": "slow"}, 429, {"Retry-After": "3600"}))
    assert "in 60 minutes" in str(got.error)
    assert got.retries == []


def test_an_error_after_the_first_piece_is_never_tried_again(asking: Asking) -> None:
    error = b'data: {"error":{"code":"rate_limit_exceeded","message":"slow down"}}\n\n'
    got = asking.broken(RateLimited, Reply.stream([*asking.stream[:-4], error]))
    assert got.text
    assert got.retries == []
    assert len(asking.server.requests) == 1


# --- the way there ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_key_does_not_follow_a_redirect(asking: Asking, status: int) -> None:
    with ScriptedServer() as elsewhere:
        to = f"{elsewhere.url}{PATHS[asking.dialect]}"
        got = asking.broken(RequestRefused, Reply(status=status, headers={"Location": to}))
        assert to in str(got.error)
        assert elsewhere.requests == []


def test_a_certificate_that_nobody_vouches_for(asking: Asking) -> None:
    with ScriptedServer(tls=True) as secured:
        asking.url = secured.url
        got = asking.broken(NotTrusted, whole(asking))
        assert "issued by Testing CA" in str(got.error)
        assert secured.requests == []


def test_a_proxy_that_wants_a_password(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, asking.server.url)
    refusal = Reply.text("Proxy Authentication Required", 407)
    asking.server.on("CONNECT", "acme.invalid:443", refusal)
    asking.server.on("POST", f"http://acme.invalid{PATHS[asking.dialect]}", refusal)
    for scheme, kind in (("https", NotReachable), ("http", RequestRefused)):
        asking.url = f"{scheme}://acme.invalid"
        got = asking.broken(kind, refusal)
        assert "requires authentication (407)" in str(got.error)
        assert got.retries == []
    assert "authorization" not in asking.server.requests[0].headers, "the key is for the server behind the proxy"
