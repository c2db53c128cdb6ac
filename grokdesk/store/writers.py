"""Which process is writing a row that is not complete yet, and whether it still lives.

A process that was killed cannot close its rows, so the next one does. Closing the row of one that lives after all
(in another PID namespace, say) does no harm: it writes how its row ends when it gets there.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path


def this_process() -> str:
    return f"{os.getpid()}:{_began(os.getpid())}"


def dead_writers(connection: sqlite3.Connection, table: str) -> list[str]:
    """Those of the rows under way whose process has ended."""
    # The table is a name of this package's own.
    found = connection.execute(f"SELECT DISTINCT writer FROM {table} WHERE writer IS NOT NULL")  # noqa: S608
    return [writer for (writer,) in found if not is_alive(writer)]


def is_alive(writer: str) -> bool:
    number, _, began = writer.partition(":")
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 2**31):
        return False
    return _exists(int(number)) and _began(int(number)) == began


def _began(process: int) -> str:
    """When it began, where the system tells: a process id is used again soon after a restart.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (field 22, ticks since the system started).
    """
    with suppress(OSError, IndexError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8]
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return f"{boot}-{fields[19].decode('ascii')}"
    return ""


def _exists(process: int) -> bool:
    if sys.platform == "win32":
        # os.kill(process, 0) would end it here.
        import ctypes

        query_limited_information, still_active, code = 0x1000, 259, ctypes.c_ulong()
        handle = ctypes.windll.kernel32.OpenProcess(query_limited_information, False, process)
        if not handle:
            return False
        try:
            known = ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
        finally:
            ctypes.windll.kernel32.CloseHandle(handle)
        return not known or code.value == still_active
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is there, and another user's
    return True
