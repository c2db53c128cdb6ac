"""Carries out what other starts of the program ask for over the socket."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from grokdesk import __version__
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_OK, EXIT_USAGE, GrokDeskError, bug_of
from grokdesk.system.capture_request import unpacked
from grokdesk.translation import _
from grokdesk.ui.shell.instance import Request

if TYPE_CHECKING:
    from grokdesk.ui.capture.use import CaptureUse, Report

log = logging.getLogger(__name__)

ACTIVATION = "XDG_ACTIVATION_TOKEN"
"""Where Qt looks for what lets a Wayland program raise its window: https://wayland.app/protocols/xdg-activation-v1"""


@dataclass(frozen=True, slots=True)
class Commands:
    """What the program can be asked to do."""

    show: Callable[[], None]
    start_hidden: Callable[[], None]
    quit: Callable[[], None]
    captures: Callable[[], CaptureUse]
    has_action: Callable[[str], bool]
    more: Mapping[str, Callable[[Request], None]]
    """Other words, by the first of them; each replies by itself."""


class RequestHandler(QObject):
    def __init__(self, commands: Commands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands = commands

    @Slot(object)
    def handle(self, request: Request) -> None:
        """Words: ``show``, ``background``, ``quit``, or ``capture`` with a packed CaptureRequest.

        Whatever goes wrong is answered: the other program waits.
        """
        if request.token:
            os.environ[ACTIVATION] = request.token
        try:
            self._carry_out(request)
        except GrokDeskError as error:
            request.reply(error.exit_code, "", f"{error}\n")
        except Exception as error:
            log.exception("a request failed: %s", request.words[:1])
            request.reply(EXIT_FAILURE, "", f"{bug_of(error)}\n")
        finally:
            os.environ.pop(ACTIVATION, None)

    def _carry_out(self, request: Request) -> None:
        match request.words:
            case () | ("show",):
                self._commands.show()
                request.reply(EXIT_OK)
            case ("background",):
                self._commands.start_hidden()
                request.reply(EXIT_OK)
            case ("quit",):
                request.reply(EXIT_OK)
                self._commands.quit()
            case _ if request.version != __version__:
                request.reply(EXIT_FAILURE, "", _of_another_version(request.version))
            case ("capture", word):
                self._capture(request, word)
            case (word, *_) if word in self._commands.more:
                self._commands.more[word](request)
            case _:
                request.reply(EXIT_USAGE, "", _("The running GrokDesk does not know that command.") + "\n")

    def _capture(self, request: Request, word: str) -> None:
        try:
            wanted = unpacked(word)
        except ValueError as error:
            sentence = _("The running GrokDesk did not understand the request: {why}.").format(why=error)
            request.reply(EXIT_USAGE, "", sentence + "\n")
            return
        if wanted.action_id and not self._commands.has_action(wanted.action_id):
            sentence = _("The running GrokDesk has no action {action}. Quit it and start it again.")
            request.reply(EXIT_USAGE, "", sentence.format(action=wanted.action_id) + "\n")
            return

        def on_report(report: Report) -> None:
            request.reply(report.exit_code, report.as_json(), "".join(f"{each}\n" for each in _sentences(report)))

        self._commands.captures().start(wanted, on_report)


def _sentences(report: Report) -> Iterator[str]:
    """What the command says beside its result."""
    if report.error is not None:
        yield _("Stopped.") if report.exit_code == EXIT_CANCELLED else str(report.error)
    if report.not_saved is not None:
        yield _("Not saved to history. {why}").format(why=report.not_saved)


def _of_another_version(theirs: str) -> str:
    sentence = _(
        "The running GrokDesk is version {ours}, this command is version {theirs}. "
        "Quit it with grokdesk --quit and try again."
    )
    return sentence.format(ours=__version__, theirs=theirs or _("unknown")) + "\n"
