"""A scriptable HTTP or HTTPS server on loopback: real sockets, every way a server can misbehave.

    from tests.support.servers.replies import Reply
    from tests.support.servers.server import ScriptedServer
    from tests.support.servers.streams import responses_stream

    with ScriptedServer() as server:
        server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))
        ... ask ``server.url`` ...
        assert server.requests[-1].json["model"] == "grok-4.5"

A route has a list of replies: each request takes the next one, the last one serves for ever. ``replies.py`` says
what a reply is, ``streams.py`` builds the bodies of xAI and its relatives, ``serve.py`` is the command line.
"""

from __future__ import annotations

import io
import select
import socket
import socketserver
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.servers.replies import Cut, Pause, ReceivedRequest, Reply, Responder, Send, Stall, Step

PATIENCE = 10.0
"""Seconds a test waits for what must happen before it fails."""


class ScriptedServer:
    """Listens from ``__enter__`` to ``__exit__``; leaves no thread and no socket behind.

    ``tls``: speak HTTPS with a certificate of a fresh authority (``client_context``, ``ca_file``).
    ``stalls_handshake``: accept connections and never answer the TLS hello.
    """

    def __init__(self, *, port: int = 0, tls: bool = False, stalls_handshake: bool = False) -> None:
        self._routes: dict[tuple[str, str], list[Reply | Responder]] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._waiting: set[socket.socket] = set()
        self._connections: set[socket.socket] = set()
        self._stalls = 0
        self._departures = 0
        self._failures: list[BaseException] = []
        self.requests: list[ReceivedRequest] = []
        """Every request so far, in the order of arrival."""
        self.stalls_handshake = stalls_handshake
        self.context: ssl.SSLContext | None = None
        self.ca_pem = b""
        if tls:
            self.context, self.ca_pem = _authority()
        self._server = _Listener(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="scripted-server")

    # --- for the test ----------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        secure = self.context is not None or self.stalls_handshake
        return f"{'https' if secure else 'http'}://127.0.0.1:{self.port}"

    def client_context(self) -> ssl.SSLContext:
        """Trusts this server and no other."""
        return ssl.create_default_context(cadata=self.ca_pem.decode())

    def write_ca(self, folder: Path) -> Path:
        """The authority as a PEM file: what SSL_CERT_FILE of another process may name."""
        file = folder / "scripted-server-ca.pem"
        file.write_bytes(self.ca_pem)
        return file

    def on(self, method: str, path: str, *replies: Reply | Responder) -> None:
        """Script a route anew. A responder computes its reply from the request."""
        assert replies
        with self._changed:
            self._routes[method, path] = list(replies)

    def release(self) -> None:
        """Let everybody go on who stalls now."""
        with self._changed:
            for waiting in self._waiting:
                waiting.send(b"!")

    def wait_for_requests(self, count: int = 1) -> list[ReceivedRequest]:
        """Wait until so many requests have come in since the start."""
        self._wait(lambda: len(self.requests) >= count, f"{count} requests")
        return self.requests

    def wait_until_stalled(self, count: int = 1) -> None:
        """Wait until a reply (or a handshake) has run into a Stall so many times since the start."""
        self._wait(lambda: self._stalls >= count, f"{count} stalls")

    def wait_until_client_left(self, count: int = 1) -> None:
        """Wait until clients have hung up during a Pause or Stall so many times since the start."""
        self._wait(lambda: self._departures >= count, f"{count} departures")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        with self._changed:
            self._closing = True
            for connection in self._connections:
                with suppress(OSError):  # the client has left already
                    connection.shutdown(socket.SHUT_RDWR)
        self.release()
        self._server.server_close()
        self._thread.join()
        if error is None and self._failures:
            raise AssertionError("the scripted server failed") from self._failures[0]

    # --- for the connections ---------------------------------------------------------------------------

    def received(self, request: ReceivedRequest) -> None:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    def take(self, method: str, path: str) -> Reply | Responder:
        with self._changed:
            replies = self._routes.get((method, path))
            if replies is None:
                return Reply.json({"error": f"nothing is scripted for {method} {path}"}, 404)
            return replies.pop(0) if len(replies) > 1 else replies[0]

    @contextmanager
    def connected(self, connection: socket.socket) -> Iterator[None]:
        with self._changed:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._changed:
                self._connections.discard(connection)

    def hold(self, connection: socket.socket | None, seconds: float | None) -> bool:
        """Wait for the time, the release (``seconds`` None), or the close. False: closing, or ``connection`` ended."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            with self._changed:
                if self._closing:
                    return False
                self._waiting.add(theirs)
                if seconds is None:
                    self._stalls += 1
                    self._changed.notify_all()
            watched = [ours] if connection is None else [ours, connection]
            ready, _, _ = select.select(watched, [], [], seconds)
            with self._changed:
                self._waiting.discard(theirs)
                left = connection in ready
                if left:
                    self._departures += 1
                    self._changed.notify_all()
                return not left and not self._closing

    def failed(self, error: BaseException) -> None:
        self._failures.append(error)

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(reached, PATIENCE), f"waited {PATIENCE} s for {what}"


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], owner: ScriptedServer) -> None:
        self.owner = owner
        super().__init__(address, _Connection)

    def finish_request(self, request: object, client_address: object) -> None:
        """On the connection's own thread, so that a slow handshake holds nobody else up."""
        assert isinstance(request, socket.socket)
        if self.owner.stalls_handshake:
            request.recv(65536)  # the hello: from now on only a hang-up makes the socket readable
            self.owner.hold(request, None)
        elif self.owner.context is None:
            self._serve(request, client_address)
        else:
            try:
                secured = self.owner.context.wrap_socket(request, server_side=True)
            except OSError:
                return  # the client does not trust us, or has left
            with secured:
                self._serve(secured, client_address)

    def _serve(self, connection: socket.socket, client_address: object) -> None:
        with self.owner.connected(connection):
            _Connection(connection, client_address, self)

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):  # OSError: the client has left
            self.owner.failed(error)


