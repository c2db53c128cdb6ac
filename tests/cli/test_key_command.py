from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from grokdesk.errors import (
    EXIT_FAILURE,
    EXIT_NETWORK,
    EXIT_NOT_POSSIBLE,
    EXIT_OK,
    EXIT_USAGE,
    KeyringLocked,
    NoKeyring,
)
from grokdesk.store.keys import no_keyring
from tests.cli.conftest import PROGRAM, ROOT, CommandLine
from tests.support.desktops.keyring_daemon import keyring_session, missing_programs
from tests.support.desktops.needs import need
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import script_xai
from tests.support.windows.keystores import MemoryStore

SECRET = "xai-planted-Zq9w8e7r6t5y"


@pytest.fixture
def keyring() -> MemoryStore:
    return MemoryStore({"other": "other-key"})


@pytest.fixture
def xai_at_server(grokdesk: CommandLine, server: ScriptedServer) -> ScriptedServer:
    """The xAI profile leads to the scripted server, which has models and answers."""
    xai = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": f"{server.url}/v1"}
    grokdesk.write_settings(profiles=[xai])
    script_xai(server)
    return server


def test_set_reads_one_line_and_says_where_it_is_kept(grokdesk: CommandLine, keyring: MemoryStore) -> None:
    done = grokdesk("key", "set", stdin=f"  {SECRET}\r\nmore", keyring=keyring)
    assert (done.code, done.err) == (EXIT_OK, "")
    assert "xAI" in done.out
    assert "a keyring in memory" in done.out
    assert keyring.kept == {"other": "other-key", "xai https://api.x.ai:443": SECRET}


def test_set_replaces(grokdesk: CommandLine, keyring: MemoryStore) -> None:
    keyring.kept["xai https://api.x.ai:443"] = "xai-older-key"
    grokdesk("key", "set", stdin=SECRET, keyring=keyring)
    assert keyring.kept["xai https://api.x.ai:443"] == SECRET


def test_delete_removes_and_says_so_when_there_was_none(grokdesk: CommandLine, keyring: MemoryStore) -> None:
    keyring.kept["xai https://api.x.ai:443"] = SECRET
    assert "Key for xAI deleted" in grokdesk("key", "delete", keyring=keyring).out
    assert keyring.kept == {"other": "other-key"}
    done = grokdesk("key", "delete", keyring=keyring)
    assert (done.code, "There was no key" in done.out) == (EXIT_OK, True)


def test_the_key_of_a_named_profile_is_meant(grokdesk: CommandLine, keyring: MemoryStore) -> None:
    profile = {"id": "router", "name": "My Router", "dialect": "chat-completions", "base_url": "https://example.org/v1"}
    grokdesk.write_settings(profiles=[profile])
    grokdesk("key", "set", "--profile", "my router", stdin=SECRET, keyring=keyring)
    assert keyring.kept["router https://example.org:443"] == SECRET
    assert "xai" not in keyring.kept


def test_the_active_profile_is_meant_if_it_has_a_key(grokdesk: CommandLine, keyring: MemoryStore) -> None:
    profile = {"id": "router", "dialect": "chat-completions", "base_url": "https://example.org/v1"}
    grokdesk.write_settings(profile="router", profiles=[profile])
    grokdesk("key", "set", stdin=SECRET, keyring=keyring)
    assert keyring.kept["router https://example.org:443"] == SECRET
    grokdesk.write_settings(profile="on-this-computer", profiles=[profile])
    grokdesk("key", "set", stdin=SECRET, keyring=keyring)
    assert keyring.kept["xai https://api.x.ai:443"] == SECRET


@pytest.mark.parametrize(
    "words",
    [
        ("set", SECRET),
        ("set", "--key", SECRET),
        ("set", f"--key={SECRET}"),
        ("test", SECRET),
        (SECRET,),
        ("set", "--profile", "xai", SECRET),
    ],
)
def test_a_key_as_an_argument_is_refused_and_not_repeated(
    grokdesk: CommandLine, keyring: MemoryStore, words: tuple[str, ...]
) -> None:
    done = grokdesk("key", *words, stdin="xai-from-the-pipe", keyring=keyring)
    assert (done.code, done.out) == (EXIT_USAGE, "")
    assert SECRET not in done.err
    assert "xai" not in keyring.kept


def test_the_refusal_explains_itself(grokdesk: CommandLine) -> None:
    assert "Other programs can read arguments" in grokdesk("key", "set", SECRET).err


@pytest.mark.parametrize("given", ["", "\n", "two words", "schlüssel", '"quoted"', b"\xff\xfe\n", "a\x00b"])
def test_what_cannot_be_a_key_is_refused(grokdesk: CommandLine, keyring: MemoryStore, given: str | bytes) -> None:
    done = grokdesk("key", "set", stdin=given, keyring=keyring)
    assert (done.code, done.out) == (EXIT_USAGE, "")
    assert "xai" not in keyring.kept


