"""One question to one server: ask, try again where that is safe, and read the answer in whatever form it comes."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from itertools import chain

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, ModelNotFound, NotReachable, RateLimited, ServerTrouble
from grokdesk.logs import Redactor
from grokdesk.model import AnswerEvent, Message, ModelNamed, Noticed, Profile, Retrying, Turn, UsageReported
from grokdesk.model.money import Prices
from grokdesk.providers.formats.error_bodies import ServerWords, words_of
from grokdesk.providers.formats.parts import joined
from grokdesk.providers.formats.protocol import About, Dialect, HttpRequest, Part
from grokdesk.providers.formats.server_errors import redacted_errors
from grokdesk.providers.formats.sse import events
from grokdesk.providers.formats.usage import estimated
from grokdesk.providers.http.replies import is_success, json_body, refusal, web_page
from grokdesk.providers.http.transport import Reply, Transport
from grokdesk.providers.models.model_memory import ModelMemory
from grokdesk.providers.unsupported_parameters import without_known, without_refused

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
    ``Dialect.parse`` raise, and the errors of ``server_errors``; no error holds the key. ``wait`` takes seconds; it is
    ``cancel.sleep`` unless a test passes its own. ``memory`` knows what the model refuses, and learns it. ``prices``
    make the cost where the server does not tell it.
    """
    with redacted_errors(redactor):
        headers = dialect.auth(key) if key else {}
        message = replace(message, effort=message.effort or profile.effort)
        plan = dialect.plan(message, past)
    memory = memory or ModelMemory(None, time.time)

    def open_(request: HttpRequest) -> AbstractContextManager[Reply]:
        return transport.stream(request, headers, cancel, connection=profile.connection)

    trial = _Trial(dialect, profile, redactor, memory, open_, prices)

    def answer(part: Part) -> Iterator[AnswerEvent]:
        with redacted_errors(redactor, profile.name), ExitStack() as stack:
            request = replace(dialect.build(profile, part.message, part.past), about=_about(profile, part))
            request, notices = without_known(request, profile, memory)
            yield from notices
            yield from (yield from trial.run(request, stack, wait or cancel.sleep))

    yield from (Noticed(sentence) for sentence in plan.notices)
    if len(plan.parts) == 1:
        yield from answer(plan.parts[0])
    else:
        yield from joined((part.label, answer(part)) for part in plan.parts)


@dataclass(frozen=True, slots=True)
class _Trial:
    dialect: Dialect
    profile: Profile
    redactor: Redactor
    memory: ModelMemory
    open: Callable[[HttpRequest], AbstractContextManager[Reply]]
    prices: Prices | None = None

    def run(
        self, request: HttpRequest, stack: ExitStack, wait: Callable[[float], None]
    ) -> Generator[Retrying | Noticed, None, Iterator[AnswerEvent]]:
        """The events of the first reply that is an answer; the reply stays open in ``stack``."""
        attempt = 0
        spared = False
        while True:
            try:
                with redacted_errors(self.redactor), ExitStack() as trial:
                    reply = trial.enter_context(self.open(request))
                    if is_success(reply):
                        answer = noted(read_answer(self.dialect, reply, self.profile.name), reply, self.prices)
                        stack.enter_context(trial.pop_all())
                        return answer
                    error, body = refusal(reply, self.profile.name)
                    words = words_of(body) if reply.status in _ABOUT_PARAMETERS and not spared else ServerWords()
                    smaller = without_refused(request, words, self.profile, self.memory)
                    if smaller is None:
                        raise named(error, self.profile)
                request, notice = _again(smaller[0]), smaller[1]
                spared = True
                yield notice
            except (NotReachable, ServerTrouble, RateLimited) as trouble:
                attempt += 1
                seconds = _pause(trouble, attempt) if trouble.retryable else None
                if seconds is None:
                    raise
                request = _again(request)
                yield Retrying(trouble.title, seconds, attempt)
                wait(seconds)


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
        error.title = f"{profile.name} does not have the model {profile.model}."
        error.args = (error.title,)
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
    return dialect.parse(events(chunks, flush_at_end=True), reply.hurry)


def _peeked(chunks: Iterator[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """The first byte that is no blank, and the body from there on. Blanks before it mean nothing in any format."""
    for chunk in chunks:
        if start := chunk.lstrip(b" \t\r\n\xef\xbb\xbf"):
            return start[:1], chain((start,), chunks)
    return b"", ()


def _pause(error: GrokDeskError, attempt: int) -> float | None:
    """Seconds until this attempt, None when there is to be none."""
    told = error.retry_after if isinstance(error, (ServerTrouble, RateLimited)) else None
    if attempt > MAX_RETRIES or (told is not None and told > LONGEST_WAIT):
        return None
    if told is not None:
        return told
    return 2.0 ** (attempt - 1) + random.uniform(0, 0.5)  # noqa: S311  (it spreads the load and keeps no secret)
