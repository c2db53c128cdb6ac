"""A Wayland compositor that a test plays on a real socket."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

Environment = dict[str, str]
Answer = Callable[[socket.socket], None]


def event(sender: int, opcode: int, body: bytes = b"") -> bytes:
    return struct.pack("=II", sender, (len(body) + 8) << 16 | opcode) + body


def text(words: str) -> bytes:
    raw = words.encode() + b"\0"
    return struct.pack("=I", len(raw)) + raw + bytes(-len(raw) % 4)


def offer(name: int, interface: str, version: int) -> bytes:
    return event(2, 0, struct.pack("=I", name) + text(interface) + struct.pack("=I", version))


class PlayedCompositor:
    """Takes connections in a folder of its own; each gets the ``Answer`` of one call."""

    _server: socket.socket

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if sys.platform == "win32":
            raise RuntimeError("Wayland needs Unix sockets")
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(folder / "wayland-7"))
        self._server.listen()
        self._threads: list[threading.Thread] = []

    def __call__(self, answer: Answer) -> Environment:
        def serve() -> None:
            with closing(self._server.accept()[0]) as client, suppress(OSError):
                answer(client)
                # Closed with something unread, the socket would take back what the client has not read yet.
                client.shutdown(socket.SHUT_WR)
                while client.recv(4096):
                    pass

        self._threads.append(threading.Thread(target=serve, daemon=True))
        self._threads[-1].start()
        return {"XDG_RUNTIME_DIR": str(self._folder), "WAYLAND_DISPLAY": "wayland-7"}

    def close(self) -> None:
        for thread in self._threads:
            thread.join(5)
        self._server.close()
