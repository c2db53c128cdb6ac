"""One question to one server: ask, try again where that is safe, and read the answer in whatever form it comes."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import chain

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import (
    GrokDeskError,
    Interrupted,
    ModelNotFound,
    NotReachable,
    ProviderError,
    RateLimited,
    RequestRefused,
    ServerTrouble,
)
from grokdesk.logs import Redactor
from grokdesk.model import (
    AnswerEvent,
    Message,
    ModelNamed,
    Noticed,
    Profile,
    ReasoningDelta,
    Retrying,
    TextDelta,
    Turn,
    UsageReported,
)
from grokdesk.model.money import Prices
from grokdesk.providers.formats.error_bodies import ServerWords, words_of
from grokdesk.providers.formats.parts import joined
from grokdesk.providers.formats.picture_faults import is_too_small
from grokdesk.providers.formats.protocol import About, Dialect, HttpRequest, Part
from grokdesk.providers.formats.server_errors import redacted_errors
from grokdesk.providers.formats.sse import events
from grokdesk.providers.formats.usage import estimated
from grokdesk.providers.http.replies import is_success, json_body, refusal, web_page
from grokdesk.providers.http.transport import Reply, Transport
from grokdesk.providers.models.image_sizes import sizes_told
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.unsupported_parameters import without_known, without_refused
from grokdesk.translation import _

log = logging.getLogger(__name__)

MAX_RETRIES = 3
_ABOUT_PARAMETERS = (400, 422)
LONGEST_WAIT = 60.0
"""Seconds. When a server wants a longer break, the person is told instead."""


def exchange(
    transport: Transport,
    dialect: Dialect,
    profile: Profile,
    key: str,
    message: Message,
    past: Sequence[Turn],
    cancel: CancelSwitch,
    redactor: Redactor,
    wait: Callable[[float], None] | None = None,
    memory: ModelMemory | None = None,
    prices: Prices | None = None,
) -> Iterator[AnswerEvent]:
    """Yield the answer as it comes; before each new attempt a Retrying.

    Tries again only while nothing of an answer has come, so that nothing is paid twice. Raises what ``Transport`` and
    ``Dialect.parse`` raise, and the errors of ``server_errors``; no error holds the key.
    ``wait`` takes seconds; it is ``cancel.sleep`` unless a test passes its own. ``memory`` knows what the model
    refuses, and learns it. ``prices`` make the cost where the server does not tell it.
    """
    with redacted_errors(redactor):
        headers = dialect.auth(key) if key else {}
        message = replace(message, effort=message.effort or profile.effort)
        plan = dialect.plan(message, past)
    memory = memory or ModelMemory(None, time.time)
    asking = _Asking(transport, dialect, profile, headers, cancel, redactor, wait or cancel.sleep, memory, prices)
    yield from (Noticed(sentence) for sentence in plan.notices)
    if len(plan.parts) == 1:
        yield from asking.answer(plan.parts[0])
    else:
        yield from joined((part.label, asking.answer(part)) for part in plan.parts)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question to one server, for as many requests as it takes."""

    transport: Transport
    dialect: Dialect
    profile: Profile
    headers: Mapping[str, str] = field(repr=False)
    cancel: CancelSwitch
    redactor: Redactor
    wait: Callable[[float], None]
    memory: ModelMemory
    prices: Prices | None

    def answer(self, part: Part) -> Iterator[AnswerEvent]:
        """Ask for one part until a reply is an answer, or an error that no other attempt would change."""
        profile = self.profile
        attempt, spared, begun = 0, False, False
        with redacted_errors(self.redactor, profile.name):
            request = replace(self.dialect.build(profile, part.message, part.past), about=_about(profile, part))
            request, notices = without_known(request, profile, self.memory)
            yield from notices
            while True:
                taken = False
                try:
                    with self._sent(request) as reply:
                        if taken := is_success(reply):
                            for event in self._events(reply):
                                begun = begun or isinstance(event, (TextDelta, ReasoningDelta))
                                yield event
                            return
                        error, body = refusal(reply, profile.name)
                    self._learn_sizes(error, body, part)
                    words = words_of(body) if reply.status in _ABOUT_PARAMETERS and not spared else ServerWords()
                    smaller = without_refused(request, words, profile, self.memory)
                    if smaller is None:
                        raise named(error, profile)
                    request, spared = _again(smaller[0]), True
                    yield smaller[1]
                except (NotReachable, ServerTrouble, RateLimited, Interrupted) as trouble:
                    attempt += 1
                    # Without any reply it may have been answered, and be paid for. A stream that ends before its first
                    # word is worth one more attempt.
                    may_be_paid = isinstance(trouble, Interrupted) and (not taken or attempt > 1)
                    seconds = None if begun or may_be_paid else _pause(trouble, attempt)
                    if seconds is None:
                        raise
                    request = _again(request)
                    yield Retrying(trouble.title, seconds, attempt)
                    self.wait(seconds)

    def _learn_sizes(self, error: GrokDeskError, body: bytes, part: Part) -> None:
        """So that the next such picture is refused before it is sent."""
        if isinstance(error, RequestRefused) and is_too_small(said := words_of(body).message):
            self.memory.remember_image_sizes(self.profile, sizes_told(said, part.message.images))

    def _sent(self, request: HttpRequest) -> AbstractContextManager[Reply]:
        return self.transport.stream(
            request, self.headers, self.cancel, connection=self.profile.connection, key_for=self.profile
        )

    def _events(self, reply: Reply) -> Iterator[AnswerEvent]:
        return noted(read_answer(self.dialect, reply, self.profile.name), reply, self.prices)


