"""The running program's end of the per-user socket: one JSON line in, one JSON line out.

The other end is ``grokdesk.system.instance_client``, which needs no Qt.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from shiboken6 import isValid

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

MAX_REQUEST = 64 * 1024


class Request:
    """What another start of the program asks of this one; ``reply`` answers it, once, and may come late."""

    def __init__(
        self, words: tuple[str, ...], reply: Callable[[int, str, str], None], version: str = "", token: str = ""
    ) -> None:
        """``version`` of the program that asks; ``token`` lets a Wayland window come to the front, "" without one."""
        self.words = words
        self.version = version
        self.token = token
        self._reply: Callable[[int, str, str], None] | None = reply

    def reply(self, exit_code: int, out: str = "", err: str = "") -> None:
        """``out`` and ``err`` are printed by the other program. Later calls do nothing."""
        if self._reply is not None:
            self._reply(exit_code, out, err)
            self._reply = None


class InstanceServer(QObject):
    """First ``claim``, then ``listen``, which may come later: other starts wait for it."""

    requested = Signal(object)
    """A Request; every one has to be replied to."""

    def __init__(self, name: str, lock_file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        # Held while the program runs. The lock, not the socket, says who is first: QLocalServer replaces a socket
        # that another program listens on, and a lock whose owner has died is taken over.
        self._lock = QLockFile(str(lock_file))
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """True when this is the only running program now."""
        return self._lock.tryLock(0)

    def listen(self) -> None:
        """Accept requests. A socket that a crash left behind is taken over."""
        from PySide6.QtNetwork import QLocalServer

        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._accept)
        QLocalServer.removeServer(self._name)
        if not server.listen(self._name):
            log.error("no other start can reach this program: %s", server.errorString())

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    @Slot()
    def _accept(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MAX_REQUEST:
                socket.abort()
            return
        line = bytes(socket.readLine(MAX_REQUEST).data())

        def reply(exit_code: int, out: str, err: str) -> None:
            if not isValid(socket) or socket.state() != socket.LocalSocketState.ConnectedState:
                return  # the other program did not wait
            answer = {"exit_code": exit_code, "out": out, "err": err}
            socket.write(json.dumps(answer).encode() + b"\n")
            socket.flush()
            socket.disconnectFromServer()

        try:
            message = json.loads(line)
            words = tuple(str(word) for word in message["words"])
            version, token = str(message["version"]), str(message.get("token", ""))
        except (ValueError, KeyError, TypeError):
            reply(2, "", "The running GrokDesk did not understand the request.\n")
            return
        self.requested.emit(Request(words, reply, version, token))
