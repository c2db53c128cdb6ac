"""The way to a server, step by step and without a question: its address, the connection, the certificate.

Nothing else than the profile's own host is asked, or the proxy that leads to it.
"""

from __future__ import annotations

import base64
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from grokdesk.addresses import host_of, is_loopback, origin_of
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotPossibleHere, UsageError
from grokdesk.model import AS_USUAL, Connection
from grokdesk.providers.http.network_errors import Attempt, not_connected, proxy_refused, timed_out
from grokdesk.providers.http.trust import Trust, with_ca_file
from grokdesk.translation import _

_LONGEST_REPLY = 8192


@dataclass(frozen=True, slots=True)
class Reached:
    """``issuer`` is who vouches for the certificate, "" without TLS; ``proxy`` is its host and port, "" without one."""

    host: str
    seconds: float
    tls: str = ""
    issuer: str = ""
    proxy: str = ""


def reach(url: str, trust: Trust, cancel: CancelSwitch, seconds: float, connection: Connection = AS_USUAL) -> Reached:
    """Connect to the server of ``url`` and hang up. ``trust`` gives the TLS context of questions; ``connection`` is the
    profile's, whose proxy, certificates and patience are used as a question would.

    Raises NotReachable, TimedOut, NotTrusted; Cancelled when the switch is thrown; UsageError for an address that is
    none; NotPossibleHere for a proxy that cannot be used.
    """
    origin = origin_of(url)
    if origin is None:
        raise UsageError(_("This address is not valid."), _("Check the base URL in the settings."))
    scheme, host, port = origin
    proxy, seconds = proxy_for(url, connection.proxy), connection.connect_seconds or seconds
    trust = with_ca_file(trust, connection.ca_file)
    attempt, began, step = Attempt(url, 0, seconds, seconds, seconds), time.monotonic(), "connect_tcp"
    with ExitStack() as stack:
        try:
            first = (host, port) if proxy is None else proxy.place
            line = stack.enter_context(socket.create_connection(first, seconds))
            # TLS detaches the original; a duplicate shuts the same connection down.
            held = stack.enter_context(line.dup())
            stack.enter_context(cancel.waking(lambda: _cut(held)))
            if proxy is not None:
                proxy.ask(line, host, port)
            if scheme == "http":
                return Reached(attempt.host, time.monotonic() - began, proxy=proxy.name if proxy else "")
            step = "start_tls"
            secured = stack.enter_context(trust().wrap_socket(line, server_hostname=host))
            took = time.monotonic() - began
            name = proxy.name if proxy else ""
            return Reached(attempt.host, took, secured.version() or "", issuer_in(secured.getpeercert()), name)
        except _ProxyRefused as error:
            raise proxy_refused(attempt, error) from error
        except TimeoutError as error:
            raise timed_out(attempt, step) from error
        except (OSError, UnicodeError) as error:
            if cancel.thrown:
                raise Cancelled from error
            raise not_connected(attempt, step, error) from error


def issuer_in(certificate: Any) -> str:
    """The organisation that signed, else its common name; a company's own proxy is seen here."""
    named = {key: value for part in (certificate or {}).get("issuer", ()) for key, value in part}
    return str(named.get("organizationName") or named.get("commonName") or "")


class _ProxyRefused(Exception):
    """Says the proxy's status, "" when it gave none."""


@dataclass(frozen=True, slots=True)
class _Proxy:
    place: tuple[str, int]
    credentials: str

    @property
    def name(self) -> str:
        """Without its user name and password."""
        return f"{self.place[0]}:{self.place[1]}"

    def ask(self, line: socket.socket, host: str, port: int) -> None:
        """Source: RFC 9110, section 9.3.6 (CONNECT)."""
        head = f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        if self.credentials:
            head += f"Proxy-Authorization: Basic {self.credentials}\r\n"
        line.sendall(f"{head}\r\n".encode("ascii"))
        reply = b""
        while b"\r\n\r\n" not in reply and len(reply) < _LONGEST_REPLY:
            piece = line.recv(1024)
            if not piece:
                break
            reply += piece
        if reply.split(b" ", 2)[1:2] != [b"200"]:
            raise _ProxyRefused(reply.split(b" ", 2)[1:2][0].decode("ascii", "replace") if b" " in reply else "")


def proxy_for(url: str, chosen: str = "system") -> _Proxy | None:
    """The proxy for an address: the ``chosen`` one, or this computer's. Raises NotPossibleHere for a kind that cannot
    be used."""
    address = chosen
    if chosen == "none" or (chosen == "system" and is_loopback(url)):
        return None
    if chosen == "system":
        proxies = getproxies()
        address = proxies.get(urlsplit(url).scheme) or proxies.get("all", "")
        if not address or proxy_bypass(host_of(url)):
            return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme != "http" or not parts.hostname:
        raise NotPossibleHere(_("Connections through this proxy can't be checked."), _("Only http:// proxies can."))
    credentials = ""
    if parts.username:
        both = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = base64.b64encode(both.encode()).decode("ascii")
    return _Proxy((parts.hostname, parts.port or 80), credentials)


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:  # the other side was first
        return
