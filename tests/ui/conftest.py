from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication


@pytest.fixture(autouse=True)
def empty_clipboard() -> Iterator[None]:
    """The offscreen platform crashes at exit with something on its clipboard that Python made; X11 does not."""
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()
