from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

from grokdesk.errors import NotPossibleHere
from grokdesk.ui.clipboard import copy_mime
from grokdesk.ui.panel.copying import plain_mime_of


def test_text_is_there_afterwards(qapp: QApplication) -> None:
    copy_mime(qapp.clipboard(), plain_mime_of("A red square."))
    assert qapp.clipboard().text() == "A red square."


def test_rich_and_plain_go_together(qapp: QApplication) -> None:
    data = QMimeData()
    data.setText("**a**")
    data.setHtml("<b>a</b>")
    copy_mime(qapp.clipboard(), data)
    assert qapp.clipboard().mimeData().html() == "<b>a</b>"
    assert qapp.clipboard().text() == "**a**"


def test_a_clipboard_that_keeps_nothing_is_told(qapp: QApplication) -> None:
    class Forgetful:
        def setMimeData(self, _data: QMimeData) -> None:  # noqa: N802 - Qt's name
            pass

        def mimeData(self) -> QMimeData:  # noqa: N802 - Qt's name
            return QMimeData()

    with pytest.raises(NotPossibleHere):
        copy_mime(Forgetful(), plain_mime_of("text"))  # type: ignore[arg-type]  # only these two methods matter
