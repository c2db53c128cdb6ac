"""Where other starts of the program connect on Linux and macOS: a socket that only this person may open.

Qt has the same in QLocalServer; but its network library costs the waiting program 2.5 MB and the start 10 ms.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from grokdesk.private_files import make_private_folder
from grokdesk.ui.shell.instance import MAX_REQUEST, OnLine

ANSWER_SECONDS = 2.0
"""How long a caller may take to read its answer, while the windows stand still."""
LINE_MS = 5000
"""How long a caller may take to say its line. How long its answer takes is the person's business."""
MOST_CALLERS = 32
"""At once. More wait in the queue of the socket."""
FULL_MS = 500
"""The pause before more callers are let in, when no more could be."""


class SocketListener(QObject):
    def __init__(self, name: str, on_line: OnLine, parent: QObject | None = None) -> None:
        """Take ``name`` over, also from a socket that a crash has left behind. Raises OSError."""
        super().__init__(parent)
        self._name = name
        self._on_line = on_line
        self._callers: set[_Caller] = set()
        make_private_folder(Path(name).parent)
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
        self._again = QTimer(self, singleShot=True, interval=FULL_MS)
        self._again.timeout.connect(lambda: self._notifier.setEnabled(True))

    def close(self) -> None:
        self._again.stop()
        self._notifier.setEnabled(False)
        self._socket.close()
        with suppress(FileNotFoundError):
            os.unlink(self._name)  # noqa: PTH108

    @Slot()
    def _accept(self) -> None:
        """A caller that cannot be let in keeps knocking, and each knock would wake this thread again: without a pause
        it would do nothing else."""
        if len(self._callers) >= MOST_CALLERS:
            self._pause()
            return
        try:
            connection, _address = self._socket.accept()
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                self._pause()
            return  # else the caller has gone already
        caller = _Caller(connection, self._on_line, self)
        self._callers.add(caller)
        caller.left.connect(self._forget)

    def _pause(self) -> None:
        self._notifier.setEnabled(False)
        self._again.start()

    @Slot(object)
    def _forget(self, caller: _Caller) -> None:
        self._callers.discard(caller)
        caller.deleteLater()


def _new_socket() -> socket.socket:
    if sys.platform == "win32":
        raise NotImplementedError
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)


class _Caller(QObject):
    """Another start of the program, until it has its answer or leaves."""

    left = Signal(object)

    def __init__(self, connection: socket.socket, on_line: OnLine, parent: QObject) -> None:
        super().__init__(parent)
        self._connection = connection
        self._on_line: OnLine | None = on_line
        self._said = bytearray()
        connection.setblocking(False)
        self._notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._patience = QTimer(self, singleShot=True, interval=LINE_MS)
        self._patience.timeout.connect(self._leave)
        self._patience.start()

    @Slot()
    def _read(self) -> None:
        try:
            piece = self._connection.recv(MAX_REQUEST)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece or self._on_line is None:  # it has gone, or says more than one line
            self._leave()
            return
        self._said += piece
        line, end, more = self._said.partition(b"\n")
        if len(line) > MAX_REQUEST or more:
            self._leave()
        elif end:
            on_line, self._on_line = self._on_line, None
            self._patience.stop()
            on_line(bytes(line), self._answer)

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
        if self._connection.fileno() != -1:
            self._patience.stop()
            self._notifier.setEnabled(False)
            self._connection.close()
            self.left.emit(self)
