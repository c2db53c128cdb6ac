from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grokdesk.errors import EXIT_NOT_POSSIBLE, EXIT_OK
from tests.cli.conftest import Done
from tests.support.desktops.clipboards import played_tools
from tests.support.servers.replies import Cut, Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import responses_stream

Ask = Callable[..., Done]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of programs that play a Wayland clipboard; what is copied is the file text_plain."""
    folder = tmp_path / "tools"
    monkeypatch.setenv("PATH", played_tools(folder, os.environ)["PATH"])
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-test")
    return folder


def test_a_whole_answer_is_copied_without_a_window(
    at_server: Ask, server: ScriptedServer, shot: str, tools: Path
) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("größe 😀\n")))
    done = at_server(shot, "--copy")
    assert (done.code, done.out) == (EXIT_OK, "größe 😀\n")
    assert (tools / "text_plain").read_text("utf-8") == "größe 😀"


def test_half_an_answer_is_not_copied(at_server: Ask, server: ScriptedServer, shot: str, tools: Path) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")[:8], end=(Cut(),)))
    assert at_server(shot, "--copy").code != EXIT_OK
    assert not (tools / "text_plain").exists()


def test_without_a_way_to_the_clipboard_it_says_what_to_do(
    at_server: Ask, server: ScriptedServer, shot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream("Two pears.")))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-test")
    monkeypatch.setenv("PATH", "/nonexistent")
    done = at_server(shot, "--copy")
    assert (done.code, done.out) == (EXIT_NOT_POSSIBLE, "Two pears.\n")
    assert "Install wl-clipboard." in done.err


@pytest.mark.parametrize(
    ("action", "answer", "result"),
    [
        ("alt-text", '**Alt text:** "Two pears\non a plate."\n', "Two pears on a plate."),
        ("alt-text", "Sure! Here's the alt text:\n\n```\nTwo pears.\n```", "Two pears."),
        ("read-text", '```\n"Two"\n\tpears\n```', '"Two"\n\tpears'),
        ("describe", "> Two pears.", "> Two pears."),
    ],
)
def test_a_plain_result_is_printed_and_copied_without_what_was_put_around_it(
    at_server: Ask, server: ScriptedServer, shot: str, tools: Path, action: str, answer: str, result: str
) -> None:
    server.on("POST", "/v1/responses", Reply.stream(responses_stream(answer)))
    done = at_server(shot, "--copy", "--action", action)
    assert (done.code, done.out) == (EXIT_OK, f"{result}\n")
    assert (tools / "text_plain").read_text("utf-8") == result
    assert json.loads(at_server(shot, "--json", "--action", action).out)["answer"] == result
