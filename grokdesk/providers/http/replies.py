"""Replies that are read as a whole: refusals, and bodies of JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, Interrupted, Remedy, RequestRefused, ServerTrouble
from grokdesk.model import Profile
from grokdesk.providers.formats.error_bodies import is_error
from grokdesk.providers.formats.protocol import About, HttpRequest
from grokdesk.providers.formats.server_errors import reported_error, status_error
from grokdesk.providers.http.transport import Reply, Timeouts, Transport
from grokdesk.translation import _

log = logging.getLogger(__name__)

_REFUSAL_LIMIT = 1024 * 1024
_BODY_LIMIT = 64 * 1024 * 1024


def read_limited(chunks: Iterable[bytes], limit: int) -> tuple[bytes, bool]:
    """The body up to ``limit`` bytes, and whether it was all of it."""
    read = bytearray()
    for chunk in chunks:
        read += chunk
        if len(read) > limit:
            return bytes(read[:limit]), False
    return bytes(read), True


def is_success(reply: Reply) -> bool:
    return 200 <= reply.status < 300


def refusal(reply: Reply, server: str) -> tuple[GrokDeskError, bytes]:
    """The error of a reply whose status is no success, and the body that it was read from."""
    body, _whole = read_limited(reply.chunks, _REFUSAL_LIMIT)
    error = status_error(reply.status, reply.headers, body, server)
    log.info("%s answered %d: %s", server, reply.status, type(error).__name__)
    return error, body


def json_body(chunks: Iterable[bytes], server: str) -> Mapping[str, object] | list[object]:
    """The JSON object or list of a successful reply. Raises the error that it reports, Interrupted when it is not
    whole, RequestRefused when it is a web page, ServerTrouble when it is too large."""
    body, whole = read_limited(chunks, _BODY_LIMIT)
    if not whole:
        raise ServerTrouble(
            _("{server} sent more than {megabytes} MB.").format(server=server, megabytes=_BODY_LIMIT // 1024**2),
            _("Try again, or choose another model."),
        )
    text = body.decode("utf-8-sig", "replace").strip()
    if text.startswith("<"):
        raise web_page(server)
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Interrupted(_("{server} sent an incomplete reply.").format(server=server), _("Try again.")) from None
    if isinstance(told, list) and told and isinstance(told[0], dict) and is_error(told[0]):
        raise reported_error(told[0], server)
    if isinstance(told, dict) and is_error(told):
        raise reported_error(told, server)
    return told if isinstance(told, (dict, list)) else {}


def get_json(
    transport: Transport,
    request: HttpRequest,
    headers: Mapping[str, str],
    cancel: CancelSwitch,
    profile: Profile,
    timeouts: Timeouts | None = None,
) -> Mapping[str, object] | list[object]:
    """Ask for a JSON body once. Raises like ``Transport.stream`` and ``json_body``, and the error of a refusal."""
    if request.about.kind == "other":
        request = replace(request, about=About("models", profile.name))
    with transport.stream(request, headers, cancel, timeouts, connection=profile.connection, key_for=profile) as reply:
        if not is_success(reply):
            raise refusal(reply, profile.name)[0]
        return json_body(reply.chunks, profile.name)


def web_page(server: str) -> GrokDeskError:
    """For an address where people are expected: a wrong base URL, or a network that wants a login first."""
    return RequestRefused(
        _("{server} returned a web page.").format(server=server),
        _("Check the base URL, and whether this network requires you to sign in."),
        remedy=Remedy.OPEN_SETTINGS,
        setting="address",
    )
