"""Real sockets: what arrives, what each failure is called, and how fast Stop is."""

from __future__ import annotations

import gc
import gzip
import logging
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    Cancelled,
    GrokDeskError,
    Interrupted,
    NotPossibleHere,
    NotReachable,
    NotTrusted,
    TimedOut,
    UsageError,
)
from grokdesk.model import Connection
from grokdesk.providers.formats.protocol import HttpRequest
from grokdesk.providers.http.transport import Timeouts, Transport
from grokdesk.providers.http.trust import SystemTrust
from grokdesk.providers.http.wire import Wire
from tests.support.servers.replies import Cut, Pause, Reply, Send, Stall, Step
from tests.support.servers.server import PATIENCE, ScriptedServer

PROMPT = 0.2
"""Seconds within which Stop has to be felt. The servers here stall until the test lets them go."""

ASK = {"model": "m", "text": "Grüße"}


def transport_to(server: ScriptedServer, timeouts: Timeouts | None = None) -> Transport:
    return Transport(timeouts or Timeouts(), server.client_context if server.context else None)


def read(transport: Transport, request: HttpRequest, cancel: CancelSwitch | None = None) -> bytes:
    with transport.stream(request, {}, cancel or CancelSwitch()) as reply:
        return b"".join(reply.chunks)


def post(url: str, body: dict[str, object] | None = None) -> HttpRequest:
    return HttpRequest("POST", url, body or ASK)


@pytest.fixture(autouse=True)
def no_open_sockets() -> Iterator[None]:
    """Every test ends without a thread of ours and without an open socket (an unclosed one is a warning: an error)."""
    yield
    for thread in threading.enumerate():
        if thread.name == "opening":
            thread.join(PATIENCE)
            assert not thread.is_alive()
    gc.collect()


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[ScriptedServer]:
    with ScriptedServer(tls=request.param) as server:
        yield server


@pytest.fixture
def plain() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def test_a_request_arrives_as_it_was_built(server: ScriptedServer) -> None:
    server.on("POST", "/v1/x", Reply.json({"ok": True}))
    request = HttpRequest("POST", f"{server.url}/v1/x", ASK, accept="text/event-stream")
    with transport_to(server).stream(request, {"Authorization": "Bearer k"}, CancelSwitch()) as reply:
        assert (reply.status, reply.content_type) == (200, "application/json")
        assert b"".join(reply.chunks) == b'{"ok": true}'
    (received,) = server.requests
    assert received.json == ASK
    assert received.headers["authorization"] == "Bearer k"
    assert received.headers["accept"] == "text/event-stream"
    assert received.headers["accept-encoding"] == "identity"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"].startswith("GrokDesk/")


def test_a_get_has_no_body(plain: ScriptedServer) -> None:
    plain.on("GET", "/v1/models", Reply.json([]))
    assert read(Transport(), HttpRequest("GET", f"{plain.url}/v1/models")) == b"[]"
    assert "content-type" not in plain.requests[0].headers
    assert plain.requests[0].body == b""


def test_pieces_come_as_they_are_sent(server: ScriptedServer) -> None:
    server.on("POST", "/v1/x", Reply.stream([b"one"], end=(Stall(), Send(b"two"))))
    with transport_to(server).stream(post(f"{server.url}/v1/x"), {}, CancelSwitch()) as reply:
        chunks = reply.chunks
        assert next(chunks) == b"one"
        server.wait_until_stalled()
        server.release()
        assert list(chunks) == [b"two"]


def test_a_server_that_insists_on_gzip_is_understood(plain: ScriptedServer) -> None:
    body = gzip.compress(b"data: hi\n\n")
    plain.on("POST", "/v1/x", Reply(headers={"Content-Encoding": "gzip"}, steps=(Send(body),)))
    assert read(Transport(), post(f"{plain.url}/v1/x")) == b"data: hi\n\n"


