from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.errors import NotPossibleHere
from grokdesk.system.clipboard.content import HTML, PNG, TEXT
from grokdesk.system.session import Session
from grokdesk.ui.chat.copying import mime_of
from grokdesk.ui.clipboard.clipboard import Copied, Copier
from tests.support.desktops.clipboards import MemoryClipboard
from tests.support.images.pictures import capture

X11 = Session("x11", display=":0")
SWAY = Session("wayland", "sway", wayland_display="wayland-0")
GNOME = Session("wayland", "gnome", wayland_display="wayland-0")


class Forgetful:
    """A clipboard that keeps nothing."""

    def setMimeData(self, _data: QMimeData) -> None:  # noqa: N802 - Qt's name
        pass

    def mimeData(self) -> QMimeData:  # noqa: N802 - Qt's name
        return QMimeData()


@pytest.fixture
def tools() -> MemoryClipboard:
    return MemoryClipboard()


def result(qtbot: QtBot, copier: Copier, copy: Callable[[], None]) -> Copied:
    with qtbot.waitSignal(copier.copied) as signal:
        copy()
    copied = signal.args[0] if signal.args else None
    assert isinstance(copied, Copied)
    return copied


def test_rich_and_plain_go_together(qtbot: QtBot, qapp: QApplication, tools: MemoryClipboard) -> None:
    copier = Copier(qapp.clipboard(), tools, X11)
    assert result(qtbot, copier, lambda: copier.copy(mime_of("**a**"))) == Copied("qt", (TEXT, HTML))
    assert qapp.clipboard().text() == "**a**"
    assert "<strong>a</strong>" in qapp.clipboard().mimeData().html()
    assert tools.copied == []


def test_a_picture_is_a_png_and_pixels(qtbot: QtBot, qapp: QApplication, tools: MemoryClipboard) -> None:
    copier, pixels = Copier(qapp.clipboard(), tools, X11), capture(40, 30).pixels
    assert result(qtbot, copier, lambda: copier.copy_picture(pixels)).kinds == (PNG,)
    there = qapp.clipboard().mimeData()
    encoded = QImage.fromData(there.data(PNG))
    wanted = QImage(pixels.data, 40, 30, 160, QImage.Format.Format_RGB32)
    assert encoded.convertToFormat(QImage.Format.Format_RGB32) == wanted
    assert qapp.clipboard().image().convertToFormat(QImage.Format.Format_RGB32) == wanted


def test_where_qt_fails_a_tool_copies(qtbot: QtBot, tools: MemoryClipboard) -> None:
    copier = Copier(Forgetful(), tools, X11)  # type: ignore[arg-type]  # only these two methods matter
    copied = result(qtbot, copier, lambda: copier.copy(mime_of("**a**")))
    assert copied == Copied("memory", (TEXT,), "Copied without formatting")
    assert tools.forms == {TEXT: b"**a**"}


@pytest.mark.parametrize("session", [X11, SWAY])
def test_when_nothing_works_copied_is_not_said(qtbot: QtBot, tools: MemoryClipboard, session: Session) -> None:
    tools.trouble = NotPossibleHere("wl-copy could not reach the clipboard.")
    copier = Copier(Forgetful(), tools, session, has_keys=lambda: False)  # type: ignore[arg-type]
    said: list[object] = []
    copier.copied.connect(said.append)
    with qtbot.waitSignal(copier.failed) as signal:
        copier.copy_text("a")
    assert str(signal.args[0]).startswith("Nothing was copied.")
    assert ("Click into the window" in str(signal.args[0])) == (session is SWAY)
    assert said == []


def test_on_wayland_without_the_keys_a_tool_copies(qtbot: QtBot, qapp: QApplication, tools: MemoryClipboard) -> None:
    copier = Copier(qapp.clipboard(), tools, SWAY, has_keys=lambda: False)
    assert result(qtbot, copier, lambda: copier.copy_text("a")) == Copied("memory", (TEXT,))
    assert qapp.clipboard().text() == ""


def test_on_wayland_a_witness_has_seen_it(qtbot: QtBot, qapp: QApplication, tools: MemoryClipboard) -> None:
    copier = Copier(qapp.clipboard(), tools, SWAY, has_keys=lambda: True)
    tools.forms = {TEXT: b"a"}  # as the compositor shows it to everybody
    assert result(qtbot, copier, lambda: copier.copy_text("a")).backend == "qt"
    assert tools.copied == []


def test_on_wayland_what_was_ignored_is_copied_again(qtbot: QtBot, qapp: QApplication, tools: MemoryClipboard) -> None:
    copier = Copier(qapp.clipboard(), tools, SWAY, has_keys=lambda: True)
    tools.forms = {TEXT: b"older"}
    assert result(qtbot, copier, lambda: copier.copy_text("a")).backend == "memory"
    assert tools.forms == {TEXT: b"a"}


def test_on_wayland_a_blind_witness_is_no_objection(qtbot: QtBot, qapp: QApplication, tools: MemoryClipboard) -> None:
    copier = Copier(qapp.clipboard(), tools, SWAY, has_keys=lambda: True)
    tools.trouble = NotPossibleHere("This compositor shows it to nobody.")
    assert result(qtbot, copier, lambda: copier.copy_text("a")).backend == "qt"


def test_on_gnome_no_witness_takes_the_keys_away(qtbot: QtBot, qapp: QApplication, tools: MemoryClipboard) -> None:
    copier = Copier(qapp.clipboard(), tools, GNOME, has_keys=lambda: True)
    assert result(qtbot, copier, lambda: copier.copy_text("a")).backend == "qt"


def test_the_newest_wins(qtbot: QtBot, tools: MemoryClipboard) -> None:
    copier = Copier(Forgetful(), tools, X11)  # type: ignore[arg-type]
    said: list[Copied] = []
    copier.copied.connect(said.append)
    copier.copy_picture(capture(400, 300).pixels)
    copier.copy_text("a")
    qtbot.waitUntil(lambda: bool(said))
    assert [copied.kinds for copied in said] == [(TEXT,)]
