"""``grokdesk capture``: select a region of the screen, in the running program or in one that is started for it."""

from __future__ import annotations

import argparse

from grokdesk.cli.session import Session
from grokdesk.cli.start import start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--region", action="store_true", help="select a region (this is what happens anyway)")
    parser.add_argument("--action", metavar="ID", help="ask this at once, a ready-made question of grokdesk actions")


def run(options: argparse.Namespace, session: Session) -> int:
    if options.action is not None:
        _check_action(options.action, session)
    words = ("capture", options.action) if options.action is not None else ("capture",)
    # Without a limit: a person selects meanwhile.
    return start(session, words, timeout=None)


def _check_action(action_id: str, session: Session) -> None:
    """Raises UsageError before the screen freezes."""
    from grokdesk.actions.catalogue import load_catalogue
    from grokdesk.paths import resources

    load_catalogue([resources() / "actions", session.paths().actions_folder]).get(action_id)
