"""``grokdesk models``: the list, kept a day, and a probe of one model's sight."""

from __future__ import annotations

import pytest

from grokdesk.errors import EXIT_NETWORK, EXIT_OK, EXIT_USAGE
from tests.cli.conftest import CommandLine
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream

ENTRY = {
    "id": "grok-4.3",
    "input_modalities": ["text", "image"],
    "prompt_text_token_price": 12500,
    "completion_text_token_price": 25000,
    "context_length": 1000000,
}


@pytest.fixture
def words(server: ScriptedServer) -> tuple[str, ...]:
    server.on("GET", "/v1/models", Reply.json({"data": [ENTRY, {"id": "tiny"}]}))
    return ("models", "--base-url", f"{server.url}/v1")


def test_the_list(grokdesk: CommandLine, words: tuple[str, ...]) -> None:
    done = grokdesk(*words)
    assert done.code == EXIT_OK
    assert done.lines == [
        "grok-4.3  vision     1,000,000 tokens  $1.25 in, $2.5 out per million tokens",
        "tiny      unknown",
    ]
    assert grokdesk(*words, "--json").json[0] == {
        "id": "grok-4.3",
        "aliases": [],
        "supports_images": True,
        "context": 1_000_000,
        "usd_per_million": {"input": 1.25, "output": 2.5, "cached": None},
    }


def test_it_is_asked_for_once_a_day(grokdesk: CommandLine, server: ScriptedServer, words: tuple[str, ...]) -> None:
    assert grokdesk(*words).out == grokdesk(*words).out
    assert [request.path for request in server.requests].count("/v1/models") == 1
    grokdesk(*words, "--refresh")
    assert [request.path for request in server.requests].count("/v1/models") == 2


def test_a_probe_settles_what_the_server_does_not_say(
    grokdesk: CommandLine, server: ScriptedServer, words: tuple[str, ...]
) -> None:
    server.on("POST", "/v1/chat/completions", Reply.stream(chat_stream("I see nothing.")))
    (probed,) = grokdesk(*words, "--probe", "tiny", "--json").json
    assert (probed["id"], probed["supports_images"]) == ("tiny", False)
    assert grokdesk(*words).lines[1] == "tiny      text only"


def test_one_model(grokdesk: CommandLine, words: tuple[str, ...]) -> None:
    assert [model["id"] for model in grokdesk(*words, "--model", "tiny", "--json").json] == ["tiny"]


def test_this_computer_needs_none(grokdesk: CommandLine) -> None:
    done = grokdesk("models", "--profile", "on-this-computer")
    assert done.code == EXIT_USAGE
    assert "needs no model" in done.err


def test_a_server_that_refuses(grokdesk: CommandLine, server: ScriptedServer) -> None:
    server.on("GET", "/v1/models", Reply.json({"error": "no"}, 401))
    assert grokdesk("models", "--base-url", f"{server.url}/v1").code == EXIT_NETWORK
