"""What can go wrong between a question and its answer, as one table: what is done to the question, what is told of it.

    fault = faults(RESPONSES)[0]
    with at_work(fault) as scene:
        ... ask ``scene.base_url`` in ``fault.speech`` ...
        assert scene.filled(fault.title) is shown

Sentences may name ``{host}``, the server as a person knows it, and ``{elsewhere}``, where a redirect leads to.
"""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from grokdesk.model import CUT, FAILED, FINISHED, DialectName
from tests.support.servers.arrival import byte_by_byte
from tests.support.servers.replies import Cut, ReceivedRequest, Reply, Responder, Send, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, event, pieces, responses_stream

KEY = "Planted.0123456789.abcdef"
"""In no shape that a key is recognised by: it can only be masked by whoever knows it."""
TEXT = "Two pears."
HALF = "".join(pieces(TEXT)[:2])


@dataclass(frozen=True, slots=True)
class Speech:
    """A dialect, and an answer in it."""

    dialect: DialectName
    path: str
    events: tuple[bytes, ...]
    delta: bytes
    """What only an event with a piece of the text holds."""
    end: bytes
    """What the event holds that ends the answer."""

    def count(self, text: str) -> int:
        """How many events it takes until so much text has come."""
        deltas = [at for at, event in enumerate(self.events) if self.delta in event]
        return deltas[len(pieces(text)) - 1] + 1

    def text_of(self, count: int) -> str:
        """What the first events say."""
        told = sum(self.delta in event for event in self.events[:count])
        return "".join(pieces(TEXT)[:told])

    def stream(self, count: int | None = None, *, ending: Stall | Cut | None = None) -> Reply:
        return Reply.stream(self.events[:count], end=() if ending is None else (ending,))

    def whole(self, **changes: object) -> Reply:
        """All events at once, with a Content-Length."""
        reply = Reply(200, {"Content-Type": "text/event-stream"}, (Send(b"".join(self.events)),))
        return replace(reply, **changes)  # type: ignore[arg-type]  # the fields of Reply


CHAT = Speech("chat-completions", "/v1/chat/completions", tuple(chat_stream(TEXT)), b'"content":', b"finish_reason")
RESPONSES = Speech(
    "xai-responses", "/v1/responses", tuple(responses_stream(TEXT)), b"output_text.delta", b"response.completed"
)

Place = Literal["there", "secured", "not secured", "behind a proxy", "nowhere", "unknown"]


@dataclass(frozen=True, slots=True)
class Fault:
    """``replies`` are one for each request. Without a ``title`` all ends well, and ``kept`` is the whole answer."""

    name: str
    speech: Speech
    replies: tuple[Reply | Responder, ...]
    title: str = ""
    hint: str = ""
    kept: str = ""
    """As much of the answer as stays."""
    place: Place = "there"
    scheme: Literal["http", "https"] = "http"
    """What a proxy is asked for."""
    idle_seconds: int = 0
    """How long the profile lets the server be silent; 0 is the usual time."""
    requests: int = 1
    retried: str = ""
    """Why it is tried again."""
    waits: bool = False
    """Seconds go by until it is given up."""

    @property
    def finish(self) -> str:
        if not self.title:
            return FINISHED
        return CUT if self.kept else FAILED


@dataclass(frozen=True, slots=True)
class Scene:
    """The fault at work. ``base_url`` leads to it, through ``proxy`` if there is one."""

    fault: Fault
    server: ScriptedServer
    elsewhere: ScriptedServer
    """Where a redirect leads to."""
    base_url: str
    proxy: str = "system"

    @property
    def host(self) -> str:
        return self.base_url.split("/")[2]

    def filled(self, sentence: str) -> str:
        return sentence.format(host=self.host, elsewhere=f"{self.elsewhere.url}{self.fault.speech.path}")

    @property
    def profile(self) -> Mapping[str, object]:
        """A saved profile that leads there, as a table of the settings."""
        return {
            "id": "acme",
            "name": self.host,
            "dialect": self.fault.speech.dialect,
            "base_url": self.base_url,
            "model": "grok-4.5",
            "proxy": self.proxy,
            "key_over_http": True,
            "idle_seconds": self.fault.idle_seconds,
        }

    def check_requests(self) -> None:
        """As many as there may be; the key came with each and went nowhere else."""
        reached = self.fault.place in ("there", "behind a proxy")
        assert len(self.server.requests) == (self.fault.requests if reached else 0)
        if self.fault.place == "there":
            assert {request.headers["authorization"] for request in self.server.requests} == {f"Bearer {KEY}"}
        assert self.elsewhere.requests == []


