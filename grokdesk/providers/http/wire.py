"""The socket under a question, held so that Stop can shut it down."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

_CLEARING_UP = ("response_closed", "close")


class Wire:
    """Learns of sockets through httpx's ``trace`` and cuts them from any thread.

    It keeps a duplicate of each socket: TLS detaches the original, and a duplicate made before the handshake shuts
    the same connection down. The owner closes the wire at the end. A connection to an address that ``may_lead_to``
    refuses is cut before anything is sent.
    Source: https://www.python-httpx.org/advanced/extensions/#trace
    """

    def __init__(self, may_lead_to: Callable[[str], bool] | None = None) -> None:
        self._may_lead_to = may_lead_to
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._cut = False
        self._timer: threading.Timer | None = None
        self.over = False
        """True once nothing more is needed: however the connection ends then, it is no error."""
        self.step = ""
        """What was begun last, or failed, in httpcore's words: connect_tcp, start_tls, send_request_body, ..."""
        self.refused = False
        """True once a connection was cut for where it leads to."""
        self.has_sent = False
        """True once the first bytes of a request may have left."""

    def trace(self, name: str, info: Mapping[str, object]) -> None:
        """httpx's callback: ``name`` is like "connection.connect_tcp.complete"."""
        _, _, event = name.partition(".")
        step, _, state = event.rpartition(".")
        if state == "started":
            if step not in _CLEARING_UP:
                self.step = step
                self.has_sent = self.has_sent or _is_request(step, info)
        elif event == "connect_tcp.complete":
            stream = info["return_value"]
            connection = stream.get_extra_info("socket")  # type: ignore[attr-defined]  # httpcore.NetworkStream
            self._hold(connection)
            if self._may_lead_to is not None and not self._may_lead_to(connection.getpeername()[0]):
                self.refused = True
                self.cut()

    def cut(self) -> None:
        """Wake whoever reads or writes; a connection that is made later is cut at once."""
        with self._lock:
            self._cut = True
            for held in self._sockets:
                _shut_down(held)

    def end_within(self, seconds: float) -> None:
        """Nothing more is needed: let the other side finish, but not longer."""
        with self._lock:
            if self._timer is None:
                self.over = True
                self._timer = threading.Timer(seconds, self.cut)
                self._timer.name, self._timer.daemon = "last words", True
                self._timer.start()

    def close(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            for held in self._sockets:
                held.close()
            self._sockets.clear()

    def _hold(self, connection: socket.socket) -> None:
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
