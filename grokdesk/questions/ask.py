"""One question from beginning to end: prepare, ask, collect, keep. Everything it needs is passed in."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from grokdesk.actions.catalogue import Action, Catalogue
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, Fault, GrokDeskError, ProviderError, UsageError, bug_of
from grokdesk.model import (
    BLOCK,
    CUT,
    FAILED,
    FINISHED,
    STOPPED,
    Answer,
    AnswerEvent,
    AskEvent,
    Clock,
    Conversation,
    Ended,
    ErrorNote,
    Finished,
    ImageLimits,
    Message,
    ModelNamed,
    Noticed,
    Picture,
    Prepared,
    PreparedImage,
    Profile,
    Question,
    ReasoningDelta,
    Retrying,
    TextDelta,
    TextReplaced,
    Turn,
    UsageReported,
)
from grokdesk.providers.formats.protocol import Provider
from grokdesk.providers.http.picture_addresses import by_address, is_public
from grokdesk.questions.context.context import Context, sent_with
from grokdesk.questions.context.rules import Upkeep
from grokdesk.questions.scan import Scanner
from grokdesk.translation import _

log = logging.getLogger(__name__)

NOTE_SECONDS = 1.0
"""How often what has come of an answer is kept while more of it comes."""


class TurnKeeper(Protocol):
    """Where turns are kept. Raises a GrokDeskError when one could not be."""

    def save(self, conversation_id: str, turn: Turn) -> int:
        """A turn that is over."""
        ...

    def begin(self, conversation_id: str, turn: Turn) -> int:
        """A turn that is being sent; what is returned names it."""
        ...

    def note_answer(self, entry_id: int, answer: Answer) -> None:
        """What has come so far."""
        ...

    def end(self, entry_id: int, turn: Turn) -> None: ...


class Preparer(Protocol):
    """Makes a picture ready to leave; what it did for a picture it may remember."""

    def __call__(
        self, picture: Picture, limits: ImageLimits, /, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage: ...


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs: made once by the program that asks."""

    catalogue: Catalogue
    prepare: Preparer
    provider_for: Callable[[Profile], Provider]
    """May read the keyring, so it is called on the asking thread. Raises KeyMissing and the like."""
    download: Callable[[str, CancelSwitch], Picture]
    """Fetches a picture that is known by its address only."""
    keeper: TurnKeeper | None
    """None for a temporary conversation."""
    clock: Clock
    now: Callable[[], datetime]
    upkeep: Upkeep = field(default_factory=Upkeep)
    scanner: Scanner | None = None
    """Holds what a profile does not let out; None for what has no pictures of a person, as a test picture."""


def ask(
    asker: Asker, question: Question, past: Conversation, profile: Profile, cancel: CancelSwitch
) -> Generator[AskEvent, None, None]:
    """Yield Prepared, then the provider's events as they come, and last exactly one Ended.

    Errors do not leave as exceptions: they are in Ended, beside the answer as far as it came. When the caller
    closes the generator early, the turn is kept as stopped.
    """
    collected, row = _Collector(asker.clock), _Row(asker.keeper, past.id)
    turn = Turn(question, Message(question.text), Answer(), profile.name, asker.now())
    error: GrokDeskError | None = None
    ended = False
    context: Context | None = None
    try:
        try:
            action = asker.catalogue.get(question.action_id)
            _check(question, past, profile)
            images = _images_that_leave(asker, question, profile, action, cancel)
            ticket, is_temporary = os.urandom(16).hex(), asker.keeper is None
            purpose = replace(question.purpose, ticket=ticket, conversation=past.id, is_temporary=is_temporary)
            message = replace(message_for(question, action, images), conversation=past.id, purpose=purpose)
            turn = replace(turn, message=message)
            context = asker.upkeep.context(past, message, profile)
            _check_subject(question, message, context)
            _check_sizes(asker, images, profile)
            found = _held(asker, question, images_of(message, context.turns), profile, cancel)
            row.begin(turn)
            yield Prepared(turn.message.images)
            for notice in map(Noticed, found):
                collected.add(notice)
                yield notice
            cancel.check()
            collected.start()
            for event in _events(asker, question, past, profile, message, context, cancel):
                if isinstance(event, Prepared):
                    turn = replace(turn, message=replace(turn.message, images=event.images))
                else:
                    collected.add(event)
                    row.note(collected)
                yield event
        except GrokDeskError as raised:
            error = raised
        except Exception as raised:
            log.exception("asking failed")
            error = bug_of(raised)
            error.__cause__ = raised
        turn = _concluded(turn, collected, context, past, profile, error)
        turn = replace(turn, answer=_as_result(turn.answer, asker, question, profile))
        ended = True
        yield Ended(turn, error, row.end(turn))
    finally:
        if not ended:
            row.end(replace(turn, answer=collected.answer(Cancelled())))


