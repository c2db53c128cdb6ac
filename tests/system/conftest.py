from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desktops.played_compositor import PlayedCompositor


@pytest.fixture
def play(tmp_path: Path) -> Iterator[PlayedCompositor]:
    """Be the Wayland compositor of one connection a call."""
    if sys.platform == "win32":
        pytest.skip("Wayland needs Unix sockets")
    compositor = PlayedCompositor(tmp_path)
    yield compositor
    compositor.close()
