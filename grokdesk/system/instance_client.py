"""Reaches the program that is already running, over a socket of this person. Needs no Qt.

One connection carries one request and one reply, each a line of JSON in UTF-8: ``{"version", "words", "token"}`` and
``{"exit_code", "out", "err"}``. ``token`` is what a Wayland compositor gave this start for bringing a window to the
front (https://wayland.app/protocols/xdg-activation-v1), "" without one. The other end:
``grokdesk.ui.shell.instance``.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from grokdesk import __version__
from grokdesk.errors import Interrupted, NotReachable, TimedOut
from grokdesk.paths import Paths

log = logging.getLogger(__name__)

LONGEST_NAME = 103
"""Bytes of a socket's path: macOS has 104 with the closing zero, Linux 108 (unix(4), unix(7))."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the running program did; ``out`` and ``err`` are to be printed."""

    exit_code: int
    out: str
    err: str


def socket_name(paths: Paths) -> str:
    """Where the running program listens: a path, on Windows the name of a pipe. QLocalServer takes either."""
    wanted = str(paths.socket_file)
    if sys.platform == "win32":
        return rf"\\.\pipe\grokdesk-{_digest(wanted)}"
    if len(os.fsencode(wanted)) <= LONGEST_NAME:
        return wanted
    import tempfile

    return str(Path(tempfile.gettempdir(), f"grokdesk-{os.getuid()}-{_digest(wanted)}.sock"))


def send(paths: Paths, words: tuple[str, ...], timeout: float | None = None) -> Reply | None:
    """Hand ``words`` to the running program and wait for its reply; None when no program is running.

    ``timeout`` is for the whole answer, in seconds; a person may be dragging a region meanwhile. Raises TimedOut,
    NotReachable, and Interrupted when the program ended before it answered.
    """
    token = os.environ.get("XDG_ACTIVATION_TOKEN", "")
    request = json.dumps({"version": __version__, "words": words, "token": token}).encode() + b"\n"
    name = socket_name(paths)
    line = _ask_pipe(name, request, timeout) if sys.platform == "win32" else _ask_socket(name, request, timeout)
    if line is None:
        return None
    try:
        answer = json.loads(line)
        return Reply(int(answer["exit_code"]), str(answer["out"]), str(answer["err"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Interrupted("The running GrokDesk ended before it answered.", "Try again.") from error


def _ask_socket(name: str, request: bytes, timeout: float | None) -> bytes | None:
    if sys.platform == "win32":
        raise NotImplementedError
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            # In a folder that everybody may write to, somebody else may listen under our name.
            if os.lstat(name).st_uid != os.getuid():
                return None
            connection.connect(name)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError as error:
            raise _no_reach() from error
        try:
            connection.sendall(request)
            with connection.makefile("rb") as answer:
                return answer.readline()
        except TimeoutError as error:
            raise _no_answer() from error
        except OSError as error:
            raise Interrupted("The running GrokDesk ended before it answered.", "Try again.") from error


def _ask_pipe(name: str, request: bytes, timeout: float | None) -> bytes | None:
    """Windows lets a named pipe be opened like a file; what waits on it cannot be interrupted, so it waits apart."""
    try:
        pipe: BinaryIO = open(name, "r+b", buffering=0)  # noqa: PTH123, SIM115 - closed by the thread below
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _no_reach() from error
    lines: list[bytes] = []

    def ask() -> None:
        try:
            with pipe:
                pipe.write(request)
                lines.append(pipe.readline())
        except OSError as error:
            log.info("the running program broke off: %s", error)

    thread = threading.Thread(target=ask, name="instance", daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        raise _no_answer()
    return lines[0] if lines else b""


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(os.fsencode(text)).hexdigest()[:16]


def _no_reach() -> NotReachable:
    return NotReachable("The running GrokDesk cannot be reached.", "Quit it and start it again.")


def _no_answer() -> TimedOut:
    return TimedOut("The running GrokDesk does not answer.", "Quit it and start it again.")
