from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from grokdesk.ui.kit.controls import announce


def test_announcing_works_without_a_screen_reader(qtbot: QtBot) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    label.show()
    announce(label, "The answer is complete.")
