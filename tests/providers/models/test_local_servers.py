"""Servers on this computer, found on real sockets by what they answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled
from grokdesk.model import Profile
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.local_servers import FoundServer, find_local_servers, is_known
from tests.support.servers.replies import Reply, Stall
from tests.support.servers.server import ScriptedServer

Routes = Mapping[str, Reply]


def listed(*ids: str, owner: str) -> Reply:
    return Reply.json({"object": "list", "data": [{"id": name, "object": "model", "owned_by": owner} for name in ids]})


PROGRAMS: dict[str, Routes] = {
    "Ollama": {
        "/v1/models": listed("llava:7b", "tiny", owner="library"),
        "/api/version": Reply.json({"version": "0.12.6"}),
        "/api/tags": Reply.json({"models": [{"name": "llava:7b"}, {"name": "tiny"}]}),
    },
    "LM Studio": {
        "/v1/models": listed("qwen2-vl-7b", owner="organization_owner"),
        "/api/v0/models": Reply.json({"object": "list", "data": [{"id": "qwen2-vl-7b", "type": "vlm"}]}),
    },
    "llama.cpp": {"/v1/models": listed("model.gguf", owner="llamacpp")},
    "vLLM": {"/v1/models": listed("org/model", owner="vllm"), "/version": Reply.json({"version": "0.19.1"})},
    "LiteLLM": {
        "/v1/models": Reply.json({"error": {"message": "No api key passed in."}}, 401),
        "/health/liveliness": Reply.json("I'm alive!"),
    },
    "Server": {"/v1/models": listed("jan", owner="jan")},
}


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def start(servers: ExitStack, routes: Routes) -> ScriptedServer:
    server = servers.enter_context(ScriptedServer())
    for path, reply in routes.items():
        server.on("GET", path, reply)
    return server


def find(*ports: int) -> dict[str, FoundServer]:
    return {found.program: found for found in find_local_servers(Transport(), CancelSwitch(), ports)}


def test_each_program_is_known_by_what_it_answers_on_any_port(servers: ExitStack) -> None:
    running = {program: start(servers, routes) for program, routes in PROGRAMS.items()}
    found = find(*(server.port for server in running.values()))
    assert found.keys() == PROGRAMS.keys()
    for program, server in running.items():
        assert found[program].base_url == f"{server.url}/v1"
        assert found[program].needs_key is (program == "LiteLLM")
    assert [model.id for model in found["Ollama"].models] == ["llava:7b", "tiny"]
    assert found["LiteLLM"].models == ()


def test_nothing_but_questions_without_a_key_is_sent(servers: ExitStack) -> None:
    server = start(servers, PROGRAMS["LiteLLM"])
    find(server.port)
    assert {request.method for request in server.requests} == {"GET"}
    assert all("authorization" not in request.headers for request in server.requests)


def test_other_servers_are_not_offered(servers: ExitStack) -> None:
    page = Reply.text("<html>A wiki</html>", content_type="text/html")
    wiki = start(servers, {"/v1/models": page, "/props": page, "/api/version": page})
    with ScriptedServer() as gone:
        closed = gone.port
    assert find(wiki.port, closed) == {}


def test_a_llama_cpp_with_a_key_of_its_own_is_known_by_its_properties(servers: ExitStack) -> None:
    server = start(
        servers,
        {
            "/v1/models": Reply.json({"error": {"code": 401}}, 401),
            "/props": Reply.json({"default_generation_settings": {}}),
        },
    )
    assert find(server.port)["llama.cpp"].needs_key


def test_one_that_never_answers_holds_up_no_other(servers: ExitStack) -> None:
    silent = start(servers, {"/v1/models": Reply(before=(Stall(),))})
    found = find_local_servers(Transport(), CancelSwitch(), (silent.port, start(servers, PROGRAMS["vLLM"]).port))
    assert next(found).program == "vLLM"
    silent.release()
    assert list(found) == []


def test_stop_ends_the_search_at_once(servers: ExitStack) -> None:
    silent = start(servers, {"/v1/models": Reply(before=(Stall(),))})
    cancel, outcome = CancelSwitch(), []

    def look() -> None:
        try:
            list(find_local_servers(Transport(), cancel, (silent.port,)))
        except Cancelled:
            outcome.append("stopped")

    thread = threading.Thread(target=look)
    thread.start()
    silent.wait_until_stalled()
    cancel.throw()
    thread.join(1)
    assert outcome == ["stopped"]


@pytest.mark.parametrize(
    ("base_url", "known"),
    [
        ("http://localhost:11434/v1", True),
        ("http://[::1]:11434", True),
        ("http://localhost:1234/v1", False),
        ("http://192.168.0.9:11434/v1", False),
    ],
)
def test_a_server_that_has_a_profile_is_known(base_url: str, known: bool) -> None:
    profile = Profile("p", "P", "chat-completions", base_url)
    assert is_known(FoundServer("Ollama", "http://127.0.0.1:11434/v1"), [profile]) is known
