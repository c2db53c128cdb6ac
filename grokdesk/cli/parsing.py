"""From the words after a verb to its options. What only wakes the running program does not wait for this."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import NoReturn, Protocol, cast

from grokdesk.cli.session import Session
from grokdesk.errors import UsageError
from grokdesk.translation import _


class Verb(Protocol):
    """What every module of a verb has."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace, session: Session) -> int: ...


class Parser(argparse.ArgumentParser):
    """Raises its complaints as UsageError instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        what, _colon, words = message.partition(": ")
        if what == "unrecognized arguments":
            # Only the names: a value may be a key that somebody hoped to set this way.
            names = [word.partition("=")[0] for word in words.split() if word.startswith("-")]
            message = _("Unknown option {names}").format(names=", ".join(names)) if names else _("Too many arguments")
        raise UsageError(
            f"{message[:1].upper()}{message[1:]}.", _("See: {command}").format(command=f"{self.prog} --help")
        )


def run_verb(name: str, what: str, words: Sequence[str], session: Session) -> int:
    """``what`` says what the verb is for, in the person's language.

    Raises what the verb raises, UsageError, and SystemExit after ``--help``.
    """
    verb = cast("Verb", importlib.import_module(f"grokdesk.cli.{name}"))
    parser = Parser(prog=f"grokdesk {name}", description=f"{what[:1].upper()}{what[1:]}.", allow_abbrev=False)
    verb.add_arguments(parser)
    return verb.run(parser.parse_intermixed_args(words), session)
