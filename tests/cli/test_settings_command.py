from __future__ import annotations

import tomllib

import pytest

from grokdesk.errors import EXIT_OK, EXIT_USAGE
from grokdesk.store.settings.settings import SETTINGS
from tests.cli.conftest import CommandLine

OLLAMA = {"id": "ollama", "dialect": "chat-completions", "base_url": "http://localhost:11434/v1", "needs_key": False}


def test_every_setting_is_shown(grokdesk: CommandLine) -> None:
    done = grokdesk("settings")
    assert (done.code, done.err) == (EXIT_OK, "")
    assert [line.split()[0] for line in done.lines] == [setting.key for setting in SETTINGS]
    shown = grokdesk("settings", "show", "--json").json
    assert list(shown) == [setting.key for setting in SETTINGS]
    assert shown["keep_history"] is True
    assert shown["profiles"] == []


@pytest.mark.parametrize(
    ("key", "word", "shown", "kept"),
    [
        ("theme", "dark", "dark", "dark"),
        ("keep_history", "off", "false", False),
        ("panel_width", "640", "640", 640),
        ("hotkey_region", "control+SHIFT+f9", "Ctrl+Shift+F9", "Ctrl+Shift+F9"),
        ("hotkey_region", "", "", ""),
        ("profile", "On This Computer", "on-this-computer", "on-this-computer"),
    ],
)
def test_a_setting_is_changed_and_read_again(
    grokdesk: CommandLine, key: str, word: str, shown: str, kept: object
) -> None:
    assert grokdesk("settings", "set", key, word).out == f"{key} = {shown}\n"
    assert grokdesk("settings", "get", key).out == f"{shown}\n"
    assert grokdesk("settings", "get", key, "--json").json == kept
    assert tomllib.loads((grokdesk.home / "config" / "settings.toml").read_text())[key] == kept


@pytest.mark.parametrize(
    "words",
    [
        ("set", "theme", "purple"),
        ("set", "panel_width", "wide"),
        ("set", "keep_history", "perhaps"),
        ("set", "hotkey_region", "G"),
        ("set", "profile", "no-such"),
        ("set", "profiles", "[]"),
        ("set", "theme"),
        ("set", "no_such", "1"),
        ("get", "no_such"),
        ("get",),
        ("show", "theme"),
        ("forget", "theme"),
    ],
)
def test_wrong_words_change_nothing(grokdesk: CommandLine, words: tuple[str, ...]) -> None:
    done = grokdesk("settings", *words)
    assert (done.code, done.out) == (EXIT_USAGE, "")
    assert done.err.startswith("grokdesk: ")
    assert not (grokdesk.home / "config").exists()


@pytest.mark.parametrize("key", ["api_key", "key", "xai_api_key"])
def test_a_key_is_no_setting(grokdesk: CommandLine, key: str) -> None:
    done = grokdesk("settings", "set", key, "xai-secret-123456")
    assert done.code == EXIT_USAGE
    assert "grokdesk key set" in done.err
    assert "xai-secret" not in done.err


def test_profiles_are_listed_with_the_active_one_marked(grokdesk: CommandLine) -> None:
    grokdesk.write_settings(profile="ollama", profiles=[OLLAMA])
    done = grokdesk("profiles")
    assert [line.split()[:2] for line in done.lines if line.startswith("*")] == [["*", "ollama"]]
    listed = grokdesk("profiles", "list", "--json").json
    assert [(profile["id"], profile["is_active"]) for profile in listed] == [
        ("xai", False),
        ("on-this-computer", False),
        ("ollama", True),
    ]
    assert (listed[2]["is_local"], listed[2]["needs_key"]) == (True, False)
    assert grokdesk("settings", "get", "profiles").out == "ollama\n"


def test_when_no_profile_is_chosen_the_rule_is_told(grokdesk: CommandLine) -> None:
    done = grokdesk("profiles")
    assert not [line for line in done.lines if line.startswith("*")]
    assert "xAI is used if there is a key" in done.err


def test_actions_are_listed(grokdesk: CommandLine) -> None:
    assert [line.split()[0] for line in grokdesk("actions").lines] == [
        "ask",
        "describe",
        "alt-text",
        "read-text",
        "critique",
    ]
    (alt_text,) = (action for action in grokdesk("actions", "list", "--json").json if action["id"] == "alt-text")
    assert (alt_text["result"], alt_text["then"]) == ("plain", "copy")


def test_own_actions_are_listed_and_broken_ones_named(grokdesk: CommandLine) -> None:
    folder = grokdesk.home / "config" / "actions"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text('id = "mine"\ntitle = "Mine"\nprompt = "Do it."\norder = 1')
    (folder / "broken.toml").write_text("id = ")
    done = grokdesk("actions")
    assert done.lines[0].split() == ["mine", "Mine"]
    assert "broken.toml" in done.err


def test_a_hotkey_has_one_meaning(grokdesk: CommandLine) -> None:
    done = grokdesk("settings", "set", "hotkey_panel", "ctrl+alt+g")
    assert done.code == EXIT_USAGE
    assert "Ctrl+Alt+G is already used by hotkey_region." in done.err
    assert grokdesk("settings", "set", "hotkey_region", "ctrl+alt+g").code == EXIT_OK
