from __future__ import annotations

import getpass
import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grokdesk.doctor.examination import PARTS
from grokdesk.doctor.running import as_line
from grokdesk.errors import EXIT_FAILURE, EXIT_OK
from grokdesk.paths import paths_from
from grokdesk.system.instance_client import socket_name
from grokdesk.system.part_state import WORDS, PartState
from tests.cli.conftest import CommandLine
from tests.support.desktops.seeing import seeing
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import script_xai
from tests.support.windows.keystores import MemoryStore

SECRET = "planted-Zq9w8e7r6t5y4u3i2o1p"


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def at_xai(grokdesk: CommandLine, server: ScriptedServer) -> ScriptedServer:
    script_xai(server, key=SECRET)
    xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{server.url}/v1", "model": "grok-4.5"}
    grokdesk.write_settings(profiles=[xai], profile="xai")
    return server


@contextmanager
def running_program(home: Path, reply: object) -> Iterator[list[object]]:
    """A program that answers as the running one would; the words it was sent."""
    if sys.platform == "win32":
        raise NotImplementedError
    name = socket_name(paths_from({"GROKDESK_HOME": str(home)}))
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    heard: list[object] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)
        listener.listen()

        def serve() -> None:
            line, _ = listener.accept()
            with line, line.makefile("rb") as request:
                heard.append(json.loads(request.readline())["words"])
                line.sendall(json.dumps(reply).encode() + b"\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield heard
        thread.join()


def test_one_object_with_every_part(grokdesk: CommandLine) -> None:
    done = grokdesk("doctor", "--json", keyring=MemoryStore())
    assert tuple(done.json) == PARTS
    for about in done.json.values():
        assert list(about) == ["state", "backend", "why", "what_to_do"]
        assert about["state"] in WORDS
    states = {part: about["state"] for part, about in done.json.items()}
    assert {part for part, state in states.items() if state == "ok"} == {
        "keyring", "network", "provider", "vision", "reading", "history", "autostart",
    }  # fmt: skip
    assert (done.code, done.err) == (EXIT_OK, "")


def test_a_table_for_a_person(grokdesk: CommandLine) -> None:
    done = grokdesk("doctor", keyring=MemoryStore())
    assert all(any(line[2:].startswith(part) for line in done.lines) for part in PARTS)
    assert done.err == "grokdesk: No problems found.\n"


def test_what_is_broken_is_the_exit_code(grokdesk: CommandLine, at_xai: ScriptedServer) -> None:
    at_xai.on("GET", "/v1/api-key", Reply.json({"error": "overloaded"}, 500))
    at_xai.on("POST", "/v1/responses", seeing())
    done = grokdesk("doctor", keyring=MemoryStore({"xai": SECRET}))
    assert done.code == EXIT_FAILURE
    assert done.err == "grokdesk: Needs attention: provider.\n"


def test_the_model_is_shown_a_picture_and_nothing_is_kept(grokdesk: CommandLine, at_xai: ScriptedServer) -> None:
    at_xai.on("POST", "/v1/responses", seeing())
    done = grokdesk("doctor", "--json", "--vision", keyring=MemoryStore({"xai": SECRET}))
    assert "read the number" in done.json["vision"]["why"]
    assert done.code == EXIT_OK
    assert grokdesk.history.list() == ()


def test_another_profile_can_be_looked_at(grokdesk: CommandLine, at_xai: ScriptedServer) -> None:
    done = grokdesk("doctor", "--json", "--dialect", "on-this-computer", keyring=MemoryStore())
    assert done.json["provider"]["backend"] == "on-this-computer"
    assert at_xai.requests == []


@pytest.mark.parametrize("way", ["keyring", "environment"])
def test_the_report_can_be_pasted_anywhere(
    grokdesk: CommandLine, at_xai: ScriptedServer, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    store = MemoryStore()
    if way == "keyring":
        store.kept["xai"] = SECRET
    else:
        monkeypatch.setenv("GROKDESK_API_KEY", SECRET)
    monkeypatch.setenv("HOME", str(grokdesk.home.parent))
    monkeypatch.setenv("LOGNAME", "ada-of-these-tests")
    assert getpass.getuser() == "ada-of-these-tests"
    echo = Reply.json({"error": f"Bearer {SECRET} of ada-of-these-tests is wrong: http://u:pw@x.org/?k=v"}, 500)
    history = grokdesk.home / "data" / "history.sqlite3"
    history.parent.mkdir(exist_ok=True)
    history.write_bytes(b"no database " * 500)
    for path in ("/v1/api-key", "/v1/models", "/v1/language-models"):
        at_xai.on("GET", path, echo)
    at_xai.on("POST", "/v1/responses", Reply.json({"error": f"{SECRET}"}, 400))
    for words in (("doctor", "--vision"), ("doctor", "--vision", "--json")):
        done = grokdesk(*words, keyring=store)
        shown = done.out + done.err
        assert done.code == EXIT_FAILURE
        for private in (SECRET, str(grokdesk.home.parent), "ada-of-these-tests", "u:pw", "k=v"):
            assert private not in shown
        assert "~/" in shown
    assert SECRET not in grokdesk.log()


@pytest.mark.skipif(sys.platform == "win32", reason="it has a pipe instead")
class TestRunning:
    def test_it_is_asked_for_its_parts(self, grokdesk: CommandLine) -> None:
        taken = PartState("taken", "x11", "Another program has it.", "Choose another.", "grokdesk capture")
        reply = {"exit_code": 0, "out": as_line({"hotkeys": taken}), "err": ""}
        with running_program(grokdesk.home, reply) as heard:
            done = grokdesk("doctor", "--json", keyring=MemoryStore())
        assert heard == [["doctor"]]
        assert done.json["hotkeys"] == {
            "state": "taken",
            "backend": "x11",
            "why": "Another program has it.",
            "what_to_do": "Choose another. grokdesk capture",
        }
        assert done.code == EXIT_FAILURE

    def test_one_of_another_version_is_no_obstacle(self, grokdesk: CommandLine) -> None:
        reply = {"exit_code": 2, "out": "", "err": "The running GrokDesk is of another version. Restart it.\n"}
        with running_program(grokdesk.home, reply):
            done = grokdesk("doctor", "--json", keyring=MemoryStore())
        assert tuple(done.json) == PARTS


def test_help_says_what_the_exit_code_means(grokdesk: CommandLine) -> None:
    done = grokdesk("doctor", "--help")
    assert done.code == EXIT_OK
    assert "The exit code is 0 if nothing is broken." in done.out
