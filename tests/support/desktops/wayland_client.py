"""A Wayland client of a few lines: it binds what the compositor offers and sends requests.

Source: https://wayland.freedesktop.org/docs/html/ch04.html
"""

from __future__ import annotations

import array
import os
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

DISPLAY = 1
PATIENCE = 30.0


class CompositorError(Exception):
    """The compositor refused a request, or closed the connection."""


@dataclass(frozen=True, slots=True)
class Offer:
    number: int
    version: int


class WaylandClient:
    """``offers`` has what the compositor offers, by the name of the interface; the last one of each."""

    def __init__(self, path: Path) -> None:
        self._socket = _connected(path)
        self._last = DISPLAY
        self._unread = b""
        self.offers: dict[str, Offer] = {}
        self._registry = self.new_id()
        self.send(DISPLAY, 1, struct.pack("=I", self._registry))
        self.wait()

    def close(self) -> None:
        self._socket.close()

    def new_id(self) -> int:
        self._last += 1
        return self._last

    def bind(self, interface: str, version: int = 1) -> int:
        """The id of an object that was made for one of the offers. Raises KeyError when there is no such offer."""
        new = self.new_id()
        words = struct.pack("=I", self.offers[interface].number) + text(interface) + struct.pack("=II", version, new)
        self.send(self._registry, 0, words)
        return new

    def send(self, target: int, request: int, words: bytes = b"", file: int | None = None) -> None:
        """A request by its number in the protocol; ``words`` are its arguments, packed."""
        message = struct.pack("=II", target, (len(words) + 8) << 16 | request) + words
        if file is None:
            self._socket.sendall(message)
        elif sys.platform != "win32":
            rights = array.array("i", [file])
            self._socket.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    def wait(self) -> None:
        """Until the compositor has done everything that was asked so far. Raises CompositorError."""
        callback = self.new_id()
        self.send(DISPLAY, 0, struct.pack("=I", callback))
        while True:
            source, event, words = self._receive()
            if source == callback:
                return
            if (source, event) == (DISPLAY, 0):
                raise CompositorError(_text_at(words, 8))
            if (source, event) == (self._registry, 0):
                interface = _text_at(words, 4)
                number, version = struct.unpack("=I", words[:4])[0], struct.unpack("=I", words[-4:])[0]
                self.offers[interface] = Offer(number, version)

    def _receive(self) -> tuple[int, int, bytes]:
        """Who says it, which of its events, and the arguments."""
        header = self._read(8)
        source, size_and_event = struct.unpack("=II", header)
        return source, size_and_event & 0xFFFF, self._read((size_and_event >> 16) - 8)

    def _read(self, size: int) -> bytes:
        while len(self._unread) < size:
            data = _received(self._socket)
            if not data:
                raise CompositorError("the compositor closed the connection")
            self._unread += data
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken


def _connected(path: Path) -> socket.socket:
    if sys.platform == "win32":
        raise NotImplementedError
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(PATIENCE)
    connection.connect(str(path))
    return connection


def _received(connection: socket.socket) -> bytes:
    """What came; the descriptors that came along are closed."""
    if sys.platform == "win32":
        raise NotImplementedError
    data, files, _, _ = socket.recv_fds(connection, 4096, 8)
    for file in files:
        os.close(file)
    return data


def text(value: str) -> bytes:
    """A string as an argument: its length, its bytes with a zero, and zeros up to a whole word."""
    data = value.encode() + b"\0"
    return struct.pack("=I", len(data)) + data + b"\0" * (-len(data) % 4)


def _text_at(words: bytes, offset: int) -> str:
    (length,) = struct.unpack_from("=I", words, offset)
    return words[offset + 4 : offset + 3 + length].decode()
