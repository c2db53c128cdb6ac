"""From words to a verb, and from whatever happens to an exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from grokdesk.cli.session import Session
from grokdesk.cli.terminal import OutputClosed, terminal_of_this_process
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_OK, GrokDeskError, UsageError, bug_of
from grokdesk.translation import N_, _

if TYPE_CHECKING:
    from grokdesk.store.keys import KeyStore

VERBS = {
    "ask": N_("ask about pictures: files, links, or - for standard input"),
    "compare": N_("ask several models and compare their answers"),
    "capture": N_("capture the screen, then ask, copy or save"),
    "history": N_("list, search, show, export or delete past answers"),
    "requests": N_("show the request log: time, server, size and cost of every request"),
    "key": N_("save, test or delete an API key in the system keyring"),
    "models": N_("list a server's models, their image support and prices"),
    "profiles": N_("list, add, change, export or import profiles"),
    "actions": N_("list the ready-made questions"),
    "settings": N_("show or change settings"),
    "doctor": N_("test every part and suggest fixes"),
}
"""Each is a module of this package that satisfies ``parsing.Verb``."""

ALIASES = {"ledger": "requests"}
"""Earlier names, which scripts may still use."""

READ = "_read"
"""Not for people: a packaged program starts itself with this word as its own text reader (``services``)."""
DECODE = "_decode"
"""And with this one as the child process that opens foreign files."""
QT = "_qt"
"""And with this one as the child process in which ``doctor`` starts Qt."""

USAGE = N_("""\
usage: grokdesk                             start GrokDesk, or show it if it runs
       grokdesk --background                start it without a window
       grokdesk --quit                      end the running one
       grokdesk COMMAND [OPTIONS]           grokdesk COMMAND --help says more
       grokdesk --version

{verbs}

exit codes: 0 ok, 1 failure, 2 usage, 3 cancelled, 4 not possible here, 5 network or server
environment: GROKDESK_HOME   a folder for everything of ours
             GROKDESK_API_KEY, XAI_API_KEY, CONCURRED_API_KEY   a key for this run
""")


def run(words: Sequence[str], keyring: KeyStore | None = None) -> int:
    """Run one command and return its exit code. No traceback reaches the person.

    ``keyring`` replaces the operating system's.
    """
    terminal = terminal_of_this_process()
    with ExitStack() as closing:
        try:
            return dispatch(words, Session(terminal, os.environ, closing, keyring))
        except SystemExit as leaving:  # argparse has printed its help
            return leaving.code if isinstance(leaving.code, int) else EXIT_FAILURE
        except KeyboardInterrupt:
            terminal.say(_("Stopped."))
            return EXIT_CANCELLED
        except OutputClosed:
            terminal.give_up_output()
            return EXIT_FAILURE
        except GrokDeskError as error:
            terminal.show_error(error)
            return error.exit_code
        except Exception as error:  # noqa: BLE001 - the last door: it is logged, and a person sees no traceback
            _log_bug(error, words[:1])
            terminal.say(str(bug_of(error)))
            return EXIT_FAILURE


def dispatch(words: Sequence[str], session: Session) -> int:
    """Raises whatever the verb raises, and UsageError for words that make no sense."""
    if words and words[0] in ("-h", "--help", "help"):
        width = max(map(len, VERBS))
        session.terminal.write(
            _(USAGE).format(verbs="\n".join(f"  {verb:{width}}  {_(what)}" for verb, what in VERBS.items()))
        )
        return EXIT_OK
    if not words or list(words) == ["--background"]:
        from grokdesk.cli.start import start

        return start(session, ("background",) if words else ("show",))
    if list(words) == ["--quit"]:
        from grokdesk.cli.start import quit_running

        return quit_running(session)
    name, *rest = words
    name = ALIASES.get(name, name)
    if list(words) == [READ]:
        from grokdesk.pictures.read.reading import main as read

        return read()
    if list(words) == [DECODE]:
        from grokdesk.pictures.decode.decoding_process import main as decode

        return decode()
    if list(words) == [QT]:
        from grokdesk.ui.shell.doctor_probe import main as start_qt

        return start_qt()
    if name not in VERBS:
        advice = (
            _("To ask about a picture: grokdesk ask {name}").format(name=name)
            if os.path.exists(name)  # noqa: PTH110 - any text
            else _("See: {command}").format(command="grokdesk --help")
        )
        raise UsageError(_("Unknown command {name}.").format(name=repr(name)), advice)
    from grokdesk.cli.parsing import run_verb

    return run_verb(name, _(VERBS[name]), rest, session)


def _log_bug(error: Exception, words: Sequence[str]) -> None:
    import logging

    log = logging.getLogger(__name__)
    # Without a log file Python would print the traceback.
    if log.hasHandlers():
        log.error("a bug in %s", words, exc_info=error)
