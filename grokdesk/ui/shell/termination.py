"""Ctrl+C and ``kill`` end the program at once, without a timer that wakes it for nothing.

Python runs signal handlers only between bytecodes, and Qt's loop runs none. ``signal.set_wakeup_fd`` writes a byte
to a socket as soon as the signal comes, and the notifier wakes the loop.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier, Slot


class Termination(QObject):
    """Calls ``quit_`` on SIGINT and SIGTERM until it is closed. To be made on the main thread."""

    def __init__(self, quit_: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._quit = quit_
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno())
        self._old = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._arrived)

    def close(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._read.close()
        self._write.close()

    @Slot()
    def _arrived(self) -> None:
        self._read.recv(64)
        self._quit()


def _ignore(_number: int, _frame: object) -> None:
    """The byte on the socket does the work; without a handler no byte is written."""
