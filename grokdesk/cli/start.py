"""Starts the program with windows, or reaches the one that runs already."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from grokdesk.cli.session import Session
from grokdesk.errors import EXIT_OK, NotPossibleHere, NotReachable
from grokdesk.system.instance_client import Reply, listening_place, send
from grokdesk.translation import _

if TYPE_CHECKING:
    from grokdesk.services import Services

MakeServices = Callable[[Callable[[str], None]], "Services"]
START_SECONDS = 10.0
"""How long a running program may take to say that it heard us."""
FIRST_START_SECONDS = 30.0
"""How long a program may take until it listens: a cold disk, or compiling everything for the first time."""
LISTEN_SECONDS = 0.02
"""How often to look whether a program that is just starting listens."""


def start(session: Session, words: tuple[str, ...]) -> int:
    """Hand ``words`` to the running program, or become that program and do what they say.

    Raises NotPossibleHere without a display, TimedOut and the like when the running program does not answer.
    """
    if (reply := send(session.paths(), words, START_SECONDS)) is not None:
        return pass_on(reply, session)
    _check_display(session)
    run = _load_windows()
    code = run(lambda tell: session.services(on_screen=True, tell=tell), session.environment, words)
    if code is not None:
        return code
    return pass_on(_send_to_quicker(session, words), session)


def _send_to_quicker(session: Session, words: tuple[str, ...]) -> Reply:
    """Another start was quicker by a moment; it listens as soon as its tray icon is shown."""
    deadline = time.monotonic() + START_SECONDS
    while (reply := send(session.paths(), words, START_SECONDS)) is None:
        if time.monotonic() > deadline:
            raise NotReachable(_("The running GrokDesk cannot be reached."), _("Quit it and start it again."))
        time.sleep(LISTEN_SECONDS)
    return reply


def hand_over(session: Session, words: tuple[str, ...]) -> Reply:
    """Hand ``words`` to the running program and wait for what becomes of them, however long a person takes.

    Without a running program one is started that stays. Raises like ``start``.
    """
    if (reply := send(session.paths(), words)) is not None:
        return reply
    _check_display(session)
    _start_in_background(session)
    if (reply := send(session.paths(), words)) is not None:
        return reply
    raise NotPossibleHere(_("GrokDesk quit right after starting."), _("Start it once with: grokdesk"))


def quit_running(session: Session) -> int:
    """End the running program; no error when there is none."""
    reply = send(session.paths(), ("quit",), START_SECONDS)
    if reply is None:
        session.terminal.say(_("GrokDesk is not running."))
        return EXIT_OK
    return pass_on(reply, session)


def pass_on(reply: Reply, session: Session) -> int:
    """Print what the running program said, and return its exit code."""
    session.terminal.write(reply.out)
    for line in reply.err.splitlines():
        session.terminal.say(line.removeprefix("grokdesk: "))
    return reply.exit_code


def _start_in_background(session: Session) -> None:
    """Start a program that goes on without us, and wait until it listens. Raises NotPossibleHere."""
    import subprocess

    from grokdesk.system.launch import launch_of_this_process

    _name, folder = listening_place(session.paths())
    complaints = folder / "start.log"
    with complaints.open("wb") as errors:
        process = subprocess.Popen(
            [*launch_of_this_process(session.environment).words, "--background"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    deadline = time.monotonic() + FIRST_START_SECONDS
    while send(session.paths(), ("background",), START_SECONDS) is None:
        # With 0 it has found another one that is starting, and that one listens soon.
        if process.poll() or time.monotonic() > deadline:
            said = complaints.read_text("utf-8", "replace").strip().rpartition("\n")[2].removeprefix("grokdesk: ")
            raise NotPossibleHere(_("GrokDesk could not be started."), said or _("Start it once with: grokdesk"))
        time.sleep(LISTEN_SECONDS)


def _check_display(session: Session) -> None:
    """Qt ends the whole process when it finds no display."""
    if sys.platform in ("win32", "darwin"):
        return
    if not any(session.environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        raise NotPossibleHere(_("There is no display here."), _("In a terminal use: grokdesk ask PICTURE"))


def _load_windows() -> Callable[[MakeServices, Mapping[str, str], Sequence[str]], int | None]:
    gc.disable()  # what is loaded stays; later ui/kit/garbage.py collects
    try:
        from grokdesk.ui.shell.app import run
    except ImportError as error:
        gc.enable()
        if error.name is not None and error.name.startswith("grokdesk"):
            raise
        raise NotPossibleHere(
            _("Windows cannot be shown: {why}.").format(why=error),
            _("Install what is missing, or use: grokdesk ask PICTURE"),
        ) from error
    return run
