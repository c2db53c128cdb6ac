"""Does this key work here? Asked the way a question is asked, without spending anything."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import ModelNotFound, PermissionRefused, RequestRefused
from grokdesk.logs import Redactor
from grokdesk.model import Profile
from grokdesk.providers.dialects.choice import dialect_for
from grokdesk.providers.formats.base_url import endpoint, is_xai
from grokdesk.providers.formats.protocol import About, HttpRequest
from grokdesk.providers.formats.server_errors import redacted_errors
from grokdesk.providers.http.replies import get_json
from grokdesk.providers.http.transport import Transport
from grokdesk.providers.models.models import ModelInfo, list_models
from grokdesk.translation import _, ngettext

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeyReport:
    """``sentence`` says that the key works and what for; ``models`` are those it may list."""

    sentence: str
    models: tuple[ModelInfo, ...]


def check_key(transport: Transport, profile: Profile, key: str, cancel: CancelSwitch) -> KeyReport:
    """Raises what asking would raise: KeyRefused for a wrong key, PermissionRefused for a blocked one, ...

    xAI tells about the key itself; other servers that speak its dialect do not know the question. Source: https://docs.x.ai/developers/rest-api-reference/inference/other
    """
    dialect = dialect_for(profile.dialect)
    redactor = Redactor()
    redactor.remember(key)
    limits = ""
    if key and (profile.dialect == "xai-responses" or is_xai(profile.base_url)):
        request = HttpRequest("GET", endpoint(profile.base_url, "api-key"), about=About("key", profile.name))
        try:
            with redacted_errors(redactor):
                about = get_json(transport, request, dialect.auth(key), cancel, profile)
                limits = _limits(about if isinstance(about, dict) else {}, profile.name)
        except (RequestRefused, ModelNotFound) as error:
            log.info("%s tells nothing about its keys: %s", profile.name, error.title)
    models = list_models(transport, dialect, profile, key, cancel, redactor)
    return KeyReport(f"{_sentence(profile, key, models)} {limits}".strip(), models)


def _limits(about: Mapping[str, object], server: str) -> str:
    """What the key may not do, as a sentence or "". Raises PermissionRefused when it may do nothing."""
    blocked = {
        "api_key_disabled": _("The key is disabled."),
        "api_key_blocked": _("The key is blocked."),
        "team_blocked": _("The key's team is blocked."),
    }
    for flag, title in blocked.items():
        if about.get(flag) is True:
            raise PermissionRefused(
                title, _("Check it in the console of {server}, or create a new key.").format(server=server)
            )
    rights = about.get("acls")
    if not isinstance(rights, list) or "api-key:model:*" in rights:
        return ""
    named = [str(right).removeprefix("api-key:model:") for right in rights if str(right).startswith("api-key:model:")]
    if not named:
        return _("The key is allowed no models.")
    return _("The key is limited to: {models}.").format(models=", ".join(named))


def _sentence(profile: Profile, key: str, models: tuple[ModelInfo, ...]) -> str:
    works = _("{server} accepted the key.") if key else _("{server} is responding.")
    count, vision = len(models), sum(model.supports_images is True for model in models)
    if not models:
        what = _("It lists no models.")
    elif not vision:
        what = ngettext("{count} model.", "{count} models.", count).format(count=count)
    else:
        what = ngettext(
            "{count} model, {vision} with image support.", "{count} models, {vision} with image support.", count
        )
        what = what.format(count=count, vision=vision)
    return f"{works.format(server=profile.name)} {what}"
