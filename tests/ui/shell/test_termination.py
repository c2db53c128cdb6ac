from __future__ import annotations

import os
import signal

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from grokdesk.ui.shell.termination import Termination


class Heard(QObject):
    quit = Signal()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_wakes_the_loop(qtbot: QtBot, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    heard = Heard()
    termination = Termination(heard.quit.emit)
    try:
        with qtbot.waitSignal(heard.quit):
            os.kill(os.getpid(), number)
    finally:
        termination.close()
    assert signal.getsignal(number) is before
