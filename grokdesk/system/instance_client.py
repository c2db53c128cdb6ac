"""Reaches the program that is already running, over a socket of this person. Needs no Qt.

One connection carries one request and one reply, each a line of JSON in UTF-8: ``{"version", "words", "token"}`` and
``{"exit_code", "out", "err"}``. ``token`` is what a Wayland compositor gave this start for bringing a window to the
front (https://wayland.app/protocols/xdg-activation-v1), "" without one. The other end:
``grokdesk.ui.shell.instance``.
"""

from __future__ import annotations

import errno
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
from grokdesk.errors import Interrupted, NotPossibleHere, NotReachable, TimedOut
from grokdesk.paths import Paths
from grokdesk.translation import _

log = logging.getLogger(__name__)

LONGEST_NAME = 103
"""Bytes of a socket's path: macOS has 104 with the closing zero, Linux 108 (unix(4), unix(7))."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the running program did; ``out`` and ``err`` are to be printed."""

    exit_code: int
    out: str
    err: str


def socket_names(paths: Paths) -> tuple[str, ...]:
    """Where the running program may listen, the usual place first: a path, on Windows the name of a pipe."""
    wanted = str(paths.socket_file)
    if sys.platform == "win32":
        return (rf"\\.\pipe\grokdesk-{_digest(wanted)}",)
    spare = str(_spare_folder(paths) / paths.socket_file.name)
    return (wanted, spare) if len(os.fsencode(wanted)) <= LONGEST_NAME else (spare,)


def socket_name(paths: Paths) -> str:
    """The usual one."""
    return socket_names(paths)[0]


def listening_place(paths: Paths) -> tuple[str, Path]:
    """The name to listen on, and the folder for what belongs to the running program; both can be used afterwards.

    Where the usual folder cannot be, a private one among the temporary files takes its place. Raises NotPossibleHere.
    """
    from grokdesk.private_files import make_private_folder

    troubles = []
    for folder in (paths.runtime, _spare_folder(paths)):
        try:
            make_private_folder(folder)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        except OSError as error:
            log.info("cannot listen in %s: %s", folder, error)
            troubles.append(f"{error.filename or folder}: {error.strerror or type(error).__name__}.")
            continue
        names = socket_names(paths)
        return names[0] if folder == paths.runtime else names[-1], folder
    raise NotPossibleHere(
        _("There is no usable folder for GrokDesk's socket."),
        _("{troubles} Fix one of them, or set GROKDESK_HOME to another folder.").format(troubles=" ".join(troubles)),
    )


def _spare_folder(paths: Paths) -> Path:
    """Open to this person only. Anybody may make a folder there sooner, so its owner is looked at before it is used."""
    import tempfile

    return Path(tempfile.gettempdir(), f"grokdesk-{_user()}-{_digest(str(paths.socket_file))}")


def _user() -> int:
    if sys.platform == "win32":
        return 0
    return os.getuid()


def send(paths: Paths, words: tuple[str, ...], timeout: float | None = None) -> Reply | None:
    """Hand ``words`` to the running program and wait for its reply; None when no program is running.

    ``timeout`` is for the whole answer, in seconds; a person may be dragging a region meanwhile. Raises TimedOut,
    NotReachable, and Interrupted when the program ended before it answered.
    """
    token = os.environ.get("XDG_ACTIVATION_TOKEN", "")
    request = json.dumps({"version": __version__, "words": words, "token": token}).encode() + b"\n"
    line = None
    for name in socket_names(paths):
        line = _ask_pipe(name, request, timeout) if sys.platform == "win32" else _ask_socket(name, request, timeout)
        if line is not None:
            break
    if line is None:
        return None
    try:
        answer = json.loads(line)
        return Reply(int(answer["exit_code"]), str(answer["out"]), str(answer["err"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Interrupted(_("The running GrokDesk quit before it answered."), _("Try again.")) from error


def _ask_socket(name: str, request: bytes, timeout: float | None) -> bytes | None:
    if sys.platform == "win32":
        raise NotImplementedError
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            # Among the temporary files somebody else may have made a folder under our name, and listen there.
            owners = {os.lstat(name).st_uid, os.stat(os.path.dirname(name), follow_symlinks=False).st_uid}  # noqa: PTH116, PTH120 - quick
            if owners != {os.getuid()}:
                return None
            connection.connect(name)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            return None
        except PermissionError:
            if not os.access(os.path.dirname(name), os.X_OK):  # noqa: PTH120
                return None  # nothing of ours can be in there
            raise _no_reach() from None
        except OSError as error:
            raise _no_reach() from error
        try:
            connection.sendall(request)
            with connection.makefile("rb") as answer:
                return answer.readline()
        except TimeoutError as error:
            raise _no_answer() from error
        except OSError as error:
            raise Interrupted(_("The running GrokDesk quit before it answered."), _("Try again.")) from error


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
    return NotReachable(_("The running GrokDesk cannot be reached."), _("Quit it and start it again."))


def _no_answer() -> TimedOut:
    return TimedOut(_("The running GrokDesk is not responding."), _("Quit it and start it again."))
