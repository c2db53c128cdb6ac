"""Fetching a picture whose address a person dropped or typed."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotAPicture, PictureTooLarge, UsageError
from grokdesk.providers.formats.protocol import About, HttpRequest
from grokdesk.providers.http.picture_addresses import is_public_address, looks_public, name_in
from grokdesk.providers.http.replies import read_limited
from grokdesk.providers.http.transport import Reply, Timeouts, Transport
from grokdesk.translation import _

MAX_REDIRECTS = 3
MAX_BYTES = 50 * 1000 * 1000
_TIMEOUTS = Timeouts(idle=30.0)
_MOVED = frozenset({301, 302, 303, 307, 308})


def fetch(transport: Transport, url: str, cancel: CancelSwitch, max_bytes: int = MAX_BYTES) -> tuple[bytes, str]:
    """The content behind an http or https address, and a file name for it.

    Sends no key and no cookie, follows at most ``MAX_REDIRECTS``. A public address leads to public ones only, by name,
    by redirect and by what its name stands for; a private one is what the person typed. Raises NotAPicture when there
    is none or the address is unusable, PictureTooLarge above ``max_bytes``, and the network errors of
    ``Transport.stream``.
    """
    may_lead_to = is_public_address if looks_public(url) else None
    for _hop in range(MAX_REDIRECTS + 1):
        request = HttpRequest("GET", _checked(url), accept="image/*,*/*;q=0.5", about=About("download"))
        try:
            with transport.stream(request, {}, cancel, _TIMEOUTS, may_lead_to) as reply:
                if reply.status not in _MOVED or "location" not in reply.headers:
                    return _content(reply, url, max_bytes), name_in(url)
                url = urljoin(url, reply.headers["location"])
                if may_lead_to and not looks_public(_checked(url)):
                    raise NotAPicture(
                        _("The link points to a private network."),
                        _("If this is intended, save the picture and open the file."),
                    )
        except UsageError as error:
            raise _no_address() from error
    raise NotAPicture(
        _("The link redirects in a loop."), _("Open the picture in a browser and save or copy it from there.")
    )


def _no_address() -> NotAPicture:
    return NotAPicture(_("This is not a link to a picture."), _("A link starts with https:// or http://."))


def _checked(url: str) -> str:
    """Only what the web is: a redirect may not lead to a file of this computer either."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise _no_address()
    if parts.username is not None:
        raise NotAPicture(_("The link contains a user name or password."), _("Save the picture and open the file."))
    return parts._replace(fragment="").geturl()


def _content(reply: Reply, url: str, max_bytes: int) -> bytes:
    host = urlsplit(url).hostname
    save = _("Open it in a browser, save the picture and open the file.")
    if reply.status in (401, 403, 407, 451):
        raise NotAPicture(
            _("{host} denied access to this picture ({status}).").format(host=host, status=reply.status), save
        )
    if reply.status in (404, 410):
        raise NotAPicture(
            _("{host} does not have this picture ({status}).").format(host=host, status=reply.status),
            _("Check the link."),
        )
    if reply.status != 200:
        raise NotAPicture(_("{host} did not send the picture ({status}).").format(host=host, status=reply.status), save)
    if reply.content_type in ("text/html", "application/xhtml+xml"):
        raise NotAPicture(_("The link opens a web page, not a picture."), _("Copy the image address instead."))
    told = reply.headers.get("content-length", "")
    announced = int(told) if told.isdigit() else 0
    content, whole = read_limited(reply.chunks, max_bytes) if announced <= max_bytes else (b"", False)
    if not whole:
        raise PictureTooLarge(
            _("The picture at {host} is larger than {megabytes} MB.").format(
                host=host, megabytes=max_bytes // 1_000_000
            ),
            _("Save a smaller copy and open the file."),
        )
    return content
