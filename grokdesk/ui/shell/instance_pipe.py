"""Where other starts of the program connect on Windows: a named pipe that only this person may open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from shiboken6 import isValid

from grokdesk.ui.shell.instance import MAX_REQUEST, OnLine


class PipeListener(QObject):
    def __init__(self, name: str, on_line: OnLine, parent: QObject | None = None) -> None:
        """Take ``name`` over from whoever has left it behind. Raises OSError."""
        super().__init__(parent)
        self._on_line = on_line
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        QLocalServer.removeServer(name)
        if not self._server.listen(name):
            raise OSError(self._server.errorString())

    def close(self) -> None:
        self._server.close()

    @Slot()
    def _accept(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MAX_REQUEST:
                socket.abort()
            return

        def answer(line: bytes) -> None:
            if not isValid(socket) or socket.state() != socket.LocalSocketState.ConnectedState:
                return  # the other program did not wait
            socket.write(line)
            socket.flush()
            socket.disconnectFromServer()

        self._on_line(bytes(socket.readLine(MAX_REQUEST).data()), answer)
