"""One session of the GlobalShortcuts portal: its calls and its signals.

Sources: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html,
https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.host.portal.Registry.html
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import PURPOSES
from grokdesk.system.hotkeys.xkb_names import readable, trigger_of
from grokdesk.system.portal import CANCELLED, DONE, NAME, PATH, PortalAnswer, ask_portal, interface, version_of
from grokdesk.system.session_bus import BUS, BusClosed, BusRefused, Service, SessionBus, Signals
from grokdesk.translation import _

APP_ID = "io.github.grokdesk.GrokDesk"
"""The name of our desktop file."""
SHORTCUTS = "GlobalShortcuts"
REGISTRY = Service(NAME, PATH, "org.freedesktop.host.portal.Registry")
CONFIGURABLE = 2
"""From this version on the portal opens the desktop's own settings."""
DIALOG_SECONDS = 3600.0
"""A dialog may wait for its person."""


class DesktopRefuses(NotPossibleHere):
    pass


@dataclass(frozen=True, slots=True)
class Happened:
    """``triggers`` are the keys of all bindings, when they have changed."""

    pressed: str = ""
    triggers: Mapping[str, str] | None = None
    is_gone: bool = False


def shortcuts_version(address: str) -> int:
    """The version of the GlobalShortcuts portal on a bus; 0 where there is none."""
    try:
        bus = SessionBus(address)
    except NotPossibleHere:
        return 0
    try:
        return version_of(bus, SHORTCUTS)
    except (BusRefused, BusClosed):
        return 0
    finally:
        bus.close()


class ShortcutSession:
    """Lives on one thread, but for ``configure`` and ``close``. Every method raises BusRefused and BusClosed."""

    def __init__(self, bus: SessionBus) -> None:
        self._bus = bus
        self._portal = ""
        self._handle = ""

    def signals(self) -> AbstractContextManager[Signals]:
        """To be entered before ``open``, so that nothing is missed."""
        return self._bus.every_signal(
            Service(NAME, PATH, interface(SHORTCUTS).interface),
            Service(NAME, "", interface("Session").interface),
            owner_of=NAME,
        )

    def open(self) -> None:
        # A program outside of a sandbox has no name for the portal until it says one, before anything else.
        with suppress(BusRefused):
            self._bus.call(REGISTRY, "Register", "sa{sv}", APP_ID, {})
        self._portal = self._bus.owner_of(NAME)
        token = f"grokdesk{secrets.token_hex(6)}"
        options = {"session_handle_token": ("s", token)}
        answer = self._ask("CreateSession", "", options=options)
        self._handle = str(answer.results.get("session_handle", ""))

    def bind(self, wanted: Mapping[str, Hotkey]) -> Mapping[str, str]:
        """Ask for these. The result is what the desktop has bound: each with its key in the desktop's words."""
        shortcuts = [
            (
                binding,
                {
                    "description": ("s", _(purpose)),
                    "preferred_trigger": ("s", trigger_of(hotkey)),
                },
            )
            for binding, hotkey in wanted.items()
            for purpose in (PURPOSES.get(binding, binding),)
        ]
        answer = self._ask("BindShortcuts", "oa(sa{sv})s", self._handle, shortcuts, "", options={})
        bound = _triggers(answer.results.get("shortcuts", []))
        if not bound:
            # Some desktops bind without saying so.
            bound = _triggers(self._ask("ListShortcuts", "o", self._handle, options={}).results.get("shortcuts", []))
        return bound

    def events(self, signals: Signals) -> Iterator[Happened]:
        """What happens to this session, until another portal has taken over and a new session is needed."""
        while True:
            signal = signals.next()
            if signal.sender == BUS.name:
                if signal.name != "NameOwnerChanged":
                    continue
                owner = str(signal.arguments[2])
                if owner:
                    return
                yield Happened(is_gone=True)
            elif signal.sender != self._portal:
                continue  # anybody can send a signal that looks like the portal's
            elif signal.name == "Closed" and signal.path == self._handle:
                raise DesktopRefuses(_("Your desktop stopped the hotkeys."), _("Try again."))
            elif signal.name == "Activated" and signal.arguments[0] == self._handle:
                yield Happened(pressed=str(signal.arguments[1]))
            elif signal.name == "ShortcutsChanged" and signal.arguments[0] == self._handle:
                yield Happened(triggers=_triggers(signal.arguments[1]))

    def configure(self) -> None:
        """Open the desktop's own settings for our hotkeys."""
        self._bus.post(interface(SHORTCUTS), "ConfigureShortcuts", "osa{sv}", self._handle, "", {})

    def close(self) -> None:
        if self._handle:
            with suppress(BusClosed):
                self._bus.post(Service(NAME, self._handle, interface("Session").interface), "Close")

    def _ask(
        self, method: str, signature: str, *arguments: object, options: Mapping[str, tuple[str, object]]
    ) -> PortalAnswer:
        try:
            answer = ask_portal(
                self._bus, SHORTCUTS, method, signature, *arguments, options=options, seconds=DIALOG_SECONDS
            )
        except TimeoutError:
            raise DesktopRefuses(_("Your desktop did not respond."), _("Try again.")) from None
        if answer.code == CANCELLED:
            raise DesktopRefuses(_("Hotkeys were denied in the desktop's dialog."), _("Try again to be asked again."))
        if answer.code != DONE:
            raise DesktopRefuses(_("Your desktop does not provide hotkeys."), _("Bind a key to this command instead."))
        return answer


def _triggers(shortcuts: list[tuple[str, Mapping[str, tuple[str, Any]]]]) -> dict[str, str]:
    return {str(name): readable(str(about.get("trigger_description", ("s", ""))[1])) for name, about in shortcuts}
