"""Which servers are trusted: the certificates of this computer, a company's own ones included."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotTrusted
from grokdesk.providers.http.certificate import issuer_of
from grokdesk.translation import _

Trust = Callable[[], ssl.SSLContext]
"""Gives the TLS context of a question."""


class SystemTrust:
    """Makes the TLS context of each question."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shared: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """A context that verifies against the system's certificates; any thread may ask.

        Where OpenSSL knows the system's file of certificates, one context is loaded once and shared. Elsewhere
        truststore asks the operating system; its contexts hold a lock during the whole handshake, so that a stalled
        one would hold up every other question: each question gets its own.
        """
        if sys.platform in ("win32", "darwin") or ssl.get_default_verify_paths().cafile is None:
            import truststore

            return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with self._lock:
            if self._shared is None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.load_default_certs()
                self._shared = context
            return self._shared


def with_ca_file(trust: Trust, ca_file: str) -> Trust:
    """``trust`` for a profile whose server is also trusted by the certificates in a file; "" for none.

    The context raises NotTrusted when the file cannot be read.
    """
    if not ca_file:
        return trust

    def context() -> ssl.SSLContext:
        own = SystemTrust().context()  # the shared one is not to trust the file's certificates elsewhere
        try:
            own.load_verify_locations(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise NotTrusted(
                _("The certificates in {file} cannot be read.").format(file=ca_file),
                _("It has to be a PEM file: check it in the profile."),
            ) from error
        return own

    return context


def issuer_at(host: str, port: int, seconds: float, cancel: CancelSwitch) -> str:
    """Who issued the certificate that a server shows, "" when that cannot be found out. Raises Cancelled.

    It shakes hands once more without trusting anybody, and sends nothing.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), seconds) as plain,
            plain.dup() as held,  # TLS detaches the other one
            cancel.waking(lambda: _hang_up(held)),
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return issuer_of(secured.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError):
        if cancel.thrown:
            raise Cancelled from None
        return ""


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was first
        connection.shutdown(socket.SHUT_RDWR)
