"""Requests to the desktop portal: one call, and later one signal with the answer.

Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Request.html
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grokdesk.system.session_bus import Service, SessionBus

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
DONE, CANCELLED, ENDED = 0, 1, 2
"""Codes of an answer: carried out, refused by the person, ended in another way."""
ANSWER_SECONDS = 60.0
"""How long a person may look at a dialog of the desktop."""

Options = Mapping[str, tuple[str, object]]
"""Each value with its D-Bus signature, as in ``{"interactive": ("b", False)}``."""


def interface(name: str) -> Service:
    """``"Screenshot"`` or another interface of the portal."""
    return Service(NAME, PATH, f"org.freedesktop.portal.{name}")


REQUEST = interface("Request")


@dataclass(frozen=True, slots=True)
class PortalAnswer:
    code: int
    results: Mapping[str, Any]


def version_of(bus: SessionBus, name: str) -> int:
    """The version of an interface. Raises BusRefused when the portal or the interface is not there."""
    return int(bus.read(interface(name), "version"))


def ask_portal(
    bus: SessionBus,
    name: str,
    method: str,
    signature: str,
    *arguments: object,
    options: Options,
    seconds: float = ANSWER_SECONDS,
) -> PortalAnswer:
    """Call ``method`` of an interface with ``arguments`` and ``options`` last, and wait for the answer.

    ``signature`` is that of the arguments without the options. Raises BusRefused, BusClosed, and TimeoutError when
    the call was taken but no answer came.
    """
    token = f"grokdesk{secrets.token_hex(6)}"
    sender = bus.own_name.removeprefix(":").replace(".", "_")
    # Known beforehand, so that an answer cannot come before somebody listens.
    path = f"{PATH}/request/{sender}/{token}"
    with bus.signals(REQUEST, "Response", path=path) as responses:
        given = {**options, "handle_token": ("s", token)}
        bus.call(interface(name), method, signature + "a{sv}", *arguments, given)
        code, results = responses.next(seconds).arguments
    return PortalAnswer(int(code), {key: value for key, (_signature, value) in results.items()})
