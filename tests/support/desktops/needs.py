"""What a test needs from the machine: without it the test is skipped, or fails where everything has to run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

import pytest


def need(missing: Sequence[str], command: str = "packaging/dev.py check") -> None:
    """Skip for what is missing; fail when GROKDESK_TESTS=all. ``command`` is what installs it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the programs are those of a Linux desktop")
    if not missing:
        return
    reason = f"not installed: {', '.join(missing)}; {command} installs them"
    if os.environ.get("GROKDESK_TESTS") == "all":
        pytest.fail(reason)
    pytest.skip(reason)


def need_programs(*names: str) -> None:
    need([name for name in names if shutil.which(name) is None])