def test_without_a_keyring_the_environment_is_named(grokdesk: CommandLine) -> None:
    done = grokdesk("key", "set", stdin=SECRET, keyring=MemoryStore(trouble=no_keyring()))
    assert (done.code, done.out) == (EXIT_NOT_POSSIBLE, "")
    assert "XAI_API_KEY" in done.err
    assert SECRET not in done.err


def test_a_locked_keyring_is_a_failure_that_changes_nothing(grokdesk: CommandLine, keyring: MemoryStore) -> None:
    keyring.kept["xai https://api.x.ai:443"] = "xai-older-key"
    keyring.trouble = KeyringLocked("The keyring is locked.", "Unlock it.")
    for words in (("set",), ("delete",), ("test",)):
        done = grokdesk("key", *words, stdin=SECRET, keyring=keyring)
        assert done.code == EXIT_FAILURE
        assert "locked" in done.err
    assert keyring.kept["xai https://api.x.ai:443"] == "xai-older-key"


@pytest.mark.parametrize("profile", ["on-this-computer", "ollama"])
def test_a_profile_that_needs_no_key_gets_none(grokdesk: CommandLine, keyring: MemoryStore, profile: str) -> None:
    ollama = {"id": "ollama", "dialect": "chat-completions", "base_url": "http://localhost:1/v1", "needs_key": False}
    grokdesk.write_settings(profiles=[ollama])
    done = grokdesk("key", "set", "--profile", profile, stdin=SECRET, keyring=keyring)
    assert done.code == EXIT_USAGE
    assert "needs no key" in done.err
    assert keyring.asked == []


def test_a_variable_that_is_used_instead_is_named(
    grokdesk: CommandLine, keyring: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XAI_API_KEY", "xai-from-the-environment")
    done = grokdesk("key", "set", stdin=SECRET, keyring=keyring)
    assert done.code == EXIT_OK
    assert "XAI_API_KEY is used instead" in done.err
    assert "xai-from" not in done.err


def test_a_key_is_tested_against_the_server(
    grokdesk: CommandLine, keyring: MemoryStore, xai_at_server: ScriptedServer
) -> None:
    keyring.kept["xai"] = SECRET
    done = grokdesk("key", "test", keyring=keyring)
    assert (done.code, done.err) == (EXIT_OK, "")
    assert done.lines[0].startswith("grok-4.5 answered in ")
    assert "did not read the number in the test image. It answered: Two pears." in done.lines[0]
    assert "accepted the key" in done.lines[1]
    assert {request.headers["authorization"] for request in xai_at_server.requests} == {f"Bearer {SECRET}"}
    assert SECRET not in done.out


def test_a_key_that_is_refused_is_a_sentence_without_the_key(
    grokdesk: CommandLine, keyring: MemoryStore, xai_at_server: ScriptedServer
) -> None:
    keyring.kept["xai"] = SECRET
    refusal = Reply.json({"code": "x", "error": f"Incorrect API key provided: {SECRET}."}, 401)
    for path in ("/v1/api-key", "/v1/models", "/v1/language-models"):
        xai_at_server.on("GET", path, refusal)
    xai_at_server.on("POST", "/v1/responses", refusal)
    done = grokdesk("key", "test", keyring=keyring)
    assert (done.code, done.out) == (EXIT_NETWORK, "")
    assert SECRET not in done.err + grokdesk.log()


def test_there_has_to_be_a_key_to_test(grokdesk: CommandLine, xai_at_server: ScriptedServer) -> None:
    for keyring in (MemoryStore(), MemoryStore(trouble=NoKeyring("There is no keyring.", "Set XAI_API_KEY."))):
        done = grokdesk("key", "test", keyring=keyring)
        assert done.code == EXIT_FAILURE
        assert "There is no key for xAI." in done.err
    assert xai_at_server.requests == []


@pytest.mark.parametrize("words", [(), ("list",), ("show",)])
def test_something_has_to_be_done_with_the_key(grokdesk: CommandLine, words: tuple[str, ...]) -> None:
    assert grokdesk("key", *words).code == EXIT_USAGE


def test_with_a_real_keyring_a_key_is_set_tested_used_and_deleted(
    grokdesk: CommandLine, xai_at_server: ScriptedServer, tmp_path: Path
) -> None:
    need(missing_programs())
    with keyring_session(tmp_path) as session:
        environment = {**session.environment, "GROKDESK_HOME": str(grokdesk.home)}

        def program(*words: str, stdin: str = "") -> tuple[int, str]:
            done = subprocess.run(
                [*PROGRAM, *words], cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False
            )
            assert SECRET not in done.stdout + done.stderr
            return done.returncode, done.stdout

        assert program("key", "test")[0] == EXIT_FAILURE
        assert program("key", "set", stdin=SECRET + "\n") == (
            EXIT_OK,
            "Key for xAI saved in the system keyring (Secret Service).\n",
        )
        assert program("key", "test")[0] == EXIT_OK
        assert xai_at_server.requests[-1].headers["authorization"] == f"Bearer {SECRET}"
        assert program("key", "delete") == (EXIT_OK, "Key for xAI deleted.\n")
        assert program("key", "delete") == (EXIT_OK, "There was no key for xAI.\n")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.name == "grokdesk.log" for file in files)
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]
