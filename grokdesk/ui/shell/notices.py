"""What a person has to know about the files of the program: that one was damaged, or that nothing can be kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt, Signal, Slot

from grokdesk.paths import Paths
from grokdesk.private_files import make_private_folder
from grokdesk.translation import _

ROOM = 64 * 1024
"""Bytes that have to fit into a folder for anything to be kept there."""


class Notices(QObject):
    """Gathers sentences until somebody can show them. They come from any thread, some before there is a window."""

    ready = Signal(str)

    _arrived = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[str] = []
        self._is_shown = False
        self._known: set[str] = set()
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.came_early: list[str] = []
        """What came before anything was asked: at least part of the files was not as it was left."""

    def tell(self, sentence: str) -> None:
        """From any thread."""
        if not self._is_shown:
            self.came_early.append(sentence)
        self._arrived.emit(sentence)

    def show_from_now_on(self) -> None:
        """Everything that has come and will come is given by ``ready``, each sentence once."""
        self._is_shown = True
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.ready.emit(" ".join(waiting))

    @Slot(str)
    def _take(self, sentence: str) -> None:
        if sentence in self._known:
            return
        self._known.add(sentence)
        if self._is_shown:
            self.ready.emit(sentence)
        else:
            self._waiting.append(sentence)


def folder_troubles(paths: Paths) -> Iterator[str]:
    """A sentence for each folder in which nothing can be kept. Writes into them, so not on the thread of a window."""
    losses = {
        paths.config: _("Changed settings are not saved."),
        paths.data: _("Questions and answers are not saved."),
    }
    for folder, loss in losses.items():
        try:
            make_private_folder(folder)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"\0" * ROOM)
                file.flush()
                os.fsync(file.fileno())  # some disks notice only then that they are full
        except OSError as error:
            why = error.strerror or type(error).__name__
            yield _("GrokDesk cannot write to {folder}: {why}. {loss}").format(folder=folder, why=why, loss=loss)
