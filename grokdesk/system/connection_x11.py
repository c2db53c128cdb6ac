"""The one door to xcffib, for whatever talks to an X server.

xcffib keeps its extensions in one table of the process and reads it through for every connection: an extension that is
loaded on another thread meanwhile breaks that. So all that are used here are loaded before the first connection.
"""

from __future__ import annotations

import threading
from typing import Any

_LOADING = threading.Lock()
"""The table belongs to the process, and so does this."""


def load_xcffib() -> Any:
    """The library, with its extensions xproto, randr and shm."""
    with _LOADING:
        import xcffib
        import xcffib.randr
        import xcffib.shm
        import xcffib.xproto

        return xcffib