@contextmanager
def at_work(fault: Fault) -> Iterator[Scene]:
    with ExitStack() as stack:
        server = stack.enter_context(ScriptedServer(tls=fault.place == "secured"))
        elsewhere = stack.enter_context(ScriptedServer())
        base_url, proxy, path = f"{server.url}/v1", "system", fault.speech.path
        match fault.place:
            case "not secured":
                base_url = base_url.replace("http://", "https://")
            case "behind a proxy":
                base_url, proxy = f"{fault.scheme}://acme.invalid/v1", server.url
                server.on("CONNECT", "acme.invalid:443", *fault.replies)
                path = f"http://acme.invalid{path}"
            case "nowhere":
                closed = stack.enter_context(socket.socket())
                closed.bind(("127.0.0.1", 0))  # taken, so that nobody else answers there
                base_url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
            case "unknown":
                base_url = "http://nowhere.invalid/v1"
        scene = Scene(fault, server, elsewhere, base_url, proxy)
        server.on("POST", path, *(_leading(reply, scene) for reply in fault.replies))
        yield scene


def _leading(reply: Reply | Responder, scene: Scene) -> Reply | Responder:
    """The reply with the address that a redirect leads to."""
    if isinstance(reply, Reply) and "Location" in reply.headers:
        return replace(reply, headers={"Location": scene.filled(reply.headers["Location"])})
    return reply


def faults(speech: Speech) -> list[Fault]:
    return [*_silences(speech), *_cuts(speech), *_bodies(speech), *_refusals(speech), *_ways(speech)]


def names(table: list[Fault]) -> list[str]:
    return [fault.name for fault in table]


# --- time -------------------------------------------------------------------------------------------------

_SILENT = ("No data from {host} for 1 s.", "Try again, or choose another model.")


def _silences(speech: Speech) -> list[Fault]:
    drip = tuple(map(Send, byte_by_byte(b"".join(speech.events))))
    half = speech.stream(speech.count(HALF), ending=Stall())
    return [
        Fault("stall before the headers", speech, (Reply(before=(Stall(),)),), *_SILENT, idle_seconds=1),
        Fault("stall before the first word", speech, (Reply.stream([], end=(Stall(),)),), *_SILENT, idle_seconds=1),
        # Twice as long, so that a busy machine has time for the half that comes.
        Fault(
            "stall in the middle",
            speech,
            (half,),
            "No data from {host} for 2 s.",
            "Try again, or choose another model.",
            HALF,
            idle_seconds=2,
        ),
        Fault("drip of single bytes", speech, (Reply(200, {}, drip, framing="chunked"),), kept=TEXT),
    ]


# --- cuts -------------------------------------------------------------------------------------------------

_BROKEN = ("The connection to {host} was lost during the answer.", "Try again.")


def _cuts(speech: Speech) -> list[Fault]:
    over = next(at for at, event in enumerate(speech.events) if speech.end in event)
    told = []
    for count in range(len(speech.events)):
        name, reply = f"cut after {count} of {len(speech.events)} events", speech.stream(count, ending=Cut())
        if not speech.text_of(count):  # nothing of the answer came, so it may be asked for once more
            told.append(Fault(name, speech, (reply,), *_BROKEN, requests=2, retried=_BROKEN[0], waits=True))
            continue
        title, hint = _BROKEN if count <= over else ("", "")
        told.append(Fault(name, speech, (reply,), title, hint, speech.text_of(count)))
    hung_up = ("{host} closed the connection without answering.", "Check the base URL, or try again.")
    return [
        *told,
        Fault("cut before the headers", speech, (Reply(before=(Cut(reset=True),)),), *hung_up),
        Fault("reset in the middle", speech, (speech.stream(speech.count(HALF), ending=Cut(True)),), *_BROKEN, HALF),
    ]


# --- bodies that are not what they should be --------------------------------------------------------------


def _bodies(speech: Speech) -> list[Fault]:
    body = b"".join(speech.events)
    half = len(b"".join(speech.events[: speech.count(HALF)]))
    zipped = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
    page = "<html><head><title>Sign in</title></head><body>Welcome to the hotel</body></html>"
    credits_used = {"error": {"code": 402, "message": f"The key {KEY} has insufficient credits"}}
    masked = "The key [redacted] has insufficient credits"
    empty = ("{host} sent an empty answer.", "Try again, or choose another model.")
    return [
        Fault("Content-Length is too long", speech, (speech.whole(length=len(body) + 10),), kept=TEXT),
        Fault(
            "Content-Length is too short",
            speech,
            (speech.whole(length=half),),
            "The answer was cut off.",
            "Try again.",
            HALF,
        ),
        Fault(
            "gzip that nobody asked for",
            speech,
            (speech.whole(headers=zipped, steps=(Send(gzip.compress(body)),)),),
            kept=TEXT,
        ),
        Fault(
            "gzip that is none",
            speech,
            (speech.whole(headers=zipped),),
            *_BROKEN,
            requests=2,
            retried=_BROKEN[0],
            waits=True,
        ),
        Fault(
            "an error as a body of 200",
            speech,
            (Reply.json(credits_used),),
            "{host} reports no credits left.",
            f"Add credits or raise the spending limit there, then try again. Server message: “{masked}”",
        ),
        Fault(
            "a web page as a body of 200",
            speech,
            (Reply.text(page, content_type="text/html"),),
            "{host} returned a web page.",
            "Check the base URL, and whether this network requires you to sign in.",
        ),
        Fault(
            "an error in the middle",
            speech,
            (Reply.stream([*speech.events[: speech.count(HALF)], event({"error": {"code": 429, "message": KEY}})]),),
            "{host} rate-limited the request.",
            "Try again in a moment. Server message: “[redacted]”",
            HALF,
        ),
        Fault(
            "no byte",
            speech,
            (Reply(200, {"Content-Type": "text/event-stream"}),),
            "The connection ended before the answer began.",
            "Try again.",
            requests=2,
            retried="The connection ended before the answer began.",
            waits=True,
        ),
        Fault("an empty answer", speech, (Reply.stream(_without_text(speech)),), *empty),
    ]


