from __future__ import annotations

from collections.abc import Iterator

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import KeyRefused, PermissionRefused, ServerTrouble
from grokdesk.model import DialectName, Profile
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.key_check import KeyReport, check_key
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import api_key_body, keyed, models_body, script_xai

KEY = "xai-0123456789abcdef"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def checked(server: ScriptedServer, key: str = KEY, dialect: DialectName = "xai-responses") -> KeyReport:
    return check_key(Transport(), Profile("p", "Acme", dialect, server.url), key, CancelSwitch())


def test_a_key_in_good_order(server: ScriptedServer) -> None:
    script_xai(server, key=KEY, models=["grok-9", "grok-8"])
    report = checked(server)
    assert report.sentence == "Acme accepted the key. 2 models, 2 with image support."
    assert [model.id for model in report.models] == ["grok-9", "grok-8"]
    assert [request.path for request in server.requests] == ["/v1/api-key", "/v1/language-models"]
    assert all(request.method == "GET" for request in server.requests)


def test_a_wrong_key(server: ScriptedServer) -> None:
    script_xai(server, key="xai-another-key")
    with pytest.raises(KeyRefused, match="Acme rejected the key"):
        checked(server)


@pytest.mark.parametrize(
    ("flag", "title"),
    [
        ("api_key_disabled", "The key is disabled"),
        ("api_key_blocked", "The key is blocked"),
        ("team_blocked", "The key's team is blocked"),
    ],
)
def test_a_blocked_key(server: ScriptedServer, flag: str, title: str) -> None:
    script_xai(server, key=KEY)
    server.on("GET", "/v1/api-key", Reply.json(api_key_body(**{flag: True})))
    with pytest.raises(PermissionRefused, match=title):
        checked(server)


@pytest.mark.parametrize(
    ("acls", "end"),
    [
        (["api-key:model:grok-9", "api-key:model:grok-8"], "The key is limited to: grok-9, grok-8."),
        (["api-key:endpoint:*"], "The key is allowed no models."),
        (None, "1 with image support."),
    ],
)
def test_the_rights_of_a_key_are_told(server: ScriptedServer, acls: list[str] | None, end: str) -> None:
    script_xai(server, key=KEY)
    server.on("GET", "/v1/api-key", keyed(KEY, Reply.json(api_key_body(acls=acls))))
    assert checked(server).sentence.endswith(end)


def test_a_server_that_tells_nothing_about_keys(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json(models_body(["m-1"])))
    assert checked(server).sentence == "Acme accepted the key. 1 model."


def test_other_servers_are_asked_for_their_models_only(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", keyed(KEY, Reply.json(models_body(["m-1", "m-2"]))))
    assert checked(server, dialect="chat-completions").sentence == "Acme accepted the key. 2 models."
    assert [request.path for request in server.requests] == ["/v1/models"]


def test_a_server_without_a_key(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json({"data": []}))
    assert checked(server, key="").sentence == "Acme is responding. It lists no models."
    assert all("authorization" not in request.headers for request in server.requests)


@pytest.mark.parametrize("path", ["/v1/api-key", "/v1/language-models"])
def test_an_echoed_key_is_nowhere(server: ScriptedServer, path: str) -> None:
    script_xai(server, key=KEY)
    server.on("GET", path, Reply.json({"error": f"no: {KEY}"}, 500))
    with pytest.raises(ServerTrouble) as caught:
        checked(server)
    assert KEY not in f"{caught.value} {caught.value!r}"
