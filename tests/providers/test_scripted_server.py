"""The server that other tests lean on, looked at with the standard library's own clients."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.servers.replies import Cut, Reply, Send, Stall
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream, responses_stream, script_xai

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[ScriptedServer]:
    with ScriptedServer(tls=request.param) as server:
        yield server


def ask(server: ScriptedServer, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
    if server.context:
        context = server.client_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
    with closing(connection):
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        with connection.getresponse() as response:
            return response.status, response.read()


def test_replies_come_in_order_and_the_last_one_stays(server: ScriptedServer) -> None:
    server.on("POST", "/x", Reply.text("busy", 503), Reply.json({"fine": True}))
    assert [ask(server, "POST", "/x?a=1", {"n": n})[0] for n in range(3)] == [503, 200, 200]
    assert [request.json for request in server.wait_for_requests(3)] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert {request.path for request in server.requests} == {"/x"}


def test_a_route_without_a_script_is_a_404(server: ScriptedServer) -> None:
    status, body = ask(server, "GET", "/nothing")
    assert status == 404
    assert b"nothing is scripted for GET /nothing" in body


def test_a_chunked_stream_arrives_whole(server: ScriptedServer) -> None:
    stream = responses_stream("Two pears.", reasoning="Hm.")
    server.on("POST", "/v1/responses", Reply.stream(stream, every=0.001))
    assert ask(server, "POST", "/v1/responses", {}) == (200, b"".join(stream))


@pytest.mark.parametrize(
    "reply",
    [
        Reply.stream([b"a"], end=(Cut(),)),
        Reply.stream([b"a"], end=(Cut(reset=True),)),
        Reply(steps=(Send(b"a"),), length=9),
    ],
    ids=["cut", "reset", "miscounted"],
)
def test_a_broken_reply_is_broken(server: ScriptedServer, reply: Reply) -> None:
    server.on("GET", "/x", reply)
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        ask(server, "GET", "/x")


def test_a_stall_lasts_until_the_release(server: ScriptedServer) -> None:
    server.on("GET", "/x", Reply(before=(Stall(),), steps=(Send(b"late"),)))
    answers: list[tuple[int, bytes]] = []
    thread = threading.Thread(target=lambda: answers.append(ask(server, "GET", "/x")))
    thread.start()
    server.wait_until_stalled()
    assert answers == []
    server.release()
    thread.join()
    assert answers == [(200, b"late")]


def test_a_client_that_leaves_is_noticed(server: ScriptedServer) -> None:
    server.on("GET", "/x", Reply.stream([], end=(Stall(),)))
    plain = socket.create_connection(("127.0.0.1", server.port))
    client = server.client_context().wrap_socket(plain, server_hostname="127.0.0.1") if server.context else plain
    with client:
        client.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        server.wait_until_stalled()
    server.wait_until_client_left()


def test_closing_frees_those_who_stall_and_those_who_keep_alive() -> None:
    with ScriptedServer() as server:
        server.on("GET", "/x", Reply(before=(Stall(),)), Reply.text("ok"))
        stalling = socket.create_connection(("127.0.0.1", server.port))
        stalling.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        server.wait_until_stalled()
        alive = http.client.HTTPConnection("127.0.0.1", server.port)
        alive.request("GET", "/x")
        with alive.getresponse() as response:
            assert response.read() == b"ok"
    with stalling:
        assert stalling.recv(1) == b""
    alive.close()
    assert not any(thread.name == "scripted-server" for thread in threading.enumerate())


def test_a_failure_in_a_script_fails_the_test() -> None:
    def broken(_request: object) -> Reply:
        raise ValueError("a mistake in the test")

    server = ScriptedServer()
    server.__enter__()
    server.on("GET", "/x", broken)
    with pytest.raises((http.client.BadStatusLine, ConnectionError)):
        ask(server, "GET", "/x")
    with pytest.raises(AssertionError, match="scripted server failed"):
        server.__exit__(None, None, None)


def test_a_keyed_xai(server: ScriptedServer) -> None:
    script_xai(server, "Two pears.", key="xai-1", models=["grok-9"])
    assert ask(server, "GET", "/v1/models")[0] == 400
    for path in ("/v1/models", "/v1/language-models", "/v1/api-key"):
        assert ask(server, "GET", path, None, Authorization="Bearer xai-1")[0] == 200
    status, body = ask(server, "POST", "/v1/chat/completions", {}, Authorization="Bearer xai-1")
    assert (status, body) == (200, b"".join(chat_stream("Two pears.", model="grok-9")))


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_the_command_line(tmp_path: Path, tls: bool) -> None:
    script = {
        "POST /v1/responses": [
            {"status": 429, "headers": {"Retry-After": "1"}, "json": {"error": "slow down"}},
            {"responses": {"text": "Two pears."}, "every": 0.001},
        ],
        "POST /v1/chat/completions": [{"file": "tests/data/streams/chat_reasoning.sse", "before": [0.001]}],
        "GET /v1/models": [{"models": ["grok-9"]}],
        "GET /cut": [{"chat": {"text": "Hi."}, "end": ["cut"]}],
    }
    (tmp_path / "script.json").write_text(json.dumps(script))
    command = [
        sys.executable,
        "-m",
        "tests.support.servers.serve",
        str(tmp_path / "script.json"),
        *(["--tls"] if tls else []),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        host = ready["url"].partition("//")[2]
        context = ssl.create_default_context(cafile=ready["ca_file"]) if tls else None

        def answer(method: str, path: str) -> tuple[int, bytes]:
            connection = http.client.HTTPSConnection(host, context=context) if tls else http.client.HTTPConnection(host)
            with closing(connection):
                connection.request(method, path)
                with connection.getresponse() as response:
                    return response.status, response.read()

        assert answer("POST", "/v1/responses")[0] == 429
        assert answer("POST", "/v1/responses") == (200, b"".join(responses_stream("Two pears.")))
        assert answer("POST", "/v1/chat/completions")[1].count(b"\n\n") == 8
        assert b"grok-9" in answer("GET", "/v1/models")[1]
        assert json.loads(process.stdout.readline()) == {"method": "POST", "path": "/v1/responses", "bytes": 0}
        with pytest.raises(http.client.IncompleteRead):
            answer("GET", "/cut")
        process.stdin.close()
        assert process.wait(10) == 0
