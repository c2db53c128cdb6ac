"""The running program's end of the per-user socket: one JSON line in, one JSON line out.

The other end is ``grokdesk.system.instance_client``, which needs no Qt.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from grokdesk.errors import EXIT_USAGE, NotPossibleHere
from grokdesk.translation import N_, _
from grokdesk.ui.shell.instance_lock import InstanceLock

log = logging.getLogger(__name__)

MAX_REQUEST = 64 * 1024
MOST_WORDS, LONGEST_TOKEN = 16, 1024
_NOT_UNDERSTOOD = N_("The running GrokDesk did not understand the request.")


class Request:
    """What another start of the program asks of this one; ``reply`` answers it, once, and may come late."""

    def __init__(
        self, words: tuple[str, ...], reply: Callable[[int, str, str], None], version: str = "", token: str = ""
    ) -> None:
        """``version`` of the program that asks; ``token`` lets a Wayland window come to the front, "" without one."""
        self.words = words
        self.version = version
        self.token = token
        self._reply: Callable[[int, str, str], None] | None = reply

    def reply(self, exit_code: int, out: str = "", err: str = "") -> None:
        """``out`` and ``err`` are printed by the other program. Later calls do nothing."""
        if self._reply is not None:
            self._reply(exit_code, out, err)
            self._reply = None


OnLine = Callable[[bytes, Callable[[bytes], None]], None]
"""Gets the line that a caller sent, and what sends a line back to it and hangs up; that may be called late."""


class Listener(Protocol):
    """Where other starts connect. Made with a name and a OnLine; raises OSError then."""

    def close(self) -> None: ...


def listener_for(name: str, on_line: OnLine, parent: QObject) -> Listener:
    """The one of this system. Raises OSError."""
    if sys.platform == "win32":
        from grokdesk.ui.shell.instance_pipe import PipeListener

        return PipeListener(name, on_line, parent)
    from grokdesk.ui.shell.instance_socket import SocketListener

    return SocketListener(name, on_line, parent)


class InstanceServer(QObject):
    """First ``claim``, then ``listen``, which may come later: other starts wait for it."""

    requested = Signal(object)
    """A Request; every one has to be replied to."""

    def __init__(
        self,
        name: str,
        lock_file: Path,
        parent: QObject | None = None,
        make_listener: Callable[[str, OnLine, QObject], Listener] = listener_for,
    ) -> None:
        super().__init__(parent)
        self._name = name
        # Held while the program runs. The lock, not the socket, says who is first: a listener replaces a socket that
        # another program listens on.
        self._lock_file, self._lock = lock_file, InstanceLock(lock_file)
        self._make_listener = make_listener
        self._listener: Listener | None = None

    def claim(self) -> bool:
        """True when this is the only running program now. Raises NotPossibleHere."""
        try:
            return self._lock.take()
        except OSError as error:
            raise NotPossibleHere(
                _("GrokDesk can't tell whether it is already running."),
                _("Remove {file}: {why}.").format(file=self._lock_file, why=error.strerror or type(error).__name__),
            ) from error

    def listen(self) -> None:
        """Accept requests. A socket that a crash left behind is taken over."""
        try:
            self._listener = self._make_listener(self._name, self._hear, self)
        except OSError as error:
            log.error("no other start can reach this program: %s", error)  # noqa: TRY400 - nothing of ours is wrong

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._lock.release()

    def _hear(self, line: bytes, answer: Callable[[bytes], None]) -> None:
        def reply(exit_code: int, out: str, err: str) -> None:
            answer(json.dumps({"exit_code": exit_code, "out": out, "err": err}).encode() + b"\n")

        try:
            request = _request(line, reply)
        except (ValueError, KeyError, TypeError, RecursionError):
            reply(EXIT_USAGE, "", _(_NOT_UNDERSTOOD) + "\n")
            return
        self.requested.emit(request)


def _request(line: bytes, reply: Callable[[int, str, str], None]) -> Request:
    """What other starts may say: short texts, and nothing that is no text. Raises ValueError and the like."""
    message = json.loads(line)
    words, version, token = message["words"], message["version"], message.get("token", "")
    if not isinstance(words, list) or len(words) > MOST_WORDS:
        raise ValueError("no words")
    for text in (*words, version, token):
        if not isinstance(text, str) or "\0" in text:
            raise ValueError("no text")
    if len(version) > LONGEST_TOKEN or len(token) > LONGEST_TOKEN:
        raise ValueError("too long")
    return Request(tuple(words), reply, version, token)