def _events(
    asker: Asker,
    question: Question,
    past: Conversation,
    profile: Profile,
    message: Message,
    context: Context,
    cancel: CancelSwitch,
) -> Iterator[AnswerEvent | Prepared]:
    """The provider's events. A server that does not take a picture's address is asked once more, with the pictures
    themselves, as long as nothing of an answer has come."""
    yield from map(Noticed, context.notices)
    provider, begun = asker.provider_for(profile), False
    try:
        for event in provider.answer(message, context.turns, cancel):
            begun = begun or isinstance(event, (TextDelta, ReasoningDelta))
            yield event
    except ProviderError as error:
        addresses = [image.url for image in images_of(message, context.turns) if image.url]
        if begun or not addresses or error.fault not in (Fault.ADDRESS, Fault.ADDRESSES):
            raise
        asker.upkeep.addresses.remember_refusal(profile, addresses, takes_none=error.fault is Fault.ADDRESSES)
    else:
        return
    words = _("{profile} did not accept the link to a picture, so the picture itself is sent.")
    yield Noticed(words.format(profile=profile.name))
    action = asker.catalogue.get(question.action_id)
    images = tuple(_prepared(asker, picture, profile, action, cancel) for picture in question.pictures)
    message = replace(message, images=images, purpose=replace(message.purpose, kind="retry"))
    context = asker.upkeep.context(past, message, profile)
    # By its address a picture was not here to be scanned.
    yield from map(Noticed, _held(asker, question, images_of(message, context.turns), profile, cancel))
    yield Prepared(images)
    yield from provider.answer(message, context.turns, cancel)


def _held(
    asker: Asker, question: Question, images: Iterator[PreparedImage], profile: Profile, cancel: CancelSwitch
) -> tuple[str, ...]:
    """As ``Scanner.hold``."""
    if asker.scanner is None:
        return ()
    return asker.scanner.hold(images, profile, cancel, is_decided=question.is_decided)


def _concluded(
    turn: Turn,
    collected: _Collector,
    context: Context | None,
    past: Conversation,
    profile: Profile,
    error: GrokDeskError | None,
) -> Turn:
    sent = turn.sent if context is None else sent_with(context, past, turn.message, profile, error)
    return replace(turn, answer=collected.answer(error), sent=sent)


def _as_result(answer: Answer, asker: Asker, question: Question, profile: Profile) -> Answer:
    """What everybody gets who shows, copies, prints or keeps it. What this computer has read stays as it is."""
    if not answer.text or profile.dialect == "on-this-computer":
        return answer
    return replace(answer, text=asker.catalogue.get(question.action_id).result_of(answer.text))


def images_of(message: Message, past: Sequence[Turn]) -> Iterator[PreparedImage]:
    """Every picture of a request."""
    for each in (message, *(turn.message for turn in past)):
        yield from each.images


def message_for(question: Question, action: Action, images: tuple[PreparedImage, ...]) -> Message:
    """The question as it leaves: the action's prompt filled with the person's words."""
    return Message(
        action.filled(question.text),
        images,
        action.system.strip(),
        action.needs_understanding,
        effort=question.effort,
        schema=question.schema,
    )


def _images_that_leave(
    asker: Asker, question: Question, profile: Profile, action: Action, cancel: CancelSwitch
) -> tuple[PreparedImage, ...]:
    """Those that were scanned and shown; what was not, say from the command line, is prepared here."""
    images = []
    shown = question.prepared or (None,) * len(question.pictures)
    for picture, prepared in zip(question.pictures, shown, strict=True):
        cancel.check()
        if prepared is not None and _may_leave(prepared, picture, profile):
            images.append(prepared)
        else:
            images.append(_prepared(asker, picture, profile, action, cancel))
    return tuple(images)


def _may_leave(prepared: PreparedImage, picture: Picture, profile: Profile) -> bool:
    """Whether the bytes that were shown are within the limits of the profile, which may be another one by now.

    A picture that is only read on this computer does not leave, and is read best as its own rules prepare it.
    """
    limits = profile.limits
    is_small = picture.as_is or max(prepared.width, prepared.height) <= limits.long_edge
    is_taken = prepared.media_type.removeprefix("image/") in limits.formats and len(prepared.data) <= limits.file_bytes
    return bool(prepared.data) and is_small and is_taken and profile.dialect != "on-this-computer"


def _prepared(asker: Asker, picture: Picture, profile: Profile, action: Action, cancel: CancelSwitch) -> PreparedImage:
    """The picture as it leaves: as its public address where the server takes those, else as its bytes.

    A picture that had to be changed to be sent (another format, shrunk) goes as bytes.
    """
    takes = asker.upkeep.addresses.takes
    may_be_address = asker.scanner is None or asker.scanner.policy(profile) != BLOCK  # else it is looked at first
    as_address = may_be_address and bool(picture.url) and takes(profile, picture.url) and is_public(picture.url, cancel)
    if picture.url and not picture.content:
        if as_address:
            return by_address(picture.name, picture.url)
        picture = asker.download(picture.url, cancel)
    prepared = asker.prepare(picture, profile.limits, lossless=action.lossless, cancel=cancel)
    is_itself = isinstance(picture.content, bytes) and picture.content.startswith((b"\x89PNG", b"\xff\xd8\xff"))
    is_whole = (prepared.width, prepared.height) == (prepared.source_width, prepared.source_height)
    # The preview was for the composer; a long conversation does not keep one for each of its pictures.
    return replace(prepared, url=picture.url if as_address and is_itself and is_whole else prepared.url, preview=None)


