"""``grokdesk requests``: what left this computer, and what it cost."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grokdesk.cli.session import Session
from grokdesk.cli.terminal import Terminal
from grokdesk.errors import EXIT_CANCELLED, EXIT_OK, UsageError
from grokdesk.model.money import dollars
from grokdesk.model.requests import RequestRecord
from grokdesk.store.months import begin_of, bounds_of, month_of
from grokdesk.store.request_log.export import as_csv, entry_object, sums_object, write_csv
from grokdesk.store.request_log.request_log import RequestLog, Sums, Wanted
from grokdesk.store.settings.settings import Settings
from grokdesk.translation import _, ngettext
from grokdesk.usage.budget import budget_of
from grokdesk.usage.recorder import UsageRecorder

WHAT = ("list", "export", "sum", "delete")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=WHAT, help=_("default: list"))
    parser.add_argument("--month", default="", metavar="YYYY-MM", help=_("only requests of this calendar month"))
    parser.add_argument("--before", default="", metavar="YYYY-MM-DD", help=_("only requests before this day"))
    parser.add_argument("--profile", default="", metavar="NAME", help=_("only requests of this profile"))
    parser.add_argument("--search", default="", metavar="TEXT", help=_("host, model, outcome, or a picture's SHA-256"))
    parser.add_argument("--limit", type=int, default=20, metavar="N", help=_("how many requests to list (20)"))
    parser.add_argument("--csv", metavar="FILE", help=_("export to a file instead of standard output"))
    parser.add_argument("--json", action="store_true", help=_("print JSON; export: JSON instead of CSV"))
    parser.add_argument("--all", action="store_true", help=_("delete: everything"))
    parser.add_argument("--yes", action="store_true", help=_("delete: don't ask for confirmation"))


def run(options: argparse.Namespace, session: Session) -> int:
    what = options.what or ("export" if options.csv else "list")
    if options.limit < 1:
        raise UsageError("--limit has to be at least 1.")
    if options.csv and (what != "export" or options.json):
        raise UsageError(
            "--csv exports: neither list nor sum nor --json goes with it.", _("See: grokdesk requests --help")
        )
    services, terminal = session.services(), session.terminal
    if what != "delete" and (options.all or options.yes):
        raise UsageError("--all and --yes are for delete.", _("See: grokdesk requests --help"))
    request_log = services.accounts().request_log
    wanted = Wanted(options.search, options.profile, _month(options.month), before=_before(options.before))
    match what:
        case "delete":
            return _delete(services.accounts(), wanted, options, terminal)
        case "export":
            _export(request_log, wanted, options, terminal)
        case "sum":
            _sum(request_log, wanted, services.settings.load(), options, terminal)
        case _:
            entries = request_log.page(wanted, limit=options.limit)
            if options.json:
                terminal.object([entry_object(entry) for entry in entries])
            for entry in () if options.json else entries:
                terminal.line(row_of(entry))
    return EXIT_OK


def row_of(entry: RequestRecord) -> str:
    """One line: when, where to, what for, how large, what it cost, how it went."""
    left, came = entry.outgoing, entry.ending
    words = [left.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"), left.host, came.model or left.model or left.kind]
    if left.kind not in ("question", words[-1]):
        words.append(left.kind)
    if left.pictures:
        words.append("1 picture" if len(left.pictures) == 1 else f"{len(left.pictures)} pictures")
    words.append(f"{left.body_bytes:,} bytes")
    if came.total_tokens is not None:
        words.append(f"{came.total_tokens:,} tokens")
    if came.cost_usd is not None:
        words.append(f"{'about ' if came.cost_is_estimate else ''}{dollars(came.cost_usd)}")
    return f"{entry.id:>5}  {words[0]}  {'  '.join(words[1:])}  {came.outcome}"


def _before(word: str) -> datetime | None:
    try:
        return begin_of(word) if word else None
    except ValueError as error:
        raise UsageError(f"{str(error).capitalize()}.") from error


def _month(word: str) -> str:
    if word:
        try:
            bounds_of(word)
        except ValueError as error:
            raise UsageError(f"{str(error).capitalize()}.") from error
    return word


def _export(request_log: RequestLog, wanted: Wanted, options: argparse.Namespace, terminal: Terminal) -> None:
    if options.csv:
        write_csv(Path(options.csv), request_log.all(wanted))
        terminal.line(_("Wrote {csv}.").format(csv=options.csv))
    elif options.json:
        terminal.object([entry_object(entry) for entry in request_log.all(wanted)])
    else:
        for line in as_csv(request_log.all(wanted)):
            terminal.write(line)


def _delete(keeper: UsageRecorder, wanted: Wanted, options: argparse.Namespace, terminal: Terminal) -> int:
    if options.all != wanted.is_everything:
        raise UsageError(
            _("Which entries?"), _("Example: grokdesk requests delete --before 2026-01-01, or --all alone")
        )
    # What leaves meanwhile was not asked about.
    wanted = replace(wanted, up_to=keeper.request_log.newest())
    count = keeper.request_log.sums(wanted).requests if wanted.up_to else 0
    question = ngettext(
        "Permanently delete {count:,} entry of the request log?",
        "Permanently delete {count:,} entries of the request log?",
        count,
    ).format(count=count)
    if (
        count
        and not options.yes
        and not terminal.confirm(
            _("{question} The monthly budget then counts only what remains.").format(question=question)
        )
    ):
        terminal.say(_("Nothing was deleted."))
        return EXIT_CANCELLED
    deleted = keeper.delete(wanted) if count else 0
    if options.json:
        terminal.object({"deleted": deleted})
    else:
        terminal.line(f"{deleted} deleted.")
    return EXIT_OK


def _sum(
    request_log: RequestLog, wanted: Wanted, settings: Settings, options: argparse.Namespace, terminal: Terminal
) -> None:
    sums, budget = request_log.sums(wanted), budget_of(settings)
    now = month_of(datetime.now(UTC))
    of_this_month = request_log.spent(now)
    if options.json:
        about = {"month": now, "usd": float(budget.usd), "spent_usd": float(of_this_month.usd)} if budget else None
        terminal.object({**sums_object(sums), "budget": about})
        return
    terminal.line(sum_words(sums))
    if budget is not None:
        terminal.line(
            _("{month}: {spent} of {budget} budget").format(
                month=now, spent=dollars(of_this_month.usd), budget=dollars(budget.usd)
            )
        )


def sum_words(sums: Sums) -> str:
    spent = sums.spent
    words = [
        ngettext("{count:,} request", "{count:,} requests", sums.requests).format(count=sums.requests),
        ngettext("{count:,} image", "{count:,} images", sums.pictures).format(count=sums.pictures),
        ngettext("{count:,} byte", "{count:,} bytes", sums.bytes).format(count=sums.bytes),
    ]
    if sums.stayed:
        words.insert(1, _("{stayed:,} of them not sent").format(stayed=sums.stayed))
    words += [
        ngettext("{count:,} token", "{count:,} tokens", sums.tokens).format(count=sums.tokens),
        dollars(spent.usd),
    ]
    if spent.estimated_usd:
        words.append(_("about {dollars} of it estimated").format(dollars=dollars(spent.estimated_usd)))
    if spent.unknown:
        words.append(_("{unknown} with cost not reported").format(unknown=spent.unknown))
    return ", ".join(words)
