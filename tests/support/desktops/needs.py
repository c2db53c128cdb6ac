"""What a test needs from the machine: without it the test is skipped, or fails where everything has to run."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import pytest


def need(missing: Sequence[str], command: str = "packaging/dev.py check") -> None:
    """Skip for what is missing; fail when GROKDESK_E2E=required. ``command`` is what installs it."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the virtual desktops are those of Linux")
    if not missing:
        return
    reason = f"not installed: {', '.join(missing)}; {command} installs them"
    if os.environ.get("GROKDESK_E2E") == "required":
        pytest.fail(reason)
    pytest.skip(reason)
