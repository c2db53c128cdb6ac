"""Joins a composer to the draft it shows: what comes in, what is refused, what is sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from grokdesk.errors import GrokDeskError
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.composer import ChipState, Composer
from grokdesk.ui.compose.draft import Draft, DraftPicture
from grokdesk.ui.compose.scan_step import ScanStep

PICTURE_FILTER = (
    "Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif *.heic *.heif *.svg *.ico);;All files (*)"
)


class DraftComposer(QObject):
    submitted = Signal(str, str)
    """Text and action id; every picture of the draft is loaded now."""

    def __init__(self, draft: Draft, composer: Composer) -> None:
        super().__init__(composer)
        self.draft = draft
        self.composer = composer
        self._waiting: tuple[str, str] | None = None
        self.scan_step: ScanStep | None = None
        self._folder = ""
        draft.changed.connect(self._show)
        draft.refused.connect(self._refuse)
        composer.incoming.connect(self.take)
        composer.picture_removed.connect(draft.remove)
        composer.add_requested.connect(self.choose_files)
        composer.submitted.connect(self.submit)

    def use_scan(self, scan_step: ScanStep) -> None:
        """Look at pictures before they leave."""
        self.scan_step = scan_step
        scan_step.changed.connect(self._show)
        scan_step.given_up.connect(self._stop_waiting)

    @Slot()
    def _stop_waiting(self) -> None:
        self._waiting = None

    @Slot(object)
    def take(self, incoming: Incoming) -> None:
        """Pictures, files and links join the draft; the rest is refused in a sentence."""
        for picture in incoming.pictures:
            self.draft.add_picture(picture)
        for file in incoming.files:
            self.draft.add_file(file)
        for link in incoming.links:
            self.draft.add_link(link)
        if incoming.refused:
            self.composer.show_problem(" ".join(incoming.refused))
        elif incoming.is_empty:
            self.composer.show_problem(
                "There is nothing in it to ask about.", "Save the picture as a file and drop that."
            )

    @Slot()
    def choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self.composer, "Open pictures", self._folder, PICTURE_FILTER)
        for name in names:
            self._folder = str(Path(name).parent)
            self.draft.add_file(Path(name))

    def discard(self) -> None:
        """Forget the pictures and the text."""
        self._waiting = None
        self.draft.clear()
        self.composer.clear()
        if self.scan_step is not None:
            self.scan_step.forget()

    @Slot(str, str)
    def submit(self, text: str, action_id: str) -> None:
        """Ask as soon as every picture is ready; not at all when one is refused."""
        if not self.draft.is_ready or (self.scan_step is not None and not self.scan_step.lets_go()):
            self._waiting = (text, action_id)
        else:
            self._waiting = None
            self.submitted.emit(text, action_id)

    @Slot()
    def _show(self) -> None:
        self.composer.set_pictures([self._chip_of(entry) for entry in self.draft.entries])
        if self._waiting is not None:
            self.submit(*self._waiting)

    def _chip_of(self, entry: DraftPicture) -> ChipState:
        return self.scan_step.chip_of(entry) if self.scan_step is not None else chip_of(entry)

    @Slot(object)
    def _refuse(self, error: GrokDeskError) -> None:
        self._waiting = None  # a question about fewer pictures than meant is not sent unseen
        self.composer.show_problem(error.title, error.hint)


def chip_of(entry: DraftPicture) -> ChipState:
    frame = entry.picture.frame if entry.picture is not None else 0
    return ChipState(entry.id, entry.name, entry.thumbnail, entry.prepared, frame=frame)
