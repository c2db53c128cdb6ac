"""Which models a server has, which of them see, and which one to take when the person chose none."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import ModelNotFound, RequestRefused
from grokdesk.logs import Redactor
from grokdesk.model import Profile
from grokdesk.model.money import Prices
from grokdesk.providers.formats.protocol import THE_SERVER, Dialect
from grokdesk.providers.formats.server_errors import redacted_errors
from grokdesk.providers.http.replies import get_json
from grokdesk.providers.http.transport import Transport
from grokdesk.translation import _

log = logging.getLogger(__name__)

# Models for something else than a conversation about a picture, by the words in their names.
_SPECIAL = re.compile(
    r"(?:^|[-_./:\s])(?:build|code|coder|codex|multi-agent|imagine|image|dall-e|video|sora|audio|voice|tts|whisper"
    r"|transcribe|realtime|embed|embedding|embeddings|rerank|reranker|moderation|guard|search|research|ocr)"
    r"(?:$|[-_./:\s\d])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    id: str
    supports_images: bool | None = None
    """None when the server does not say: then only asking tells."""
    created: int = 0
    """Seconds since 1970; 0 when unknown."""
    aliases: tuple[str, ...] = ()
    context: int | None = None
    """The most tokens of a conversation."""
    prices: Prices | None = None


def list_models(
    transport: Transport, dialect: Dialect, profile: Profile, key: str, cancel: CancelSwitch, redactor: Redactor
) -> tuple[ModelInfo, ...]:
    """The server's models in its own order. Raises like ``replies.get_json``; spends nothing.

    A server may repeat the key as the name of a model: such a name is neither shown nor kept nor asked.
    """
    models = _listed(transport, dialect, profile, key, cancel, redactor)

    def is_shown(name: str) -> bool:
        return redactor.redact_known(name) == name

    return tuple(
        replace(model, aliases=tuple(filter(is_shown, model.aliases))) for model in models if is_shown(model.id)
    )


def _listed(
    transport: Transport, dialect: Dialect, profile: Profile, key: str, cancel: CancelSwitch, redactor: Redactor
) -> tuple[ModelInfo, ...]:
    with redacted_errors(redactor):
        headers = dialect.auth(key) if key else {}
        *better, last = dialect.models(profile)
        for request in better:
            try:
                return models_in(get_json(transport, request, headers, cancel, profile))
            except (RequestRefused, ModelNotFound) as error:
                log.info("%s does not know %s: %s", profile.name, request.url, error.title)
        told = models_in(get_json(transport, last, headers, cancel, profile))
        if not dialect.KNOWN_MODELS:
            return told
        return tuple(replace(model, supports_images=True) for model in told or map(ModelInfo, dialect.KNOWN_MODELS))


def models_in(told: object) -> tuple[ModelInfo, ...]:
    """Read a list of models of any known shape; entries that have no name are left out.

    ``{"data": [...]}`` (OpenAI, OpenRouter, llama.cpp, LM Studio), ``{"models": [...]}`` (xAI, Ollama, LM Studio),
    ``{"models": {id: ...}}``, or a bare list; an entry is a name or an object.
    """
    if isinstance(told, Mapping):
        told = next((told[name] for name in ("data", "models") if told.get(name)), None)
    if isinstance(told, Mapping):
        told = [{"id": name, **(about if isinstance(about, dict) else {})} for name, about in told.items()]
    return tuple(_models(told)) if isinstance(told, list) else ()


def choose_model(models: Sequence[ModelInfo]) -> str:
    """The newest general model that sees.

    General: its name does not say that it draws, listens, codes, or works as a team. Where the server does not tell
    which models see, the newest general one; where none is general, the newest of what is left. Equally new: the first.
    Raises ModelNotFound when there is no model at all.
    """
    if not models:
        raise ModelNotFound(
            _("{server} has no models.").format(server=_(THE_SERVER)), _("Load one there, or name one in the settings.")
        )
    supports_images = {True: 2, None: 1, False: 0}
    best = max(
        models,
        key=lambda model: (supports_images[model.supports_images], _SPECIAL.search(model.id) is None, model.created),
    )
    return best.id


def _models(entries: Sequence[object]) -> Iterator[ModelInfo]:
    for entry in entries:
        if isinstance(entry, str) and entry:
            yield ModelInfo(entry)
        elif isinstance(entry, Mapping):
            name = next((entry[key] for key in ("id", "key", "model_name", "model", "name") if entry.get(key)), None)
            if isinstance(name, str):
                aliases = _strings(entry.get("aliases"))
                yield ModelInfo(
                    name, _supports_images(entry), _created(entry), aliases, _context(entry), _prices(entry)
                )


def _created(entry: Mapping[str, object]) -> int:
    created = entry.get("created")
    return int(created) if isinstance(created, (int, float)) and 0 < created < 1e12 else 0


def _supports_images(entry: Mapping[str, object]) -> bool | None:
    """xAI: input_modalities. OpenRouter, llama.cpp: architecture.input_modalities. llama.cpp, Ollama: capabilities as
    a list. LM Studio: type "vlm", or capabilities.vision. LiteLLM: model_info.supports_vision."""
    architecture = entry.get("architecture")
    nested = architecture.get("input_modalities") if isinstance(architecture, Mapping) else None
    if modalities := _strings(entry.get("input_modalities")) or _strings(nested):
        return "image" in modalities
    match entry.get("capabilities"):
        case {"vision": bool(vision)}:
            return vision
        case list(capabilities) if capabilities:
            return "vision" in capabilities or "multimodal" in capabilities
    match entry.get("model_info"):
        case {"supports_vision": bool(vision)}:
            return vision
    match entry.get("type"):
        case "vlm":
            return True
        case "llm" | "embeddings" | "embedding":
            return False
    return None


def _strings(value: object) -> tuple[str, ...]:
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()


def _context(entry: Mapping[str, object]) -> int | None:
    places = [entry, *(inner for name in ("model_info", "meta") if isinstance(inner := entry.get(name), Mapping))]
    names = ("context_length", "loaded_context_length", "max_context_length", "max_model_len", "max_input_tokens")
    for place in places:
        for name in (*names, "n_ctx_train"):
            value = place.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53:
                return value
    return None


def _prices(entry: Mapping[str, object]) -> Prices | None:
    """xAI: US cents for 100 million tokens. OpenRouter and LiteLLM: dollars for one token.

    Sources: https://docs.x.ai/developers/rest-api-reference/inference/models,
    https://openrouter.ai/docs/overview/models
    """
    xai = ("prompt_text_token_price", "completion_text_token_price", "cached_prompt_text_token_price")
    router = ("prompt", "completion", "input_cache_read")
    lite = ("input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost")
    for place, names, factor in (
        (entry, xai, Decimal("0.0001")),
        (entry.get("pricing"), router, Decimal(1_000_000)),
        (entry.get("model_info"), lite, Decimal(1_000_000)),
    ):
        if isinstance(place, Mapping):
            read, written, cached = (_money(place.get(name), factor) for name in names)
            if read is not None and written is not None:
                return Prices(read, written, cached)
    return None


def _money(value: object, factor: Decimal) -> Decimal | None:
    """None for what is no price; OpenRouter says -1 where it depends."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        amount = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return (amount * factor).normalize() if amount.is_finite() and 0 <= amount < 10**12 else None
