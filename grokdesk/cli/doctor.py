"""``grokdesk doctor``: tries every part for real and says what to do; safe to paste in a bug report."""

from __future__ import annotations

import argparse
import getpass
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grokdesk.cancel import CancelSwitch
from grokdesk.cli.connection import add_connection_arguments, named_profile
from grokdesk.cli.interrupts import interrupts_throw
from grokdesk.cli.session import Session
from grokdesk.doctor.checks import Wishes, checks_for
from grokdesk.doctor.desktop import desktop_of
from grokdesk.doctor.examination import Part, examine
from grokdesk.doctor.report import Scrubber, is_broken, lines_of, object_of, scrubbed, verdict_of
from grokdesk.doctor.running import ask_running
from grokdesk.errors import EXIT_FAILURE, EXIT_OK
from grokdesk.store.keys import BACKGROUND_SECONDS
from grokdesk.translation import N_, _

EPILOG = N_("""\
Tests every part for real: a screenshot that is discarded, the hotkey, a clipboard and a keyring round trip that keep
your data, the connection to the server of the active profile, and so on. If GrokDesk is running, its tray icon,
hotkeys and clipboard are tested there.

The exit code is 0 if nothing is broken. It is 1 if something works only in part or is in use by another program, if
Qt does not start, or if network, provider, vision, reading or history fail. What this desktop does not support,
decides itself or has not installed is listed, but does not count as broken.

Keys, your home folder and your user name are left out of the report.
""")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _(EPILOG)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
    parser.add_argument("--vision", action="store_true", help=_("test the model with an image; costs one question"))
    parser.add_argument("--notify", action="store_true", help=_("show a notification"))
    add_connection_arguments(parser)


def run(options: argparse.Namespace, session: Session) -> int:
    # Nobody is to be asked for the password of a keyring, so it gets no time for that.
    services = replace(session.services(), key_seconds=BACKGROUND_SECONDS)
    terminal, cancel = session.terminal, CancelSwitch()
    settings = services.settings.load()
    desktop = desktop_of(session.environment, settings.hotkey_region)

    def progress(awaited: Sequence[Part]) -> None:
        terminal.status(_("Checking {names}…").format(names=", ".join(awaited)))

    with interrupts_throw(cancel):
        terminal.status(_("Looking for a running GrokDesk…"))
        running = ask_running(services.paths)
        profile, wishes = named_profile(options, settings), Wishes(options.vision, options.notify)
        found = examine(checks_for(services, desktop, running, profile, wishes), cancel, progress)
    scrub = Scrubber(Path.home(), _user(), services.redactor.redact)
    found = {part: scrubbed(state, scrub) for part, state in found.items()}
    if options.json:
        terminal.object(object_of(found))
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        for line in lines_of(found, width, plain=not terminal.has_every_letter):
            terminal.line(line)
        terminal.say(verdict_of(found))
    return EXIT_FAILURE if any(is_broken(part, state) for part, state in found.items()) else EXIT_OK


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
