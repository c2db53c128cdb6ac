"""``grokdesk profiles``: made from presets, changed, chosen, removed, and passed on without secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grokdesk.errors import EXIT_OK, EXIT_USAGE
from grokdesk.store.settings.profiles import PRESETS, Preset, preset_id
from tests.cli.conftest import CommandLine
from tests.support.servers.replies import Reply
from tests.support.servers.server import ScriptedServer
from tests.support.windows.keystores import MemoryStore


def profile(grokdesk: CommandLine, name: str) -> dict[str, object]:
    (found,) = grokdesk("profiles", "list", name, "--json").json
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if preset.base_url], ids=preset_id)
def test_every_preset_becomes_a_profile(grokdesk: CommandLine, preset: Preset) -> None:
    name = preset_id(preset)
    done = grokdesk("profiles", "add", name, "--id", "mine", "--model", "m-1")
    assert done.code == EXIT_OK
    made = profile(grokdesk, "mine")
    assert (made["base_url"], made["model"]) == (preset.base_url, "m-1")
    assert ("grokdesk key set --profile mine" in done.err) is made["needs_key"]


def test_the_presets_of_the_regions_and_local_servers_are_there(grokdesk: CommandLine) -> None:
    shown = {preset["id"]: preset["base_url"] for preset in grokdesk("profiles", "presets", "--json").json}
    assert shown["xai-eu"] == "https://eu-west-1.api.x.ai/v1"
    assert shown["xai-us"] == "https://us-east-1.api.x.ai/v1"
    assert {"concurred-gateway", "concurred-vision", "openrouter", "ollama", "lm-studio", "llama-cpp"} <= shown.keys()
    assert {"vllm", "litellm", "other"} <= shown.keys()
    assert "http://localhost:11434/v1" in grokdesk("profiles", "presets").out


def test_a_custom_profile_with_everything(grokdesk: CommandLine, tmp_path: Path) -> None:
    done = grokdesk(
        *("profiles", "add", "custom", "--id", "work", "--name", "Work", "--base-url", "llm.example.org/team"),
        *("--header", "X-Title=GrokDesk", "--proxy", "socks5://127.0.0.1:1080", "--ca-file", "/etc/work.pem"),
        *("--connect-seconds", "5", "--idle-seconds", "900", "--effort", "low"),
        *("--request-bytes", "1000000", "--request-tokens", "30000"),
    )
    assert done.code == EXIT_OK
    assert "work: questions go to https://llm.example.org/team." in done.out
    (table,) = grokdesk("profiles", "export", "work").json["profiles"]
    expected = {
        "base_url": "https://llm.example.org/team",
        "headers": {"X-Title": "GrokDesk"},
        "proxy": "socks5://127.0.0.1:1080",
        "ca_file": "/etc/work.pem",
        "connect_seconds": 5,
        "idle_seconds": 900,
        "effort": "low",
        "request_bytes": 1_000_000,
        "request_tokens": 30_000,
    }
    assert {name: table[name] for name in expected} == expected


def test_a_profile_is_changed_and_chosen(grokdesk: CommandLine) -> None:
    grokdesk("profiles", "add", "openrouter")
    assert (
        grokdesk("profiles", "change", "openrouter", "--model", "x-ai/grok", "--header", "X-Title=Me").code == EXIT_OK
    )
    assert grokdesk("profiles", "use", "OpenRouter").code == EXIT_OK
    assert profile(grokdesk, "openrouter")["is_active"] is True
    assert profile(grokdesk, "openrouter")["model"] == "x-ai/grok"
    assert grokdesk("profiles", "change", "openrouter", "--header", "X-Title=").code == EXIT_OK
    assert "headers" not in grokdesk("profiles", "export", "openrouter").json["profiles"][0]


def test_a_second_profile_of_a_preset_has_an_id_of_its_own(grokdesk: CommandLine) -> None:
    grokdesk("profiles", "add", "ollama")
    assert grokdesk("profiles", "add", "ollama").out.startswith("ollama-2: ")


def test_a_removed_profile_takes_its_key_along(grokdesk: CommandLine) -> None:
    store = MemoryStore({"openrouter": "sk-or-123456789"})
    grokdesk("profiles", "add", "openrouter")
    grokdesk("profiles", "use", "openrouter")
    done = grokdesk("profiles", "remove", "openrouter", keyring=store)
    assert done.out == "OpenRouter removed.\nKey removed.\n"
    assert store.kept == {}
    assert [entry["id"] for entry in grokdesk("profiles", "--json").json] == ["xai", "on-this-computer"]
    assert not any(entry["is_active"] for entry in grokdesk("profiles", "--json").json)


def test_removing_what_replaces_a_built_in_one_brings_that_back(grokdesk: CommandLine) -> None:
    store = MemoryStore({"xai": "xai-123456789"})
    grokdesk("profiles", "change", "xai", "--model", "grok-next")
    assert grokdesk("profiles", "remove", "xai", keyring=store).code == EXIT_OK
    assert store.kept == {"xai": "xai-123456789"}
    assert profile(grokdesk, "xai")["model"] == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add",), "Name a preset"),
        (("add", "nobody"), "Known presets: xai, xai-eu"),
        (("add", "custom"), "needs an address"),
        (("add", "ollama", "--id", "xai"), "already"),
        (("add", "ollama", "--id", "a b"), "cannot be saved"),
        (("add", "custom", "--base-url", "https://me:s3cret@example.org"), "must not hold"),
        (("add", "custom", "--base-url", "ftp://example.org"), "not an address"),
        (("add", "ollama", "--proxy", "gopher://x"), "proxy"),
        (("add", "ollama", "--proxy", "http://me:s3cret@proxy"), "password"),
        (("add", "ollama", "--header", "Authorization=Bearer s3cret"), "as an argument"),
        (("add", "ollama", "--header", "X-Goog-Api-Key=s3cret"), "--secret-header"),
        (("add", "ollama", "--model", "xai-s3cret0123456789abcdef"), "looks like an API key"),
        (("add", "ollama", "--header", "Content-Length=1"), "extra header"),
        (("add", "ollama", "--header", "X-A=one\ntwo"), "one line"),
        (("add", "ollama", "--idle-seconds", "-1"), "between 0"),
        (("change", "xai"), "Nothing to change"),
        (("change", "nobody", "--model", "x"), "no profile called"),
        (("use",), "Name a profile"),
        (("remove", "xai"), "built in"),
        (("import", "/no/such/file"), "contains no profiles"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(grokdesk: CommandLine, words: tuple[str, ...], said: str) -> None:
    done = grokdesk("profiles", *words)
    assert done.code == EXIT_USAGE
    assert said in done.err
    assert "s3cret" not in done.err
    assert [entry["id"] for entry in grokdesk("profiles", "--json").json] == ["xai", "on-this-computer"]


def test_profiles_are_passed_on_without_secrets(grokdesk: CommandLine) -> None:
    store = MemoryStore({"work": "sk-planted-123456789"})
    headers = ("--header", "X-Title=Me", "--secret-header", "CF-Access-Client-Secret")
    words = ("custom", "--id", "work", "--base-url", "https://llm.example.org", *headers)
    assert grokdesk("profiles", "add", *words, stdin="planted\n", keyring=store).code == EXIT_OK
    assert store.kept["work https://llm.example.org:443 cf-access-client-secret"] == "planted"
    done = grokdesk("profiles", "export", keyring=store)
    assert "planted" not in done.out + done.err
    assert "CF-Access-Client-Secret is left out" in done.err
    grokdesk("profiles", "remove", "work", keyring=store)
    assert grokdesk("profiles", "import", "-", stdin=done.out).code == EXIT_OK
    assert profile(grokdesk, "work")["base_url"] == "https://llm.example.org"
    assert grokdesk("profiles", "export", "work").json == done.json


def test_an_imported_profile_never_gets_the_key_of_another_server(grokdesk: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    evil = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": "https://evil.example.org/v1"}
    same = {"id": "xai", "name": "xAI", "dialect": "xai-responses", "base_url": "https://api.x.ai/v1", "model": "g"}
    file.write_text(json.dumps({"profiles": [evil, same, evil]}))
    assert grokdesk("profiles", "import", str(file)).code == EXIT_OK
    assert profile(grokdesk, "xai")["base_url"] == "https://api.x.ai/v1"
    assert profile(grokdesk, "xai")["model"] == "g"
    assert profile(grokdesk, "xai-2")["base_url"] == "https://evil.example.org/v1"


@pytest.mark.parametrize("content", ["", "[]x", '{"profiles": 3}', '{"profiles": [3]}', '[{"id": "a"}]', "{}"])
def test_a_document_of_something_else(grokdesk: CommandLine, content: str) -> None:
    assert grokdesk("profiles", "import", "-", stdin=content).code == EXIT_USAGE


def test_servers_on_this_computer_are_found_and_how_to_add_them(grokdesk: CommandLine) -> None:
    with ScriptedServer() as server:
        server.on("GET", "/v1/models", Reply.json({"data": [{"id": "org/model", "owned_by": "vllm"}]}))
        words = ("profiles", "find", "--port", str(server.port))
        done = grokdesk(*words)
        assert done.lines == [f"vLLM  {server.url}/v1  org/model"]
        assert f"grokdesk profiles add vllm --base-url {server.url}/v1" in done.err
        assert grokdesk("profiles", "add", "vllm", "--base-url", f"{server.url}/v1").code == EXIT_OK
        (found,) = grokdesk(*words, "--json").json
        assert found["has_profile"]
        assert "profiles add" not in grokdesk(*words).err
    assert "No server was found" in grokdesk(*words).err


def test_two_of_a_kind_have_two_names(grokdesk: CommandLine) -> None:
    for name in ("a", "b"):
        assert grokdesk("profiles", "add", "other", "--id", name, "--base-url", "https://example.org").code == EXIT_OK
    assert [profile(grokdesk, name)["name"] for name in ("a", "b")] == ["Other", "Other 2"]


@pytest.mark.parametrize(
    ("url", "is_local"),
    [("127.0.0.1:8000", True), ("http://localhost:1", True), ("http://[::1]:1", True), ("https://example.org", False)],
)
def test_what_leads_to_this_computer_is_local(grokdesk: CommandLine, url: str, is_local: bool) -> None:
    grokdesk("profiles", "add", "other", "--id", "own", "--base-url", url)
    assert profile(grokdesk, "own")["is_local"] == is_local


RISKY = [
    ({"proxy": "http://proxy.example.org:3128"}, "through the proxy http://proxy.example.org:3128"),
    ({"proxy": "none"}, "bypass the system proxy"),
    ({"ca_file": "evil.pem"}, "certificate in evil.pem"),
    ({"scan": "off"}, "no scan"),
    ({"gate": "off"}, "no scan"),
    ({"scan": "suggest"}, "instead of: always ask"),
    ({"key_over_http": True}, "over unencrypted http"),
]


@pytest.mark.parametrize(("change", "said"), RISKY, ids=str)
@pytest.mark.parametrize("known", [True, False], ids=["replaced", "new"])
def test_an_import_that_weakens_something_wants_a_plain_yes(
    grokdesk: CommandLine, tmp_path: Path, change: dict[str, object], said: str, known: bool
) -> None:
    if known:
        words = ("custom", "--id", "own", "--base-url", "https://example.org/v1", "--scan", "ask")
        assert grokdesk("profiles", "add", *words).code == EXIT_OK
    before = grokdesk("settings", "get", "profiles", "--json").json
    told = {"id": "own", "name": "Own", "dialect": "chat-completions", "base_url": "https://example.org/v1", **change}
    file = tmp_path / "profiles.json"
    file.write_text(json.dumps({"profiles": [told]}))
    done = grokdesk("profiles", "import", str(file))
    assert done.code == EXIT_USAGE
    assert known is False or said in done.err
    assert grokdesk("profiles", "import", "-", stdin=file.read_text()).code == EXIT_USAGE
    assert grokdesk("settings", "get", "profiles", "--json").json == before
    assert grokdesk("profiles", "import", str(file), "--yes").code == EXIT_OK
    assert grokdesk("settings", "get", "profiles", "--json").json != before


def test_an_import_of_what_nobody_could_keep_is_a_sentence(grokdesk: CommandLine) -> None:
    told = '[{"id": "own", "name": "\\ud800", "dialect": "chat-completions"}]'
    assert grokdesk("profiles", "import", "-", stdin=told).code == EXIT_USAGE