def noted(events: Iterable[AnswerEvent], reply: Reply, prices: Prices | None) -> Iterator[AnswerEvent]:
    """The events, of which the reply's trip hears what they say about model, tokens and cost."""
    for event in events:
        match event:
            case ModelNamed(model):
                reply.progress.tell(model)
            case UsageReported(usage):
                usage = usage if prices is None else estimated(usage, prices)
                reply.progress.tell(usage=usage)
                yield UsageReported(usage)
                continue
        yield event


def _about(profile: Profile, part: Part) -> About:
    images = (*part.message.images, *(image for turn in part.past for image in turn.message.images))
    purpose = part.message.purpose
    is_charged = profile.needs_key or not profile.is_local  # a server in the house may pass on to one that is paid
    return About(purpose.kind, profile.name, profile.model, images, purpose, is_charged)


def _again(request: HttpRequest) -> HttpRequest:
    return replace(request, about=replace(request.about, kind="retry"))


def named(error: GrokDeskError, profile: Profile) -> GrokDeskError:
    """The error that says which model is gone."""
    if isinstance(error, ModelNotFound) and profile.model and profile.model not in error.title:
        title = _("{server} does not have the model {model}.").format(server=profile.name, model=profile.model)
        return error.changed(title=title)
    return error


def read_answer(dialect: Dialect, reply: Reply, server: str) -> Iterator[AnswerEvent]:
    """The events of a reply: a stream, or one JSON body that some servers send although a stream was asked for.

    The first byte tells, whatever the content type says. Raises the error that a JSON body reports.
    """
    first, chunks = _peeked(reply.chunks)
    if first in (b"{", b"["):
        told = json_body(chunks, server)
        return dialect.parse_whole(told if isinstance(told, dict) else {})
    if first == b"<":
        raise web_page(server)
    return dialect.parse(events(chunks, flush_at_end=True), reply.nearly_over)


def _peeked(chunks: Iterator[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """The first byte that is no blank, and the body from there on. Blanks before it mean nothing in any format."""
    for chunk in chunks:
        if start := chunk.lstrip(b" \t\r\n\xef\xbb\xbf"):
            return start[:1], chain((start,), chunks)
    return b"", ()


def _pause(error: GrokDeskError, attempt: int) -> float | None:
    """Seconds until this attempt, None when there is to be none."""
    if not error.retryable or attempt > MAX_RETRIES:
        return None
    told = error.retry_after if isinstance(error, ProviderError) else None
    if told is not None:
        return told if told <= LONGEST_WAIT else None
    return 2.0 ** (attempt - 1) + random.uniform(0, 0.5)  # noqa: S311  (it spreads the load and keeps no secret)
