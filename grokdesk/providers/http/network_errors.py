"""Sentences for what can happen between this computer and a server."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from grokdesk.errors import Interrupted, NetworkError, NotReachable, NotTrusted, TimedOut
from grokdesk.translation import _

_LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried: the address, the bytes to send, and the time limits in seconds."""

    url: str
    size: int
    connect: float
    write: float
    idle: float

    @property
    def host(self) -> str:
        """Host and port, as a person knows them."""
        parts = urlsplit(self.url)
        return parts.netloc.rpartition("@")[2] or self.url


def timed_out(attempt: Attempt, step: str) -> NetworkError:
    """``step`` is where it happened, in httpcore's words, as everywhere in this module."""
    if step in ("", "connect_tcp"):
        return TimedOut(
            _("Connection to {host} timed out after {seconds:g} s.").format(host=attempt.host, seconds=attempt.connect),
            _("Check the internet connection and the base URL, then try again."),
        )
    if step == "start_tls":
        return TimedOut(
            _("Secure connection to {host} timed out after {seconds:g} s.").format(
                host=attempt.host, seconds=attempt.connect
            ),
            _("Check the base URL: the server may use http:// instead of https://."),
        )
    if step.startswith("send_request"):
        return TimedOut(
            _("Upload to {host} timed out after {seconds:g} s.").format(host=attempt.host, seconds=attempt.write),
            _("The request is {size}: send fewer or smaller pictures, or try a faster connection.").format(
                size=_size(attempt.size)
            ),
        )
    return TimedOut(
        _("No data from {host} for {seconds:g} s.").format(host=attempt.host, seconds=attempt.idle),
        _("Try again, or choose another model."),
    )


def is_distrust(error: BaseException) -> bool:
    """True when a certificate was refused."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def not_connected(attempt: Attempt, step: str, error: BaseException, issuer: str = "") -> NetworkError:
    """No connection came about; ``error`` has the reason among its causes. ``issuer`` is who made the certificate."""
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return NotReachable(
                    _("{host} was not found.").format(host=attempt.host),
                    _("Check the internet connection and the base URL."),
                )
            case ssl.SSLCertVerificationError():
                reason = getattr(cause, "verify_message", "") or cause.reason or _("unknown")
                maker = _("Certificate issued by {issuer}.").format(issuer=issuer) if issuer else ""
                advice = _(
                    "If this is your own server or your company's network, add the certificate to this computer, "
                    "or set the CA certificate file in the profile."
                )
                return NotTrusted(
                    _("The certificate of {host} is not trusted.").format(host=attempt.host),
                    " ".join(filter(None, (_("Reason: {reason}.").format(reason=reason), maker, advice))),
                )
            case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
                break
            case ssl.SSLError():
                return NotTrusted(
                    _("Could not establish a secure connection to {host}.").format(host=attempt.host),
                    _("Reason: {reason}. If the server uses plain HTTP, start the base URL with http://.").format(
                        reason=_plain(cause.reason)
                    ),
                )
            case ConnectionRefusedError():
                return NotReachable(
                    _("{host} refused the connection.").format(host=attempt.host),
                    _("Check that the server is running and the port is correct."),
                )
    if step == "start_tls":
        return NotReachable(
            _("{host} closed the connection during the TLS handshake.").format(host=attempt.host),
            _("Check the base URL: the server may use http:// instead of https://."),
        )
    return NotReachable(
        _("{host} cannot be reached.").format(host=attempt.host), _("Check the internet connection and the base URL.")
    )


def private_network(attempt: Attempt) -> NetworkError:
    return NotReachable(
        _("{host} points to a private network.").format(host=attempt.host),
        _("A public address should not. If this is intended, save the picture and open the file."),
    )


def proxy_refused(attempt: Attempt, error: BaseException) -> NetworkError:
    """``error`` begins with the proxy's status, if it gave one."""
    if str(error).startswith("407"):
        return NotReachable(
            _("The proxy requires authentication (407)."),
            _("Put the user name and password in HTTPS_PROXY, or ask your administrator."),
            retryable=False,
        )
    return NotReachable(
        _("The proxy could not connect to {host}.").format(host=attempt.host),
        _("Check the proxy in the profile, the system settings or HTTPS_PROXY."),
    )


def broken_off(attempt: Attempt, step: str) -> NetworkError:
    """The connection ended, or what came over it was not HTTP."""
    if step == "receive_response_body":
        return Interrupted(
            _("The connection to {host} was lost during the answer.").format(host=attempt.host), _("Try again.")
        )
    title = _("{host} closed the connection without answering.").format(host=attempt.host)
    if attempt.size > _LARGE:
        advice = _("The request is {size}, which may be over the server's limit: send fewer or smaller pictures.")
        return Interrupted(title, advice.format(size=_size(attempt.size)))
    return Interrupted(title, _("Check the base URL, or try again."))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _plain(reason: str | None) -> str:
    return (reason or _("unknown")).replace("_", " ").lower()


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} kB"
