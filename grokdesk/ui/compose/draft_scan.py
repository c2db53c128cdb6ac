"""Scans the images of a draft and redacts them, on threads; ``ScanState`` says what is to happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.model import BLOCK, OFF, Finding, Picture, PreparedImage, Profile, Region, ScanPolicy
from grokdesk.pictures.decode.opened import Opener
from grokdesk.questions.ask import Preparer
from grokdesk.questions.scan import Scanner
from grokdesk.questions.scan_state import ImageScan, ScanState
from grokdesk.ui.compose.draft import Draft, DraftPicture
from grokdesk.ui.kit.job import Job, single


class DraftScan(QObject):
    changed = Signal()
    failed = Signal(object)
    """A GrokDeskError: redactions could not be burnt in; the picture is as it was."""

    def __init__(self, draft: Draft, scanner: Scanner, prepare: Preparer, opener: Opener) -> None:
        super().__init__(draft)
        self._draft = draft
        self._scanner = scanner
        self.prepare = prepare
        self.opener = opener
        self.state = ScanState()
        self.profile: Profile | None = None
        self._scans: dict[int, tuple[str, Job[tuple[Finding, ...]]]] = {}
        """What is being scanned, with the hash of its bytes."""
        self._redactions: dict[int, Job[Picture]] = {}
        draft.changed.connect(self._follow)

    @property
    def policy(self) -> ScanPolicy:
        """As of the last ``scan_again``: the settings are a file, and this is asked whenever something is painted."""
        return self.state.policy

    def image(self, picture_id: int) -> ImageScan:
        return self.state.images.get(picture_id, ImageScan())

    def set_profile(self, profile: Profile) -> None:
        self.profile = profile
        self.scan_again()

    @Slot()
    def scan_again(self) -> None:
        """The rules, the words or the policy may be others now."""
        for _, job in self._scans.values():
            job.drop()
        self._scans.clear()
        self.state = self.state.for_policy(OFF if self.profile is None else self._scanner.policy(self.profile))
        self._follow()
        self.changed.emit()

    # --- scanning ---

    @Slot()
    def _follow(self) -> None:
        before = self.state.images
        entries = self._draft.entries
        self.state = self.state.with_images([(entry.id, entry.picture, entry.prepared) for entry in entries])
        for picture_id, was in before.items():
            now = self.state.images.get(picture_id)
            if (now is None or now.picture is not was.picture) and (job := self._redactions.pop(picture_id, None)):
                job.drop()
            if now is None and (scan := self._scans.pop(picture_id, None)):
                scan[1].drop()
        if self.policy == OFF:
            return
        for entry in entries:
            image, scan = entry.prepared, self._scans.get(entry.id)
            goes_on = scan is not None and image is not None and scan[0] == image.sha256
            if image is not None and not goes_on and self.image(entry.id).found_on != image.sha256:
                self._scan(entry.id, image)

    def _scan(self, picture_id: int, image: PreparedImage) -> None:
        if (before := self._scans.get(picture_id)) is not None:
            before[1].drop()
        job: Job[tuple[Finding, ...]] = Job(self._scanning(image), f"scan-{picture_id}", self)
        job.arrived.connect(lambda found: self._take(self.state.scanned(picture_id, image.sha256, found[-1])))
        job.failed.connect(lambda error: self._take(self.state.not_scanned(picture_id, image.sha256, error.title)))
        job.ended.connect(lambda: self._scan_ended(picture_id, job))
        self._scans[picture_id] = (image.sha256, job)
        job.start()

    def _scan_ended(self, picture_id: int, job: Job[tuple[Finding, ...]]) -> None:
        if (now := self._scans.get(picture_id)) is not None and now[1] is job:
            del self._scans[picture_id]

    def _scanning(self, image: PreparedImage) -> Callable[[CancelSwitch], Iterator[tuple[Finding, ...]]]:
        def work(cancel: CancelSwitch) -> Iterator[tuple[Finding, ...]]:
            from grokdesk.pictures.prepare.covering import regions_of_source

            found = self._scanner.findings(image, cancel)
            yield tuple(replace(each, regions=regions_of_source(each.regions, image)) for each in found)

        return work

    def _take(self, state: ScanState) -> None:
        self.state = state
        self.changed.emit()

    # --- redacting ---

    def redact_all(self) -> None:
        """Everything that was found and is to be seen no longer; where the profile blocks, also what was kept."""
        self.state = self.state.next_round()
        for entry in self._draft.entries:
            each = self.image(entry.id)
            found = each.visible if self.policy == BLOCK else each.undecided
            if regions := [region for finding in found for region in finding.regions]:
                self.redact(entry, (*each.boxes, *regions), () if self.policy == BLOCK else each.kept)

    def redact(self, entry: DraftPicture, boxes: Iterable[Region], kept: Iterable[Region]) -> None:
        """Burn exactly these boxes into the picture as it came, and remember what is to be seen."""
        each, boxes, kept = self.image(entry.id), tuple(dict.fromkeys(boxes)), tuple(kept)
        original = each.original or entry.picture
        if original is None:
            return
        if set(boxes) == set(each.boxes):
            self._take(self.state.keep(entry.id, kept))
            return
        if (before := self._redactions.get(entry.id)) is not None:
            before.drop()
        job = self._burning(original, boxes)
        self._redactions[entry.id] = job
        job.arrived.connect(lambda done: self._replace(entry.id, original, done[-1], boxes, kept))
        job.failed.connect(lambda error: self._give_up(entry.id, error))
        self._take(self.state.redacting(entry.id))
        job.start()

    def _burning(self, original: Picture, boxes: tuple[Region, ...]) -> Job[Picture]:
        def work() -> Picture:
            from grokdesk.pictures.prepare.covering import covered

            return covered(original, boxes, self.opener) if boxes else original

        return Job(single(work), "redact", self)

    def _replace(
        self, picture_id: int, original: Picture, picture: Picture, boxes: tuple[Region, ...], kept: tuple[Region, ...]
    ) -> None:
        self._redactions.pop(picture_id, None)
        self.state = self.state.redacted(picture_id, original, picture, boxes, kept)
        self._draft.replace_picture(picture_id, picture)
        self.changed.emit()

    def _give_up(self, picture_id: int, error: GrokDeskError) -> None:
        self._redactions.pop(picture_id, None)
        self.state = self.state.not_redacted(picture_id)
        self.failed.emit(error)
        self.changed.emit()

    # --- what is suggested ---

    def suggested(self, entry: DraftPicture) -> tuple[Finding, ...]:
        """What would be redacted, in pixels of the picture as it leaves."""
        from grokdesk.pictures.prepare.covering import regions_as_it_leaves

        image = entry.prepared
        if image is None or self.policy == OFF:
            return ()
        undecided = self.image(entry.id).undecided
        return tuple(replace(found, regions=regions_as_it_leaves(found.regions, image)) for found in undecided)
