"""A test's own line to a session bus: who is there, and the tray items with their menus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, MatchRule, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_ADDRESS = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
PATIENCE = 30.0
"""Seconds until a call that nobody answers fails."""


class BusError(Exception):
    """The other side answered with an error."""


class SessionBus:
    def __init__(self, address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(address)

    def close(self) -> None:
        self._connection.close()

    def call(self, address: DBusAddress, method: str, signature: str = "", *arguments: object) -> tuple[Any, ...]:
        return self._ask(new_method_call(address, method, signature or None, arguments))

    def has(self, name: str) -> bool:
        """True when somebody owns this name."""
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        return bool(self.call(bus, "NameHasOwner", "s", name)[0])

    def read(self, address: DBusAddress, name: str) -> Any:
        """A property of the object."""
        return self._ask(Properties(address).get(name))[0][1]

    def tray_items(self) -> list[TrayItem]:
        """Every StatusNotifierItem that is registered, in the order of registration."""
        return [TrayItem(self, name) for name in self.read(WATCHER_ADDRESS, "RegisteredStatusNotifierItems")]

    @contextmanager
    def tray_registrations(self) -> Iterator[Registrations]:
        """Within the block, see items as they register."""
        rule = MatchRule(type="signal", interface=WATCHER, member="StatusNotifierItemRegistered")
        proxy = Proxy(message_bus, self._connection)
        proxy.AddMatch(rule)
        with self._connection.filter(rule) as messages:
            yield Registrations(self._connection, messages)
        proxy.RemoveMatch(rule)

    def _ask(self, message: Any) -> tuple[Any, ...]:
        reply = self._connection.send_and_get_reply(message, timeout=PATIENCE)
        if reply.header.message_type is MessageType.error:
            raise BusError(f"{reply.header.fields.get(4)}: {reply.body}")
        return tuple(reply.body)


@dataclass(frozen=True, slots=True)
class Registrations:
    connection: DBusConnection
    messages: Any

    def wait(self, timeout: float) -> str:
        """The name of the next item that registers. Raises TimeoutError."""
        return str(self.connection.recv_until_filtered(self.messages, timeout=timeout).body[0])


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of a tray menu: ``label`` without the mark of the access key, ``keys`` what stands right of it."""

    number: int
    label: str
    keys: str
    is_enabled: bool
    is_checked: bool
    is_separator: bool
    children: tuple[MenuEntry, ...]

    def all(self) -> Iterator[MenuEntry]:
        """This entry and everything below it."""
        yield self
        for child in self.children:
            yield from child.all()


class TrayItem:
    """A program's icon in the tray, as a panel sees it.

    Sources: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/ and
    https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml
    """

    def __init__(self, bus: SessionBus, registered_name: str) -> None:
        """``registered_name`` is "name", "name/path", or "name@/path" as some watchers write it."""
        name, slash, path = registered_name.partition("/")
        self._bus = bus
        self._item = DBusAddress("/" + path if slash else "/StatusNotifierItem", name.removesuffix("@"), ITEM)

    def read(self, name: str) -> Any:
        """A property such as "Id", "Title", "Status", "ToolTip", "IconPixmap"."""
        return self._bus.read(self._item, name)

    def menu(self) -> MenuEntry:
        """The whole menu as it is now; the root entry has no label."""
        _revision, root = self._bus.call(self._menu, "GetLayout", "iias", 0, -1, [])
        return _entry(root)

    def click(self, label: str) -> None:
        """Choose a menu entry, anywhere in the menu. Raises LookupError when there is none that can be chosen."""
        for entry in self.menu().all():
            if entry.label == label and entry.is_enabled:
                arguments = (entry.number, "clicked", ("i", 0), int(time.time()) & 0xFFFFFFFF)
                self._bus.call(self._menu, "Event", "isvu", *arguments)
                return
        raise LookupError(f"no {label!r} in {[entry.label for entry in self.menu().all()]}")

    def activate(self) -> None:
        """A click on the icon itself."""
        self._bus.call(self._item, "Activate", "ii", 0, 0)

    def activate_secondary(self) -> None:
        """A click with the middle button."""
        self._bus.call(self._item, "SecondaryActivate", "ii", 0, 0)

    @property
    def _menu(self) -> DBusAddress:
        return DBusAddress(self.read("Menu"), self._item.bus_name, MENU)


def _entry(layout: tuple[int, dict[str, tuple[str, Any]], list[tuple[str, Any]]]) -> MenuEntry:
    number, properties, children = layout
    values = {name: value for name, (_signature, value) in properties.items()}
    # An underline marks the access key, two of them are one that is shown.
    shown = "_".join(part.replace("_", "") for part in str(values.get("label", "")).split("__"))
    keys = [{"Control": "Ctrl"}.get(key, key) for key in next(iter(values.get("shortcut", [])), [])]
    return MenuEntry(
        number=number,
        label=shown,
        keys="+".join(keys),
        is_enabled=bool(values.get("enabled", True)),
        is_checked=values.get("toggle-state") == 1,
        is_separator=values.get("type") == "separator",
        children=tuple(_entry(child) for _signature, child in children),
    )
