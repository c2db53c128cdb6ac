"""Whether the models of Ollama and llama.cpp see, as the programs tell it, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled
from grokdesk.logs import Redactor
from grokdesk.model import Profile
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.models.models import ModelInfo
from grokdesk.providers.remote import Remote
from tests.support.servers.replies import ReceivedRequest, Reply, Stall
from tests.support.servers.server import ScriptedServer

ABILITIES = {"llava:7b": ["completion", "vision"], "tiny": ["completion", "tools"]}


def show(request: ReceivedRequest) -> Reply:
    name = str(request.json["model"])
    info = {"general.architecture": "llama", "llama.context_length": 32_768}
    return Reply.json({"capabilities": ABILITIES[name], "model_info": info})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        names = [{"id": name, "object": "model", "owned_by": "library"} for name in ABILITIES]
        server.on("GET", "/v1/models", Reply.json({"object": "list", "data": names}))
        yield server


def remote(server: ScriptedServer, *, is_local: bool = True, key: str = "") -> Remote:
    profile = Profile("p", "P", "chat-completions", f"{server.url}/v1", needs_key=bool(key), is_local=is_local)
    dialect, memory = dialect_for(profile.dialect), ModelMemory(None, lambda: 1000.0)
    return Remote(Transport(), profile, dialect, key, Redactor(), memory)


def vision(remote: Remote) -> dict[str, bool | None]:
    return {model.id: model.supports_images for model in remote.models(CancelSwitch())}


def test_ollama_tells_of_each_model_what_it_can(server: ScriptedServer) -> None:
    server.on("POST", "/api/show", show)
    asked = remote(server)
    assert asked.models(CancelSwitch()) == (
        ModelInfo("llava:7b", supports_images=True, context=32_768),
        ModelInfo("tiny", supports_images=False, context=32_768),
    )
    requests = len(server.requests)
    assert vision(asked) == {"llava:7b": True, "tiny": False}
    assert len(server.requests) == requests, "the list is kept a day, what was told of it too"


def test_what_asking_has_settled_counts_more(server: ScriptedServer) -> None:
    server.on("POST", "/api/show", show)
    asked = remote(server)
    asked.memory.remember_vision(asked.profile, "llava:7b", supports_images=False)
    assert vision(asked) == {"llava:7b": False, "tiny": False}


@pytest.mark.parametrize("supports_images", [True, False])
def test_llama_cpp_tells_of_the_model_that_it_serves(server: ScriptedServer, *, supports_images: bool) -> None:
    server.on("GET", "/v1/models", Reply.json({"data": [{"id": "model.gguf", "owned_by": "llamacpp"}]}))
    server.on("GET", "/props", Reply.json({"modalities": {"vision": supports_images, "audio": False}}))
    assert vision(remote(server)) == {"model.gguf": supports_images}


def test_what_the_list_says_itself_is_not_asked_for(server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json({"data": [{"id": "m", "architecture": {"input_modalities": ["image"]}}]}))
    assert vision(remote(server)) == {"m": True}
    assert [request.path for request in server.requests] == ["/v1/models"]


def test_other_servers_are_asked_once_each_way_and_stay_unknown(server: ScriptedServer) -> None:
    assert vision(remote(server)) == {"llava:7b": None, "tiny": None}
    assert [request.path for request in server.requests] == ["/v1/models", "/props", "/api/show"]


def test_a_server_elsewhere_is_asked_nothing_of_the_kind(server: ScriptedServer) -> None:
    assert vision(remote(server, is_local=False)) == {"llava:7b": None, "tiny": None}
    assert [request.path for request in server.requests] == ["/v1/models"]


def test_strange_replies_settle_nothing(server: ScriptedServer) -> None:
    server.on("GET", "/props", Reply.json(["vision"]))
    server.on("POST", "/api/show", Reply.json({"capabilities": "vision"}))
    assert vision(remote(server)) == {"llava:7b": None, "tiny": None}


def test_the_key_goes_along(server: ScriptedServer) -> None:
    server.on("POST", "/api/show", show)
    vision(remote(server, key="sk-house-0123456789"))
    assert {request.headers.get("authorization") for request in server.requests} == {"Bearer sk-house-0123456789"}


def test_stop_ends_the_asking(server: ScriptedServer) -> None:
    cancel = CancelSwitch()

    def stop(_request: ReceivedRequest) -> Reply:
        cancel.throw()
        return Reply(before=(Stall(),))

    server.on("GET", "/props", stop)
    with pytest.raises(Cancelled):
        remote(server).models(cancel)


def test_a_profile_that_has_changed_its_address_is_another_server(server: ScriptedServer) -> None:
    server.on("POST", "/api/show", show)
    asked = remote(server)
    vision(asked)
    elsewhere = replace(asked.profile, base_url="http://127.0.0.1:9/v1")
    assert asked.memory.models(elsewhere) is None
    assert json.loads(server.requests[-1].body) == {"model": "tiny"}
