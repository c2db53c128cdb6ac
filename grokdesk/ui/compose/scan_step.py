"""What a person sees of the scan: the row in the composer, the boxes on the thumbnails, the viewer, the question at
Send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from grokdesk.errors import GrokDeskError
from grokdesk.model import BLOCK, OFF, SUGGEST, Finding, ImageLimits, Picture, PreparedImage, Region
from grokdesk.pictures.decode.raw_pixels import pixels_of
from grokdesk.questions.scan import in_words, verdict
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
        self._is_waiting = self._goes_as_it_is = False
        self._shown: frozenset[tuple[int, Finding]] = frozenset()
        """What the person has seen in the row."""
        scan.changed.connect(self._refresh)
        draft.changed.connect(self._refresh)
        scan.failed.connect(self._say)
        composer.picture_opened.connect(self.open_viewer)

    # --- at Send ---

    def lets_go(self) -> bool:
        """True when the question may leave now. Else the row says why, and ``changed`` comes when it is worth asking
        again."""
        if self._goes_as_it_is and self.scan.policy != BLOCK and not self.scan.is_covering:
            what = "send"
        elif self.scan.is_covering:
            what = "wait"
        else:
            what = verdict(self.scan.policy, self.scan.looks, was_offered=self._undecided <= self._shown)
        if what == "send":
            self._is_waiting = self._goes_as_it_is = False
            self._show_row()
            return True
        self._is_waiting = True
        self._show_row()
        if what != "wait":
            self.person_needed.emit()
        return False

    def forget(self) -> None:
        """The question does not wait any more."""
        self._is_waiting = self._goes_as_it_is = False
        self._show_row()

    @property
    def _undecided(self) -> frozenset[tuple[int, Finding]]:
        """With its picture: the same may be found at the same place of another one."""
        looks = [(entry.id, self.scan.looked_at(entry)) for entry in self._draft.entries]
        return frozenset((picture_id, finding) for picture_id, look in looks for finding in look.undecided)

    @property
    def _found(self) -> list[Finding]:
        """Of all pictures, what the row is about: for a profile that forbids it, also what the person left."""
        forbids = self.scan.policy == BLOCK
        return [each for look in self.scan.looks for each in ((look.found or ()) if forbids else look.undecided)]

    # --- the row ---

    @Slot()
    def _refresh(self) -> None:
        self._show_row()
        self.changed.emit()

    def _show_row(self) -> None:
        row, looks = self._composer.scan_row, self.scan.looks
        problem = next((look.problem for look in looks if look.problem), "")
        busy = any(look.found is None and not look.problem for look in looks)
        found = self._found
        if busy:
            self._show_looking()
        elif found or (problem and self.scan.policy != OFF):
            self._show_found(found, problem)
        else:
            row.close_row()

    def _show_looking(self) -> None:
        """Where nothing waits, a look takes no room until it has found something: the row would jump."""
        row = self._composer.scan_row
        if not self._is_waiting:
            row.close_row()
            return
        choices: list[Choice] = [("Cancel", self._give_up)]
        if self.scan.policy == SUGGEST and not self.scan.is_covering:
            choices.append(("Send now", self._send_as_it_is))
        words = "Covering…" if self.scan.is_covering else "Looking for secrets before it is sent…"
        row.say(words, choices)

    def _show_found(self, found: list[Finding], problem: str) -> None:
        row, policy, name = self._composer.scan_row, self.scan.policy, self._profile_name
        words = in_words(found) if found else f"Not looked at for secrets. {problem}"
        words = words[:1].upper() + words[1:]
        waits, forbids = self._is_waiting, policy == BLOCK
        if waits:
            end = "." if found else ""
            words = f"Not sent to {name}. {words}" if forbids else f"{words}{end} Send to {name} as it is?"
        choices: list[Choice] = [("Show", self._open_first)] if found else []
        if waits and not forbids:
            choices.append(("Send as it is", self._send_as_it_is))
        if waits:
            choices.insert(0, ("Cancel", self._give_up))
        if found:
            choices.append(("Cover and send" if waits else "Cover", self._cover))
        row.say(words, choices, icon="warning", role="bad" if forbids else "warn")
        if self._composer.isVisible() and not waits:
            self._shown = self._undecided

    @property
    def _profile_name(self) -> str:
        return self.scan.profile.name if self.scan.profile is not None else ""

    def _cover(self) -> None:
        self._composer.focus_text()  # the button goes
        if self.scan.policy == BLOCK:
            self.scan.cover_everything()
        else:
            self.scan.cover_all()

    def _send_as_it_is(self) -> None:
        self._goes_as_it_is = True
        self.changed.emit()

    def _give_up(self) -> None:
        self._composer.focus_text()
        self.forget()
        self.given_up.emit()

    @Slot(object)
    def _say(self, error: GrokDeskError) -> None:
        self._composer.show_problem(error.title, error.hint)

    # --- the chips ---

    def chip_of(self, entry: DraftPicture) -> ChipState:
        offered = self.scan.offered(entry) if self.scan.policy != OFF else ()
        regions = tuple(region for finding in offered for region in finding.regions)
        watched = self.scan.watched(entry.id)
        return ChipState(
            entry.id,
            entry.name,
            entry.thumbnail,
            entry.prepared,
            proposed=regions,
            found=in_words(offered) if offered else "",
            is_looked_at=self.scan.policy != OFF and self._is_unknown(entry),
            covered=len(watched.boxes),
            frame=entry.picture.frame if entry.picture is not None else 0,
        )

    def _is_unknown(self, entry: DraftPicture) -> bool:
        looked = self.scan.looked_at(entry)
        return looked.found is None and not looked.problem

    # --- the viewer ---

    def set_limits(self, limits: ImageLimits) -> None:
        self._limits = limits

    def _open_first(self) -> None:
        for entry in self._draft.entries:
            if self.scan.watched(entry.id).looked.found:
                self.open_viewer(entry.id)
                return

    @Slot(int)
    def open_viewer(self, picture_id: int) -> None:
        """Show the picture as it leaves, without its boxes below those that can be changed."""
        entry = next((entry for entry in self._draft.entries if entry.id == picture_id), None)
        if entry is None or entry.picture is None or entry.prepared is None:
            return
        picture = self.scan.watched(picture_id).original or entry.picture
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
        watched = self.scan.watched(picture_id)
        known = watched.known if self.scan.policy != OFF else ()
        whole = Region(0, 0, image.source_width, image.source_height)
        boxes = boxes_for(known, watched.boxes, watched.left)
        facts = caption_of([ChipState(entry.id, entry.name, None, entry.prepared or image)])
        words = in_words(known)
        self._viewer.show_picture(shown, whole, boxes, entry.name, words[:1].upper() + words[1:] + ".", facts)

    @Slot(object)
    def _apply(self, boxes: Boxes) -> None:
        entry = next((e for e in self._draft.entries if self._opened is not None and e.id == self._opened.id), None)
        if entry is not None:
            self.scan.cover(entry, boxes.on, boxes.left)
