"""Says which start of the program is the first: the one that holds the lock."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path


class InstanceLock:
    """Held while the program runs, and let go by the system when it dies, however it dies.

    A lock of the kernel on an open file, and not a file that is there or not: such a one stays behind after a crash,
    and whose it is can only be guessed from the number in it. The file holds what QLockFile writes, which earlier
    versions look at; they hold the same lock of the kernel.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def take(self) -> bool:
        """False when another program has it. Raises OSError when the file cannot be used."""
        if sys.platform == "win32":
            return self._take_by_qt()
        import fcntl

        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        if self._file.is_symlink():  # nothing of ours makes one, and where it leads nobody knows
            self._file.unlink()
        handle = os.open(self._file, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except OSError:
            os.close(handle)
            raise
        with suppress(OSError):  # on a full disk the lock counts without words in it
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\ngrokdesk\n{socket.gethostname()}\n".encode())
        self._handle = handle
        return True

    def release(self) -> None:
        """The file stays: another start may have opened it already."""
        if sys.platform == "win32":
            self._qt_lock.unlock()
        elif self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _take_by_qt(self) -> bool:
        from PySide6.QtCore import QLockFile

        self._qt_lock = QLockFile(str(self._file))
        # Stale when its owner is dead and never by its age: the program may run for weeks.
        self._qt_lock.setStaleLockTime(0)
        return self._qt_lock.tryLock(0)
