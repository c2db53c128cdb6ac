"""The profiles a person can choose from: the built-in ones, their own, and patterns for new ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from grokdesk.errors import UsageError
from grokdesk.model import DialectName, ImageLimits, Profile
from grokdesk.store.settings.settings import Settings
from grokdesk.translation import N_, _

XAI = Profile(
    "xai",
    "xAI",
    "xai-responses",
    "https://api.x.ai/v1",
    limits=ImageLimits(long_edge=8192),  # larger ones it shrinks itself; unshrunk, a screen is sharper and not larger
)
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


_XAI_HELP = N_("Grok by xAI. Keys: https://console.x.ai")

LONGEST_ID = 64
"""Characters; ``profile_tables`` refuses longer ones."""

PRESETS = (
    Preset("xAI", "xai-responses", XAI.base_url, True, False, _XAI_HELP),
    Preset(
        "xAI EU",
        "xai-responses",
        "https://eu-west-1.api.x.ai/v1",
        True,
        False,
        N_("Grok by xAI, processed in Europe. Keys: https://console.x.ai"),
    ),
    Preset(
        "xAI US",
        "xai-responses",
        "https://us-east-1.api.x.ai/v1",
        True,
        False,
        N_("Grok by xAI, processed in the USA. Keys: https://console.x.ai"),
    ),
    Preset(
        "Concurred Gateway",
        "chat-completions",
        CONCURRED,
        True,
        False,
        N_("Models from many providers with one key. Keys: https://concurred.ai"),
    ),
    Preset(
        "Concurred Vision",
        "concurred-vision",
        CONCURRED,
        True,
        False,
        N_("One picture and one question at a time. Keys: https://concurred.ai"),
    ),
    Preset(
        "OpenRouter",
        "chat-completions",
        "https://openrouter.ai/api/v1",
        True,
        False,
        N_("Models from many providers with one key. Keys: https://openrouter.ai/keys"),
    ),
    Preset("Ollama", "chat-completions", "http://localhost:11434/v1", False, True, N_("Start it with: ollama serve")),
    Preset(
        "LM Studio", "chat-completions", "http://localhost:1234/v1", False, True, N_("Start its server in LM Studio.")
    ),
    Preset(
        "llama.cpp",
        "chat-completions",
        "http://localhost:8080/v1",
        False,
        True,
        N_("llama-server with a vision model and its --mmproj file."),
    ),
    Preset("vLLM", "chat-completions", "http://localhost:8000/v1", False, True, N_("vllm serve with a vision model.")),
    Preset("LiteLLM", "chat-completions", "http://localhost:4000/v1", True, True, N_("A LiteLLM proxy, with its key.")),
    Preset("Other", "chat-completions", "", True, False, N_("Any server that supports chat.completions.")),
)
"""The last one is for whatever the others are not."""


def preset_id(preset: Preset) -> str:
    """Its title as a word, such as "lm-studio"."""
    return re.sub(r"[^a-z0-9]+", "-", preset.title.lower()).strip("-")


def find_preset(name: str) -> Preset:
    """The preset with this title or id, in any case; "custom" is the last one. Raises UsageError with their ids."""
    wanted = name.strip().lower()
    if wanted == "custom":
        return PRESETS[-1]
    for preset in PRESETS:
        if wanted in (preset.title.lower(), preset_id(preset)):
            return preset
    raise UsageError(
        _("There is no preset called {name!r}.").format(name=name),
        _("Known presets: {names}.").format(names=", ".join(map(preset_id, PRESETS))),
    )


def new_profile(preset: Preset, taken: Collection[str]) -> Profile:
    """A profile made from a pattern, with an id that is not taken."""
    profile_id, number = free_id(preset_id(preset), taken)
    name = preset.title if number == 1 else f"{preset.title} {number}"
    return Profile(
        profile_id,
        name,
        preset.dialect,
        preset.base_url,
        limits=XAI.limits if preset.dialect == XAI.dialect else ImageLimits(),
        needs_key=preset.needs_key,
        is_local=preset.is_local,
    )


def profile_for_server(program: str, base_url: str, taken: Collection[str], *, needs_key: bool) -> Profile:
    """A profile for a server that was found on this computer: as of its pattern, where it was found."""
    preset = next((preset for preset in PRESETS if preset.title == program), PRESETS[-1])
    title = preset.title if preset is not PRESETS[-1] else _("{program} on this computer").format(program=program)
    found = replace(preset, title=title, base_url=base_url, needs_key=needs_key, is_local=True)
    return new_profile(found, taken)


def free_id(stem: str, taken: Collection[str]) -> tuple[str, int]:
    """The id itself, or the first of ``stem-2``, ``stem-3``, ... that is not taken, and its number."""
    number, ending = 1, ""
    while (candidate := stem[: LONGEST_ID - len(ending)] + ending) in taken:
        number += 1
        ending = f"-{number}"
    return candidate, number


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
    raise UsageError(
        _("There is no profile called {name!r}.").format(name=name), _("Known profiles: {known}.").format(known=known)
    )


def choose_profile(settings: Settings, has_key: Callable[[Profile], bool]) -> Profile:
    """The active profile; when none was chosen, or it is gone: xAI if there is a key for it, else this computer.

    ``has_key`` may read the keyring and raise KeyringTrouble, which is passed on.
    """
    profiles = {profile.id: profile for profile in all_profiles(settings)}
    if settings.profile in profiles:
        return profiles[settings.profile]
    xai = profiles[XAI.id]
    return xai if has_key(xai) else profiles[ON_THIS_COMPUTER.id]
