"""What every child process that handles foreign pictures is started with, and how much it may answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import IO, Any

MOST_LINE = 256 * 1024
"""Bytes of a line that says what a picture is: a child that was taken over could fill the memory with it."""

_NEEDED = frozenset((
    "PATH", "HOME", "USERPROFILE", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP",
    # Windows starts no program without these.
    "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "PROCESSOR_ARCHITECTURE", "NUMBER_OF_PROCESSORS",
    "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES",
    # Where Python, libraries, typefaces and languages are.
    "PYTHONHOME", "PYTHONPATH", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX", "PYTHONNOUSERSITE", "PYTHONUSERBASE", "PYTHONFAULTHANDLER", "PYTHONHASHSEED", "VIRTUAL_ENV",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "XDG_DATA_HOME", "XDG_DATA_DIRS",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT",
    "TESSDATA_PREFIX", "OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GDK_PIXBUF_MODULE_FILE",
))  # fmt: skip


def child_environment(environment: Mapping[str, str], also: Collection[str] = ()) -> dict[str, str]:
    """What a child needs, and ``also`` what is named. Secrets have too many names for a list of what to leave out."""
    wanted = _NEEDED.union(also)
    return {
        name: value for name, value in environment.items() if name.upper() in wanted or name.upper().startswith("LC_")
    }


def read_line(replies: IO[bytes], most: int = MOST_LINE) -> dict[str, Any] | None:
    """One line of a child, an object of JSON; None for anything else, a line without an end, or one too long."""
    return line_in(raw_line(replies, most))


def raw_line(replies: IO[bytes], most: int = MOST_LINE) -> bytes:
    """What is there up to the end of a line; b"" when the child has ended."""
    with suppress(OSError, ValueError):  # closed meanwhile
        return replies.readline(most)
    return b""


def line_in(line: bytes) -> dict[str, Any] | None:
    """See ``read_line``."""
    if not line.endswith(b"\n"):
        return None
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) else None


def creation_flags() -> int:
    """For ``Popen``: on Windows no console flashes up."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0
