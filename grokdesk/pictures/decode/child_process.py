"""What child processes are started with, and how much one that handles foreign pictures may answer."""

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


_OF_THE_DESKTOP = frozenset((
    "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XAUTHORITY", "ICEAUTHORITY", "SESSION_MANAGER",
    "DBUS_SESSION_BUS_ADDRESS", "USER", "LOGNAME", "USERNAME", "SHELL", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE",
    "XDG_SESSION_ID", "XDG_SESSION_CLASS", "XDG_SESSION_DESKTOP", "XDG_SEAT", "XDG_VTNR", "XDG_CURRENT_DESKTOP",
    "XDG_MENU_PREFIX", "XDG_ACTIVATION_TOKEN", "DESKTOP_SESSION", "DESKTOP_STARTUP_ID", "GNOME_DESKTOP_SESSION_ID",
    "KDE_FULL_SESSION", "KDE_SESSION_VERSION", "KDE_SESSION_UID", "XCURSOR_THEME", "XCURSOR_SIZE", "XCURSOR_PATH",
    # Where compositors are spoken to: sway, i3, Hyprland, niri.
    "SWAYSOCK", "I3SOCK", "HYPRLAND_INSTANCE_SIGNATURE", "NIRI_SOCKET",
    # How windows are drawn.
    "GDK_BACKEND", "GDK_SCALE", "GDK_DPI_SCALE", "GTK_THEME", "GTK_MODULES", "GTK_IM_MODULE", "XMODIFIERS",
    "LIBGL_ALWAYS_SOFTWARE", "LIBGL_DRIVERS_PATH", "GALLIUM_DRIVER", "MESA_LOADER_DRIVER_OVERRIDE",
    "__GLX_VENDOR_LIBRARY_NAME", "__EGL_VENDOR_LIBRARY_FILENAMES", "XKB_DEFAULT_LAYOUT", "XKB_CONFIG_ROOT",
))  # fmt: skip
_OF_QT = "QT_"
"""Some sixty names: https://doc.qt.io/qt-6/qguiapplication.html#supported-command-line-options and others."""


def desktop_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a program of the desktop needs: as ``child_environment``, and where its session and its screens are."""
    return child_environment(
        environment, {*_OF_THE_DESKTOP, *(name for name in environment if name.startswith(_OF_QT))}
    )


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
