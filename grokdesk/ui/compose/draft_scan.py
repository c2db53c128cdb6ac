"""Looks at the pictures of a draft for secrets, on threads, and burns boxes into them; which ones is said elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.model import OFF, Finding, Picture, PreparedImage, Profile, Region, ScanPolicy
from grokdesk.pictures.decode.opened import Opener
from grokdesk.questions.ask import Preparer
from grokdesk.questions.scan import Looked, Scanner, is_at, uncovered
from grokdesk.ui.compose.draft import Draft, DraftPicture
from grokdesk.ui.kit.job import Job, single


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What is known of one picture of the draft. Regions are in pixels of the upright picture as it came."""

    picture: Picture | None = None
    """Which one this is about: another in its place, such as a part of it, is looked at as a new one."""
    sha256: str = ""
    """Of the picture as it will leave, which was or is looked at."""
    found: tuple[Finding, ...] | None = None
    """On it as it will leave; None while it is looked at."""
    problem: str = ""
    known: tuple[Finding, ...] = ()
    """Everything that was ever found, also below the boxes."""
    original: Picture | None = None
    """The picture without boxes."""
    boxes: tuple[Region, ...] = ()
    """What is burnt in."""
    left: tuple[Region, ...] = ()
    """What the person chose to leave."""
    job: Job[tuple[Finding, ...]] | None = None
    covering: Job[Picture] | None = None

    @property
    def looked(self) -> Looked:
        if self.covering is not None or (self.found is None and not self.problem):
            return Looked(None)
        left = tuple(each for each in self.found or () if is_at(each, self.left))
        return Looked(self.found or (), left, self.problem)


