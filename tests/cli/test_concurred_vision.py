"""``grokdesk ask`` with Concurred Vision: one picture a request, addresses passed on, and the person told."""

from __future__ import annotations

import pytest

from grokdesk.errors import EXIT_OK, EXIT_USAGE
from tests.cli.conftest import CommandLine
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import chat_stream

KEY = "ck_of-these-tests"
URL = "https://93.184.215.14/photo.jpg"


@pytest.fixture
def words(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The options that lead to the scripted server."""
    monkeypatch.setenv("CONCURRED_API_KEY", KEY)
    server.on("POST", "/api/v1/vision", Reply.stream(chat_stream("Two pears.", model="grok-4-1-fast")))
    return ("--dialect", "concurred-vision", "--base-url", server.url, "--model", "grok")


def test_a_file(grokdesk: CommandLine, server: ScriptedServer, words: tuple[str, ...], shot: str) -> None:
    done = grokdesk("ask", shot, "-p", "What is this?", "--json", *words)
    assert done.code == EXIT_OK
    assert (done.json["answer"], done.json["model"]) == ("Two pears.", "grok-4-1-fast")
    (request,) = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert str(request.json["prompt"]).endswith("\n\nWhat is this?")
    image = request.json["image"]
    assert isinstance(image, dict)
    assert image["type"] == "image_base64"


def test_a_public_address_is_passed_on_and_not_fetched(
    grokdesk: CommandLine, server: ScriptedServer, words: tuple[str, ...]
) -> None:
    done = grokdesk("ask", URL, "--json", *words)
    assert done.code == EXIT_OK
    assert server.requests[0].json["image"] == {"type": "image_url", "image_url": URL}
    assert [image["name"] for image in done.json["images"]] == ["photo.jpg"]
    (entry,) = grokdesk.history.list()
    assert [image.name for image in entry.images] == ["photo.jpg"]


def test_several_pictures_are_asked_one_by_one_and_it_is_said(
    grokdesk: CommandLine, server: ScriptedServer, words: tuple[str, ...], shot: str
) -> None:
    done = grokdesk("ask", shot, URL, *words)
    assert done.code == EXIT_OK
    assert done.out == "Picture A: shot.png\n\nTwo pears.\n\nPicture B: photo.jpg\n\nTwo pears.\n"
    assert "one picture at a time" in done.err
    assert len(server.requests) == 2


def test_a_question_without_a_picture(grokdesk: CommandLine, server: ScriptedServer, words: tuple[str, ...]) -> None:
    done = grokdesk("ask", "-p", "Hello?", *words)
    assert done.code == EXIT_USAGE
    assert "needs a picture" in done.err
    assert server.requests == []


def test_without_a_model_the_newest_of_its_list_is_taken(
    grokdesk: CommandLine, server: ScriptedServer, words: tuple[str, ...], shot: str
) -> None:
    server.on("GET", "/api/v1/vision", Reply.json({"models": ["grok", "grok-4-1-fast"]}))
    assert grokdesk("ask", shot, *words[:-2]).code == EXIT_OK
    assert server.requests[-1].json["model"] == "grok"
