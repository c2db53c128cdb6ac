"""The sockets under a question, held so that Stop can shut them down, and everything else that its connection needs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress

_CLEARING_UP = ("response_closed", "close")


class Wire:
    """Learns of sockets through httpx's ``trace`` and cuts them from any thread.

    It keeps a duplicate of each socket: TLS detaches the original, and a duplicate made before the handshake shuts
    the same connection down. A connection to an address that ``may_lead_to`` refuses is cut before anything is sent.
    Two threads use a wire, the one that opens the connection and the one that waits for it: each ``hold``s it and
    lets go, and whoever lets go last closes what was given to ``owned``.
    Source: https://www.python-httpx.org/advanced/extensions/#trace
    """

    def __init__(self, may_lead_to: Callable[[str], bool] | None = None) -> None:
        self._may_lead_to = may_lead_to
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._holders = 0
        self._cut = False
        self._timer: threading.Timer | None = None
        self.owned = ExitStack()
        self.over = False
        """True once nothing more is needed: however the connection ends then, it is no error."""
        self.step = ""
        """What was begun last, or failed, in httpcore's words: connect_tcp, start_tls, send_request_body, ..."""
        self._step_began = time.monotonic()
        self.refused = False
        """True once a connection was cut for where it leads to."""
        self.has_sent = False
        """True once the first bytes of a request may have left."""

    def hold(self) -> None:
        with self._lock:
            self._holders += 1

    def let_go(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders:
                return
        self.owned.close()
        self._close()

    def trace(self, name: str, info: Mapping[str, object]) -> None:
        """httpx's callback: ``name`` is like "connection.connect_tcp.complete"."""
        _, _, event = name.partition(".")
        step, _, state = event.rpartition(".")
        if state == "started":
            if step not in _CLEARING_UP:
                self.step, self._step_began = step, time.monotonic()
                self.has_sent = self.has_sent or _is_request(step, info)
        elif event == "connect_tcp.complete":
            stream = info["return_value"]
            connection = stream.get_extra_info("socket")  # type: ignore[attr-defined]  # httpcore.NetworkStream
            self._keep(connection)
            if self._may_lead_to is not None and not self._may_lead_to(connection.getpeername()[0]):
                self.refused = True
                self.cut()

    def connecting_seconds(self) -> float | None:
        """How long the present step on the way to the server has taken: looking up its name and connecting, asking a
        proxy, or securing the connection. None once the request is on its way."""
        return None if self.has_sent else time.monotonic() - self._step_began

    def cut(self) -> None:
        """Wake whoever reads or writes; a connection that is made later is cut at once."""
        with self._lock:
            self._cut = True
            for held in self._sockets:
                _shut_down(held)

    def end_within(self, seconds: float) -> None:
        """Nothing more is needed: let the other side finish, but not longer."""
        with self._lock:
            if self._timer is None and not self._cut:
                self.over = True
                self._timer = threading.Timer(seconds, self.cut)
                self._timer.name, self._timer.daemon = "last words", True
                self._timer.start()

    def go_on(self) -> None:
        """More is needed after all: the clock stops, unless it has run out."""
        with self._lock:
            if self._timer is not None and not self._cut:
                self._timer.cancel()
                self._timer, self.over = None, False

    def _close(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            for held in self._sockets:
                held.close()
            self._sockets.clear()

    def _keep(self, connection: socket.socket) -> None:
        held = connection.dup()
        with self._lock:
            self._sockets.append(held)
            if self._cut:
                _shut_down(held)


def _is_request(step: str, info: Mapping[str, object]) -> bool:
    """False also for what only asks a proxy for the way."""
    return step.startswith("send_request") and getattr(info.get("request"), "method", b"") != b"CONNECT"


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was first
        connection.shutdown(socket.SHUT_RDWR)
