from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.content import TEXT
from grokdesk.system.session import Session
from grokdesk.ui.clipboard.handover import Handover, Outcome, Saved, X11Manager
from tests.support.desktops.clipboards import MemoryClipboard

X11 = Session("x11", display=":0")


class Ours:
    """A clipboard that has what we copied, or what somebody else did."""

    def __init__(self, *, is_ours: bool = True) -> None:
        self._is_ours = is_ours
        self._data = QMimeData()
        self._data.setText("a")

    def clear(self) -> None:
        self._data = QMimeData()

    def ownsClipboard(self) -> bool:  # noqa: N802 - Qt's name
        return self._is_ours

    def mimeData(self) -> QMimeData:  # noqa: N802 - Qt's name
        return self._data


@dataclass
class Manager:
    """A clipboard manager that answers so, and brings back what nobody owns or does not."""

    answer: Saved
    brings: bool = False

    def save(self, seconds: float) -> Saved:
        return self.answer

    def brings_back(self, seconds: float) -> bool:
        return self.brings


def outcome(qtbot: QtBot, handover: Handover) -> Outcome:
    with qtbot.waitSignal(handover.finished) as signal:
        handover.begin()
    found = signal.args[0] if signal.args else None
    assert isinstance(found, Outcome)
    return found


@pytest.fixture
def tools(qapp: QApplication) -> MemoryClipboard:
    return MemoryClipboard()


@pytest.mark.parametrize("manager", [Manager("saved"), Manager("silent", brings=True)], ids=["answers", "is silent"])
def test_a_manager_that_keeps_it_is_enough(qtbot: QtBot, tools: MemoryClipboard, manager: Manager) -> None:
    clipboard = Ours()
    tools.forms = {TEXT: b"a"}  # what the manager brought back, as every other program sees it
    handover = Handover(clipboard, tools, X11, manager=manager)  # type: ignore[arg-type]  # three methods matter
    assert outcome(qtbot, handover) == Outcome("clipboard manager")
    assert tools.copied == []
    # Qt would wait at its end for a manager that is silent, unless the clipboard is no longer ours.
    assert clipboard.mimeData().hasText() == (manager.answer == "saved")


@pytest.mark.parametrize("manager", [Manager("absent"), Manager("silent")], ids=["absent", "broken"])
def test_without_one_a_tool_takes_over(qtbot: QtBot, tools: MemoryClipboard, manager: Manager) -> None:
    handover = Handover(Ours(), tools, X11, manager=manager)  # type: ignore[arg-type]
    assert outcome(qtbot, handover) == Outcome("memory")
    assert tools.forms == {TEXT: b"a"}


def test_a_manager_that_brings_back_something_older_is_not_believed(qtbot: QtBot, tools: MemoryClipboard) -> None:
    tools.forms = {TEXT: b"older"}
    handover = Handover(Ours(), tools, X11, manager=Manager("silent", brings=True))  # type: ignore[arg-type]
    assert outcome(qtbot, handover) == Outcome("memory")
    assert tools.forms == {TEXT: b"a"}


def test_nobody_can_look_without_a_tool(qtbot: QtBot, tools: MemoryClipboard) -> None:
    tools.trouble = NotPossibleHere("xclip is not installed.")
    handover = Handover(Ours(), tools, X11, manager=Manager("silent", brings=True))  # type: ignore[arg-type]
    assert outcome(qtbot, handover) == Outcome("clipboard manager")


def test_on_wayland_a_tool_takes_over(qtbot: QtBot, tools: MemoryClipboard) -> None:
    handover = Handover(Ours(), tools, Session("wayland", wayland_display="wayland-0"))  # type: ignore[arg-type]
    assert outcome(qtbot, handover) == Outcome("memory")


def test_what_is_lost_is_said(qtbot: QtBot, tools: MemoryClipboard) -> None:
    tools.trouble = NotPossibleHere("xclip is not installed.", "Install xclip.")
    handover = Handover(Ours(), tools, X11, manager=Manager("absent"))  # type: ignore[arg-type]
    lost = outcome(qtbot, handover)
    assert lost.keeper == ""
    assert lost.sentence == "What you copied from GrokDesk could not be kept. xclip is not installed. Install xclip."


def test_a_display_that_is_gone_has_no_manager() -> None:
    manager = X11Manager(":4711")
    assert manager.save(1) == "absent"
    assert not manager.brings_back(1)


@pytest.mark.parametrize("session", [X11, Session("windows"), Session("macos"), Session("none")])
def test_what_is_not_ours_or_kept_by_the_system_is_left_alone(
    qtbot: QtBot, tools: MemoryClipboard, session: Session
) -> None:
    clipboard = Ours(is_ours=session is not X11)
    assert outcome(qtbot, Handover(clipboard, tools, session)).keeper  # type: ignore[arg-type]
    assert tools.copied == []
