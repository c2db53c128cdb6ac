"""Talking to a Wayland compositor over its socket: requests, events, and which globals it has. That takes no library.

Source: https://wayland.freedesktop.org/docs/html/ch04.html (the wire format) and wayland.xml (the core interfaces)
"""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere
from grokdesk.translation import _

SECONDS = 3.0
"""How long a compositor may take; it answers in well under a millisecond, and paints within a few."""

DISPLAY = 1
_REGISTRY, _FIRST_FREE = 2, 3
_WORD = struct.Struct("=I")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the compositor has: its number, its interface, and the newest version that it knows."""

    number: int
    interface: str
    version: int


@dataclass(frozen=True, slots=True)
class Event:
    sender: int
    opcode: int
    body: bytes = field(repr=False)


@contextmanager
def wayland_client(environment: Mapping[str, str], cancel: CancelSwitch | None = None) -> Iterator[WaylandClient]:
    """Connected to the compositor that the environment names. Raises NotPossibleHere, Cancelled."""
    try:
        with _connected(environment) as connection:
            client = WaylandClient(connection)
            if cancel is None:
                yield client
            else:
                with cancel.waking(client.interrupt):
                    yield client
    except (OSError, ValueError, struct.error) as error:
        if cancel is not None:
            cancel.check()
        raise NotPossibleHere(
            _("The Wayland compositor cannot be reached."), _("Start GrokDesk from within your desktop session.")
        ) from error


def _connected(environment: Mapping[str, str]) -> socket.socket:
    if sys.platform == "win32":
        raise OSError("no Wayland here")
    # An absolute name stands for itself.
    path = Path(environment.get("XDG_RUNTIME_DIR", "")) / environment.get("WAYLAND_DISPLAY", "wayland-0")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(SECONDS)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


class WaylandClient:
    """One connection, for one thread; only ``interrupt`` may be called from another."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deadline = time.monotonic() + SECONDS
        self._received = bytearray()
        self._next_id = _FIRST_FREE

    def interrupt(self) -> None:
        """Wake whoever waits for an event; it gets an OSError."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is over already

    def offers(self) -> list[Offer]:
        """To be asked once."""
        self.send(DISPLAY, 1, words(_REGISTRY))  # get_registry
        return [_offer(event.body) for event in self.events() if (event.sender, event.opcode) == (_REGISTRY, 0)]

    def bind(self, offer: Offer, newest: int) -> int:
        """The id of an object for what was offered. ``newest``: the newest version that the caller understands."""
        new = self.new_id()
        body = words(offer.number) + _packed(offer.interface) + words(min(offer.version, newest), new)
        self.send(_REGISTRY, 0, body)
        return new

    def new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def send(self, object_id: int, opcode: int, body: bytes = b"", descriptor: int | None = None) -> None:
        """A request, perhaps with a file descriptor beside it."""
        message = words(object_id, (len(body) + 8) << 16 | opcode) + body
        if descriptor is None or sys.platform == "win32":
            self._connection.sendall(message)
        else:
            socket.send_fds(self._connection, [message], [descriptor])

    def events(self) -> Iterator[Event]:
        """Everything that comes until all that was asked for is there."""
        done = self.new_id()
        self.send(DISPLAY, 0, words(done))  # sync: answered when all before it is
        while (event := self.next()).sender != done:
            yield event

    def next(self) -> Event:
        """The next event. Raises OSError when the compositor complains, hangs up or takes too long."""
        sender, second = struct.unpack("=II", self._take(8))
        event = Event(sender, second & 0xFFFF, self._take((second >> 16) - 8))
        if (event.sender, event.opcode) == (DISPLAY, 0):
            raise OSError("the compositor refused a request")
        return event

    def _take(self, count: int) -> bytes:
        if count < 0:
            raise ValueError("a message shorter than its header")
        while len(self._received) < count:
            self._connection.settimeout(max(0.001, self._deadline - time.monotonic()))
            chunk = self._connection.recv(65536)
            if not chunk:
                raise OSError("the compositor hung up")
            self._received += chunk
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken


def words(*numbers: int) -> bytes:
    return struct.pack(f"={len(numbers)}I", *numbers)


def text(body: bytes) -> tuple[str, bytes]:
    """A string and what comes behind it."""
    (length,) = _WORD.unpack_from(body)
    return body[4 : 4 + length].rstrip(b"\0").decode("utf-8", "replace"), body[4 + length + -length % 4 :]


def _packed(string: str) -> bytes:
    """A string: its length with the zero byte, then padding to whole words."""
    raw = string.encode() + b"\0"
    return words(len(raw)) + raw + bytes(-len(raw) % 4)


def _offer(body: bytes) -> Offer:
    """wl_registry.global: name, interface, version."""
    interface, rest = text(body[4:])
    return Offer(_WORD.unpack_from(body)[0], interface, _WORD.unpack_from(rest)[0])