class _Left(OSError):
    """The client hung up, or the script ends the connection."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener
    connection: socket.socket

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        path = self.path.partition("?")[0]
        taken = self.server.owner.take(self.command, path)
        reads = not isinstance(taken, Reply) or taken.reads_body
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) if reads else b""
        request = ReceivedRequest(self.command, path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.server.owner.received(request)
        reply = taken if isinstance(taken, Reply) else taken(request)
        try:
            self._answer(reply)
        except _Left:
            self.close_connection = True

    def _answer(self, reply: Reply) -> None:
        self._watched = self.connection if reply.reads_body else None  # an unread body looks like a hang-up
        for step in reply.before:
            self._run(step, chunked=False)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        chunked = reply.framing == "chunked"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.framing == "length":
            true = sum(len(step.data) for step in reply.steps if isinstance(step, Send))
            self.send_header("Content-Length", str(true if reply.length is None else reply.length))
        if reply.framing == "until close" or reply.length is not None or not reply.reads_body:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        for step in reply.steps:
            self._run(step, chunked)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _run(self, step: Step, chunked: bool) -> None:
        match step:
            case Send(data):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
            case Pause(seconds):
                if not self.server.owner.hold(self._watched, seconds):
                    raise _Left
            case Stall():
                if not self.server.owner.hold(self._watched, None):
                    raise _Left
            case Cut(reset):
                if reset:  # closing with no time to linger sends a reset
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.rfile = io.BytesIO()  # it keeps the socket open
                    self.connection.close()
                raise _Left

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  (the base class names it so)
        """Requests are in ``requests``; nothing is printed."""


def _authority() -> tuple[ssl.SSLContext, bytes]:
    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context, authority.cert_pem.bytes()
