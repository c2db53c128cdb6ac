"""Which models see, where the list does not say it but the program tells each: Ollama and llama.cpp.

Sources: https://docs.ollama.com/api-reference/show-model-details,
https://github.com/ggml-org/llama.cpp/tree/master/tools/server (GET /props)
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model import Profile
from grokdesk.providers.formats.base_url import normalised
from grokdesk.providers.formats.protocol import Dialect, HttpRequest
from grokdesk.providers.http.replies import get_json
from grokdesk.providers.http.transport import Timeouts, Transport
from grokdesk.providers.models.models import ModelInfo

log = logging.getLogger(__name__)

_SHORT = Timeouts(connect=5.0, write=5.0, idle=5.0)
"""A first question may be waiting."""
MOST = 200
"""Models that are asked about, one short request each."""


def with_own_vision(
    transport: Transport,
    dialect: Dialect,
    profile: Profile,
    key: str,
    models: Sequence[ModelInfo],
    cancel: CancelSwitch,
) -> tuple[ModelInfo, ...]:
    """The models with what their own program tells of them. Only a server in the house is asked, and only about what
    its list left open; one that does not know the question stays as it was. Raises Cancelled."""
    if not profile.is_local or all(model.supports_images is not None for model in models):
        return tuple(models)
    parts = urlsplit(normalised(profile.base_url))
    asking = _Asking(transport, profile, dialect.auth(key) if key else {}, cancel, f"{parts.scheme}://{parts.netloc}")
    return asking.by_properties(models) or asking.by_capabilities(models)


@dataclass(frozen=True, slots=True)
class _Asking:
    transport: Transport
    profile: Profile
    headers: Mapping[str, str]
    cancel: CancelSwitch
    home: str

    def by_properties(self, models: Sequence[ModelInfo]) -> tuple[ModelInfo, ...]:
        """llama.cpp serves one model, and tells of it; empty for any other program."""
        told = self._told(HttpRequest("GET", f"{self.home}/props"))
        match told:
            case {"modalities": {"vision": bool(vision)}}:
                return tuple(_with(model, vision, None) for model in models)
        return ()

    def by_capabilities(self, models: Sequence[ModelInfo]) -> tuple[ModelInfo, ...]:
        """Ollama tells of one model at a time."""
        found: list[ModelInfo] = []
        for at, model in enumerate(models):
            told = self._told(HttpRequest("POST", f"{self.home}/api/show", {"model": model.id})) if at < MOST else None
            capabilities = told.get("capabilities") if isinstance(told, Mapping) else None
            if not isinstance(capabilities, list):
                return (*found, *models[at:])
            found.append(_with(model, "vision" in capabilities, _context(told)))
        return tuple(found)

    def _told(self, request: HttpRequest) -> object:
        try:
            return get_json(self.transport, request, self.headers, self.cancel, self.profile, _SHORT)
        except Cancelled:
            raise
        except GrokDeskError as error:
            log.info("%s tells no more of its models: %s", self.profile.name, error.title)
            return None


def _with(model: ModelInfo, vision: bool, context: int | None) -> ModelInfo:
    return replace(
        model,
        supports_images=vision if model.supports_images is None else model.supports_images,
        context=model.context or context,
    )


def _context(told: object) -> int | None:
    """``"qwen2.context_length": 32768`` among what is told of the model."""
    info = told.get("model_info") if isinstance(told, Mapping) else None
    lengths = [value for name, value in (info or {}).items() if str(name).endswith(".context_length")]
    return lengths[0] if lengths and isinstance(lengths[0], int) and lengths[0] > 0 else None
