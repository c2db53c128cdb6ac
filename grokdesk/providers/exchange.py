"""One question to one server: ask, try again where that is safe, and read the answer in whatever form it comes."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
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
from grokdesk.providers.models.models import ModelInfo
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
    choose: Callable[[], str] | None = None,
) -> Iterator[AnswerEvent]:
    """Yield the answer as it comes; before each new attempt a Retrying.

    Tries again only while nothing of an answer has come, so that nothing is paid twice. Raises what ``Transport`` and
    ``Dialect.parse`` raise, and the errors of ``server_errors``; no error holds the key.
    ``wait`` takes seconds; it is ``cancel.sleep`` unless a test passes its own. ``memory`` knows the server's models
    and what each refuses, and learns it. ``choose`` gives the model of a profile that names none: it is called when
    ``memory`` knows no choice, and again, once, when the remembered one has gone.
    """
    with redacted_errors(redactor):
        headers = dialect.auth(key) if key else {}
        message = replace(message, effort=message.effort or profile.effort)
        plan = dialect.plan(message, past)
    memory = memory or ModelMemory(None, time.time)
    question = _Question(transport, dialect, profile, headers, cancel, redactor, wait or cancel.sleep, memory, choose)
    yield from (Noticed(sentence) for sentence in plan.notices)
    if len(plan.parts) == 1:
        yield from _Attempts(question, plan.parts[0]).answer()
    else:
        yield from joined((part.label, _Attempts(question, part).answer()) for part in plan.parts)


@dataclass(frozen=True, slots=True)
class _Question:
    """What all attempts at all parts of one question share."""

    transport: Transport
    dialect: Dialect
    profile: Profile
    headers: Mapping[str, str] = field(repr=False)
    cancel: CancelSwitch
    redactor: Redactor
    wait: Callable[[float], None]
    memory: ModelMemory
    choose: Callable[[], str] | None
    others_named: set[str] = field(default_factory=set)
    """Models that answered in place of the one requested, each said once."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why an attempt gave no whole answer. ``words`` are those of the server's refusal; ``was_accepted``: the server
    had begun to answer with success."""

    error: GrokDeskError
    words: ServerWords = field(default_factory=ServerWords)
    status: int = 0
    was_accepted: bool = False


class _Attempts:
    """The attempts at one part of a question, one after the other, until there is an answer or an error that no other
    attempt would change. Between two of them one thing changes: the model, the parameters, or only the time."""

    def __init__(self, question: _Question, part: Part) -> None:
        self._question, self._part = question, part
        self._has_begun = False
        """Something of the answer has come."""
        self._left_out = False
        """Parameters have been left out because the server refused them."""
        self._waits = 0

    def answer(self) -> Iterator[AnswerEvent]:
        question = self._question
        with redacted_errors(question.redactor, question.profile.name):
            remembered = "" if question.profile.model else question.memory.recall(question.profile)
            self._may_choose_anew = bool(remembered)
            yield from self._take_model(question.profile.model or remembered or self._choose())
            while failure := (yield from self._attempt()):
                yield from self._prepare_another(failure)

    def _take_model(self, model: str) -> Iterator[AnswerEvent]:
        """Make the request anew for this model."""
        question, part = self._question, self._part
        profile = self._profile = replace(question.profile, model=model)
        models = question.memory.models(profile) or ()
        self._model = next((info for info in models if model in (info.id, *info.aliases)), None)
        request = replace(question.dialect.build(profile, part.message, part.past), about=_about(profile, part))
        self._request, notices = without_known(request, profile, question.memory)
        yield from notices

    def _choose(self) -> str:
        """ "" leaves it to the server."""
        return self._question.choose() if self._question.choose else ""

    def _attempt(self) -> Generator[AnswerEvent, None, _Failure | None]:
        """Send the request and pass the answer on; returns what may be worth another attempt, and raises the rest."""
        question, accepted = self._question, False
        connection = question.profile.connection
        sent = question.transport.stream(
            self._request, question.headers, question.cancel, connection=connection, key_for=question.profile
        )
        try:
            with sent as reply:
                if accepted := is_success(reply):
                    yield from self._events(reply)
                    return None
                error, body = refusal(reply, question.profile.name)
                return _Failure(error, words_of(body), reply.status)
        except (NotReachable, ServerTrouble, RateLimited, Interrupted, ModelNotFound) as error:
            return _Failure(error, was_accepted=accepted)

    def _events(self, reply: Reply) -> Iterator[AnswerEvent]:
        prices = self._model.prices if self._model else None
        for event in noted(read_answer(self._question.dialect, reply, self._question.profile.name), reply, prices):
            match event:
                case TextDelta() | ReasoningDelta():
                    self._has_begun = True
                case ModelNamed(other) if _is_another(other, self._profile.model, self._model):
                    if other not in self._question.others_named:
                        self._question.others_named.add(other)
                        yield _another_answered(self._profile.model, other)
            yield event

    def _prepare_another(self, failure: _Failure) -> Iterator[AnswerEvent]:
        """Change what the failure asks for. Raises its error when another attempt would not help, or be paid twice."""
        question, error = self._question, named(failure.error, self._profile)
        self._learn_sizes(failure)
        if not self._left_out and failure.status in _ABOUT_PARAMETERS:
            smaller = without_refused(self._request, failure.words, self._profile, question.memory)
            if smaller is not None:
                self._left_out = True
                self._request = _again(smaller[0])
                yield smaller[1]
                return
        if isinstance(error, ModelNotFound) and not question.profile.model:
            question.memory.forget(question.profile)
            if not self._has_begun and self._may_choose_anew:
                self._may_choose_anew = False
                log.info("%s is gone, choosing anew", self._profile.model)
                yield from self._take_model(self._choose())
                self._request = _again(self._request)
                return
        seconds = self._pause(failure)
        if seconds is None:
            raise error
        self._request = _again(self._request)
        yield Retrying(error.title, seconds, self._waits)
        question.wait(seconds)

    def _pause(self, failure: _Failure) -> float | None:
        """Seconds until the next attempt, None when there is to be none."""
        self._waits += 1
        # Without any reply the question may have been answered, and be paid for. A stream that ends before its first
        # word is worth one more attempt.
        may_be_paid = isinstance(failure.error, Interrupted) and (not failure.was_accepted or self._waits > 1)
        return None if self._has_begun or may_be_paid else _pause(failure.error, self._waits)

    def _learn_sizes(self, failure: _Failure) -> None:
        """So that the next such picture is refused before it is sent."""
        words = failure.words.message
        if isinstance(failure.error, RequestRefused) and is_too_small(words):
            sizes = sizes_told(words, self._part.message.images)
            self._question.memory.remember_image_sizes(self._profile, sizes)


def _another_answered(model: str, other: str) -> Noticed:
    sentence = _("{model} was requested, {other} answered.").format(model=model, other=other)
    return Noticed(sentence, is_minor=True, passed_over=model)


def _is_another(answering: str, asked: str, known: ModelInfo | None) -> bool:
    """True when another model answers; a longer name of the same one, such as with a date, is no other."""
    names = {asked, *((known.id, *known.aliases) if known else ())}
    if not asked or "auto" in asked or answering in names:
        return False
    short = _short(answering)
    return not any(short == name or short.startswith((f"{name}-", f"{name}:")) for name in map(_short, names))


def _short(model: str) -> str:
    """Without its maker, and without what only says that it is the newest."""
    return model.rpartition("/")[2].lower().removesuffix("-latest")


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
