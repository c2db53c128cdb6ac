"""A program that copies as GrokDesk does: ``python -m tests.support.desktops.copying_program text|picture``.

Prints a line of JSON when it has copied; a line on standard input makes it hand over and end, with another line.
"""

from __future__ import annotations

import json
import os
import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication, QWidget

from grokdesk.errors import GrokDeskError
from grokdesk.system.clipboard.choice import choose_clipboard
from grokdesk.system.session import session_from
from grokdesk.ui.chat.copying import mime_of
from grokdesk.ui.clipboard.clipboard import Copied, Copier
from grokdesk.ui.clipboard.handover import Handover, Outcome
from tests.support.images.pictures import capture

WORDS = "**größe** 😀"
SIZE = (400, 300)


def main() -> int:
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    session = session_from(os.environ)
    tools = choose_clipboard(session, os.environ)
    copier = Copier(app.clipboard(), tools, session)
    handover = Handover(app.clipboard(), tools, session)
    window = QWidget()
    if "window" in sys.argv:
        window.show()

    def copied(copied: Copied) -> None:
        _tell({"backend": copied.backend, "kinds": copied.kinds, "sentence": copied.sentence})

    def failed(error: GrokDeskError) -> None:
        _tell({"error": str(error)})

    def finished(outcome: Outcome) -> None:
        _tell({"keeper": outcome.keeper, "sentence": outcome.sentence})
        app.exit()

    def end() -> None:
        asked.setEnabled(False)
        handover.begin()

    copier.copied.connect(copied)
    copier.failed.connect(failed)
    handover.finished.connect(finished)
    asked = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    asked.activated.connect(end)
    if sys.argv[1] == "text":
        copier.copy(mime_of(WORDS))
    else:
        copier.copy_picture(capture(*SIZE).pixels)
    return app.exec()


def _tell(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
