"""Which servers are trusted: the certificates of this computer, a company's own ones included."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Callable

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
