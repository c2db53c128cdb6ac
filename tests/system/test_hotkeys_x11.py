"""Without a display. Real keys: tests/e2e/test_system_parts.py."""

from __future__ import annotations

import sys
import threading

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkeys_x11 import X11Hotkeys

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names an X11 display")


def test_a_display_that_is_not_there_is_said_each_time() -> None:
    hotkeys = X11Hotkeys(":9999", lambda binding: None)
    with pytest.raises(NotPossibleHere, match="cannot be reached"):
        hotkeys.bind("region", Hotkey(("Ctrl",), "G"))
    with pytest.raises(NotPossibleHere):
        hotkeys.bind("region", Hotkey(("Ctrl",), "G"))
    hotkeys.close()
    assert "hotkeys" not in [thread.name for thread in threading.enumerate()]


def test_closing_what_never_began() -> None:
    X11Hotkeys(":9999", lambda binding: None).close()
