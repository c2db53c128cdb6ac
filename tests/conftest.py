"""What every test has: its own home, no reach to the person's session, and no unexpected warning."""

from __future__ import annotations

import gc
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support.desktops.keyring_daemon import session_bus
from tests.support.desktops.needs import need_programs

# Before Qt is imported anywhere: no screen, and no session bus that belongs to somebody.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
for name in [name for name in os.environ if name.endswith("_API_KEY") or name.lower().endswith("_proxy")]:
    del os.environ[name]
# How long an example takes says how busy the computer is.
hypothesis.settings.register_profile("without a deadline", deadline=None)
hypothesis.settings.load_profile("without a deadline")
_home = tempfile.TemporaryDirectory(prefix="grokdesk-tests-")
os.environ["GROKDESK_HOME"] = _home.name


def pytest_collection_finish() -> None:
    """What was collected stays to the end: a collection of garbage within a test need not walk through it."""
    gc.freeze()


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning or worse in the log fails the test, unless the test read it away with ``caplog.clear()``."""
    yield
    loud = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    unexpected = [record.getMessage() for record in loud if record.levelno >= logging.WARNING]
    assert not unexpected, f"unexpected in the log: {unexpected}"


@pytest.fixture(autouse=True)
def garbage_on_this_thread() -> Iterator[None]:
    """As in the program (grokdesk/ui/kit/garbage.py): no QObject is deleted by a collection on another thread.

    A test without windows may run behind one that has left some, and pytest's workers have a thread of their own.
    """
    gc.disable()
    yield
    gc.disable()
    bury()
    gc.collect(1)


def bury() -> None:
    """Windows that a test has left, and what Qt keeps for an event loop: later tests would style each of them again."""
    if (qt := sys.modules.get("PySide6.QtWidgets")) is not None and qt.QApplication.instance() is not None:
        for window in qt.QApplication.topLevelWidgets():
            if window.parent() is None:
                window.deleteLater()
        qt.QApplication.sendPostedEvents(None, sys.modules["PySide6.QtCore"].QEvent.Type.DeferredDelete.value)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh GROKDESK_HOME."""
    monkeypatch.setenv("GROKDESK_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def bus_address(tmp_path: Path) -> Iterator[str]:
    """A real bus of this test's own, which starts nothing by itself."""
    need_programs("dbus-daemon")
    with session_bus(tmp_path, os.environ) as address:
        yield address
