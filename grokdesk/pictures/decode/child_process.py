"""What every child process that handles foreign pictures is started with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping


def without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """A process that decodes foreign pictures has no use for anybody's API keys."""
    return {name: value for name, value in environment.items() if not name.endswith("_API_KEY")}


def creation_flags() -> int:
    """For ``Popen``: on Windows no console flashes up."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0
