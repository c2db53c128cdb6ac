from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from grokdesk.errors import PermissionNeeded
from grokdesk.paths import resources
from grokdesk.ui.capture.permission import CapturePermissionWindow
from grokdesk.ui.kit.theme import Theme


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> CapturePermissionWindow:
    window = CapturePermissionWindow(Theme(qapp, resources() / "icons"), QIcon())
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.present(PermissionNeeded("Your desktop wants to ask.", "Choose Allow."))
    return window


def test_it_explains_and_has_the_focus(window: CapturePermissionWindow) -> None:
    words = [label.text() for label in window.findChildren(QLabel)]
    assert "Your desktop wants to ask. Choose Allow." in words
    assert window.go_on.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_continue_keeps_it_open_for_the_question(qtbot: QtBot, window: CapturePermissionWindow, key: Qt.Key) -> None:
    cancelled: list[bool] = []
    window.cancelled.connect(lambda: cancelled.append(True))
    with qtbot.waitSignal(window.continued):
        qtbot.keyClick(window.go_on, key)
    assert window.isVisible()
    assert not window.go_on.isEnabled()
    window.done()
    assert not window.isVisible()
    assert not cancelled


def test_every_way_out_cancels_once(qtbot: QtBot, window: CapturePermissionWindow) -> None:
    said: list[bool] = []
    window.cancelled.connect(lambda: said.append(True))
    qtbot.keyClick(window.go_on, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window.present(PermissionNeeded("Again.", ""))
    window.cancel.click()
    window.present(PermissionNeeded("Again.", ""))
    window.close()
    assert said == [True, True, True]
