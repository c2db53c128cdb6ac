"""A comparison that the server holds itself: one request, and whoever speaks in it gets a column. Experimental."""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, Interrupted, ServerTrouble, UsageError, bug_of
from grokdesk.model import (
    CUT,
    FAILED,
    FINISHED,
    STOPPED,
    Answer,
    Ended,
    ErrorNote,
    Message,
    ModelNamed,
    Profile,
    Question,
    TextDelta,
    Turn,
)
from grokdesk.providers.dialects.concurred_arena import MOST, Mode, Said, build, said_by, said_in
from grokdesk.providers.formats.answering import LONGEST_ANSWER
from grokdesk.providers.formats.base_url import is_concurred
from grokdesk.providers.formats.protocol import About
from grokdesk.providers.formats.server_errors import redacted_errors
from grokdesk.providers.formats.sse import events
from grokdesk.providers.http.replies import is_success, json_body, refusal
from grokdesk.providers.remote import Remote
from grokdesk.questions.ask import Asker, message_for
from grokdesk.questions.compare import AtPlace, Comparison, Contestant, Opened, keeper_at
from grokdesk.translation import _

log = logging.getLogger(__name__)

_PLAIN = "ask"
"""The action of a question that goes as it was typed: what frames it speaks of pictures, of which there are none."""
MOST_COLUMNS = 16
"""Whoever speaks beyond these speaks in the last column."""


def check_battle(mode: Mode, question: Question, profiles: Sequence[Profile]) -> Profile:
    """The profile whose server holds it. Raises UsageError for what it cannot hold.

    No picture leaves this way, so there is nothing to scan.
    """
    first = profiles[0]
    if not question.text.strip() and not question.pictures:
        raise UsageError(_("There is nothing to ask about."), _("Type a question."))
    if question.pictures:
        raise UsageError(
            _("A {mode} accepts text only.").format(mode=mode), _("Leave the pictures out, or compare without it.")
        )
    if any((each.id, each.base_url) != (first.id, first.base_url) or not each.model for each in profiles):
        raise UsageError(
            _("A {mode} needs models of one server.").format(mode=mode),
            _("Name each as PROFILE/MODEL of the same profile."),
        )
    if not is_concurred(first):
        raise UsageError(
            _("{profile} has no {mode}: only Concurred does.").format(profile=first.name, mode=mode),
            _("Choose models of a Concurred profile."),
        )
    if question.effort or question.schema is not None:
        raise UsageError(
            _("A {mode} accepts no effort and no schema.").format(mode=mode), _("Leave it out, or compare without it.")
        )
    if not 2 <= len(profiles) <= MOST[mode]:
        several = f"2 to {MOST[mode]}" if MOST[mode] > 2 else "exactly 2"
        raise UsageError(f"A {mode} has {several} models, not {len(profiles)}.")
    return first


def battle(
    asker: Asker, comparison: Comparison, remote: Remote, mode: Mode, models: Sequence[str], cancel: CancelSwitch
) -> Generator[Opened | AtPlace, None, None]:
    """Yield who speaks and what they say; every column ends with its Ended. Raises what goes wrong before that.

    When the caller closes the generator early, what came is kept as stopped.
    """
    message = _message(asker, comparison)
    columns = _Columns(asker, comparison, remote.profile, message)
    error: GrokDeskError | None = Cancelled()
    try:
        with closing(_said(message, remote, mode, models, cancel)) as all_:
            for said in all_:
                yield from columns.take(said)
        error = (
            None if columns.known else ServerTrouble(_("The server sent an empty answer."), _("Compare without it."))
        )
    except GrokDeskError as raised:
        error = raised
    except Exception as raised:
        log.exception("a %s failed", mode)
        error = bug_of(raised)
        error.__cause__ = raised
    finally:
        ended = columns.end(error)
    if error is not None and not ended:
        raise error
    yield from ended


def unheld(asker: Asker, question: Question, profile: Profile, error: GrokDeskError) -> Ended:
    """How it ended before anybody spoke."""
    is_stopped = isinstance(error, Cancelled)
    note = None if is_stopped else ErrorNote(error.title, error.hint)
    answer = Answer(finish=STOPPED if is_stopped else FAILED, error=note)
    return Ended(Turn(question, Message(question.text), answer, profile.name, asker.now()), error)


