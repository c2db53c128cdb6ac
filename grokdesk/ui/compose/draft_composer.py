"""Joins a composer to the draft it shows: what comes in, what is refused, what is sent."""

from __future__ import annotations

from collections.abc import Callable
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

    def __init__(
        self, draft: Draft, composer: Composer, needs_every_pixel: Callable[[str], bool] = lambda _action_id: False
    ) -> None:
        """``needs_every_pixel`` says of an action, by its id, whether its pictures are prepared losslessly."""
        super().__init__(composer)
        self.draft = draft
        self.composer = composer
        self.needs_every_pixel = needs_every_pixel
        self._waiting: tuple[str, str] | None = None
        self.scan_step: ScanStep | None = None
        self._folder = ""
        draft.changed.connect(self._show)
        draft.refused.connect(self._refuse)
        composer.incoming.connect(self.take)
        composer.picture_removed.connect(draft.remove)
        composer.add_requested.connect(self.choose_files)
        composer.submitted.connect(self.submit)
        composer.default_changed.connect(self._prepare_for_default)
        self._prepare_for_default()

    def use_scan(self, scan_step: ScanStep) -> None:
        """Look at pictures before they leave."""
        self.scan_step = scan_step
        scan_step.changed.connect(self._show)
        scan_step.given_up.connect(self._stop_waiting)
        scan_step.as_it_is_wanted.connect(self._send_as_it_is)

    @Slot()
    def _stop_waiting(self) -> None:
        self._waiting = None
        self._prepare_for_default()

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
        """Ask as soon as every picture is ready; not at all when one is refused.

        What leaves is what the draft holds then: an action that needs other bytes has them made, scanned and shown
        first.
        """
        if self.scan_step is not None:
            if self._waiting not in (None, (text, action_id)):
                self.scan_step.forget()  # what the person decided was about another question
            self.scan_step.send()
        self._waiting = (text, action_id)
        self._go_on()

    def _send_as_it_is(self) -> None:
        """What is written, without redactions."""
        if self.scan_step is not None:
            self.scan_step.scan.state = self.scan_step.scan.state.send_as_it_is()
            self.composer.send_default()
            if self._waiting is None:  # it is gone, or there was nothing to send: the next question is another one
                self.scan_step.forget()

    def _go_on(self) -> None:
        """Send what waits if that is possible now."""
        if self._waiting is None:
            return
        text, action_id = self._waiting
        self.draft.set_lossless(self.needs_every_pixel(action_id))
        # To prepare anew says ``changed``, which may have sent it already.
        if self._waiting is None or not self.draft.is_ready:
            return
        if self.scan_step is None or self.scan_step.lets_go():
            self._waiting = None
            self.submitted.emit(text, action_id)

    @Slot()
    def _prepare_for_default(self) -> None:
        """So that what is shown is what Enter sends, as far as that is known."""
        if self._waiting is None:
            self.draft.set_lossless(self.needs_every_pixel(self.composer.default_action))

    @Slot()
    def _show(self) -> None:
        self.composer.set_pictures([self._chip_of(entry) for entry in self.draft.entries])
        self._go_on()

    def _chip_of(self, entry: DraftPicture) -> ChipState:
        return self.scan_step.chip_of(entry) if self.scan_step is not None else chip_of(entry)

    @Slot(object)
    def _refuse(self, error: GrokDeskError) -> None:
        self._waiting = None  # a question about fewer pictures than meant is not sent unseen
        if self.scan_step is not None:
            self.scan_step.forget()
        self.composer.show_problem(error.title, error.hint)


def chip_of(entry: DraftPicture) -> ChipState:
    frame = entry.picture.frame if entry.picture is not None else 0
    return ChipState(entry.id, entry.name, entry.thumbnail, entry.prepared, frame=frame)