class DraftScan(QObject):
    changed = Signal()
    failed = Signal(object)
    """A GrokDeskError: boxes could not be burnt in; the picture is as it was."""

    def __init__(self, draft: Draft, scanner: Scanner, prepare: Preparer, opener: Opener) -> None:
        super().__init__(draft)
        self._draft = draft
        self._scanner = scanner
        self.prepare = prepare
        self.opener = opener
        self._profile: Profile | None = None
        self._policy: ScanPolicy = OFF
        self._watched: dict[int, Watched] = {}
        draft.changed.connect(self._follow)

    @property
    def profile(self) -> Profile | None:
        return self._profile

    @property
    def policy(self) -> ScanPolicy:
        """As of the last ``look_again``: the settings are a file, and this is asked whenever something is painted."""
        return self._policy

    @property
    def looks(self) -> tuple[Looked, ...]:
        """In the order of the draft; empty when nothing is to be looked for."""
        if self.policy == OFF:
            return tuple(Looked(None) for each in self._watched.values() if each.covering is not None)
        return tuple(self.looked_at(entry) for entry in self._draft.entries)

    def looked_at(self, entry: DraftPicture) -> Looked:
        """What is known of it as it is now: it may just have been prepared for another profile."""
        each = self.watched(entry.id)
        is_same = entry.prepared is not None and entry.prepared.sha256 == each.sha256
        return each.looked if is_same else Looked(None)

    @property
    def is_covering(self) -> bool:
        return any(each.covering is not None for each in self._watched.values())

    def watched(self, picture_id: int) -> Watched:
        return self._watched.get(picture_id, Watched())

    def set_profile(self, profile: Profile) -> None:
        self._profile = profile
        self.look_again()

    @Slot()
    def look_again(self) -> None:
        """The rules, the words or the policy may be others now."""
        self._policy = OFF if self._profile is None else self._scanner.policy(self._profile)
        for picture_id, each in self._watched.items():
            if each.job is not None:
                each.job.drop()
            self._watched[picture_id] = replace(each, sha256="", found=None, problem="", job=None)
        self._follow()
        self.changed.emit()

    # --- looking ---

    @Slot()
    def _follow(self) -> None:
        there = {entry.id for entry in self._draft.entries}
        for picture_id in [known for known in self._watched if known not in there]:
            gone = self._watched.pop(picture_id)
            for job in (gone.job, gone.covering):
                if job is not None:
                    job.drop()
        for entry in self._draft.entries:
            self._begin_anew_with(entry)
            if entry.prepared is not None and entry.prepared.sha256 != self.watched(entry.id).sha256:
                self._look_at(entry.id, entry.prepared)

    def _begin_anew_with(self, entry: DraftPicture) -> None:
        """Boxes of what was there before are in other places of what is there now."""
        each = self.watched(entry.id)
        if entry.picture is None or each.picture is entry.picture:
            return
        for job in (each.job, each.covering):
            if job is not None:
                job.drop()
        self._watched[entry.id] = Watched(picture=entry.picture)

    def _look_at(self, picture_id: int, image: PreparedImage) -> None:
        before = self.watched(picture_id)
        if before.job is not None:
            before.job.drop()
        now = replace(before, sha256=image.sha256, found=None, problem="", job=None)
        if self.policy != OFF:
            job: Job[tuple[Finding, ...]] = Job(self._looking_at(image), f"look-{picture_id}", self)
            job.arrived.connect(lambda found: self._take(picture_id, image.sha256, found[-1]))
            job.failed.connect(lambda error: self._take_problem(picture_id, image.sha256, error))
            now = replace(now, job=job)
            job.start()
        self._watched[picture_id] = now

    def _looking_at(self, image: PreparedImage) -> Callable[[CancelSwitch], Iterator[tuple[Finding, ...]]]:
        def work(cancel: CancelSwitch) -> Iterator[tuple[Finding, ...]]:
            from grokdesk.pictures.prepare.covering import regions_of_source

            found = self._scanner.findings(image, cancel)
            yield tuple(replace(each, regions=regions_of_source(each.regions, image)) for each in found)

        return work

    def _take(self, picture_id: int, sha256: str, found: tuple[Finding, ...]) -> None:
        now = self._watched.get(picture_id)
        if now is None or now.sha256 != sha256:
            return
        places = [region for each in now.known for region in each.regions]
        known = now.known + tuple(each for each in found if not is_at(each, places))
        self._watched[picture_id] = replace(now, found=found, known=known, job=None)
        self.changed.emit()

    def _take_problem(self, picture_id: int, sha256: str, error: GrokDeskError) -> None:
        now = self._watched.get(picture_id)
        if now is not None and now.sha256 == sha256:
            self._watched[picture_id] = replace(now, problem=error.title, job=None)
            self.changed.emit()

    # --- covering ---

    def cover_all(self) -> None:
        """Everything that was found and not left."""
        for entry in self._draft.entries:
            each = self.watched(entry.id)
            regions = [region for finding in self.looked_at(entry).undecided for region in finding.regions]
            if regions:
                self.cover(entry, (*each.boxes, *regions), each.left)

    def cover_everything(self) -> None:
        """Also what the person left before."""
        for entry in self._draft.entries:
            each = self.watched(entry.id)
            if regions := [region for finding in each.found or () for region in finding.regions]:
                self.cover(entry, (*each.boxes, *regions), ())

    def cover(self, entry: DraftPicture, boxes: Iterable[Region], left: Iterable[Region]) -> None:
        """Burn exactly these boxes into the picture as it came, and remember what the person leaves."""
        each, boxes, left = self.watched(entry.id), tuple(dict.fromkeys(boxes)), tuple(left)
        original = each.original or entry.picture
        if original is None:
            return
        if set(boxes) == set(each.boxes):
            self._watched[entry.id] = replace(each, left=left)
            self.changed.emit()
            return
        if each.covering is not None:
            each.covering.drop()
        job = self._burning(original, boxes)
        self._watched[entry.id] = replace(each, covering=job)
        job.arrived.connect(lambda done: self._replace(entry.id, original, done[-1], boxes, left))
        job.failed.connect(lambda error: self._give_up(entry.id, error))
        job.start()
        self.changed.emit()

    def _burning(self, original: Picture, boxes: tuple[Region, ...]) -> Job[Picture]:
        def work() -> Picture:
            from grokdesk.pictures.prepare.covering import covered

            return covered(original, boxes, self.opener) if boxes else original

        return Job(single(work), "cover", self)

    def _replace(
        self, picture_id: int, original: Picture, picture: Picture, boxes: tuple[Region, ...], left: tuple[Region, ...]
    ) -> None:
        self._watched[picture_id] = replace(
            self.watched(picture_id),
            picture=picture,
            original=original if boxes else None,
            boxes=boxes,
            left=left,
            covering=None,
            found=None,
            sha256="",
        )
        self._draft.replace_picture(picture_id, picture)
        self.changed.emit()

    def _give_up(self, picture_id: int, error: GrokDeskError) -> None:
        self._watched[picture_id] = replace(self.watched(picture_id), covering=None)
        self.failed.emit(error)
        self.changed.emit()

    # --- what is offered ---

    def offered(self, entry: DraftPicture) -> tuple[Finding, ...]:
        """What would be covered, in pixels of the picture as it leaves."""
        from grokdesk.pictures.prepare.covering import regions_as_it_leaves

        if entry.prepared is None:
            return ()
        each = self.watched(entry.id)
        image = entry.prepared
        undecided = uncovered(self.looked_at(entry).undecided, each.boxes)
        return tuple(replace(found, regions=regions_as_it_leaves(found.regions, image)) for found in undecided)