def _check(question: Question, past: Conversation, profile: Profile) -> None:
    if len(question.pictures) > profile.limits.max_images:
        raise UsageError(
            _("{count} pictures are more than {profile} accepts in one question.").format(
                count=len(question.pictures), profile=profile.name
            ),
            _("Remove some: at most {most} can be sent in one question.").format(most=profile.limits.max_images),
        )
    if not question.pictures and not question.text.strip() and not past.turns:
        raise UsageError(_("There is nothing to ask about."), _("Add a picture or type a question."))


def _check_sizes(asker: Asker, images: Sequence[PreparedImage], profile: Profile) -> None:
    if (unfit := asker.upkeep.unfit(images, profile)) is not None:
        raise unfit


@dataclass(slots=True)
class _Row:
    """The turn in the history: a row from the moment it is sent, so that a program that is killed, or a computer that
    loses its power, loses at most the last NOTE_SECONDS of an answer."""

    keeper: TurnKeeper | None
    conversation_id: str
    id: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    timer: threading.Timer | None = None

    def begin(self, turn: Turn) -> None:
        """When it fails, ``end`` tries once more and says so."""
        if self.keeper is None:
            return
        try:
            self.id = self.keeper.begin(self.conversation_id, turn)
        except GrokDeskError as error:
            log.info("turn not kept yet: %s", error)

    def note(self, collected: _Collector) -> None:
        """Something came. It is kept within NOTE_SECONDS, also when nothing more comes: a server that falls silent is
        when a person loses patience, and a computer that is about to fail is slow."""
        if self.keeper is None or self.id is None:
            return
        with self.lock:
            if self.timer is None:
                self.timer = threading.Timer(NOTE_SECONDS, self._note, (collected,))
                self.timer.daemon = True
                self.timer.start()

    def _note(self, collected: _Collector) -> None:
        with self.lock:
            if self.timer is None or self.keeper is None or self.id is None:
                return  # it has ended meanwhile
            self.timer = None
            try:
                self.keeper.note_answer(self.id, collected.answer(None))
            except GrokDeskError as error:
                log.info("answer not kept yet: %s", error)

    def end(self, turn: Turn) -> GrokDeskError | None:
        if self.keeper is None:
            return None
        with self.lock:  # what is being noted must not be written over the end
            if self.timer is not None:
                self.timer.cancel()
                self.timer = None
        try:
            if self.id is None:
                self.keeper.save(self.conversation_id, turn)
            else:
                self.keeper.end(self.id, turn)
        except GrokDeskError as error:
            log.info("turn not kept: %s", error)
            return error
        return None


def _check_subject(question: Question, message: Message, context: Context) -> None:
    """An action without words is about pictures, and none may be left of those before."""
    if not question.text.strip() and not any(each.data or each.url for each in images_of(message, context.turns)):
        raise UsageError(_("There is no picture to ask about."), _("Add a picture or type a question."))


@dataclass(slots=True)
class _Collector:
    """Folds events into an Answer."""

    clock: Clock
    started: float | None = None
    first_token: float | None = None
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    answer_so_far: Answer = field(default_factory=Answer)

    def start(self) -> None:
        self.started = self.clock()

    def elapsed(self) -> float | None:
        return None if self.started is None else self.clock() - self.started

    def add(self, event: AnswerEvent) -> None:
        match event:
            case TextDelta(text) | ReasoningDelta(text):
                if self.first_token is None:
                    self.first_token = self.elapsed()
                (self.text if isinstance(event, TextDelta) else self.reasoning).append(text)
            case TextReplaced(text):
                self.text = [text]
            case ModelNamed(model):
                self.answer_so_far = replace(self.answer_so_far, model=model)
            case UsageReported(usage):
                self.answer_so_far = replace(self.answer_so_far, usage=usage)
            case Finished(reason):
                self.answer_so_far = replace(self.answer_so_far, finish=reason)
            case Noticed(sentence) if not event.passed_over:
                self.answer_so_far = replace(self.answer_so_far, notices=(*self.answer_so_far.notices, sentence))
            case Retrying() | Noticed():
                pass

    def answer(self, error: GrokDeskError | None) -> Answer:
        text = "".join(self.text)
        finish = self.answer_so_far.finish or FINISHED
        if isinstance(error, Cancelled):
            finish = STOPPED
        elif error is not None:
            finish = CUT if text else FAILED
        return replace(
            self.answer_so_far,
            text=text,
            reasoning="".join(self.reasoning),
            finish=finish,
            error=None if error is None or isinstance(error, Cancelled) else ErrorNote(error.title, error.hint),
            first_token_seconds=self.first_token,
            seconds=self.elapsed(),
        )
