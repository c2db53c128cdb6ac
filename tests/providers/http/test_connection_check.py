from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, NotPossibleHere, NotReachable, NotTrusted, TimedOut, UsageError
from grokdesk.providers.http.connection_check import Reached, issuer_in, proxy_for, reach
from grokdesk.providers.http.trust import SystemTrust
from tests.support.servers.server import ScriptedServer


def reached(
    url: str, trust: ssl.SSLContext | None = None, seconds: float = 5.0, cancel: CancelSwitch | None = None
) -> Reached:
    return reach(url, lambda: trust or SystemTrust().context(), cancel or CancelSwitch(), seconds)


def test_who_vouches_for_the_certificate_is_told() -> None:
    with ScriptedServer(tls=True) as server:
        found = reached(f"{server.url}/v1", server.client_context())
    assert found.host == urlsplit(server.url).netloc
    assert found.tls.startswith("TLSv1.")
    assert found.issuer.startswith("trustme")
    assert found.proxy == ""
    assert server.requests == []


def test_without_tls_nothing_is_said_of_it() -> None:
    with ScriptedServer() as server:
        assert reached(server.url).tls == ""


def test_a_certificate_of_a_stranger() -> None:
    with ScriptedServer(tls=True) as server, pytest.raises(NotTrusted, match="not trusted"):
        reached(server.url)


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(NotReachable, match="refused the connection"):
            reached(f"http://127.0.0.1:{unused.getsockname()[1]}/v1")


def test_a_name_that_leads_nowhere() -> None:
    with pytest.raises(NotReachable, match=r"grokdesk\.invalid was not found"):
        reached("https://grokdesk.invalid/v1")


def test_a_server_that_is_silent() -> None:
    with ScriptedServer(stalls_handshake=True) as server, pytest.raises(TimedOut, match="Secure connection to"):
        reached(server.url, seconds=0.2)


def test_it_can_be_stopped() -> None:
    cancel = CancelSwitch()
    with ScriptedServer(stalls_handshake=True) as server:

        def stop() -> None:
            server.wait_until_stalled()
            cancel.throw()

        stopper = threading.Thread(target=stop)
        stopper.start()
        with pytest.raises(Cancelled):
            reached(server.url, cancel=cancel)
        stopper.join()


def test_an_address_that_is_none() -> None:
    with pytest.raises(UsageError):
        reached("nonsense")


# --- through a proxy ------------------------------------------------------------------------------------------


@dataclass
class Proxy:
    """Leads every CONNECT to one server; with a ``refusal`` it says that instead."""

    port: int
    refusal: bytes = b""
    heads: list[bytes] = field(default_factory=list)


@contextmanager
def proxy_before(server: ScriptedServer, refusal: bytes = b"") -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener.getsockname()[1], refusal)

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                proxy.heads.append(line.recv(4096))
                if refusal:
                    line.sendall(refusal)
                    return
                with socket.create_connection(("127.0.0.1", server.port)) as far:
                    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=copy, args=(far, line))
                    back.start()
                    copy(line, far)
                    back.join()

        thread = threading.Thread(target=serve)
        thread.start()
        yield proxy
        thread.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def test_the_way_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(tls=True) as server, proxy_before(server) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{proxy.port}")
        trust = server.client_context()
        trust.check_hostname = False  # a name that only the proxy knows
        found = reached("https://grokdesk.invalid/v1", trust)
    assert found.proxy == f"127.0.0.1:{proxy.port}"
    assert b"CONNECT grokdesk.invalid:443 HTTP/1.1" in proxy.heads[0]
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0" in proxy.heads[0]


def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(tls=True) as server, proxy_before(server, b"HTTP/1.1 407 No\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        with pytest.raises(NotReachable, match="requires authentication"):
            reached("https://grokdesk.invalid/v1")


def test_no_proxy_leads_to_this_computer_or_where_it_must_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.org")
    assert proxy_for("https://localhost:1234/v1") is None
    assert proxy_for("https://example.org/v1") is None
    found = proxy_for("https://api.x.ai/v1")
    assert found is not None
    assert found.name == "127.0.0.1:9"
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(NotPossibleHere):
        proxy_for("https://api.x.ai/v1")


def test_the_organisation_is_named_before_the_authority() -> None:
    issuer = ((("commonName", "R3"),), (("organizationName", "Let's Encrypt"),))
    assert issuer_in({"issuer": issuer}) == "Let's Encrypt"
    assert issuer_in({"issuer": issuer[:1]}) == "R3"
    assert issuer_in(None) == ""
