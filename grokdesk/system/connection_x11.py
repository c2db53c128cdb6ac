"""The one door to xcffib, for whatever talks to an X server.

xcffib keeps its extensions in one table of the process and reads it through for every connection: an extension that is
loaded on another thread meanwhile breaks that. So nothing is loaded while something connects.
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

_LOADING = threading.Lock()
"""The table belongs to the process, and so does this."""


def load_xcffib(*extensions: str) -> Any:
    """The library with xproto and these extensions, such as "shm"; most are not needed while the program waits."""
    with _LOADING:
        import xcffib
        import xcffib.xproto

        for name in extensions:
            importlib.import_module(f"xcffib.{name}")
        return xcffib


def connect(display: str | None) -> Any:
    """Raises the library's XcffibException."""
    xcffib = load_xcffib()
    with _LOADING:
        return xcffib.connect(display=display)
