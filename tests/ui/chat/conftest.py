from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.ui.kit.theme import Theme
from tests.support.windows.panel import Desk


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, resources() / "icons")
    made.choose("light")
    yield made
    bury()  # or every view of the test, with all its text, would be drawn in another scheme once more
    made.choose("system")
    made.deleteLater()
    bury()


def bury() -> None:
    """Without an event loop Qt deletes nothing that waits for it."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def desk(theme: Theme, qtbot: QtBot) -> Desk:
    made = Desk(theme)
    qtbot.addWidget(made.panel)
    made.panel.resize(600, 500)
    made.panel.show()
    return made
