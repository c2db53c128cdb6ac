"""Starts the program with windows, or reaches the one that runs already."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from grokdesk.cli.session import Session
from grokdesk.errors import NotPossibleHere, NotReachable
from grokdesk.system.instance_client import Reply, send

if TYPE_CHECKING:
    from grokdesk.services import Services

START_SECONDS = 10.0
"""How long a running program may take to say that it heard us."""
LISTEN_SECONDS = 0.02
"""How often to look whether a program that is just starting listens."""


def start(session: Session, words: tuple[str, ...], timeout: float | None = START_SECONDS) -> int:
    """Hand ``words`` to the running program, or become that program and do what they say.

    Raises NotPossibleHere without a display, TimedOut and the like when the running program does not answer.
    """
    if (reply := send(session.paths(), words, timeout)) is not None:
        return _pass_on(reply, session)
    _check_display(session)
    run = _load_windows()
    code = run(lambda: session.services(on_screen=True), session.environment, words)
    if code is not None:
        return code
    return _pass_on(_send_to_quicker(session, words, timeout), session)


def _send_to_quicker(session: Session, words: tuple[str, ...], timeout: float | None) -> Reply:
    """Another start was quicker by a moment; it listens as soon as its tray icon is shown."""
    deadline = time.monotonic() + START_SECONDS
    while (reply := send(session.paths(), words, timeout)) is None:
        if time.monotonic() > deadline:
            raise NotReachable("The running GrokDesk cannot be reached.", "Quit it and start it again.")
        time.sleep(LISTEN_SECONDS)
    return reply


def _pass_on(reply: Reply, session: Session) -> int:
    session.terminal.write(reply.out)
    for line in reply.err.splitlines():
        session.terminal.say(line.removeprefix("grokdesk: "))
    return reply.exit_code


def _check_display(session: Session) -> None:
    """Qt ends the whole process when it finds no display."""
    if sys.platform in ("win32", "darwin"):
        return
    if not any(session.environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        raise NotPossibleHere("There is no display here.", "In a terminal use: grokdesk ask PICTURE")


def _load_windows() -> Callable[[Callable[[], Services], Mapping[str, str], Sequence[str]], int | None]:
    gc.disable()  # what is loaded stays; later ui/garbage.py collects
    try:
        from grokdesk.ui.app import run
    except ImportError as error:
        gc.enable()
        if error.name is not None and error.name.startswith("grokdesk"):
            raise
        raise NotPossibleHere(
            f"Windows cannot be shown: {error}.", "Install what is missing, or use: grokdesk ask PICTURE"
        ) from error
    return run
