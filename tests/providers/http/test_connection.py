"""How a profile's server is reached: proxy, certificates, limits, extra headers; for asking and for listing alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotTrusted, RequestRefused, TimedOut
from grokdesk.logs import Redactor
from grokdesk.model import AS_USUAL, Connection, Message, Profile
from grokdesk.providers.dialects import chat_completions
from grokdesk.providers.exchange import exchange
from grokdesk.providers.formats.protocol import HttpRequest
from grokdesk.providers.http.transport import Transport, check_destination, uses_proxy
from grokdesk.providers.models.models import list_models
from tests.support.servers.answers import Heard, heard
from tests.support.servers.replies import Reply, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.socks import socks_proxy
from tests.support.servers.streams import chat_stream, models_body

KEY = "key-123456"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def script(server: ScriptedServer, home: str = "") -> None:
    server.on("POST", f"{home}/v1/chat/completions", Reply.stream(chat_stream("Hi.")))
    server.on("GET", f"{home}/v1/models", Reply.json(models_body(["m-1"])))


def ask(url: str, connection: Connection) -> Heard:
    profile = Profile("p", "Acme", "chat-completions", url, "m-1", connection=connection, key_over_http=True)
    events = exchange(
        Transport(), chat_completions, profile, KEY, Message("?"), [], CancelSwitch(), Redactor(), no_wait
    )
    return heard(events)


def names(url: str, connection: Connection) -> list[str]:
    profile = Profile("p", "Acme", "chat-completions", url, "m-1", connection=connection, key_over_http=True)
    models = list_models(Transport(), chat_completions, profile, KEY, CancelSwitch(), Redactor())
    return [model.id for model in models]


def no_wait(_seconds: float) -> None:
    pass


def test_a_proxy_of_the_profile(server: ScriptedServer) -> None:
    script(server, "http://acme.invalid")
    way = Connection(proxy=server.url)
    assert ask("http://acme.invalid", way).text == "Hi."
    assert names("http://acme.invalid", way) == ["m-1"]


def test_a_socks_proxy_of_the_profile(server: ScriptedServer) -> None:
    script(server)
    with socks_proxy(("127.0.0.1", server.port)) as proxy:
        assert ask("http://acme.invalid:81", Connection(proxy=proxy.url)).text == "Hi."
        assert proxy.wanted == [("acme.invalid", 81)], "the proxy looks the name up"
        assert names("http://10.1.2.3", Connection(proxy=proxy.url.replace("socks5h", "socks5"))) == ["m-1"]


def test_stop_wakes_a_question_behind_a_socks_proxy(server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream([], end=(Stall(),)))
    with socks_proxy(("127.0.0.1", server.port)) as proxy:
        got = ask("http://acme.invalid", Connection(proxy=proxy.url, idle_seconds=1))
        assert isinstance(got.error, TimedOut)


def test_no_proxy_although_the_system_has_one(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    script(server)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert uses_proxy("http://acme.invalid", AS_USUAL)
    assert not uses_proxy("http://acme.invalid", Connection(proxy="none"))
    assert not uses_proxy(server.url, AS_USUAL)
    assert ask(server.url, Connection(proxy="none")).text == "Hi."


def test_certificates_of_the_profile(tmp_path: Path) -> None:
    with ScriptedServer(tls=True) as server:
        script(server)
        way = Connection(ca_file=str(server.write_ca(tmp_path)))
        assert ask(server.url, way).text == "Hi."
        assert names(server.url, way) == ["m-1"]
        assert isinstance(ask(server.url, AS_USUAL).error, NotTrusted)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_without_certificates_is_named(server: ScriptedServer, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "company.pem"
    if content is not None:
        file.write_text(content)
    got = ask(server.url, Connection(ca_file=str(file)))
    assert isinstance(got.error, NotTrusted)
    assert "company.pem" in got.error.title
    assert server.requests == []


def test_limits_of_the_profile(server: ScriptedServer) -> None:
    server.on("POST", "/v1/chat/completions", Reply(before=(Stall(),)))
    got = ask(server.url, Connection(idle_seconds=1))
    assert isinstance(got.error, TimedOut)
    assert "for 1 s." in got.error.title


def test_extra_headers_reach_every_request_and_never_replace_the_key(server: ScriptedServer) -> None:
    script(server)
    way = Connection(headers=(("X-Title", "GrokDesk"), ("HTTP-Referer", "https://example.org")))
    ask(server.url, way)
    names(server.url, way)
    for request in server.requests:
        assert request.headers["x-title"] == "GrokDesk"
        assert request.headers["http-referer"] == "https://example.org"
        assert request.headers["authorization"] == f"Bearer {KEY}"


def test_the_effort_of_the_profile_is_used_where_a_question_has_none(server: ScriptedServer) -> None:
    script(server)
    profile = Profile("p", "Acme", "chat-completions", server.url, "m-1", effort="low")
    for message in (Message("?"), Message("?", effort="high")):
        heard(exchange(Transport(), chat_completions, profile, KEY, message, [], CancelSwitch(), Redactor()))
    assert [request.json["reasoning_effort"] for request in server.requests] == ["low", "high"]
    assert replace(profile, effort="").effort == ""


@pytest.mark.parametrize(
    ("base_url", "url", "key_over_http", "goes"),
    [
        ("https://acme.example/v1", "https://acme.example/v1/x", False, True),
        ("acme.example", "https://acme.example:443/x", False, True),
        ("https://acme.example/v1", "https://evil.example/v1/x", False, False),
        ("https://acme.example/v1", "https://sub.acme.example/v1/x", False, False),
        ("https://acme.example/v1", "https://acme.example:8443/v1/x", False, False),
        ("https://acme.example/v1", "http://acme.example/v1/x", True, False),
        ("https://acme.example/v1", "https://acme.example.evil.example/v1/x", False, False),
        ("http://acme.example/v1", "http://acme.example/v1/x", False, False),
        ("http://acme.example/v1", "http://acme.example/v1/x", True, True),
        ("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/x", False, True),
        ("http://127.0.0.1:9/v1", "http://127.0.0.1:10/v1/x", False, False),
        ("http://nas.local/v1", "http://nas.local/v1/x", False, True),
        ("http://8.8.8.8/v1", "http://8.8.8.8/v1/x", False, False),
    ],
)
def test_where_a_key_goes(base_url: str, url: str, key_over_http: bool, goes: bool) -> None:
    profile = Profile("p", "Acme", "chat-completions", base_url, "m-1", key_over_http=key_over_http)
    if goes:
        check_destination(url, profile)
    else:
        with pytest.raises(RequestRefused):
            check_destination(url, profile)


def test_the_last_guard_is_the_transport(server: ScriptedServer) -> None:
    script(server)
    profile = Profile("p", "Acme", "chat-completions", "https://acme.example", "m-1")
    request = HttpRequest("GET", f"{server.url}/v1/models")
    for key_for in (profile, replace(profile, key_over_http=True)):
        with (
            pytest.raises(RequestRefused),
            Transport().stream(request, {"Authorization": "Bearer x"}, CancelSwitch(), key_for=key_for),
        ):
            pytest.fail("it was sent")
    with Transport().stream(request, {}, CancelSwitch(), key_for=profile) as reply:
        assert reply.status == 200
    assert len(server.requests) == 1
    assert isinstance(plain_question("http://acme.invalid").error, RequestRefused)


def plain_question(url: str) -> Heard:
    profile = Profile("p", "Acme", "chat-completions", url, "m-1")
    return heard(exchange(Transport(), chat_completions, profile, KEY, Message("?"), [], CancelSwitch(), Redactor()))
