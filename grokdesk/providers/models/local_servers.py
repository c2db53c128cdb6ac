"""Programs on this computer that answer questions: looked for on their usual ports, known by what they say.

Nothing but this computer is asked, nothing is sent but GET requests without a key, and nobody is waited for long.
Sources: https://docs.ollama.com/api, https://lmstudio.ai/docs/api/rest-api,
https://github.com/ggml-org/llama.cpp/tree/master/tools/server, https://docs.vllm.ai/en/latest/serving,
https://docs.litellm.ai/docs/proxy/health
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from grokdesk.addresses import is_loopback, origin_of
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, NotReachable
from grokdesk.model import Connection, Profile
from grokdesk.providers.formats.protocol import About, HttpRequest
from grokdesk.providers.http.replies import is_success, read_limited
from grokdesk.providers.http.transport import Timeouts, Transport
from grokdesk.providers.models.models import ModelInfo, models_in

log = logging.getLogger(__name__)

PORTS = (11434, 1234, 8080, 8000, 4000)
"""Where Ollama, LM Studio, llama.cpp, vLLM and LiteLLM listen unless they were told otherwise."""
_SHORT = Timeouts(connect=0.5, write=0.5, idle=1.5, last_words=0.2)
_LARGEST = 4 * 1024 * 1024
_NO_PROXY = Connection(proxy="none")


@dataclass(frozen=True, slots=True)
class FoundServer:
    program: str
    """ "Ollama", "LM Studio", "llama.cpp", "vLLM", "LiteLLM", or "Server" for one that only speaks like them."""
    base_url: str
    models: tuple[ModelInfo, ...] = ()
    needs_key: bool = False


def find_local_servers(
    transport: Transport, cancel: CancelSwitch, ports: Iterable[int] = PORTS
) -> Iterator[FoundServer]:
    """Each as soon as it has answered. Raises Cancelled."""
    wanted = tuple(dict.fromkeys(ports))
    if not wanted:
        return
    with ThreadPoolExecutor(len(wanted), "local-server") as threads:
        looking = [threads.submit(_look_at, transport, cancel, port) for port in wanted]
        for done in as_completed(looking):
            cancel.check()
            if (found := done.result()) is not None:
                yield found
    cancel.check()


def is_known(found: FoundServer, profiles: Iterable[Profile]) -> bool:
    """True when a profile leads to the same port of this computer already."""
    place = origin_of(found.base_url)
    return any(
        is_loopback(profile.base_url) and (origin := origin_of(profile.base_url)) and place and origin[2] == place[2]
        for profile in profiles
    )


@dataclass(frozen=True, slots=True)
class _Server:
    transport: Transport
    cancel: CancelSwitch
    home: str

    def told(self, path: str) -> tuple[int, object]:
        """The status and the JSON of a reply, None for what is none. Raises NotReachable and the like."""
        request = HttpRequest("GET", f"{self.home}{path}", about=About("models"))
        with self.transport.stream(request, {}, self.cancel, _SHORT, connection=_NO_PROXY) as reply:
            body, whole = read_limited(reply.chunks, _LARGEST)
            if not whole or not (is_success(reply) or reply.status in (401, 403)):
                return reply.status, None
        try:
            return reply.status, json.loads(body)
        except (ValueError, RecursionError):
            return reply.status, None


def _look_at(transport: Transport, cancel: CancelSwitch, port: int) -> FoundServer | None:
    server = _Server(transport, cancel, f"http://127.0.0.1:{port}")
    try:
        status, listed = server.told("/v1/models")
        for program, is_it in _SIGNS.items():
            if is_it(server, listed):
                return _found(server, program, status, listed)
        if isinstance(listed, Mapping) and listed.get("object") == "list":
            return _found(server, "Server", status, listed)
    except Cancelled:
        return None
    except NotReachable:
        return None
    except GrokDeskError as error:
        log.info("what listens on port %d is no server of models: %s", port, error.title)
    return None


def _found(server: _Server, program: str, status: int, listed: object) -> FoundServer:
    needs_key = status in (401, 403)
    models: tuple[ModelInfo, ...] = () if needs_key else models_in(listed)
    return FoundServer(program, f"{server.home}/v1", models, needs_key)


def _owners(listed: object) -> set[str]:
    entries = listed.get("data") if isinstance(listed, Mapping) else None
    return {str(entry.get("owned_by")) for entry in entries or () if isinstance(entry, Mapping)}


def _is_ollama(server: _Server, _listed: object) -> bool:
    told = server.told("/api/version")[1]
    if not isinstance(told, Mapping) or not isinstance(told.get("version"), str):
        return False
    tags = server.told("/api/tags")[1]
    return isinstance(tags, Mapping) and isinstance(tags.get("models"), list)


def _is_lm_studio(server: _Server, _listed: object) -> bool:
    told = server.told("/api/v0/models")[1]
    entries = told.get("data") if isinstance(told, Mapping) else None
    return isinstance(entries, list) and all(
        isinstance(entry, Mapping) and entry.get("type") in ("llm", "vlm", "embeddings") for entry in entries
    )


def _is_llama_cpp(server: _Server, listed: object) -> bool:
    if "llamacpp" in _owners(listed):
        return True
    told = server.told("/props")[1]
    return isinstance(told, Mapping) and "default_generation_settings" in told


def _is_vllm(_server: _Server, listed: object) -> bool:
    return "vllm" in _owners(listed)


def _is_litellm(server: _Server, _listed: object) -> bool:
    return server.told("/health/liveliness")[1] == "I'm alive!"


_SIGNS: Mapping[str, Callable[[_Server, object], bool]] = {
    "vLLM": _is_vllm,
    "llama.cpp": _is_llama_cpp,
    "Ollama": _is_ollama,
    "LM Studio": _is_lm_studio,
    "LiteLLM": _is_litellm,
}
