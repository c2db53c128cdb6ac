"""What a person sees of the scan: the row in the composer, outlines on the thumbnails, the viewer, what Send does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from grokdesk.errors import GrokDeskError
from grokdesk.model import BLOCK, OFF, SUGGEST, Finding, ImageLimits, Picture, PreparedImage, Region
from grokdesk.pictures.decode.raw_pixels import pixels_of
from grokdesk.questions.scan import in_words
from grokdesk.translation import _
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.compose.draft import Draft, DraftPicture
from grokdesk.ui.compose.draft_scan import DraftScan
from grokdesk.ui.compose.picture_boxes import Boxes, boxes_for
from grokdesk.ui.compose.picture_chips import ChipState, caption_of
from grokdesk.ui.compose.picture_viewer import PictureViewer
from grokdesk.ui.compose.scan_row import Choice
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.raw_image import image_from


class ScanStep(QObject):
    changed = Signal()
    """What is known of the pictures: the thumbnails may show more, and a question that waits may go on."""
    person_needed = Signal()
    """A question waits for the person, who may not see the composer."""
    given_up = Signal()
    """The person does not want to send what waits."""
    as_it_is_wanted = Signal()
    """The person wants to send what is written, without redactions."""

    def __init__(
        self, draft: Draft, composer: Composer, scan: DraftScan, make_viewer: Callable[[], PictureViewer]
    ) -> None:
        super().__init__(composer)
        self._draft, self._composer, self.scan = draft, composer, scan
        self._make_viewer = make_viewer
        self._viewer: PictureViewer | None = None
        self._opened: DraftPicture | None = None
        self._showing: Job[tuple[PreparedImage, QImage]] | None = None
        self._limits = ImageLimits()
        scan.changed.connect(self._refresh)
        draft.changed.connect(self._refresh)
        scan.failed.connect(self._not_redacted)
        composer.picture_opened.connect(self.open_viewer)

    # --- at Send ---

    def send(self) -> None:
        """Send was pressed, or a chip, or Enter; ``lets_go`` says what comes of it."""
        if self._composer.isVisible() and self._composer.scan_row.words and not self._is_waiting:
            self.scan.state = self.scan.state.see()
        self.scan.state = self.scan.state.send()

    def lets_go(self) -> bool:
        """True when the question may leave now, with just the bytes that the draft holds prepared.

        Else the row says why, and ``changed`` comes when it is worth asking again.
        """
        what = self.scan.state.decision
        if what == "send":
            self.forget()
            return True
        if what == "redact":
            self.scan.redact_all()
        self._show_row()
        if what in ("ask", "refuse"):
            self.person_needed.emit()
        return False

    def forget(self) -> None:
        """The question does not wait any more."""
        self.scan.state = self.scan.state.withdraw()
        self._show_row()

    @property
    def _is_waiting(self) -> bool:
        return self.scan.state.request != "none"

    # --- the row ---

    @Slot()
    def _refresh(self) -> None:
        self._show_row()
        self.changed.emit()

    def _show_row(self) -> None:
        row, state = self._composer.scan_row, self.scan.state
        found = [finding for _, finding in state.in_the_way]
        if state.is_scanning or state.is_redacting:
            self._show_scanning()
        elif found or (state.problem and state.policy != OFF):
            self._show_found(found, state.problem)
        else:
            row.close_row()
        suggests = bool(found) and (state.policy == SUGGEST or state.decision in ("ask", "refuse"))
        self._composer.set_send_redacts(suggests and not state.is_scanning)

    def _show_scanning(self) -> None:
        """Where nothing waits, a scan takes no room until it has found something: the row would jump."""
        row, state = self._composer.scan_row, self.scan.state
        if not self._is_waiting:
            row.close_row()
            return
        choices: list[Choice] = [(_("Cancel"), self._give_up)]
        if state.policy == SUGGEST and not state.is_redacting:
            choices.append((_("Send now"), self._send_as_it_is))
        row.say(_("Redacting…") if state.is_redacting else _("Scanning for sensitive data…"), choices)

    def _show_found(self, found: list[Finding], problem: str) -> None:
        row, policy, name = self._composer.scan_row, self.scan.policy, self._profile_name
        words = in_words(found) if found else _("Not scanned for sensitive data. {reason}").format(reason=problem)
        waits, blocks = self._is_waiting, policy == BLOCK
        if waits and blocks:
            words = _("Not sent to {profile}. {found}").format(profile=name, found=words)
        elif waits:
            ended = words if words.endswith(".") else f"{words}."
            words = _("{found} Send to {profile} as it is?").format(found=ended, profile=name)
        choices: list[Choice] = [(_("Cancel"), self._give_up)] if waits else []
        if found:
            choices.append((_("Review"), self._open_first))
        if found and not waits:
            choices.append((_("Redact"), self._redact))
        if (waits and not blocks) or (found and policy == SUGGEST):
            choices.append((_("Send as it is"), self._send_as_it_is))
        if found and waits:
            choices.append((_("Redact and send"), self._redact_and_send))
        row.say(words, choices, icon="warning", role="bad" if blocks else "warn")
        if self._composer.isVisible() and not waits:
            self.scan.state = self.scan.state.see()

    @property
    def _profile_name(self) -> str:
        return self.scan.profile.name if self.scan.profile is not None else ""

    def _redact(self) -> None:
        self._composer.focus_text()  # the button goes
        self.scan.redact_all()

    def _redact_and_send(self) -> None:
        self._composer.focus_text()
        self.scan.state = self.scan.state.redact_and_send()
        self.changed.emit()

    def _send_as_it_is(self) -> None:
        self._composer.focus_text()
        if not self._is_waiting:
            self.as_it_is_wanted.emit()
            return
        self.scan.state = self.scan.state.send_as_it_is()
        self.changed.emit()

    def _give_up(self) -> None:
        self._composer.focus_text()
        self.forget()
        self.given_up.emit()

    @Slot(object)
    def _say(self, error: GrokDeskError) -> None:
        self._composer.show_problem(error.title, error.hint)

    @Slot(object)
    def _not_redacted(self, error: GrokDeskError) -> None:
        self._say(error)
        self.given_up.emit()  # what waited is not sent, see ``ScanState.not_redacted``

    # --- the chips ---

    def chip_of(self, entry: DraftPicture) -> ChipState:
        suggested, each = self.scan.suggested(entry), self.scan.image(entry.id)
        return ChipState(
            entry.id,
            entry.name,
            entry.thumbnail,
            entry.prepared,
            suggested=tuple(region for finding in suggested for region in finding.regions),
            found=in_words(suggested) if suggested else "",
            is_scanning=self.scan.policy != OFF and not each.is_scanned,
            redactions=len(each.boxes),
            frame=entry.picture.frame if entry.picture is not None else 0,
        )

    # --- the viewer ---

    def set_limits(self, limits: ImageLimits) -> None:
        self._limits = limits

    def _open_first(self) -> None:
        for entry in self._draft.entries:
            if self.scan.image(entry.id).visible:
                self.open_viewer(entry.id)
                return

    @Slot(int)
    def open_viewer(self, picture_id: int) -> None:
        """Show the picture without its redactions, below boxes that can be changed."""
        entry = next((entry for entry in self._draft.entries if entry.id == picture_id), None)
        if entry is None or entry.picture is None or entry.prepared is None:
            return
        picture = self.scan.image(picture_id).original or entry.picture
        limits, prepare, opener = self._limits, self.scan.prepare, self.scan.opener

        def load() -> tuple[PreparedImage, QImage]:
            prepared = prepare(replace(picture, as_is=False), limits)  # upright
            whole = opener(Picture(picture.name, prepared.data))
            return prepared, image_from(pixels_of(whole.image))

        if self._showing is not None:
            self._showing.drop()
        self._showing = Job(single(load), "viewer", self)
        self._showing.arrived.connect(lambda loaded: self._show(picture_id, *loaded[-1]))
        self._showing.failed.connect(self._say)
        self._showing.start()

    def _show(self, picture_id: int, image: PreparedImage, shown: QImage) -> None:
        entry = next((entry for entry in self._draft.entries if entry.id == picture_id), None)
        if entry is None:
            return
        if self._viewer is None:
            self._viewer = self._make_viewer()
            self._viewer.applied.connect(self._apply)
        self._opened = entry
        each = self.scan.image(picture_id)
        known = each.known if self.scan.policy != OFF else ()
        whole = Region(0, 0, image.source_width, image.source_height)
        boxes = boxes_for(known, each.boxes, each.kept)
        facts = caption_of([ChipState(entry.id, entry.name, None, entry.prepared or image)])
        self._viewer.show_picture(shown, whole, boxes, entry.name, f"{in_words(known)}.", facts)

    @Slot(object)
    def _apply(self, boxes: Boxes) -> None:
        entry = next((e for e in self._draft.entries if self._opened is not None and e.id == self._opened.id), None)
        if entry is not None:
            self.scan.redact(entry, boxes.on, boxes.kept)
