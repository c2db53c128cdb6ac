from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from grokdesk import __version__
from grokdesk.doctor.running import parts_from
from grokdesk.system.part_state import PartState
from grokdesk.system.session import Session
from grokdesk.ui.shell.doctor_clipboard import MOST_FORMATS, check_qt_clipboard
from grokdesk.ui.shell.doctor_running import RunningDoctor
from tests.ui.clipboard.test_clipboard import Forgetful

HOTKEYS = PartState("ok", "x11", "Ctrl+Alt+G is active.")


@pytest.mark.parametrize(
    ("session", "parts"),
    [
        (Session("x11", display=":0"), {"hotkeys", "clipboard"}),
        (Session("wayland", wayland_display="wayland-0"), {"hotkeys"}),
    ],
)
def test_the_running_program_answers_for_its_own_parts(qapp: QApplication, session: Session, parts: set[str]) -> None:
    doctor = RunningDoctor({"hotkeys": lambda: HOTKEYS}, qapp.clipboard(), session)
    replies: list[tuple[int, str, str]] = []
    doctor.answer(lambda *reply: replies.append(reply))
    ((code, out, err),) = replies
    told = parts_from(out)
    assert (code, err, told.version) == (0, "", __version__)
    assert set(told.parts) == parts
    assert told.parts["hotkeys"] == HOTKEYS


def test_an_empty_clipboard_is_empty_again(qapp: QApplication) -> None:
    qapp.clipboard().clear()
    state = check_qt_clipboard(qapp.clipboard())
    assert (state.state, state.why) == (
        "ok",
        "Rich and plain text were copied and read back. It was empty and is empty again.",
    )
    assert qapp.clipboard().text() == ""


def test_everything_on_it_comes_back(qapp: QApplication) -> None:
    data = QMimeData()
    data.setText("plain")
    data.setHtml("<b>rich</b>")
    data.setData("application/x-own", b"\x00\x01")
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    data.setImageData(image)
    qapp.clipboard().setMimeData(data)
    assert check_qt_clipboard(qapp.clipboard()).why.endswith("What you had copied was restored.")
    there = qapp.clipboard().mimeData()
    assert (there.text(), there.html(), bytes(there.data("application/x-own").data())) == (
        "plain",
        "<b>rich</b>",
        b"\x00\x01",
    )
    assert qapp.clipboard().image() == image


@pytest.mark.parametrize("reason", ["without content", "too many"])
def test_what_could_not_be_put_back_is_not_touched(qapp: QApplication, reason: str) -> None:
    data = QMimeData()
    data.setText("mine")
    if reason == "without content":
        data.setData("application/x-own", b"")
    else:
        for number in range(MOST_FORMATS):
            data.setData(f"application/x-{number}", b"x")
    qapp.clipboard().setMimeData(data)
    assert "Not tested" in check_qt_clipboard(qapp.clipboard()).why
    assert qapp.clipboard().text() == "mine"


def test_a_clipboard_that_keeps_nothing(qapp: QApplication) -> None:
    class Emptied(Forgetful):
        def clear(self) -> None:
            pass

    state = check_qt_clipboard(Emptied())  # type: ignore[arg-type]  # only these three methods matter
    assert state.state == "degraded"
