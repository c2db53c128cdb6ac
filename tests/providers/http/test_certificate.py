"""Who issued a certificate, read by hand."""

from __future__ import annotations

import ssl

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotTrusted
from grokdesk.providers.formats.protocol import HttpRequest
from grokdesk.providers.http.certificate import issuer_of
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.http.trust import issuer_at
from tests.support.servers.server import ScriptedServer


def der_of(authority: trustme.CA) -> bytes:
    leaf = authority.issue_cert("localhost").cert_chain_pems[0].bytes()
    return ssl.PEM_cert_to_DER_cert(leaf.decode())


def test_name_and_organisation() -> None:
    authority = trustme.CA(organization_name="Acme Grüße", organization_unit_name="Proxy CA")
    assert issuer_of(der_of(authority)) == "Proxy CA (Acme Grüße)"


@given(st.binary(max_size=80))
def test_any_bytes_are_no_mistake_of_ours(data: bytes) -> None:
    assert isinstance(issuer_of(data), str)


def test_every_cut_is_no_mistake_of_ours() -> None:
    der = der_of(trustme.CA())
    for cut in range(len(der)):
        assert isinstance(issuer_of(der[:cut]), str)


def test_the_issuer_is_named_where_a_certificate_is_refused() -> None:
    with ScriptedServer(tls=True) as server:
        request = HttpRequest("GET", f"{server.url}/v1/models")
        with pytest.raises(NotTrusted) as caught, Transport().stream(request, {}, CancelSwitch()):
            pass
        assert "Certificate issued by Testing CA" in caught.value.hint
        assert "trustme" in caught.value.hint
        assert server.requests == []


def test_a_server_that_does_not_speak_has_no_issuer() -> None:
    with ScriptedServer() as server:
        assert issuer_at("127.0.0.1", server.port, 5.0, CancelSwitch()) == ""
    assert issuer_at("127.0.0.1", server.port, 5.0, CancelSwitch()) == ""
