"""Tests on a virtual desktop. Without its programs they are skipped, unless GROKDESK_E2E=required."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desktop import Desktop, missing_programs

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """One desktop for all tests; its log files stay in pytest's temporary folder."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the virtual desktop is an X11 one")
    if missing := missing_programs():
        reason = f"not installed: {', '.join(missing)}; packaging/dev.py check installs them"
        if os.environ.get("GROKDESK_E2E") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with Desktop(tmp_path_factory.mktemp("desktop")) as desktop:
        yield desktop
