"""Sentences for what can happen between this computer and a server."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from grokdesk.errors import Interrupted, NetworkError, NotReachable, NotTrusted, TimedOut

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
            f"{attempt.host} did not take the call within {_seconds(attempt.connect)}.",
            "Check the internet connection and the base URL, then try again.",
        )
    if step == "start_tls":
        return TimedOut(
            f"{attempt.host} did not secure the connection within {_seconds(attempt.connect)}.",
            "Check the base URL: perhaps it begins with http:// instead of https://.",
        )
    if step.startswith("send_request"):
        return TimedOut(
            f"{attempt.host} did not take the question within {_seconds(attempt.write)}.",
            f"It has {_size(attempt.size)}: send fewer or smaller pictures, or try again on a faster connection.",
        )
    return TimedOut(f"{attempt.host} has been silent for {_seconds(attempt.idle)}.", "Try again, or ask another model.")


def is_distrust(error: BaseException) -> bool:
    """True when a certificate was refused."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def not_connected(attempt: Attempt, step: str, error: BaseException, issuer: str = "") -> NetworkError:
    """No connection came about; ``error`` has the reason among its causes. ``issuer`` is who made the certificate."""
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return NotReachable(
                    f"There is no address for {attempt.host}.", "Check the internet connection and the base URL."
                )
            case ssl.SSLCertVerificationError():
                reason = getattr(cause, "verify_message", "") or cause.reason or "unknown reason"
                maker = f"It was issued by {issuer}. " if issuer else ""
                return NotTrusted(
                    f"The certificate of {attempt.host} is not trusted.",
                    f"The reason: {reason}. {maker}If this is your own server or your company's network, add that "
                    "certificate to this computer's, or name its file in the profile.",
                )
            case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
                break
            case ssl.SSLError():
                return NotTrusted(
                    f"No secure connection to {attempt.host} could be made.",
                    f"The reason: {_plain(cause.reason)}. If the server speaks plain HTTP, "
                    "begin the base URL with http://.",
                )
            case ConnectionRefusedError():
                return NotReachable(
                    f"Nothing answers at {attempt.host}.", "Check that the server is running and the port is right."
                )
    if step == "start_tls":
        return NotReachable(
            f"{attempt.host} hung up while the connection was being secured.",
            "Check the base URL: perhaps it begins with http:// instead of https://.",
        )
    return NotReachable(f"{attempt.host} cannot be reached.", "Check the internet connection and the base URL.")


def private_network(attempt: Attempt) -> NetworkError:
    return NotReachable(
        f"{attempt.host} leads into a private network.",
        "A public address must not. If this is meant, save the picture, then open the file.",
    )


def proxy_refused(attempt: Attempt, error: BaseException) -> NetworkError:
    """``error`` begins with the proxy's status, if it gave one."""
    if str(error).startswith("407"):
        return NotReachable(
            "The proxy of this computer wants you to sign in (407).",
            "Put the name and password into HTTPS_PROXY, or ask whoever runs the proxy.",
            retryable=False,
        )
    return NotReachable(
        f"The proxy of this computer did not connect to {attempt.host}.",
        "Check the proxy in the profile, in the system's settings, or in HTTPS_PROXY.",
    )


def broken_off(attempt: Attempt, step: str) -> NetworkError:
    """The connection ended, or what came over it was not HTTP."""
    if step == "receive_response_body":
        return Interrupted(f"{attempt.host} broke off in the middle of the answer.", "Ask again.")
    if attempt.size > _LARGE:
        return Interrupted(
            f"{attempt.host} hung up without an answer.",
            f"The question has {_size(attempt.size)}, perhaps more than it takes: send fewer or smaller pictures.",
        )
    return Interrupted(f"{attempt.host} hung up without an answer.", "Check the base URL, or try again.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _plain(reason: str | None) -> str:
    return (reason or "unknown").replace("_", " ").lower()


def _seconds(seconds: float) -> str:
    return "1 second" if seconds == 1 else f"{seconds:g} seconds"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, size // 1000)} kB"
