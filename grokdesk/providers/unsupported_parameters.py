"""Parameters that a server or a model does not take: left out once it has said so, and from then on."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grokdesk.model import Noticed, Profile
from grokdesk.providers.formats.error_bodies import ServerWords
from grokdesk.providers.formats.protocol import HttpRequest
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

# Without these it would be another question; without "store" xAI would keep the answer for 30 days.
_NEVER = frozenset({"model", "messages", "input", "image", "prompt", "stream", "store"})

# What servers call a part of a parameter.
_ALSO_CALLED = {
    "reasoningeffort": "reasoning",
    "effort": "reasoning",
    "includeusage": "stream_options",
    "jsonschema": "response_format",
    "format": "text",
    "responseformat": "text",
}

# What a person asked for, in their words; the rest only saves money or time.
_WISHES = {
    "reasoning": N_("reasoning effort"),
    "reasoning_effort": N_("reasoning effort"),
    "response_format": N_("JSON Schema"),
    "text": N_("JSON Schema"),
}


def without_known(request: HttpRequest, profile: Profile, memory: ModelMemory) -> tuple[HttpRequest, list[Noticed]]:
    """The request without what this model has refused before, and what the person has to know of it."""
    body = request.body or {}
    refused = [
        name for name, value in body.items() if name not in _NEVER and memory.refuses(profile, name, _plain(value))
    ]
    if not refused:
        return request, []
    kept = {name: value for name, value in body.items() if name not in refused}
    wishes = [name for name in refused if name in _WISHES]
    return replace(request, body=kept), [_notice(profile, wishes)] if wishes else []


def without_refused(
    request: HttpRequest, words: ServerWords, profile: Profile, memory: ModelMemory
) -> tuple[HttpRequest, Noticed] | None:
    """The request without the parameters that the server is complaining about, which are remembered, and what the
    person has to know; None when there is none that may be left out."""
    body = request.body or {}
    named = dict.fromkeys(name for spelled in words.parameters if (name := _named(spelled, body)) is not None)
    if not named:
        return None
    for name in named:
        memory.remember_refusal(profile, name, _plain(body[name]) if words.about_value else None)
    log.info("asking again without %s", ", ".join(named))
    kept = {other: value for other, value in body.items() if other not in named}
    return replace(request, body=kept), _notice(profile, list(named))


def _named(parameter: str, body: Mapping[str, object]) -> str | None:
    """The body's own name for it: ``reasoning_effort`` is also spelled ``reasoningEffort`` and ``reasoning.effort``."""
    for spelled in (parameter, parameter.partition(".")[0], parameter.rpartition(".")[2]):
        wanted = _joined(spelled)
        for name in body:
            if name not in _NEVER and wanted in (_joined(name), *(w for w, n in _ALSO_CALLED.items() if n == name)):
                return name
    return None


def _joined(name: str) -> str:
    return name.replace("_", "").lower()


def _notice(profile: Profile, names: Sequence[str]) -> Noticed:
    what = ", ".join(dict.fromkeys(_(_WISHES[name]) if name in _WISHES else name for name in names))
    return Noticed(
        _("{model} does not support {parameters}; sent without.").format(model=profile.model, parameters=what)
    )


def _plain(value: object) -> object:
    """Only plain values are told apart; a value of any other kind stands for all of its kind."""
    return value if isinstance(value, (str, int, bool, dict)) else None
