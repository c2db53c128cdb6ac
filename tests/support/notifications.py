"""A notification service on a session bus that keeps what it is told.

Source: https://specifications.freedesktop.org/notification-spec/latest/protocol.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jeepney import HeaderFields, MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

NAME = "org.freedesktop.Notifications"
UNKNOWN = "org.freedesktop.DBus.Error.UnknownMethod"


class Notifications:
    """``shown`` has title and text of every notification, in order."""

    def __init__(self, connection: DBusConnection) -> None:
        self.shown: list[tuple[str, str]] = []
        self._connection = connection

    def serve(self) -> None:
        """Answer until the connection is closed."""
        while True:
            try:
                message = self._connection.receive()
            except (ConnectionResetError, OSError, ValueError):
                return
            if message.header.message_type is MessageType.method_call:
                self._connection.send(self._answer(message))

    def _answer(self, message: Any) -> Any:
        match message.header.fields.get(HeaderFields.member):
            case "Notify":
                self.shown.append((message.body[3], message.body[4]))
                return new_method_return(message, "u", (len(self.shown),))
            case "GetCapabilities":
                return new_method_return(message, "as", (["body"],))
            case "GetServerInformation":
                return new_method_return(message, "ssss", ("tests", "GrokDesk", "1", "1.2"))
        return new_error(message, UNKNOWN)


@contextmanager
def notification_service(address: str) -> Iterator[Notifications]:
    connection = open_dbus_connection(address)
    Proxy(message_bus, connection).RequestName(NAME)
    service = Notifications(connection)
    thread = threading.Thread(target=service.serve, name="notifications", daemon=True)
    thread.start()
    try:
        yield service
    finally:
        connection.sock.shutdown(2)
        thread.join(5)
        connection.close()