def _message(asker: Asker, comparison: Comparison) -> Message:
    """The question as it leaves, with a ticket by which its request is found again."""
    question = comparison.question
    message = message_for(question, asker.catalogue.get(question.action_id), ())
    if question.action_id == _PLAIN:
        message = replace(message, system="")
    purpose = replace(question.purpose, ticket=os.urandom(16).hex(), is_temporary=comparison.keeper is None)
    return replace(message, purpose=purpose)


def _said(
    message: Message, remote: Remote, mode: Mode, models: Sequence[str], cancel: CancelSwitch
) -> Generator[Said, None, None]:
    profile, purpose = remote.profile, message.purpose
    about = About(purpose.kind, profile.name, ", ".join(models), (), purpose, is_charged=True)
    words = "\n\n".join(part for part in (message.system, message.prompt) if part)
    request = replace(build(profile, mode, words, models), about=about)
    with redacted_errors(remote.redactor, profile.name):
        headers = remote.dialect.auth(remote.key) if remote.key else {}
        with remote.transport.stream(request, headers, cancel, connection=profile.connection, key_for=profile) as reply:
            if not is_success(reply):
                raise refusal(reply, profile.name)[0]
            if reply.content_type == "application/json":
                body = json_body(reply.chunks, profile.name)
                yield from said_by(body if isinstance(body, dict) else {"responses": body})
            else:
                yield from said_in(events(reply.chunks, flush_at_end=True))


@dataclass(slots=True)
class _Column:
    contestant: Contestant
    begun: float
    number: int = 0
    text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Columns:
    """Folds what is said into one answer each."""

    asker: Asker
    comparison: Comparison
    profile: Profile
    message: Message
    known: dict[str, _Column] = field(default_factory=dict)
    size: int = 0
    started: float = field(init=False)
    positions: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.started = self.asker.clock()

    def take(self, said: Said) -> Iterator[Opened | AtPlace]:
        column = self.known.get(said.speaker)
        if column is None and len(self.known) == MOST_COLUMNS:
            column = list(self.known.values())[-1]
        if column is None:
            profile = replace(self.profile, model=said.speaker)
            contestant = Contestant(next(self.positions), profile, os.urandom(16).hex())
            column = self.known[said.speaker] = _Column(contestant, self.asker.clock() - self.started)
            yield Opened(contestant)
            yield AtPlace(contestant.position, ModelNamed(said.speaker))
        text = said.text
        if said.number and said.number != column.number:
            column.number = said.number
            text = f"{chr(10) * 2 if column.text else ''}**Round {said.number}**\n\n{text}"
        self.size += len(text)
        if self.size > LONGEST_ANSWER:
            raise Interrupted(_("The answer does not end."), _("It was stopped."))
        column.text.append(text)
        yield AtPlace(column.contestant.position, TextDelta(text))

    def end(self, error: GrokDeskError | None) -> list[AtPlace]:
        """Keep every answer as it is now."""
        finish = FINISHED if error is None else STOPPED if isinstance(error, Cancelled) else CUT
        note = ErrorNote(error.title, error.hint) if error is not None and finish == CUT else None
        question = self.comparison.question
        ended = []
        for speaker, column in self.known.items():
            text = "".join(column.text)
            seconds = self.asker.clock() - self.started
            answer = Answer(
                text,
                model=speaker,
                finish=finish if text or finish != CUT else FAILED,
                error=note,
                first_token_seconds=column.begun,
                seconds=seconds,
            )
            turn = Turn(question, self.message, answer, self.profile.name, self.asker.now())
            ended.append(AtPlace(column.contestant.position, Ended(turn, error, self._keep(column, turn))))
        return ended

    def _keep(self, column: _Column, turn: Turn) -> GrokDeskError | None:
        keeper = keeper_at(self.comparison, column.contestant.position)
        try:
            if keeper is not None:
                keeper.save(column.contestant.conversation_id, turn)
        except GrokDeskError as error:
            return error
        return None
