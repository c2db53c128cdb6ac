"""The pictures of a question that is not asked yet: loaded and prepared on threads, one entry each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.model import ImageLimits, Picture, PreparedImage
from grokdesk.questions.ask import Preparer
from grokdesk.ui.kit.job import Job
from grokdesk.ui.kit.raw_image import image_from


@dataclass(frozen=True, slots=True)
class DraftPicture:
    """One picture on its way in. ``picture`` is None while it is read or downloaded, ``prepared`` while the bytes that
    leave are made; these and no others are scanned, shown in ``thumbnail``, and sent."""

    id: int
    name: str
    picture: Picture | None = None
    prepared: PreparedImage | None = None
    thumbnail: QImage | None = None


@dataclass(frozen=True, slots=True)
class PictureSources:
    """How pictures that are not here yet are got; both may raise GrokDeskError and run on a worker thread."""

    read_file: Callable[[Path], Picture]
    download: Callable[[str, CancelSwitch], Picture]


Load = Callable[[CancelSwitch], Picture]


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """A picture that was taken out of a draft; ``picture`` is None when it has not been loaded."""

    name: str
    load: Load
    picture: Picture | None


class Draft(QObject):
    """Pictures in the order they came. A picture that cannot be used is refused with its reason; the rest stays."""

    changed = Signal()
    refused = Signal(object)
    """A GrokDeskError that names the picture."""

    def __init__(
        self,
        sources: PictureSources,
        prepare: Preparer,
        parent: QObject | None = None,
        limits: ImageLimits | None = ImageLimits(),  # noqa: B008 - a frozen value
    ) -> None:
        """``limits`` None: where the question goes is not known yet, and nothing is ready before ``set_limits``."""
        super().__init__(parent)
        self._sources = sources
        self._prepare = prepare
        self._limits = limits
        self._lossless = False
        self._entries: list[DraftPicture] = []
        self._jobs: dict[int, Job[DraftPicture]] = {}
        self._begun_for: dict[int, tuple[ImageLimits | None, bool]] = {}
        """The limits, and whether losslessly, that were known when an entry's newest job began."""
        self._loads: dict[int, Load] = {}
        """How each entry is got, for one that is taken out before it is here."""
        self._ids = itertools.count(1)

    @property
    def entries(self) -> tuple[DraftPicture, ...]:
        return tuple(self._entries)

    @property
    def is_loading(self) -> bool:
        return any(entry.picture is None for entry in self._entries)

    @property
    def is_ready(self) -> bool:
        """It is known where the question goes, and every picture is as it will leave."""
        return self._limits is not None and all(entry.prepared is not None for entry in self._entries)

    @property
    def prepared(self) -> tuple[PreparedImage, ...]:
        """The bytes that leave, for a Question; empty when not every picture is prepared."""
        # The preview was for the composer; a long conversation does not keep one for each of its pictures.
        images = tuple(replace(each.prepared, preview=None) for each in self._entries if each.prepared is not None)
        return images if len(images) == len(self._entries) else ()

    @property
    def limits(self) -> ImageLimits | None:
        return self._limits

    def set_limits(self, limits: ImageLimits) -> None:
        """Prepare for another profile; entries are shown with their size as they leave for it."""
        if limits != self._limits:
            self._limits = limits
            self._prepare_again()

    def set_lossless(self, lossless: bool) -> None:
        """Prepare for an action that needs every pixel, or for one that does not."""
        if lossless != self._lossless:
            self._lossless = lossless
            self._prepare_again()

    def _prepare_again(self) -> None:
        # What was prepared before is not ready any more at once: a question must not leave with it meanwhile.
        for number, entry in enumerate(self._entries):
            if entry.picture is not None:
                self._entries[number] = replace(entry, prepared=None)
                self._start(self._entries[number], partial(_already, entry.picture))
        self.changed.emit()

    def add_picture(self, picture: Picture) -> None:
        self._add(picture.name, partial(_already, picture), picture)

    def add_file(self, file: Path) -> None:
        self._add(file.name, lambda _cancel: self._sources.read_file(file))

    def add_link(self, url: str) -> None:
        name = PurePosixPath(urlsplit(url).path).name or url
        self._add(name, lambda cancel: self._sources.download(url, cancel))

    def replace_picture(self, picture_id: int, picture: Picture) -> None:
        """Another picture in the place of one, such as the same with boxes; it is prepared anew."""
        for number, entry in enumerate(self._entries):
            if entry.id == picture_id:
                self._entries[number] = replace(entry, picture=picture, prepared=None)
                self._start(self._entries[number], partial(_already, picture))
                self.changed.emit()

    def remove(self, picture_id: int) -> None:
        if job := self._jobs.pop(picture_id, None):
            job.drop()
        self._loads.pop(picture_id, None)
        self._entries = [entry for entry in self._entries if entry.id != picture_id]
        self.changed.emit()

    def exchange(self, picture_ids: Sequence[int], pictures: Sequence[Picture]) -> tuple[int, ...]:
        """Put other pictures in the place of some; returns their ids, none when those are not all there any more."""
        places = [place for place, entry in enumerate(self._entries) if entry.id in picture_ids]
        if not places or len(places) < len(picture_ids):
            return ()
        for picture_id in picture_ids:
            self._loads.pop(picture_id, None)
            if job := self._jobs.pop(picture_id, None):
                job.drop()
        new = [DraftPicture(next(self._ids), picture.name, picture) for picture in pictures]
        first = places[0]
        kept = [entry for entry in self._entries if entry.id not in picture_ids]
        self._entries = [*kept[:first], *new, *kept[first:]]
        for entry, picture in zip(new, pictures, strict=True):
            self._start(entry, partial(_already, picture))
        self.changed.emit()
        return tuple(entry.id for entry in new)

    def take_out(self) -> tuple[HeldPicture, ...]:
        """Empty it; the pictures can be put back."""
        held = tuple(HeldPicture(each.name, self._loads[each.id], each.picture) for each in self._entries)
        self.clear()
        return held

    def put_back(self, held: Sequence[HeldPicture]) -> None:
        for each in held:
            load = each.load if each.picture is None else partial(_already, each.picture)
            self._add(each.name, load, each.picture)

    def clear(self) -> None:
        for job in self._jobs.values():
            job.drop()
        self._jobs.clear()
        self._loads.clear()
        self._entries.clear()
        self.changed.emit()

    def _add(self, name: str, load: Load, picture: Picture | None = None) -> None:
        entry = DraftPicture(next(self._ids), name, picture)
        self._entries.append(entry)
        self._start(entry, load)
        self.changed.emit()

    def _start(self, entry: DraftPicture, load: Load) -> None:
        self._loads[entry.id] = load
        if old := self._jobs.pop(entry.id, None):
            old.drop()
        limits, lossless = self._limits, self._lossless

        def work(cancel: CancelSwitch) -> Iterator[DraftPicture]:
            picture = load(cancel)
            loaded = replace(entry, picture=picture, name=picture.name)
            yield loaded
            cancel.check()
            if limits is None:
                return
            prepared = self._prepare(picture, limits, lossless=lossless, cancel=cancel)
            yield replace(loaded, prepared=prepared, thumbnail=thumbnail_of(prepared))

        self._begun_for[entry.id] = (limits, lossless)
        job = Job(work, f"draft-{entry.id}", self)
        self._jobs[entry.id] = job
        job.arrived.connect(self._update)
        job.failed.connect(lambda error, refused=entry.id: self._refuse(refused, error))
        job.ended.connect(lambda ended=entry.id: self._jobs.pop(ended, None))
        job.start()

    def _update(self, items: list[DraftPicture]) -> None:
        newest = {entry.id: entry for entry in items}
        self._entries = [newest.get(entry.id, entry) for entry in self._entries]
        wanted = (self._limits, self._lossless)
        for number, entry in enumerate(self._entries):  # they may have changed while a file was on its way
            if entry.id in newest and entry.picture is not None and self._begun_for.get(entry.id) != wanted:
                self._entries[number] = replace(entry, prepared=None)
                self._start(self._entries[number], partial(_already, entry.picture))
        self.changed.emit()

    def _refuse(self, picture_id: int, error: GrokDeskError) -> None:
        self._entries = [entry for entry in self._entries if entry.id != picture_id]
        # First: whoever waits for the rest to be ready must not send a question with fewer pictures than meant.
        self.refused.emit(error)
        self.changed.emit()


def _already(picture: Picture, _cancel: CancelSwitch) -> Picture:
    return picture


def thumbnail_of(image: PreparedImage) -> QImage | None:
    """A small picture for the screen. QImage may be used on any thread."""
    return image_from(image.preview) if image.preview else None
