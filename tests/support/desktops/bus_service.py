"""A program on a session bus that a test plays: it owns a name and answers calls."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_error, new_method_return, new_signal
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

UNKNOWN = "org.freedesktop.DBus.Error.UnknownMethod"
PROPERTIES = "org.freedesktop.DBus.Properties"

Reply = tuple[str, tuple[Any, ...]]
"""A signature and the values that it describes."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that came in; ``sender`` is the caller's unique name."""

    sender: str
    path: str
    interface: str
    method: str
    arguments: tuple[Any, ...]


class Refuse(Exception):
    """Raised by an answer: the caller gets this D-Bus error."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(text)
        self.name = name


class BusService:
    """``calls`` has every call in order."""

    def __init__(self, connection: DBusConnection, answer: Callable[[BusService, Call], Reply | None]) -> None:
        self.calls: list[Call] = []
        self._connection = connection
        self._answer = answer

    def emit(self, path: str, interface: str, name: str, signature: str, *values: object) -> None:
        self._connection.send(new_signal(DBusAddress(path, interface=interface), name, signature, values))

    def serve(self) -> None:
        """Answer until the connection is closed."""
        while True:
            try:
                message = self._connection.receive()
            except (OSError, ValueError):
                return
            if message.header.message_type is MessageType.method_call:
                with suppress(OSError):  # closed before the answer was sent; the next turn notices
                    self._take(message)

    def _take(self, message: Any) -> None:
        fields = message.header.fields
        call = Call(
            str(fields.get(HeaderFields.sender)),
            str(fields.get(HeaderFields.path)),
            str(fields.get(HeaderFields.interface)),
            str(fields.get(HeaderFields.member)),
            tuple(message.body),
        )
        self.calls.append(call)
        try:
            reply = self._answer(self, call)
        except Refuse as refused:
            self._connection.send(new_error(message, refused.name, "s", (str(refused),)))
            return
        if reply is not None:
            self._connection.send(new_method_return(message, *reply))


def properties(values: Mapping[str, tuple[str, Any]], call: Call) -> Reply:
    """The answer to a call that reads one property. Raises Refuse for every other call."""
    if call.interface == PROPERTIES and call.method == "Get" and call.arguments[1] in values:
        return "v", (values[call.arguments[1]],)
    raise Refuse(UNKNOWN, f"{call.interface}.{call.method}")


@contextmanager
def bus_service(address: str, name: str, answer: Callable[[BusService, Call], Reply | None]) -> Iterator[BusService]:
    """Own ``name`` within the block. ``answer`` runs on a thread of its own; None leaves the caller without a reply."""
    connection = open_dbus_connection(address)
    Proxy(message_bus, connection).RequestName(name)
    service = BusService(connection, answer)
    thread = threading.Thread(target=service.serve, name=name, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        connection.sock.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        connection.close()
