"""Starts the program with windows, or finds that another one runs already.

The tray icon is shown first, with nothing loaded that it does not need; the rest is loaded when it can be seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractEventDispatcher, QTimer
from PySide6.QtWidgets import QApplication

from grokdesk import __version__
from grokdesk.paths import paths_from, resources
from grokdesk.system.instance_client import listening_place
from grokdesk.ui.kit.garbage import GarbageCollector
from grokdesk.ui.shell.instance import InstanceServer
from grokdesk.ui.shell.tray import Tray

if TYPE_CHECKING:
    from grokdesk.services import Services


def run(
    make_services: Callable[[Callable[[str], None]], Services], environment: Mapping[str, str], words: Sequence[str]
) -> int | None:
    """Run until the person quits and return the exit code; None when another program runs already.

    ``make_services`` gets what shows a sentence to the person. ``words`` is what to do first, as another start would
    send it over the socket: see ``RequestHandler``. Raises
    whatever goes wrong while the program is made.
    """
    app = QApplication(sys.argv[:1])
    app.setApplicationName("GrokDesk")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("io.github.grokdesk.GrokDesk")
    app.setQuitOnLastWindowClosed(False)
    name, folder = listening_place(paths_from(environment))
    server = InstanceServer(name, folder / "instance.lock")
    if not server.claim():
        return None
    garbage = GarbageCollector(QAbstractEventDispatcher.instance(), app)
    tray = Tray(resources() / "icons", app)
    tray.show()

    def load() -> None:
        server.listen()
        from grokdesk.ui.shell.notices import Notices
        from grokdesk.ui.shell.program import Program
        from grokdesk.ui.shell.termination import Termination

        notices = Notices(app)
        program = Program(app, make_services(notices.tell), environment, tray, notices)
        termination = Termination(program.quit, program)
        app.aboutToQuit.connect(termination.close)
        server.requested.connect(program.requests.handle)
        program.start(words)

    trouble: list[Exception] = []

    def begin() -> None:
        """Qt would go on with a program that is half made, and nobody could reach or end it."""
        try:
            load()
        except Exception as error:  # noqa: BLE001 - raised again as soon as Qt lets us
            trouble.append(error)
            app.exit()

    QTimer.singleShot(0, begin)
    code = app.exec()
    server.close()
    garbage.close()
    if trouble:
        raise trouble[0]
    return code
