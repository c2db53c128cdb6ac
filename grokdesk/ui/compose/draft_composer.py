"""Joins a composer to the draft it shows: what comes in, what is refused, what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from grokdesk.errors import GrokDeskError
from grokdesk.model import PreparedImage, Profile
from grokdesk.translation import N_, _, ngettext
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.compose.composer import ChipState, Composer
from grokdesk.ui.compose.draft import Draft, DraftPicture, HeldPicture
from grokdesk.ui.compose.scan_step import ScanStep

PICTURE_FILTER = N_(
    "Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.avif *.heic *.heif *.svg *.ico);;All files (*)"
)


MOST_ASIDE = 5
"""Drafts that can be brought back; their pictures stay in memory."""


class DraftComposer(QObject):
    submitted = Signal(str, str)
    """Text and action id; every picture of the draft is loaded now."""

    def __init__(
        self,
        draft: Draft,
        composer: Composer,
        needs_every_pixel: Callable[[str], bool] = lambda _action_id: False,
        unfit: Callable[[Iterable[PreparedImage], Profile], GrokDeskError | None] = lambda _images, _profile: None,
    ) -> None:
        """``needs_every_pixel`` says of an action, by its id, whether its pictures are prepared losslessly; ``unfit``
        of images, which of them a profile's model is known to refuse."""
        super().__init__(composer)
        self.draft = draft
        self.composer = composer
        self.needs_every_pixel = needs_every_pixel
        self._unfit = unfit
        self._waiting: tuple[str, str] | None = None
        self._waits_for_pictures = False
        self.scan_step: ScanStep | None = None
        self._folder = ""
        self._aside: list[tuple[tuple[HeldPicture, ...], str]] = []
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
                _("There is nothing in it to ask about."), _("Save the picture as a file and drop that.")
            )

    @Slot()
    def choose_files(self) -> None:
        names, _kind = QFileDialog.getOpenFileNames(self.composer, _("Open pictures"), self._folder, _(PICTURE_FILTER))
        for name in names:
            self._folder = str(Path(name).parent)
            self.draft.add_file(Path(name))

    def put_aside(self) -> None:
        """Empty it, as Esc does; the composer offers to bring back what was there."""
        self._waiting = None  # first: it must not leave without its pictures
        text = self.composer.text()
        held = self.draft.take_out()
        if held or text.strip():
            self._aside = [*self._aside, (held, text)][-MOST_ASIDE:]
        self.discard()
        self._offer_aside()

    def _offer_aside(self) -> None:
        if self._aside:
            self.composer.show_offer(_("The last draft was put aside."), _("Restore"), self.bring_back)

    def bring_back(self) -> None:
        """What was put aside last joins what is there."""
        if not self._aside:
            return
        held, text = self._aside.pop()
        self.draft.put_back(held)
        self.composer.set_text("\n".join(filter(None, (text, self.composer.text()))))
        self.composer.focus_text()

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
        self._waiting, self._waits_for_pictures = (text, action_id), bool(self.draft.entries)
        self._look_at_limits()
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
        if self._waits_for_pictures and not self.draft.entries:
            self._withdraw()  # the person has removed what the question was about
            return
        text, action_id = self._waiting
        self.draft.set_lossless(self.needs_every_pixel(action_id))
        # To prepare anew says ``changed``, which may have sent it already.
        if self._waiting is None or not self.draft.is_ready:
            return
        if self.composer.is_over_limit:
            self._withdraw()
            if self.scan_step is not None:
                self.scan_step.person_needed.emit()
            return
        if self.scan_step is None or self.scan_step.lets_go():
            self._waiting = None
            self.submitted.emit(text, action_id)

    def _withdraw(self) -> None:
        self._waiting = None
        if self.scan_step is not None:
            self.scan_step.forget()

    @Slot()
    def _prepare_for_default(self) -> None:
        """So that what is shown is what Enter sends, as far as that is known."""
        if self._waiting is None:
            self.draft.set_lossless(self.needs_every_pixel(self.composer.default_action))

    def _look_at_limits(self) -> None:
        """Say before Send what would be refused behind it."""
        from grokdesk.questions.context.weighing import megabytes, request_limits, weight_of_picture

        count, limits = len(self.draft.entries), self.draft.limits
        profile = self.scan_step.scan.profile if self.scan_step is not None else None
        most = limits.max_images if limits is not None else count
        images = [image for image in self.draft.prepared if image is not None]
        size = sum(weight_of_picture(image, lambda _url: False).bytes for image in images)
        allowed = request_limits(profile).max_bytes if profile is not None else size
        if count > most:
            more = count - most
            words = ngettext(
                "{count} pictures: at most {most} can be sent in one question. Remove {more}.",
                "{count} pictures: at most {most} can be sent in one question. Remove {more}.",
                count,
            ).format(count=count, most=most, more=more)
            button = ngettext("Remove the last one", "Remove the last {count}", more).format(count=more)
            self.composer.set_limit(words, [(button, lambda: self._remove_last(more))])
        elif size > allowed:
            words = _("The pictures are {size}, and {profile} accepts at most {limit} in one request. Remove some.")
            name = profile.name if profile is not None else ""
            words = words.format(size=megabytes(size), profile=name, limit=megabytes(allowed))
            self.composer.set_limit(words, [(_("Remove the last one"), lambda: self._remove_last(1))])
        elif profile is not None and (unfit := self._unfit(images, profile)) is not None:
            self.composer.set_limit(str(unfit))
        else:
            self.composer.set_limit("")

    def _remove_last(self, count: int) -> None:
        self.composer.focus_text()
        for entry in self.draft.entries[-count:]:
            self.draft.remove(entry.id)

    @Slot()
    def _show(self) -> None:
        self._look_at_limits()
        self.composer.set_pictures([self._chip_of(entry) for entry in self.draft.entries])
        self._go_on()

    def _chip_of(self, entry: DraftPicture) -> ChipState:
        return self.scan_step.chip_of(entry) if self.scan_step is not None else chip_of(entry)

    @Slot(object)
    def _refuse(self, error: GrokDeskError) -> None:
        self._withdraw()  # a question about fewer pictures than meant is not sent unseen
        self.composer.show_problem(error.title, error.hint)


def chip_of(entry: DraftPicture) -> ChipState:
    frame = entry.picture.frame if entry.picture is not None else 0
    return ChipState(entry.id, entry.name, entry.thumbnail, entry.prepared, frame=frame)
