"""A key that goes in through standard input, and is echoed by the server, is found in no place but the keyring."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from grokdesk.addresses import origin_text
from grokdesk.errors import EXIT_OK
from tests.cli.conftest import CommandLine
from tests.support.servers.replies import Cut, Reply, Send
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import language_models_body, models_body, responses_stream
from tests.support.windows.keystores import MemoryStore

SECRET = "planted-Zq9w8e7r6t5y4u3i2o1p"
"""Without the shape of a key, so that only knowing it can mask it."""

ECHO = {"code": "x", "error": f"Incorrect API key provided: {SECRET}. Authorization: Bearer {SECRET}"}

ENCODED = base64.b64encode(f"Bearer {SECRET}".encode()).decode()
LINES = base64.encodebytes(f"Authorization: Bearer {SECRET}, in lines, as in a mail: {SECRET}".encode()).decode()
PIECES = [
    SECRET,
    SECRET[:9],
    SECRET[-8:],
    ENCODED[12:-4],
    *(line[16:36] for line in LINES.split("\n") if len(line) > 60),
]
"""By which it would be known."""


def holds_key(content: bytes) -> bool:
    return any(piece.encode() in content for piece in PIECES)


def found_in(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and holds_key(file.read_bytes())]


@pytest.fixture(params=["keyring", "environment"])
def keyring(
    request: pytest.FixtureRequest, grokdesk: CommandLine, monkeypatch: pytest.MonkeyPatch, server: ScriptedServer
) -> MemoryStore:
    """Brings the key in, in both ways there are."""
    xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{server.url}/v1"}
    grokdesk.write_settings(profiles=[xai])
    store = MemoryStore()
    if request.param == "environment":
        monkeypatch.setenv("GROKDESK_API_KEY", SECRET)
    else:
        done = grokdesk("key", "set", stdin=SECRET + "\n", keyring=store)
        assert done.code == EXIT_OK
        assert SECRET not in done.out + done.err
        assert store.kept == {f"xai {origin_text(server.url)}": SECRET}
    return store


@pytest.mark.parametrize(
    "reply",
    [
        Reply.stream(responses_stream("Two pears.")),
        Reply.stream(responses_stream(f"Your key is {SECRET}, in base64 {ENCODED}.")),
        Reply.stream(responses_stream("Two pears.", model=SECRET)),
        Reply.stream(responses_stream(f"In lines:\n{LINES}\nand in parts: {SECRET[:9]}****{SECRET[-8:]}.")),
        Reply.json({"error": {"message": f"wrong: {ENCODED}"}}, 400),
        Reply.json({"error": {"message": f"wrong: {LINES}, {SECRET[:9]}****{SECRET[-8:]}", "code": LINES}}, 400),
        Reply.json(ECHO, 400),
        Reply.json(ECHO, 401),
        Reply.json(ECHO, 403),
        Reply.json({"error": {"message": f"no model for {SECRET}", "type": SECRET, "code": SECRET}}, 404),
        Reply.json(ECHO, 500, {"Retry-After": "0"}),
        Reply(502, {"Retry-After": "0", "Content-Type": "text/html"}, (Send(f"<html>{SECRET}</html>".encode()),)),
        Reply.stream([*responses_stream("Two")[:6], f'event: error\ndata: {{"error": "{SECRET}"}}\n\n'.encode()]),
        Reply.stream(responses_stream("Two pears.")[:8], end=(Cut(reset=True),)),
    ],
    ids=[
        "answer",
        "key as answer",
        "key as model",
        "in lines and parts",
        "base64",
        "error in lines and parts",
        "400",
        "401",
        "403",
        "404",
        "500",
        "502",
        "error in the stream",
        "cut",
    ],
)
def test_a_key_is_nowhere_but_in_the_keyring_and_in_the_request(
    grokdesk: CommandLine, keyring: MemoryStore, server: ScriptedServer, shot: str, reply: Reply
) -> None:
    server.on("POST", "/v1/responses", reply)
    server.on("GET", "/v1/models", Reply.json(models_body(["grok-4.5", SECRET])))
    server.on("GET", "/v1/language-models", Reply.json(language_models_body(["grok-4.5"])))
    shown = ""
    for words in (
        ("ask", shot, "-p", "What?"),
        ("ask", shot, "--json"),
        ("key", "test"),
        ("history",),
        ("history", "--json"),
        ("history", "show", "1"),
        ("history", "export"),
        ("history", "export", "--json"),
        ("settings", "show", "--json"),
        ("profiles", "--json"),
    ):
        done = grokdesk(*words, keyring=keyring)
        shown += done.out + done.err
    assert len(grokdesk.history.list()) == 2
    assert f"Bearer {SECRET}" in {request.headers["authorization"] for request in server.requests}
    assert not holds_key(shown.encode())
    assert found_in(grokdesk.home) == []
