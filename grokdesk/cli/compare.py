"""``grokdesk compare``: one question to several models at once. Answers are printed in the order of their columns."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field

from grokdesk.cancel import CancelSwitch
from grokdesk.cli.ask import Asked, footer_of, object_of, question_from
from grokdesk.cli.interrupts import interrupts_throw
from grokdesk.cli.scan_step import add_scan_arguments, let_through
from grokdesk.cli.session import Session
from grokdesk.cli.terminal import Terminal
from grokdesk.errors import EXIT_OK, Cancelled, GrokDeskError
from grokdesk.model import Ended, Noticed, Prepared, Profile, Retrying, TextDelta, TextReplaced
from grokdesk.providers.dialects.concurred_arena import MODES
from grokdesk.questions.arena import battle, check_battle
from grokdesk.questions.ask import Asker
from grokdesk.questions.compare import (
    AtPlace,
    Comparison,
    Contestant,
    Opened,
    chosen_profile,
    common_limits,
    compare,
    contestants_for,
    total_cost,
)
from grokdesk.questions.connection_test import money
from grokdesk.questions.judge import Verdict, ballot_for, judge
from grokdesk.services import Services
from grokdesk.store.history.comparisons import JUDGE
from grokdesk.store.history.exports import cost_number
from grokdesk.translation import _


@dataclass(slots=True)
class Column:
    """What is known of one answer so far. ``held`` is text that waits for the columns before."""

    contestant: Contestant
    asked: Asked
    held: list[str] = field(default_factory=list)
    has_ended: bool = False
    written: str = ""
    """What of it can be seen already."""
    is_plain: bool = False
    """Shown when it has ended, as ``follow`` of ``grokdesk ask`` does."""


@dataclass(slots=True)
class Report:
    """The whole comparison, however it ends."""

    comparison_id: str = ""
    is_kept: bool = False
    columns: dict[int, Column] = field(default_factory=dict)
    judge: Column | None = None
    verdict: Verdict | None = None
    error: GrokDeskError | None = None

    @property
    def all_columns(self) -> list[Column]:
        return [*self.columns.values(), *([self.judge] if self.judge else [])]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pictures", nargs="*", metavar="FILE|URL|-", help=_("pictures, in the order A, B, ..."))
    parser.add_argument("-p", "--prompt", metavar="TEXT", help=_("the question"))
    parser.add_argument("--action", metavar="ID", help=_("a ready-made question (see grokdesk actions)"))
    parser.add_argument("--effort", metavar="WORD", default="", help=_("reasoning effort: low, medium, high, ..."))
    parser.add_argument(
        "--with",
        action="append",
        default=[],
        dest="chosen",
        metavar="PROFILE[/MODEL]",
        help=_("a model to ask; use 2 to 8 times"),
    )
    parser.add_argument("--judge", metavar="PROFILE[/MODEL]", help=_("the model that picks the best answer"))
    parser.add_argument(
        "--arena",
        choices=MODES,
        help=_("run it on Concurred's server; experimental, text only, no --effort"),
    )
    parser.add_argument("--no-history", action="store_true", help=_("do not save it to the history"))
    parser.add_argument("--over-budget", action="store_true", help=_("ask even if the monthly budget is used up"))
    add_scan_arguments(parser)
    parser.add_argument("--json", action="store_true", help=_("print one JSON object at the end"))
    parser.set_defaults(schema=None, frame=None, over_budget=False)


def run(options: argparse.Namespace, session: Session) -> int:
    report = Report()
    try:
        _compare(options, session, report)
    except GrokDeskError as error:
        report.error = error
    except KeyboardInterrupt:
        report.error = Cancelled()
    if options.json:
        session.terminal.object(report_object(report))
    else:
        session.terminal.end_line()
    return conclude(report, session.terminal)


def _compare(options: argparse.Namespace, session: Session, report: Report) -> None:
    """Notes in ``report`` whatever is known. Raises GrokDeskError, KeyboardInterrupt, OutputClosed."""
    terminal, cancel, services = session.terminal, CancelSwitch(), session.services()
    settings = services.settings.load()
    contestants = contestants_for([chosen_profile(words, settings) for words in options.chosen], _ids())
    judge_ = Contestant(JUDGE, chosen_profile(options.judge, settings), next(_ids())) if options.judge else None
    with interrupts_throw(cancel):
        question = question_from(options, services, terminal, cancel)
    holder = check_battle(options.arena, question, [each.profile for each in contestants]) if options.arena else None
    profiles = [each.profile for each in (*contestants, *([judge_] if judge_ else []))]
    _unlock(services, profiles)
    with interrupts_throw(cancel):
        strictest, limits = services.scanner.strictest(profiles), common_limits(profiles)
        question = let_through(question, strictest, options, services, terminal, cancel, limits)
    report.is_kept = settings.keep_history and not options.no_history
    comparison = Comparison(next(_ids()), question, services.history if report.is_kept else None)
    report.comparison_id = comparison.id
    asker = services.asker(keep=False)
    with interrupts_throw(cancel):
        if holder is not None:
            remote, models = services.remote(holder), [each.profile.model for each in contestants]
            with closing(battle(asker, comparison, remote, options.arena, models, cancel)) as said:
                follow(_opening(said, report.columns), report.columns, terminal, streams=not options.json)
        else:
            report.columns = {each.position: _column_of(each) for each in contestants}
            for column in report.columns.values():
                column.is_plain = services.catalogue.get(question.action_id).result == "plain"
            switches = {position: CancelSwitch() for position in report.columns}
            with closing(compare(asker, comparison, contestants, switches, cancel)) as events:
                follow(events, report.columns, terminal, streams=not options.json)
        cancel.check()
        if judge_ is not None:
            _let_judge(judge_, asker, comparison, report, terminal, cancel)
    if report.verdict is not None and not options.json:
        terminal.end_line()
        terminal.line(f"\n## {_in_words(report)}\n\n{report.verdict.why}")


def _let_judge(
    judge_: Contestant, asker: Asker, comparison: Comparison, report: Report, terminal: Terminal, cancel: CancelSwitch
) -> None:
    """Notes the verdict in ``report``. Raises UsageError where there are not two answers."""
    report.judge = _column_of(judge_)
    terminal.status(_("{judge} is judging…").format(judge=judge_.label))
    answers = {position: column.asked.answer.text for position, column in report.columns.items()}
    ballot = ballot_for(comparison.question, answers, asker.catalogue)
    with closing(judge(asker, comparison, ballot, judge_, cancel)) as judging:
        for event in judging:
            if isinstance(event, Verdict):
                report.verdict = event
            else:
                _note(event, report.judge, terminal)


def _column_of(who: Contestant) -> Column:
    return Column(who, Asked(who.profile.name, who.profile))


def _opening(events: Iterable[Opened | AtPlace], columns: dict[int, Column]) -> Iterator[AtPlace]:
    """What happens, with a column made for whoever begins to speak."""
    for event in events:
        if isinstance(event, Opened):
            columns[event.contestant.position] = _column_of(event.contestant)
        else:
            yield event


def follow(events: Iterable[AtPlace], columns: Mapping[int, Column], terminal: Terminal, *, streams: bool) -> None:
    """The first column that has not ended is shown as it comes; what the others say waits. Raises OutputClosed."""
    done: set[int] = set()
    begun: set[int] = set()

    def show(column: Column) -> None:
        if streams and column.held:
            if column.contestant.position not in begun:
                terminal.end_line()
                terminal.write(f"{chr(10) if begun else ''}## {column.contestant.label}\n\n")
                begun.add(column.contestant.position)
            terminal.write("".join(column.held))
            column.written += "".join(column.held)
        column.held.clear()

    for event in events:
        _note(event, columns[event.position], terminal)
        for column in [column for position, column in columns.items() if position not in done]:
            show(column)
            if not column.has_ended:
                break
            done.add(column.contestant.position)
        ended = sum(column.has_ended for column in columns.values())
        if not begun or not streams:
            words = _("{count} of {all} answered…").format(count=ended, all=len(columns))
            terminal.status(words)


def _note(happened: AtPlace, column: Column, terminal: Terminal) -> None:
    label, asked = column.contestant.label, column.asked
    match happened.event:
        case Prepared(images):
            asked.images = images
        case TextDelta(text):
            if not column.is_plain:
                column.held.append(text)
        case TextReplaced(text) if not column.is_plain:
            # What can be seen cannot be taken back; the answer that counts begins behind it.
            is_longer = text.startswith(column.written)
            column.held[:] = [text[len(column.written) :] if is_longer else f"\n\n{text}"]
        case Noticed(sentence, is_minor):
            if not is_minor or terminal.shows_progress:
                terminal.say(f"{label}: {sentence}")
        case Retrying(why, seconds, attempt):
            words = _("{reason} Trying again in {seconds} s ({attempt}).")
            words = words.format(reason=why, seconds=f"{seconds:.1f}", attempt=attempt)
            terminal.say(f"{label}: {words}")
        case Ended(turn, error, not_saved):
            asked.answer, asked.error, asked.not_saved = turn.answer, error, not_saved
            column.has_ended = True
            if column.is_plain:
                column.held.append(turn.answer.text)
        case _:
            pass


def conclude(report: Report, terminal: Terminal) -> int:
    """Say how it ended, on standard error; returns the exit code: that of the first that failed."""
    for column in report.all_columns:
        asked, label = column.asked, column.contestant.label
        if asked.not_saved is not None:
            words = _("Not saved to history. {reason}").format(reason=asked.not_saved)
            terminal.say(f"{label}: {words}")
        if asked.error is not None:
            terminal.say(f"{label}: {asked.error}")
        elif terminal.shows_progress and column.has_ended:
            took = f" · {asked.answer.seconds:.1f} s" if asked.answer.seconds is not None else ""
            terminal.say(f"{label}: {footer_of(asked.answer)}{took}")
    cost = money(total_cost(column.asked.answer.usage for column in report.all_columns))
    if cost and terminal.shows_progress:
        terminal.say(_("Total: {cost}.").format(cost=cost))
    if report.error is not None:
        terminal.show_error(report.error)
        return report.error.exit_code
    failed = (column.asked.error for column in report.all_columns if column.asked.error is not None)
    return next((error.exit_code for error in failed), EXIT_OK)


def report_object(report: Report) -> dict[str, object]:
    """What ``--json`` prints; scripts rely on its fields."""
    total = total_cost(column.asked.answer.usage for column in report.all_columns)
    error = None if isinstance(report.error, Cancelled) else report.error
    return {
        "comparison": report.comparison_id if report.is_kept else None,
        "answers": [_column_object(column) for column in report.columns.values()],
        "judge": None
        if report.judge is None
        else {
            **_column_object(report.judge),
            "best": report.verdict.position if report.verdict else None,
            "why": report.verdict.why if report.verdict else "",
        },
        "cost_usd": cost_number(total),
        "cost_is_estimate": total.cost_is_estimate,
        "error": None if error is None else {"title": error.title, "hint": error.hint},
    }


def _column_object(column: Column) -> dict[str, object]:
    answer = column.asked.answer
    return {
        "position": column.contestant.position,
        "asked_model": column.contestant.profile.model,
        **object_of(column.asked),
        "first_token_seconds": answer.first_token_seconds,
        "seconds": answer.seconds,
    }


def _in_words(report: Report) -> str:
    """``The judge's choice: xAI · grok-4.5``"""
    position = report.verdict.position if report.verdict else None
    if position is None:
        return _("No verdict")
    return _("Judge's pick: {model}").format(model=report.columns[position].contestant.label)


def _unlock(services: Services, profiles: Iterable[Profile]) -> None:
    """Let the keyring ask what it has to ask now, once, and where Ctrl-C interrupts at once.

    Whose key is missing will say so in its own column.
    """
    for profile in profiles:
        with suppress(GrokDeskError):
            services.key_of(profile)


def _ids() -> Iterator[str]:
    while True:
        yield uuid.uuid4().hex