def _without_text(speech: Speech) -> tuple[bytes, ...]:
    empty = chat_stream("") if speech is CHAT else responses_stream("")
    return tuple(event for event in empty if speech.delta not in event)


# --- refusals ---------------------------------------------------------------------------------------------


def _refusals(speech: Speech) -> list[Fault]:
    gateway = "<html><head><style>p{}</style><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    entity = "<h1>413 Request Entity Too Large</h1>"
    patient = Reply.text(gateway, 502, "text/html")
    patient = replace(patient, headers={**patient.headers, "Retry-After": "0"})
    return [
        Fault(
            "a web page of 502",
            speech,
            (patient,),
            "{host} is having problems (502).",
            "Try again in 1 second. Server message: “502 Bad Gateway nginx”",
            requests=4,
            retried="{host} is having problems (502).",
        ),
        Fault(
            "413",
            speech,
            (Reply.text(entity, 413, "text/html"),),
            "{host} rejected the request as too large.",
            "Send fewer or smaller pictures, or start a new conversation. "
            "Server message: “413 Request Entity Too Large”",
        ),
        Fault(
            "401",
            speech,
            (Reply.json({"error": {"message": f"Incorrect API key provided: {KEY}."}}, 401),),
            "{host} rejected the key.",
            "Check the key in the settings. Server message: “Incorrect API key provided: [redacted].”",
        ),
        Fault(
            "429 with seconds",
            speech,
            (Reply.json({"error": "slow"}, 429, {"Retry-After": "1"}), speech.stream()),
            kept=TEXT,
            requests=2,
            retried="{host} rate-limited the request.",
        ),
        Fault(
            "429 with a date",
            speech,
            (_until(1), speech.stream()),
            kept=TEXT,
            requests=2,
            retried="{host} rate-limited the request.",
        ),
        Fault(
            "429 for an hour",
            speech,
            (_until(3600),),
            "{host} rate-limited the request.",
            "Try again in 60 minutes. Server message: “slow”",
        ),
        Fault(
            "a redirect to another host",
            speech,
            (Reply(307, {"Location": "{elsewhere}"}),),
            "{host} redirects to another address (307).",
            "The key is not sent there automatically. If you trust this address, use it as the base URL: {elsewhere}",
        ),
    ]


def _until(seconds: int) -> Responder:
    """Slow down, until so many seconds from now."""

    def respond(_request: ReceivedRequest) -> Reply:
        now = datetime.now(UTC).replace(microsecond=0)
        until = now + timedelta(seconds=seconds)
        dates = {"Date": format_datetime(now, usegmt=True), "Retry-After": format_datetime(until, usegmt=True)}
        return Reply.json({"error": "slow"}, 429, dates)

    return respond


# --- the way there ----------------------------------------------------------------------------------------


def _ways(speech: Speech) -> list[Fault]:
    words = "Proxy Authentication Required"
    refusal = Reply.text(words, 407)
    sign_in = "The proxy requires authentication (407)."
    put = "Put the user name and password in HTTPS_PROXY, or ask your administrator."
    tls = "If the server uses plain HTTP, start the base URL with http://."
    start = "Check that the server is running and the port is correct."
    check = "Check the internet connection and the base URL."
    there = (speech.stream(),)
    return [
        Fault(
            "an unknown certificate",
            speech,
            there,
            "The certificate of {host} is not trusted.",
            "Certificate issued by Testing CA",
            place="secured",
        ),
        Fault("no TLS", speech, there, "Could not establish a secure connection to {host}.", tls, place="not secured"),
        Fault("a proxy before a tunnel", speech, (refusal,), sign_in, put, place="behind a proxy", scheme="https"),
        Fault("a proxy", speech, (refusal,), sign_in, f"{put} Server message: “{words}”", place="behind a proxy"),
        Fault("no such name", speech, there, "{host} was not found.", check, place="unknown", waits=True),
        Fault("a closed port", speech, there, "{host} refused the connection.", start, place="nowhere", waits=True),
    ]
