from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.keyring_daemon import session_bus


@pytest.fixture
def bus_address(tmp_path: Path) -> Iterator[str]:
    """A real bus of this test's own, which starts nothing by itself."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    with session_bus(tmp_path, os.environ) as address:
        yield address
