"""A SOCKS5 proxy on loopback that takes everybody to one address and notes where they wanted to go.

Source: https://www.rfc-editor.org/rfc/rfc1928
"""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Socks:
    url: str
    wanted: list[tuple[str, int]] = field(default_factory=list)


@contextmanager
def socks_proxy(to: tuple[str, int]) -> Iterator[Socks]:
    class Client(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connection: socket.socket = self.request
            stream = connection.makefile("rb")
            _, methods = stream.read(2)
            stream.read(methods)
            connection.sendall(b"\x05\x00")
            *_, kind = stream.read(4)
            host = stream.read(stream.read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(stream.read(4))
            proxy.wanted.append((host, int.from_bytes(stream.read(2), "big")))
            with socket.create_connection(to) as other:
                connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
                self._join(connection, other)

        @staticmethod
        def _join(one: socket.socket, other: socket.socket) -> None:
            while True:
                for ready in select.select([one, other], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (other if ready is one else one).sendall(data)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Client) as server:
        proxy = Socks(f"socks5h://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="socks")
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