def test_broken_gzip_is_an_interrupted_answer(plain: ScriptedServer) -> None:
    plain.on("POST", "/v1/x", Reply(headers={"Content-Encoding": "gzip"}, steps=(Send(b"not gzip"),)))
    with pytest.raises(Interrupted):
        read(Transport(), post(f"{plain.url}/v1/x"))


def test_a_redirect_is_not_followed(plain: ScriptedServer) -> None:
    plain.on("POST", "/v1/x", Reply(status=307, headers={"Location": "/v1/y"}))
    with Transport().stream(post(f"{plain.url}/v1/x"), {"Authorization": "Bearer k"}, CancelSwitch()) as reply:
        assert (reply.status, reply.headers["location"]) == (307, "/v1/y")
    assert [request.path for request in plain.requests] == ["/v1/x"]


# --- failures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply.stream([b"one"], end=(Cut(),)), "lost during the answer"),
        (Reply.stream([b"one"], end=(Cut(reset=True),)), "lost during the answer"),
        (Reply(steps=(Send(b"abc"),), length=10), "lost during the answer"),
        (Reply(before=(Cut(),)), "closed the connection without answering"),
        (Reply(before=(Cut(reset=True),)), "closed the connection without answering"),
        (Reply(before=(Send(b"SMTP ready\r\n"), Cut())), "closed the connection without answering"),
    ],
    ids=["end", "reset", "short", "no reply", "reset before", "not http"],
)
def test_a_broken_connection_is_an_interruption(server: ScriptedServer, reply: Reply, words: str) -> None:
    server.on("POST", "/v1/x", reply)
    with pytest.raises(Interrupted, match=words):
        read(transport_to(server), post(f"{server.url}/v1/x"))


def test_what_came_before_a_cut_was_delivered(plain: ScriptedServer) -> None:
    plain.on("POST", "/v1/x", Reply.stream([b"one", b"two"], end=(Cut(),)))
    with Transport().stream(post(f"{plain.url}/v1/x"), {}, CancelSwitch()) as reply:
        chunks = reply.chunks
        assert (next(chunks), next(chunks)) == (b"one", b"two")
        with pytest.raises(Interrupted):
            next(chunks)


def test_a_server_that_hangs_up_on_a_large_question_gets_smaller_pictures(plain: ScriptedServer) -> None:
    plain.on("POST", "/v1/x", Reply(before=(Cut(),)))
    with pytest.raises(Interrupted) as caught:
        read(Transport(), post(f"{plain.url}/v1/x", {"picture": "x" * 2_000_000}))
    assert "2.0 MB" in caught.value.hint


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NotReachable, match=f"127.0.0.1:{port} refused the connection"):
        read(Transport(), post(f"http://127.0.0.1:{port}/v1/x"))


def test_a_name_without_an_address() -> None:
    with pytest.raises(NotReachable, match=r"nowhere\.invalid was not found"):
        read(Transport(), post("http://nowhere.invalid/v1/x"))


def test_certificates_that_cannot_be_read() -> None:
    def broken() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(__file__)
        return context

    with pytest.raises(NotTrusted, match="trusted certificates of this computer"):
        read(Transport(trust=broken), post("https://127.0.0.1:1/x"))


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http://", "nonsense", "http://a\x00b/"])
def test_no_address(url: str) -> None:
    with pytest.raises(UsageError):
        read(Transport(), post(url))


def test_a_silent_server_times_out(server: ScriptedServer) -> None:
    server.on("POST", "/v1/x", Reply.stream([], end=(Stall(),)), Reply(before=(Stall(),)))
    transport = transport_to(server, Timeouts(idle=0.05))
    for _ in range(2):
        with pytest.raises(TimedOut, match=r"for 0\.05 s"):
            read(transport, post(f"{server.url}/v1/x"))


def test_an_upload_that_gets_stuck_times_out(plain: ScriptedServer) -> None:
    plain.on("POST", "/v1/x", Reply(before=(Stall(),), reads_body=False))
    with pytest.raises(TimedOut, match=r"Upload to .* timed out") as caught:
        read(Transport(Timeouts(write=0.05)), post(f"{plain.url}/v1/x", {"picture": "x" * 20_000_000}))
    assert "20.0 MB" in caught.value.hint


