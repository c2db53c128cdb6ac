"""The one door to D-Bus: a connection to the session bus, its calls and its signals.

Source: https://dbus.freedesktop.org/doc/dbus-specification.html
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grokdesk.errors import NotPossibleHere
from grokdesk.translation import _

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

CALL_SECONDS = 5.0
"""How long an answer may take; a service that hangs must not hang us."""


class BusRefused(Exception):
    """The other side answered with an error, or not in time. ``name`` is the D-Bus name of the error."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}" if text else name)
        self.name = name


class BusClosed(Exception):
    """The connection is gone: the bus ended, or ``interrupt`` was called."""


@dataclass(frozen=True, slots=True)
class Service:
    """An interface of an object of a program on the bus."""

    name: str
    path: str
    interface: str


BUS = Service("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that came: the object's path, its interface, the signal's name, and its arguments.

    ``sender`` is the unique name of the program that sent it, which nobody can feign.
    """

    path: str
    interface: str
    name: str
    arguments: tuple[Any, ...]
    sender: str = ""


class SessionBus:
    """One connection, for one thread at a time; only ``post`` and ``interrupt`` may be called from another."""

    def __init__(self, address: str) -> None:
        """Raises NotPossibleHere when nobody answers at ``address``."""
        if not address:
            raise NotPossibleHere(_("There is no session bus."), _("Start GrokDesk from within your desktop session."))
        from jeepney.io.blocking import open_dbus_connection

        try:
            self._connection: DBusConnection = open_dbus_connection(address)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise NotPossibleHere(
                _("The session bus cannot be reached."), _("Start GrokDesk from within your desktop session.")
            ) from error

    @property
    def own_name(self) -> str:
        """Our unique name, such as ``":1.42"``."""
        return str(self._connection.unique_name)

    def fileno(self) -> int:
        """For ``select``, by who waits for something else too. Take every signal that is here with ``take`` first:
        what was read together with it waits in the connection and not at the descriptor."""
        return int(self._connection.sock.fileno())

    def close(self) -> None:
        self._connection.close()

    def interrupt(self) -> None:
        """Wake whoever waits on this connection; it raises BusClosed there, and the connection is of no more use."""
        with suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)

    def call(
        self,
        service: Service,
        method: str,
        signature: str = "",
        *arguments: object,
        seconds: float = CALL_SECONDS,
    ) -> tuple[Any, ...]:
        """Call a method and wait for its answer. Raises BusRefused, BusClosed."""
        from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call

        address = DBusAddress(service.path, service.name, service.interface)
        message = new_method_call(address, method, signature or None, arguments)
        try:
            reply = self._connection.send_and_get_reply(message, timeout=seconds)
        except TimeoutError as error:
            raise BusRefused("org.freedesktop.DBus.Error.NoReply", f"no answer within {seconds:g} s") from error
        except (OSError, ValueError) as error:
            raise BusClosed(str(error)) from error
        if reply.header.message_type is MessageType.error:
            name = str(reply.header.fields.get(HeaderFields.error_name, ""))
            raise BusRefused(name, str(reply.body[0]) if reply.body else "")
        return tuple(reply.body)

    def post(self, service: Service, method: str, signature: str = "", *arguments: object) -> None:
        """Call a method without waiting for its answer. Raises BusClosed."""
        from jeepney import DBusAddress, MessageFlag, new_method_call

        address = DBusAddress(service.path, service.name, service.interface)
        message = new_method_call(address, method, signature or None, arguments)
        message.header.flags = MessageFlag.no_reply_expected
        try:
            self._connection.send(message)
        except (OSError, ValueError) as error:
            raise BusClosed(str(error)) from error

    def owner_of(self, name: str) -> str:
        """The unique name of the program that owns this name. Raises BusRefused when none does."""
        return str(self.call(BUS, "GetNameOwner", "s", name)[0])

    def read(self, service: Service, name: str, *, seconds: float = CALL_SECONDS) -> Any:
        """A property. Raises BusRefused, BusClosed."""
        properties = Service(service.name, service.path, "org.freedesktop.DBus.Properties")
        return self.call(properties, "Get", "ss", service.interface, name, seconds=seconds)[0][1]

    def has(self, name: str) -> bool:
        """True when a program owns this name now."""
        return bool(self.call(BUS, "NameHasOwner", "s", name)[0])

    def can_start(self, name: str) -> bool:
        """True when a program owns this name, or the bus knows how to start one that will."""
        return self.has(name) or name in self.call(BUS, "ListActivatableNames")[0]

    @contextmanager
    def signals(self, service: Service, name: str, *, path: str = "") -> Iterator[Signals]:
        """Within the block, keep every signal ``name`` of an interface; from any object unless ``path`` names it."""
        waiting: deque[Message] = deque()
        with self._keep(waiting, service.interface, name, path):
            yield Signals(self._receive, waiting)

    @contextmanager
    def every_signal(self, *services: Service, owner_of: str = "") -> Iterator[Signals]:
        """Within the block, keep every signal of these interfaces (of any object when the path is "") in one line.

        With ``owner_of``, NameOwnerChanged of the bus for that name is among them.
        """
        waiting: deque[Message] = deque()
        with ExitStack() as kept:
            if owner_of:
                kept.enter_context(self._keep(waiting, BUS.interface, "NameOwnerChanged", BUS.path, owner_of))
            for service in services:
                kept.enter_context(self._keep(waiting, service.interface, "", service.path))
            yield Signals(self._receive, waiting)

    @contextmanager
    def _keep(self, waiting: deque[Message], interface: str, name: str, path: str, first: str = "") -> Iterator[None]:
        """``first`` is what the first argument has to be, "" for anything."""
        from jeepney import MatchRule

        rule = MatchRule(type="signal", interface=interface, member=name or None, path=path or None)
        if first:
            rule.add_arg_condition(0, first)
        self.call(BUS, "AddMatch", "s", rule.serialise())
        try:
            with self._connection.filter(rule, queue=waiting):
                yield
        finally:
            with suppress(BusRefused, BusClosed):
                self.call(BUS, "RemoveMatch", "s", rule.serialise())

    def _receive(self, deadline: float | None) -> None:
        """Sort one message into the queues. Raises TimeoutError, BusClosed."""
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            self._connection.recv_messages(timeout=left)
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise BusClosed(str(error)) from error


class Signals:
    """What came so far and what comes."""

    def __init__(self, receive: Callable[[float | None], None], waiting: deque[Message]) -> None:
        self._receive = receive
        self._waiting = waiting

    def take(self) -> Iterator[Signal]:
        """Every signal that is here by now, without waiting. Raises BusClosed."""
        with suppress(TimeoutError):
            while True:
                yield self.next(0)

    def next(self, seconds: float | None = None) -> Signal:
        """The next signal, without a limit unless ``seconds`` is given. Raises TimeoutError, BusClosed."""
        from jeepney import HeaderFields

        deadline = None if seconds is None else time.monotonic() + seconds
        while not self._waiting:
            self._receive(deadline)
        message = self._waiting.popleft()
        fields = message.header.fields
        return Signal(
            str(fields.get(HeaderFields.path, "")),
            str(fields.get(HeaderFields.interface, "")),
            str(fields.get(HeaderFields.member, "")),
            tuple(message.body),
            str(fields.get(HeaderFields.sender, "")),
        )
