"""Where other starts of the program connect on Linux and macOS: a socket that only this person may open.

Qt has the same in QLocalServer; but its network library costs the waiting program 2.5 MB and the start 10 ms.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier, Slot

from grokdesk.ui.shell.instance import MAX_REQUEST, Heard

ANSWER_SECONDS = 2.0
"""How long a caller may take to read its answer, while the windows stand still."""


class SocketListener(QObject):
    def __init__(self, name: str, heard: Heard, parent: QObject | None = None) -> None:
        """Take ``name`` over, also from a socket that a crash has left behind. Raises OSError."""
        super().__init__(parent)
        self._name = name
        self._heard = heard
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 - a name of a socket, as the socket gets it
        self._socket = _new_socket()
        try:
            self._socket.bind(name)
            os.chmod(name, 0o600)  # noqa: PTH101 - before it listens, so that nobody else was let in
            self._socket.listen()
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)
        self._notifier = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._accept)

    def close(self) -> None:
        self._notifier.setEnabled(False)
        self._socket.close()
        with suppress(FileNotFoundError):
            os.unlink(self._name)  # noqa: PTH108

    @Slot()
    def _accept(self) -> None:
        with suppress(OSError):  # the caller has gone already
            connection, _ = self._socket.accept()
            _Caller(connection, self._heard, self)


def _new_socket() -> socket.socket:
    if sys.platform == "win32":
        raise NotImplementedError
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


class _Caller(QObject):
    """Another start of the program, until it has its answer or leaves."""

    def __init__(self, connection: socket.socket, heard: Heard, parent: QObject) -> None:
        super().__init__(parent)
        self._connection = connection
        self._heard: Heard | None = heard
        self._said = bytearray()
        connection.setblocking(False)
        self._notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    @Slot()
    def _read(self) -> None:
        try:
            piece = self._connection.recv(MAX_REQUEST)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        self._said += piece
        line, end, _ = self._said.partition(b"\n")
        if not piece or len(line) > MAX_REQUEST:
            self._leave()
        elif end and self._heard is not None:
            heard, self._heard = self._heard, None
            heard(bytes(line), self._answer)

    def _answer(self, line: bytes) -> None:
        """Does nothing when the caller did not wait."""
        if self._connection.fileno() == -1:
            return
        self._notifier.setEnabled(False)
        with suppress(OSError):
            self._connection.settimeout(ANSWER_SECONDS)
            self._connection.sendall(line)
        self._leave()

    def _leave(self) -> None:
        self._notifier.setEnabled(False)
        self._connection.close()
        self.deleteLater()
