"""The profiles a person can choose from: the built-in ones, their own, and patterns for new ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grokdesk.errors import UsageError
from grokdesk.model import DialectName, ImageLimits, Profile
from grokdesk.store.settings import Settings

XAI = Profile("xai", "xAI", "xai-responses", "https://api.x.ai/v1")
CONCURRED = "https://concurred.ai/api/v1"
"""Where Concurred's APIs lie; older accounts use https://agent-heavy.vercel.app."""
ON_THIS_COMPUTER = Profile(
    "on-this-computer",
    "On this computer",
    "on-this-computer",
    limits=ImageLimits(long_edge=8192),  # nothing is uploaded, and small text is read better unshrunk
    needs_key=False,
    is_local=True,
)
BUILT_IN = (XAI, ON_THIS_COMPUTER)


@dataclass(frozen=True, slots=True)
class Preset:
    """A pattern for a new profile. Addresses are where each program listens unless it was told otherwise."""

    title: str
    dialect: DialectName
    base_url: str
    needs_key: bool
    is_local: bool
    help: str


PRESETS = (
    Preset("xAI", "xai-responses", XAI.base_url, True, False, "Grok by xAI. Keys: https://console.x.ai"),
    Preset(
        "Concurred Gateway",
        "chat-completions",
        CONCURRED,
        True,
        False,
        "Models of many makers with one key. Keys: https://concurred.ai",
    ),
    Preset(
        "Concurred Vision",
        "concurred-vision",
        CONCURRED,
        True,
        False,
        "One picture and one question at a time. Keys: https://concurred.ai",
    ),
    Preset(
        "OpenRouter",
        "chat-completions",
        "https://openrouter.ai/api/v1",
        True,
        False,
        "Models of many makers with one key. Keys: https://openrouter.ai/keys",
    ),
    Preset("Ollama", "chat-completions", "http://localhost:11434/v1", False, True, "Start it with: ollama serve"),
    Preset("LM Studio", "chat-completions", "http://localhost:1234/v1", False, True, "Start its server in LM Studio."),
    Preset(
        "llama.cpp",
        "chat-completions",
        "http://localhost:8080/v1",
        False,
        True,
        "llama-server with a model that sees, and its --mmproj file.",
    ),
    Preset("Other", "chat-completions", "", True, False, "Any server that speaks chat.completions."),
)


def all_profiles(settings: Settings) -> tuple[Profile, ...]:
    """The built-in profiles, then the person's own; an own one replaces the built-in one of the same id."""
    own = {profile.id: profile for profile in settings.profiles}
    built_in = tuple(own.pop(profile.id, profile) for profile in BUILT_IN)
    return built_in + tuple(own.values())


def find_profile(settings: Settings, name: str) -> Profile:
    """The profile with this id, or with this name in any case. Raises UsageError with the ids there are."""
    profiles = all_profiles(settings)
    for profile in profiles:
        if profile.id == name:
            return profile
    for profile in profiles:
        if profile.name.casefold() == name.strip().casefold():
            return profile
    known = ", ".join(profile.id for profile in profiles)
    raise UsageError(f"There is no profile called {name!r}.", f"Known profiles: {known}.")


def choose_profile(settings: Settings, has_key: Callable[[Profile], bool]) -> Profile:
    """The active profile; when none was chosen, or it is gone: xAI if there is a key for it, else this computer.

    ``has_key`` may read the keyring and raise KeyringTrouble, which is passed on.
    """
    profiles = {profile.id: profile for profile in all_profiles(settings)}
    if settings.profile in profiles:
        return profiles[settings.profile]
    xai = profiles[XAI.id]
    return xai if has_key(xai) else profiles[ON_THIS_COMPUTER.id]
