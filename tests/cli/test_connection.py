from __future__ import annotations

import argparse
import io

import pytest

from grokdesk.cli.connection import add_connection_arguments, named_profile, usual_profile
from grokdesk.cli.terminal import Terminal
from grokdesk.errors import KeyMissing, KeyringLocked, KeyringTrouble, NoKeyring, UsageError
from grokdesk.model import Profile
from grokdesk.services import services_from
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER, XAI
from grokdesk.store.settings.settings import Settings
from tests.support.windows.keystores import MemoryStore

ROUTER = Profile("router", "Router", "chat-completions", "https://example.org/v1")
OLLAMA = Profile("ollama", "Ollama", "chat-completions", "http://localhost:11434/v1", needs_key=False, is_local=True)
SETTINGS = Settings(profiles=(ROUTER, OLLAMA))


def named(*words: str, settings: Settings = SETTINGS) -> Profile | None:
    parser = argparse.ArgumentParser()
    add_connection_arguments(parser)
    return named_profile(parser.parse_args(words), settings)


def usual(
    store: MemoryStore, settings: Settings | None = None, model: str | None = None, /, **environment: str
) -> tuple[Profile, str]:
    """The profile, and what was said on standard error."""
    settings = settings or Settings()
    err = io.StringIO()
    services = services_from({"GROKDESK_HOME": "/nonexistent", **environment}, lambda _sentence: None, store)
    return usual_profile(model, services, settings, Terminal(None, None, err)), err.getvalue()


def test_without_options_nothing_is_named() -> None:
    assert named() is None
    assert named("--model", "m") is None


def test_a_saved_profile_is_named() -> None:
    assert named("--profile", "router") == ROUTER
    chosen = named("--profile", "Router", "--model", "m")
    assert chosen is not None
    assert (chosen.id, chosen.model) == ("router", "m")


@pytest.mark.parametrize(
    ("words", "dialect", "base_url"),
    [
        (("--base-url", "https://api.x.ai/v1"), "xai-responses", "https://api.x.ai/v1"),
        (("--base-url", "https://other.org/v1/"), "chat-completions", "https://other.org/v1"),
        (("--base-url", "localhost:8080"), "chat-completions", "http://localhost:8080"),
        (("--dialect", "xai-responses", "--base-url", "http://127.0.0.1:1"), "xai-responses", "http://127.0.0.1:1"),
        (("--dialect", "xai-responses"), "xai-responses", XAI.base_url),
        (("--dialect", "on-this-computer"), "on-this-computer", ""),
    ],
)
def test_an_unsaved_profile_is_made(words: tuple[str, ...], dialect: str, base_url: str) -> None:
    profile = named(*words)
    assert profile is not None
    assert (profile.dialect, profile.base_url) == (dialect, base_url)


@pytest.mark.parametrize(
    ("url", "lender", "needs_key"),
    [
        ("https://example.org/other", "router", True),
        ("https://example.org:443/v1", "router", True),
        ("http://example.org/v1", "", True),
        ("https://example.org:8443/v1", "", True),
        ("https://example.org.evil.net/v1", "", True),
        ("https://api.x.ai/v1", "xai", True),
        ("http://localhost:11434/v1", "", False),
        ("http://192.168.1.9/v1", "", False),
    ],
)
def test_only_a_saved_profile_of_the_same_origin_lends_its_key(url: str, lender: str, needs_key: bool) -> None:
    profile = named("--base-url", url)
    assert profile is not None
    assert (profile.id, profile.needs_key) == (lender, needs_key)


@pytest.mark.parametrize(
    "words",
    [
        ("--profile", "router", "--base-url", "https://example.org"),
        ("--profile", "router", "--dialect", "xai-responses"),
        ("--profile", "no-such"),
        ("--dialect", "chat-completions"),
        ("--base-url", ""),
        ("--base-url", "https://me:password@example.org"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        named(*words)


def test_the_active_profile_is_usual() -> None:
    store = MemoryStore()
    assert usual(store, Settings(profile="router", profiles=(ROUTER,))) == (ROUTER, "")
    assert usual(store, Settings(profile="on-this-computer")) == (ON_THIS_COMPUTER, "")
    assert store.asked == []


def test_with_a_key_xai_is_usual() -> None:
    assert usual(MemoryStore({"xai": "xai-123456"})) == (XAI, "")
    assert usual(MemoryStore(), XAI_API_KEY="xai-123456") == (XAI, "")
    chosen, _ = usual(MemoryStore({"xai": "xai-123456"}), Settings(), "grok-next")
    assert chosen.model == "grok-next"


@pytest.mark.parametrize("trouble", [None, NoKeyring("There is no keyring in this session.", "Start one.")])
def test_without_a_key_this_computer_is_usual_and_it_is_said(trouble: KeyringTrouble | None) -> None:
    profile, said = usual(MemoryStore(trouble=trouble))
    assert profile == ON_THIS_COMPUTER
    assert "There is no key for xAI." in said
    assert "on this computer" in said
    assert ("no keyring" in said) is (trouble is not None)


def test_without_a_key_a_wanted_model_is_an_error() -> None:
    with pytest.raises(KeyMissing):
        usual(MemoryStore(), Settings(), "grok-next")


def test_a_keyring_that_cannot_be_read_is_not_an_empty_one() -> None:
    with pytest.raises(KeyringLocked):
        usual(MemoryStore({"xai": "xai-123456"}, KeyringLocked("The keyring is locked.")))
