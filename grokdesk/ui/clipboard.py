"""Putting something on the clipboard, and looking whether it is there before anybody says so."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard

from grokdesk.errors import NotPossibleHere


def copy_mime(clipboard: QClipboard, data: QMimeData) -> None:
    """Put ``data`` on the clipboard, which takes it over, and read its text back.

    Raises NotPossibleHere when it is not there.
    """
    text = data.text()
    clipboard.setMimeData(data)
    there = clipboard.mimeData()
    if there is None or there.text() != text:
        raise NotPossibleHere(
            "The clipboard did not take the text.",
            "Another program may hold the clipboard: select the answer and copy it by hand.",
        )
