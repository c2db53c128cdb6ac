"""``grokdesk history``: what was asked and answered on this computer."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable

from grokdesk.cli.session import Session
from grokdesk.cli.terminal import Terminal
from grokdesk.errors import EXIT_CANCELLED, EXIT_OK, UsageError
from grokdesk.store.history.comparisons import JUDGE, Place
from grokdesk.store.history.exports import as_json, as_markdown, entry_object, markdown_of
from grokdesk.store.history.history import History, HistoryEntry
from grokdesk.translation import _

WHAT = ("list", "search", "show", "export", "vote", "delete")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=WHAT, default="list", help=_("default: list"))
    parser.add_argument(
        "words", nargs="*", metavar="TEXT|ID", help=_("text to search, or IDs to show, vote for or delete")
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N", help=_("how many entries to list (20)"))
    parser.add_argument("--all", action="store_true", help=_("delete: every entry"))
    parser.add_argument("--json", action="store_true", help=_("print JSON; export: JSON instead of Markdown"))


def run(options: argparse.Namespace, session: Session) -> int:
    if options.limit < 1:
        raise UsageError("--limit has to be at least 1.")
    if options.what in ("list", "export") and options.words:
        raise UsageError(
            _("{what} takes no more arguments.").format(what=options.what), _("To search: grokdesk history search TEXT")
        )
    history, terminal = session.services().history, session.terminal
    match options.what:
        case "search":
            if not options.words:
                raise UsageError(_("Nothing to search for."), _("Example: grokdesk history search invoice"))
            _show_list(history.search(" ".join(options.words), options.limit), options.json, terminal)
        case "show":
            _show(history, _ids(options.words), options.json, terminal)
        case "export":
            for piece in (as_json if options.json else as_markdown)(history.all()):
                terminal.write(piece)
        case "vote":
            _vote(history, _ids(options.words), options.json, terminal)
        case "delete":
            return _delete(history, options, terminal)
        case _:
            _show_list(history.list(options.limit), options.json, terminal)
    return EXIT_OK


def row_of(entry: HistoryEntry, width: int) -> str:
    """One line: ID, local time, and as much of question and answer as there is room for."""
    when = entry.asked_at.astimezone().strftime("%Y-%m-%d %H:%M")
    asked = " ".join(entry.question.split()) or f"({entry.action_id})"
    said = " ".join((entry.answer or (entry.error.title if entry.error else f"({entry.finish})")).split())
    marked = f"[{entry.compared.in_words}] " if entry.compared else ""
    row = f"{entry.id:>5}  {when}  {marked}{asked}  →  {said}"
    return row if len(row) <= width else row[: width - 1] + "…"


def _show_list(entries: Iterable[HistoryEntry], wants_json: bool, terminal: Terminal) -> None:
    if wants_json:
        terminal.object([entry_object(entry) for entry in entries])
        return
    width = shutil.get_terminal_size((160, 24)).columns
    for entry in entries:
        terminal.line(row_of(entry, width))


def _show(history: History, ids: list[int], wants_json: bool, terminal: Terminal) -> None:
    entries = []
    for entry_id in ids:
        entry = history.get(entry_id)
        if entry is None:
            raise UsageError(
                _("There is no entry {entry_id}.").format(entry_id=entry_id), _("See: grokdesk history list")
            )
        entries.append(entry)
    if wants_json:
        terminal.object(entry_object(entries[0]) if len(entries) == 1 else [entry_object(entry) for entry in entries])
        return
    terminal.write("\n".join(markdown_of(entry) for entry in entries))


def _vote(history: History, ids: list[int], wants_json: bool, terminal: Terminal) -> None:
    if len(ids) != 1:
        raise UsageError(_("Choose exactly one answer."), _("Example: grokdesk history vote 12"))
    entry = history.get(ids[0])
    if entry is None:
        raise UsageError(_("There is no entry {id}.").format(id=ids[0]), _("See: grokdesk history list"))
    if entry.compared is None or entry.compared.position == JUDGE:
        raise UsageError(
            _("Entry {id} is not part of a comparison.").format(id=entry.id), _("Ask several models: grokdesk compare")
        )
    history.mark_best(Place(entry.compared.comparison_id, entry.compared.position))
    if wants_json:
        terminal.object({"voted": entry.id})
    else:
        terminal.line(
            _("Entry {id} by {value} is marked as preferred.").format(id=entry.id, value=entry.model or entry.profile)
        )


def _delete(history: History, options: argparse.Namespace, terminal: Terminal) -> int:
    if options.all == bool(options.words):
        raise UsageError(
            _("Which entries?"), _("Example: grokdesk history delete 12, or grokdesk history delete --all")
        )
    if options.all:
        if not terminal.confirm(_("Delete the entire history on this computer?")):
            terminal.say(_("Nothing was deleted."))
            return EXIT_CANCELLED
        count, missing = history.delete_all(), []
    else:
        ids = sorted(set(_ids(options.words)))
        missing = [str(entry_id) for entry_id in ids if not history.delete(entry_id)]
        count = len(ids) - len(missing)
    if options.json:
        terminal.object({"deleted": count})
    else:
        terminal.line(f"{count} deleted.")
    if missing:
        raise UsageError(
            _("There is no entry {names}.").format(names=", ".join(missing)), _("See: grokdesk history list")
        )
    return EXIT_OK


def _ids(words: list[str]) -> list[int]:
    if not words or not all(word.isascii() and word.isdigit() for word in words):
        raise UsageError(_("Entries are identified by number."), _("See: grokdesk history list"))
    return [int(word) for word in words]
