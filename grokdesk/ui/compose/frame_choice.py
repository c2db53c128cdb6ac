"""Another frame or page of a file that has several: an entry for the menu of a picture, and the question which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QWidget

from grokdesk.model import Picture, PreparedImage
from grokdesk.translation import _


def add_frame_action(
    menu: QMenu, picture: Picture, prepared: PreparedImage | None, window: QWidget, put: Callable[[Picture], object]
) -> None:
    """Nothing for a picture that is all there is. ``put`` gets the picture with the frame that was chosen."""
    if prepared is None or prepared.frames < 2:
        return
    words = _page_or_frame(prepared, _("Page {number} of {count}…"), _("Frame {number} of {count}…"))
    words = words.format(number=picture.frame + 1, count=prepared.frames)
    menu.addAction(words, lambda: ask_frame(picture, prepared, window, put))


def _page_or_frame(prepared: PreparedImage, page: str, frame: str) -> str:
    return page if prepared.frame_word == "page" else frame


def ask_frame(
    picture: Picture, prepared: PreparedImage, window: QWidget, put: Callable[[Picture], object]
) -> QInputDialog:
    """Asks in a dialog of ``window``; the window goes on."""
    dialog = QInputDialog(window)
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setWindowTitle(_page_or_frame(prepared, _("Choose a page"), _("Choose a frame")))
    words = _page_or_frame(prepared, _("Page of {name}, 1 to {count}:"), _("Frame of {name}, 1 to {count}:"))
    dialog.setLabelText(words.format(name=picture.name, count=prepared.frames))
    for label in dialog.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)  # names come from anywhere
    dialog.setIntRange(1, prepared.frames)
    dialog.setIntValue(picture.frame + 1)

    def choose(number: int) -> None:
        if number - 1 != picture.frame:
            put(replace(picture, frame=number - 1, url=""))  # a server that fetches it itself would take the first

    dialog.intValueSelected.connect(choose)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
