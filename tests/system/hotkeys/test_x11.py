"""Without a display. Real keys: tests/e2e/test_hotkeys.py."""

from __future__ import annotations

import sys

import pytest

from grokdesk.system.hotkeys.x11 import x11_hotkeys
from tests.system.hotkeys.hotkeys_contract import G, threads

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names an X11 display")


def test_a_display_that_is_not_there_is_said_each_time() -> None:
    hotkeys = x11_hotkeys(":9999", lambda binding: None, lambda states: None)
    for _ in range(2):
        state = hotkeys.bind({"region": G})["region"]
        assert (state.state, state.why) == ("impossible", "The display :9999 cannot be reached.")
    hotkeys.close()
    assert not threads()
