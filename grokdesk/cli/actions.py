"""``grokdesk actions``: the ready-made questions, built in and one's own."""

from __future__ import annotations

import argparse

from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK
from grokdesk.translation import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", choices=("list",), default="list")
    parser.add_argument("--json", action="store_true", help=_("print JSON"))


def run(options: argparse.Namespace, session: Session) -> int:
    services = session.services()
    catalogue, terminal = services.catalogue, session.terminal
    if options.json:
        terminal.object(
            [
                {
                    "id": action.id,
                    "title": action.title,
                    "result": action.result,
                    "then": action.then,
                    "needs_understanding": action.needs_understanding,
                    "prompt": action.prompt.strip(),
                }
                for action in catalogue.actions
            ]
        )
    else:
        width = max((len(action.id) for action in catalogue.actions), default=0)
        for action in catalogue.actions:
            terminal.line(f"{action.id:{width}}  {action.title}")
    for sentence in catalogue.broken:
        terminal.say(_("Left out: {sentence}").format(sentence=sentence))
    if terminal.shows_progress:
        terminal.say(_("Your own go into {actions_folder}.").format(actions_folder=services.paths.actions_folder))
    return EXIT_OK
