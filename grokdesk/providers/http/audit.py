"""What a request tells about itself when it leaves, and what became of it: for whoever keeps account of it.

``Transport.stream`` is the one way out, so nothing leaves without passing here.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from grokdesk.errors import Cancelled, EmptyAnswer, NetworkError, ProviderError
from grokdesk.model import PreparedImage, Usage
from grokdesk.model.requests import Ending, Outcome, OutgoingRequest, SentPicture
from grokdesk.providers.formats.json_pieces import Inline, JsonPieces
from grokdesk.providers.formats.protocol import HttpRequest

HIDDEN = "(not shown: it is a credential)"
_MEDIA_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class AsSent:
    """A request as it goes out. ``pieces`` are the very pieces that are sent."""

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    """Without credentials: HIDDEN stands for them."""
    pieces: JsonPieces | None
    ticket: str = ""
    conversation: str = ""
    may_exceed: bool = False


class Auditor(Protocol):
    """Who keeps account. Both are called on the thread that asks."""

    def leave(self, outgoing: OutgoingRequest, sent: AsSent) -> Callable[[Ending], None]:
        """A request is about to leave. What is returned gets to know how it ended. Raises when it must not leave."""
        ...


class Nobody:
    """Keeps no account."""

    def leave(self, outgoing: OutgoingRequest, sent: AsSent) -> Callable[[Ending], None]:  # noqa: ARG002
        return lambda _ending: None


class RequestProgress:
    """What is known of a request that has left."""

    def __init__(self) -> None:
        self.status: int | None = None
        self._model = ""
        self._usage = Usage()
        self._began = time.monotonic()

    def tell(self, model: str = "", usage: Usage | None = None) -> None:
        """What the reply says about itself; a later usage takes the place of an earlier one."""
        self._model = model or self._model
        self._usage = usage or self._usage

    def ending(self, error: BaseException | None, *, has_left: bool) -> Ending:
        usage = self._usage
        return Ending(
            outcome_of(error, self.status, has_left=has_left),
            self.status,
            type(error).__name__ if isinstance(error, Exception) and not isinstance(error, Cancelled) else "",
            self._model,
            usage.input_tokens,
            usage.output_tokens,
            usage.total_tokens,
            usage.cost_usd,
            usage.cost_is_estimate,
            time.monotonic() - self._began,
        )


@contextmanager
def travelling(
    watch: Auditor, request: HttpRequest, sent: AsSent, has_left: Callable[[], bool]
) -> Iterator[RequestProgress]:
    """From before the request leaves until nothing more of its reply is read. Raises what ``watch`` raises."""
    arrive = watch.leave(outgoing_of(request, sent), sent)
    progress = RequestProgress()
    try:
        yield progress
    except BaseException as error:
        arrive(progress.ending(error, has_left=has_left()))
        raise
    arrive(progress.ending(None, has_left=True))


def outgoing_of(request: HttpRequest, sent: AsSent) -> OutgoingRequest:
    about, body = request.about, request.body or {}
    stored = body.get("store")
    host, address = places_of(request.url, with_path=about.kind != "download")
    return OutgoingRequest(
        datetime.now(UTC),
        about.kind,
        request.method,
        host,
        address,
        about.profile,
        about.model,
        sent.pieces.size if sent.pieces else 0,
        tuple(pictures_in(body, about.images, with_fingerprint=not about.purpose.is_temporary)),
        stored if isinstance(stored, bool) else None,
        about.purpose.is_temporary,
        about.is_charged,
    )


def places_of(url: str, *, with_path: bool = True) -> tuple[str, str]:
    """The host with its port, and the address without what may be secret in it: a name, a query, and where
    ``with_path`` is false, the path: a shared link is often all that it takes to open something."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    place = f"{host}:{parts.port}" if parts.port else host
    path = parts.path if with_path else "/…" if parts.path.strip("/") or parts.query else ""
    return place, f"{parts.scheme}://{place}{path}{'?…' if parts.query and with_path else ''}"


def pictures_in(
    body: Mapping[str, object], known: tuple[PreparedImage, ...], *, with_fingerprint: bool = True
) -> Iterator[SentPicture]:
    """The pictures of a body in their order. ``known`` are those that may be in it; others are told by their bytes."""
    by_content = {id(image.data): image for image in known if image.data}
    by_address = {image.url: image for image in known if image.url}

    def found(value: object) -> Iterator[SentPicture]:
        match value:
            case dict():
                for inner in value.values():
                    yield from found(inner)
            case list() | tuple():
                for inner in value:
                    yield from found(inner)
            case Inline(data):
                image = by_content.get(id(data))
                yield _sent(image, with_fingerprint) if image else _unknown(data, with_fingerprint)
            case str() if value in by_address:
                image = by_address[value]
                yield SentPicture(image.media_type, image.width, image.height, 0, "", image.redactions, True)

    yield from found(dict(body))


def outcome_of(error: BaseException | None, status: int | None, *, has_left: bool) -> Outcome:
    if not has_left:
        return "not sent"
    if error is not None and (isinstance(error, Cancelled) or not isinstance(error, Exception)):
        return "stopped"  # also by Ctrl-C, or because nobody reads on
    if status is None:
        return "failed"
    if isinstance(error, EmptyAnswer):
        return "answered"  # and paid for
    if status >= 400 or (isinstance(error, ProviderError) and not isinstance(error, NetworkError)):
        return "refused"
    return "cut" if isinstance(error, NetworkError) else "answered"


def _sent(image: PreparedImage, with_fingerprint: bool) -> SentPicture:
    fingerprint = image.sha256 if with_fingerprint else ""
    size = len(image.data)
    return SentPicture(image.media_type, image.width, image.height, size, fingerprint, image.redactions)


def _unknown(data: bytes, with_fingerprint: bool) -> SentPicture:
    media_type = next((name for start, name in _MEDIA_TYPES.items() if data.startswith(start)), "")
    return SentPicture(media_type, 0, 0, len(data), hashlib.sha256(data).hexdigest() if with_fingerprint else "")
