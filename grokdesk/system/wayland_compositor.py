"""What a Wayland compositor can do and which outputs it has, asked over its socket; that takes no library.

Source: https://wayland.freedesktop.org/docs/html/ch04.html (the wire format), wayland.xml, xdg-output-unstable-v1.xml
"""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Region

SECONDS = 3.0
"""How long a compositor may take; it answers in well under a millisecond."""

_WORD, _PAIR = struct.Struct("=I"), struct.Struct("=ii")
_DISPLAY, _REGISTRY, _FIRST_FREE = 1, 2, 3
_OUTPUT, _OUTPUT_NAMES = "wl_output", "zxdg_output_manager_v1"


@dataclass(frozen=True, slots=True)
class Output:
    """``place`` is where it lies on the desktop, in the compositor's own coordinates (points)."""

    name: str
    place: Region


@dataclass(frozen=True, slots=True)
class Compositor:
    interfaces: frozenset[str]
    """What it offers to this client, such as ``"zwlr_screencopy_manager_v1"``."""
    outputs: tuple[Output, ...]
    """Those that show a part of the desktop, from left to right; none when it does not say where they lie."""


def ask_compositor(environment: Mapping[str, str]) -> Compositor:
    """Ask the compositor that the environment names. Raises NotPossibleHere."""
    try:
        with closing(_connected(environment)) as connection:
            return _Client(connection).ask()
    except (OSError, ValueError, struct.error) as error:
        raise NotPossibleHere(
            "The Wayland compositor cannot be reached.", "Start GrokDesk from within your desktop session."
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


@dataclass(slots=True)
class _OutputSoFar:
    name: str = ""
    position: tuple[int, int] = (0, 0)
    size: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Client:
    """Two questions: which globals there are, and what the outputs among them say of themselves."""

    connection: socket.socket
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    received: bytearray = field(default_factory=bytearray)
    next_id: int = _FIRST_FREE

    def ask(self) -> Compositor:
        self._send(_DISPLAY, 1, _WORD.pack(_REGISTRY))  # get_registry
        offers = [_offer(body) for sender, opcode, body in self._events() if (sender, opcode) == (_REGISTRY, 0)]
        interfaces = frozenset(interface for _name, interface, _version in offers)
        return Compositor(interfaces, self._outputs(offers) if _OUTPUT_NAMES in interfaces else ())

    def _outputs(self, offers: list[tuple[int, str, int]]) -> tuple[Output, ...]:
        manager = next(self._bind(offer, 3) for offer in offers if offer[1] == _OUTPUT_NAMES)
        by_id: dict[int, _OutputSoFar] = {}
        plain: set[int] = set()
        for offer in offers:
            if offer[1] == _OUTPUT:
                output, described = self._bind(offer, 4), self._new_id()
                self._send(manager, 1, _WORD.pack(described) + _WORD.pack(output))  # get_xdg_output
                by_id[output] = by_id[described] = _OutputSoFar()
                plain.add(output)
        for sender, opcode, body in self._events():
            if sender in plain and opcode == 4:  # wl_output.name
                by_id[sender].name = _text(body)[0]
            elif sender in by_id and sender not in plain:
                _describe(by_id[sender], opcode, body)
        found = [Output(each.name, Region(*each.position, *each.size)) for each in by_id.values()]
        shown = {output.name: output for output in found if output.name and not output.place.is_empty}
        return tuple(sorted(shown.values(), key=lambda output: (output.place.x, output.place.y)))

    def _bind(self, offer: tuple[int, str, int], newest: int) -> int:
        """``newest``: the newest version that is understood here."""
        name, interface, version = offer
        new = self._new_id()
        words = _WORD.pack(min(version, newest)) + _WORD.pack(new)
        self._send(_REGISTRY, 0, _WORD.pack(name) + _packed(interface) + words)
        return new

    def _events(self) -> Iterator[tuple[int, int, bytes]]:
        """Everything that comes until all that was asked for is there: sender, opcode, arguments."""
        done = self._new_id()
        self._send(_DISPLAY, 0, _WORD.pack(done))  # sync: answered when all before it is
        while True:
            sender, opcode, body = self._event()
            if sender == _DISPLAY and opcode == 0:
                raise OSError("the compositor refused a request")
            if sender == done:
                return
            yield sender, opcode, body

    def _new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def _send(self, object_id: int, opcode: int, body: bytes) -> None:
        self.connection.sendall(_header(object_id, opcode, len(body)) + body)

    def _event(self) -> tuple[int, int, bytes]:
        sender, second = struct.unpack("=II", self._take(8))
        return sender, second & 0xFFFF, self._take((second >> 16) - 8)

    def _take(self, count: int) -> bytes:
        if count < 0:
            raise ValueError("a message shorter than its header")
        while len(self.received) < count:
            self.connection.settimeout(max(0.001, self.deadline - time.monotonic()))
            chunk = self.connection.recv(65536)
            if not chunk:
                raise OSError("the compositor hung up")
            self.received += chunk
        taken = bytes(self.received[:count])
        del self.received[:count]
        return taken


def _header(object_id: int, opcode: int, length: int) -> bytes:
    return struct.pack("=II", object_id, (length + 8) << 16 | opcode)


def _packed(text: str) -> bytes:
    """A string: its length with the zero byte, then padding to whole words."""
    raw = text.encode() + b"\0"
    return _WORD.pack(len(raw)) + raw + bytes(-len(raw) % 4)


def _text(body: bytes) -> tuple[str, bytes]:
    """A string and what comes behind it."""
    (length,) = _WORD.unpack_from(body)
    return body[4 : 4 + length].rstrip(b"\0").decode("utf-8", "replace"), body[4 + length + -length % 4 :]


def _offer(body: bytes) -> tuple[int, str, int]:
    """wl_registry.global: name, interface, version."""
    interface, rest = _text(body[4:])
    return _WORD.unpack_from(body)[0], interface, _WORD.unpack_from(rest)[0]


def _describe(output: _OutputSoFar, opcode: int, body: bytes) -> None:
    """An event of zxdg_output_v1."""
    if opcode == 0:
        output.position = _PAIR.unpack_from(body)
    elif opcode == 1:
        output.size = _PAIR.unpack_from(body)
    elif opcode == 3:
        output.name = output.name or _text(body)[0]
