"""Carries out what other starts of the program ask for over the socket."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from grokdesk import __version__
from grokdesk.errors import EXIT_CANCELLED, EXIT_FAILURE, EXIT_OK, EXIT_USAGE
from grokdesk.system.capture_request import unpacked
from grokdesk.ui.shell.instance import Request

if TYPE_CHECKING:
    from grokdesk.ui.capture.use import CaptureUse, Report

ACTIVATION = "XDG_ACTIVATION_TOKEN"
"""Where Qt looks for what lets a Wayland program raise its window: https://wayland.app/protocols/xdg-activation-v1"""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What the program can be asked to do."""

    show: Callable[[], None]
    start_hidden: Callable[[], None]
    quit: Callable[[], None]
    captures: Callable[[], CaptureUse]
    has_action: Callable[[str], bool]
    more: Mapping[str, Callable[[Request], None]]
    """Other words, by the first of them; each replies by itself."""


class RequestHandler(QObject):
    def __init__(self, deeds: Deeds, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deeds = deeds

    @Slot(object)
    def handle(self, request: Request) -> None:
        """Words: ``show``, ``background``, ``quit``, or ``capture`` with a packed CaptureRequest."""
        if request.token:
            os.environ[ACTIVATION] = request.token
        match request.words:
            case () | ("show",):
                self._deeds.show()
                request.reply(EXIT_OK)
            case ("background",):
                self._deeds.start_hidden()
                request.reply(EXIT_OK)
            case ("quit",):
                request.reply(EXIT_OK)
                self._deeds.quit()
            case _ if request.version != __version__:
                request.reply(EXIT_FAILURE, "", _of_another_version(request.version))
            case ("capture", word):
                self._capture(request, word)
            case (word, *_) if word in self._deeds.more:
                self._deeds.more[word](request)
            case _:
                request.reply(EXIT_USAGE, "", "The running GrokDesk does not know that command.\n")
        os.environ.pop(ACTIVATION, None)

    def _capture(self, request: Request, word: str) -> None:
        try:
            wanted = unpacked(word)
        except ValueError as error:
            request.reply(EXIT_USAGE, "", f"The running GrokDesk did not understand the request: {error}.\n")
            return
        if wanted.action_id and not self._deeds.has_action(wanted.action_id):
            request.reply(
                EXIT_USAGE,
                "",
                f"The running GrokDesk has no action {wanted.action_id}. Quit it and start it again.\n",
            )
            return

        def told(report: Report) -> None:
            error = report.error
            said = "" if error is None else "Stopped.\n" if report.exit_code == EXIT_CANCELLED else f"{error}\n"
            request.reply(report.exit_code, report.as_json(), said)

        self._deeds.captures().start(wanted, told)


def _of_another_version(theirs: str) -> str:
    return (
        f"The running GrokDesk is version {__version__}, this command is version {theirs or 'unknown'}. "
        "Quit it with grokdesk --quit and try again.\n"
    )
