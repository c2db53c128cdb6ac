"""From what a person types as an address to the URL of a request: one builder for asking, listing and testing."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from grokdesk.addresses import belongs_to, is_loopback
from grokdesk.errors import UsageError
from grokdesk.model import Profile
from grokdesk.translation import _

# Where the API is when only the host was given. Everybody else has it at /v1.
# Sources: https://openrouter.ai/docs, https://concurred.ai/docs
_API_PATHS = {"openrouter.ai": "/api/v1", "concurred.ai": "/api/v1", "agent-heavy.vercel.app": "/api/v1"}

# Programs on this computer with an API of their own at /api beside the common one at /v1: Ollama, LM Studio.
_PORTS_WITH_OWN_API = (11434, 1234)

# By the usual port. Sources: https://lmstudio.ai/docs/api/rest-api, https://docs.litellm.ai/docs/proxy/model_management
_OWN_LISTS = {1234: "/api/v0/models", 4000: "/model/info"}

_ENDPOINTS = re.compile(
    r"/(?:chat/completions|completions|responses|models|language-models|api-key|embeddings|vision)$"
)
_OTHER_APIS = re.compile(r"/api/(?:chat|generate|tags)$")
"""Ollama's own, which is not spoken here."""
_VERSION = re.compile(r"/v\d\w*(?:/|$)")
_REPEATED = re.compile(r"(/v\d+)(?:/+v\d+)+(?=/|$)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def normalised(text: str, usual: str = "/v1") -> str:
    """The address under which every endpoint lies, such as ``https://api.x.ai/v1``; a query stays behind it.

    ``usual`` is where the API is when the address is a host alone. Any other path is taken as it was typed. A whole
    endpoint is cut where a version stands before it, and stays whole elsewhere: ``https://example.org/chat/completions``
    says that there is no version. Normalising twice changes nothing. Without a scheme it is http for this computer and
    https for all others. Raises UsageError for anything that is not an address.
    """
    text = text.strip()
    if not text:
        raise UsageError(_("No server address is set."), _("Enter one in the settings."))
    parts = _split(text)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    if parts.port is not None and parts.port != {"http": 80, "https": 443}[parts.scheme]:
        host = f"{host}:{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{_api_path(parts, usual)}{query}"


def address_of(profile: Profile) -> str:
    """The address of a profile as it will be used, "" while it has none that can be."""
    try:
        return normalised(profile.base_url, "/api/v1" if profile.dialect == "concurred-vision" else "/v1")
    except UsageError:
        return ""


def endpoint(base_url: str, path: str, usual: str = "/v1") -> str:
    """The URL of one endpoint, such as ``responses``. Raises like ``normalised``."""
    base, mark, query = normalised(base_url, usual).partition("?")
    return f"{_ENDPOINTS.sub('', base)}/{path}{mark}{query}"


def is_xai(base_url: str) -> bool:
    """True when the address belongs to xAI, whose API tells more than its relatives' do."""
    return belongs_to(normalised(base_url), "x.ai")


def is_concurred(profile: Profile) -> bool:
    """Concurred's own dialect is Concurred's wherever it is spoken."""
    domains = ("concurred.ai", "agent-heavy.vercel.app")
    return profile.dialect == "concurred-vision" or any(belongs_to(address_of(profile), each) for each in domains)


def own_model_list(base_url: str) -> str:
    """Where a program on its usual port tells more of its models than the common list does; "" for all others."""
    parts = urlsplit(normalised(base_url))
    path = _OWN_LISTS.get(parts.port or 0, "")
    return f"{parts.scheme}://{parts.netloc}{path}" if path else ""


def _split(text: str) -> SplitResult:
    wrong = UsageError(
        _("{text!r} is not a valid server address.").format(text=text[:80]), _("Example: https://api.x.ai/v1")
    )
    if re.search(r"[\s\\\x00-\x20\x7f]", text):
        raise wrong
    if not _SCHEME.match(text):
        if re.fullmatch(r"[0-9a-f]*:[0-9a-f:]+", text, re.IGNORECASE):
            text = f"[{text}]"
        text = f"http://{text}" if is_loopback(f"http://{text}") else f"https://{text}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_password = parts.username is not None
    except ValueError:
        raise wrong from None
    if has_password:
        raise UsageError(_("The address contains a user name or password."), _("Remove it: the key has its own field."))
    if not usable or not re.fullmatch(r"[\w.:-]+(?:%[\w.-]+)?", parts.hostname or ""):
        raise wrong
    return parts


def _api_path(parts: SplitResult, usual: str) -> str:
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    if other := _OTHER_APIS.search(path):
        path = path[: other.start()] or usual
    path = _REPEATED.sub(r"\1", path)
    if parts.port in _PORTS_WITH_OWN_API and re.match(r"/api(?:/|$)", path):
        path = ""
    home = _API_PATHS.get(parts.hostname or "", usual)
    base = path
    while ended := _ENDPOINTS.search(base):
        base = base[: ended.start()]
    if base != path and not _VERSION.search(base) and home == "/v1":
        base += _ENDPOINTS.findall(path)[-1]  # it tells that there is no version
    path = base
    return home if path in ("", "/v1") or home.startswith(f"{path}/") else path