def test_a_handshake_that_gets_stuck_times_out() -> None:
    with ScriptedServer(stalls_handshake=True) as server:
        transport = Transport(Timeouts(connect=0.05), lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        with pytest.raises(TimedOut, match="Secure connection to"):
            read(transport, post(f"{server.url}/v1/x"))


def test_an_untrusted_certificate_is_named_with_its_reason() -> None:
    with ScriptedServer(tls=True) as server, pytest.raises(NotTrusted, match=r"certificate of 127\.0\.0\.1") as caught:
        read(Transport(), post(f"{server.url}/v1/x"))
    assert re.match(r"Reason: .*certificate", caught.value.hint)


def test_a_server_that_speaks_no_tls(plain: ScriptedServer) -> None:
    with pytest.raises(NotTrusted, match="Could not establish a secure connection") as caught:
        read(Transport(), post(plain.url.replace("http:", "https:") + "/v1/x"))
    assert "http://" in caught.value.hint


def test_a_server_that_hangs_up_during_the_handshake() -> None:
    with ScriptedServer(stalls_handshake=True) as server:
        outcome = in_thread(lambda: read(Transport(), post(f"{server.url}/v1/x")))
        server.wait_until_stalled()
        server.release()
        with pytest.raises(NotReachable, match="closed the connection during the TLS handshake"):
            outcome()


# --- proxies ----------------------------------------------------------------------------------------------


def test_a_proxy_of_the_environment_is_used_for_others_and_never_for_this_computer(
    plain: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.on("POST", "/v1/x", Reply.text("direct"))
    plain.on("POST", "http://example.invalid/v1/x", Reply.text("by proxy"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, plain.url)
    assert read(Transport(), post("http://example.invalid/v1/x")) == b"by proxy"
    assert read(Transport(), post(f"{plain.url}/v1/x")) == b"direct"
    assert read(Transport(), post(f"http://localhost:{plain.port}/v1/x")) == b"direct"


def test_a_proxy_that_refuses(plain: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", plain.url)
    plain.on("CONNECT", "example.invalid:443", Reply.text("no", status=502), Reply.text("no", status=407))
    with pytest.raises(NotReachable, match=r"proxy could not connect to example\.invalid"):
        read(Transport(), post("https://example.invalid/v1/x"))
    with pytest.raises(NotReachable, match=r"requires authentication \(407\)") as caught:
        read(Transport(), post("https://example.invalid/v1/x"))
    assert not caught.value.retryable, "it would refuse again"


@pytest.mark.parametrize("proxy", ["gopher://127.0.0.1:70", "http://[::1"])
def test_a_proxy_of_an_unusable_kind(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(NotPossibleHere, match="proxy"):
        read(Transport(), post("https://example.invalid/v1/x"))


# --- Stop -------------------------------------------------------------------------------------------------


def in_thread(work: Callable[[], object]) -> Callable[[], object]:
    """Start the work; the function that is given back waits for it, and returns or raises what it did."""
    results: list[object] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  (raised again by whoever waits)
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    def outcome() -> object:
        thread.join(PATIENCE)
        assert not thread.is_alive()
        if errors:
            raise errors[0]
        return results[0]

    return outcome


@contextmanager
def prompt() -> Iterator[None]:
    """Raises Cancelled, and soon."""
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        yield
    assert time.monotonic() - begun < PROMPT


@pytest.mark.parametrize(
    "reply",
    [
        Reply(before=(Stall(),)),
        Reply.stream([], end=(Stall(),)),
        Reply.stream([b"one", b"two"], end=(Stall(),)),
        Reply(steps=(Send(b"one"), Stall()), framing="until close"),
        Reply(steps=(Send(b"one"), Stall()), length=1000),
        Reply(before=(Stall(),), reads_body=False),
    ],
    ids=["before headers", "after headers", "mid-stream", "until close", "with length", "upload"],
)
def test_stop_wakes_whoever_waits(server: ScriptedServer, reply: Reply) -> None:
    server.on("POST", "/v1/x", reply)
    cancel = CancelSwitch()
    received: list[bytes] = []

    def work() -> None:
        body: dict[str, object] = {"picture": "x" * 20_000_000} if not reply.reads_body else {}
        with transport_to(server).stream(post(f"{server.url}/v1/x", body), {}, cancel) as answer:
            received.extend(answer.chunks)

    outcome = in_thread(work)
    server.wait_until_stalled()
    with prompt():
        cancel.throw()
        outcome()
    if reply.reads_body:
        server.wait_until_client_left()
    assert b"".join(received) in {b"", b"one", b"onetwo"}


def test_text_that_came_before_stop_was_delivered(server: ScriptedServer) -> None:
    server.on("POST", "/v1/x", Reply.stream([b"one", b"two"], end=(Stall(),)))
    cancel = CancelSwitch()
    with transport_to(server).stream(post(f"{server.url}/v1/x"), {}, cancel) as reply:
        chunks = reply.chunks
        assert next(chunks) == b"one"
        assert next(chunks) == b"two"
        waiting = in_thread(lambda: next(chunks))
        server.wait_until_stalled()
        with prompt():
            cancel.throw()
            waiting()


def test_stop_wakes_a_stalled_handshake() -> None:
    with ScriptedServer(stalls_handshake=True) as server:
        cancel = CancelSwitch()
        outcome = in_thread(lambda: read(Transport(), post(f"{server.url}/v1/x"), cancel))
        server.wait_until_stalled()
        with prompt():
            cancel.throw()
            outcome()
        server.wait_until_client_left()


windows_refuses = pytest.mark.skipif(sys.platform == "win32", reason="a full queue refuses there")


@windows_refuses
def test_stop_does_not_wait_for_a_connection_that_does_not_come() -> None:
    with full_listener() as port:
        cancel = CancelSwitch()
        started = threading.Event()

        def work() -> bytes:
            started.set()
            return read(Transport(Timeouts(connect=2.0)), post(f"http://127.0.0.1:{port}/v1/x"), cancel)

        outcome = in_thread(work)
        assert started.wait(PATIENCE)
        wait_for_thread("opening")
        with prompt():
            cancel.throw()
            outcome()


@contextmanager
def full_listener() -> Iterator[int]:
    """A port whose queue is full: the system neither accepts nor refuses another connection."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@windows_refuses
def test_a_connection_that_does_not_come_times_out() -> None:
    transport = Transport(Timeouts(connect=0.05))
    words = r"Connection to .* timed out after 0\.05 s"
    with full_listener() as port, pytest.raises(TimedOut, match=words):
        read(transport, post(f"http://127.0.0.1:{port}/v1/x"))


def test_looking_up_a_name_is_a_part_of_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def slow(*_arguments: object, **_more: object) -> object:
        answered.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    began = time.monotonic()
    with pytest.raises(TimedOut, match=r"acme\.example"):
        read(Transport(Timeouts(connect=0.1)), post("https://acme.example/v1/x"))
    assert time.monotonic() - began < PATIENCE / 2
    answered.set()
    for thread in threading.enumerate():
        if thread.name == "opening":
            thread.join(PATIENCE)


def test_a_proxy_that_never_answers_is_a_connection_that_does_not_come(plain: ScriptedServer) -> None:
    plain.on("CONNECT", "acme.invalid:443", Reply(before=(Stall(),)))
    with (
        pytest.raises(TimedOut, match=r"acme\.invalid"),
        Transport(Timeouts(connect=0.2)).stream(
            post("https://acme.invalid/v1/x"), {}, CancelSwitch(), connection=Connection(proxy=plain.url)
        ),
    ):
        pytest.fail("it was sent")


def test_an_answer_may_take_longer_than_connecting(server: ScriptedServer) -> None:
    server.on("POST", "/v1/x", Reply(before=(Pause(0.5),), steps=(Send(b"fine"),)))
    transport = Transport(Timeouts(connect=0.2), trust=server.client_context if server.context else None)
    assert read(transport, post(f"{server.url}/v1/x")) == b"fine"


def test_a_connection_that_is_made_after_the_cut_is_cut_at_once() -> None:
    ours, theirs = socket.socketpair()

    class Stream:
        def get_extra_info(self, name: str) -> socket.socket:
            assert name == "socket"
            return ours

    with ours, theirs:
        wire = Wire()
        wire.hold()
        wire.cut()
        wire.trace("connection.connect_tcp.complete", {"return_value": Stream()})
        assert theirs.recv(1) == b""
        wire.let_go()


def wait_for_thread(name: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not any(thread.name == name for thread in threading.enumerate()):
        assert time.monotonic() < deadline


def test_a_switch_thrown_beforehand_sends_nothing(plain: ScriptedServer) -> None:
    cancel = CancelSwitch()
    cancel.throw()
    with prompt():
        read(Transport(), post(f"{plain.url}/v1/x"), cancel)
    assert plain.requests == []


def test_leaving_the_block_early_closes_the_connection(plain: ScriptedServer) -> None:
    plain.on("POST", "/v1/x", Reply.stream([b"one"], end=(Stall(),)))
    with Transport().stream(post(f"{plain.url}/v1/x"), {}, CancelSwitch()) as reply:
        assert next(reply.chunks) == b"one"
    plain.wait_until_client_left()


def test_a_stalled_handshake_holds_no_other_question_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """truststore's contexts hold a lock during the handshake."""
    with ScriptedServer(tls=True) as good, ScriptedServer(stalls_handshake=True) as stalling:
        good.on("POST", "/v1/x", Reply.text("fine"))
        monkeypatch.setenv("SSL_CERT_FILE", str(good.write_ca(tmp_path)))
        for trust in (SystemTrust().context, truststores):
            transport = Transport(trust=trust)
            cancel = CancelSwitch()
            before = stalling._stalls
            stuck = in_thread(lambda t=transport, c=cancel: read(t, post(f"{stalling.url}/v1/x"), c))  # type: ignore[misc]
            stalling.wait_until_stalled(before + 1)
            assert read(transport, post(f"{good.url}/v1/x")) == b"fine"
            cancel.throw()
            with pytest.raises(Cancelled):
                stuck()


def test_without_a_known_file_of_certificates_the_operating_system_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import truststore

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    trust = SystemTrust()
    assert type(trust.context()) is truststore.SSLContext
    assert trust.context() is not trust.context()


def truststores() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def test_warming_up_makes_the_first_question_no_different(server: ScriptedServer) -> None:
    server.on("POST", "/v1/x", Reply.text("fine"))
    transport = transport_to(server)
    transport.warm_up()
    assert read(transport, post(f"{server.url}/v1/x")) == b"fine"


# --- secrets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [(), (Cut(),), (Cut(reset=True),)], ids=["whole", "cut", "reset"])
def test_no_log_at_any_level_and_no_error_holds_a_header(
    server: ScriptedServer, ending: tuple[Step, ...], caplog: pytest.LogCaptureFixture
) -> None:
    key = "xai-PLANTED0123456789"
    server.on("POST", "/v1/x", Reply.stream([b"one"], end=ending))
    errors: list[BaseException | None] = []
    with caplog.at_level(logging.DEBUG):
        try:
            with transport_to(server).stream(
                post(f"{server.url}/v1/x"), {"Authorization": f"Bearer {key}"}, CancelSwitch()
            ) as reply:
                list(reply.chunks)
        except GrokDeskError as error:
            errors += [error, error.__cause__]
    assert server.requests[0].headers["authorization"] == f"Bearer {key}"
    assert caplog.records
    assert bool(errors) == bool(ending)
    assert key not in caplog.text
    assert key not in "".join(f"{error!r} {error}" for error in errors)
