"""Another frame or page of a file that has several: an entry for the menu of a picture, and the question which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QWidget

from grokdesk.model import Picture, PreparedImage


def add_frame_action(
    menu: QMenu, picture: Picture, prepared: PreparedImage | None, window: QWidget, put: Callable[[Picture], object]
) -> None:
    """Nothing for a picture that is all there is. ``put`` gets the picture with the frame that was chosen."""
    if prepared is None or prepared.frames < 2:
        return
    words = f"{prepared.frame_word.capitalize()} {picture.frame + 1} of {prepared.frames}…"
    menu.addAction(words, lambda: ask_frame(picture, prepared, window, put))


def ask_frame(
    picture: Picture, prepared: PreparedImage, window: QWidget, put: Callable[[Picture], object]
) -> QInputDialog:
    """Asks in a dialog of ``window``; the window goes on."""
    dialog = QInputDialog(window)
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setWindowTitle(f"Choose a {prepared.frame_word}")
    dialog.setLabelText(f"Which {prepared.frame_word} of {picture.name} is sent? 1 to {prepared.frames}:")
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
