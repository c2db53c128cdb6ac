"""What becomes of a captured picture: a question in the composer, one that is asked at once, a copy, a file.

Each request is a ``CaptureJob`` that goes through its states in this order and leaves out those it does not need:

    taking -> waiting -> saving -> copying -> asking -> ended

While one is ``taking`` there is no other capture; afterwards several may be under way. They are saved and copied one
after the other, because the clipboard holds one thing and two files must not get one name.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtCore import QObject, QRect, QSize, Signal, Slot
from PySide6.QtGui import QCursor

from grokdesk.errors import EXIT_OK, Cancelled, GrokDeskError, NotPossibleHere, PictureError, bug_of
from grokdesk.model import Ended, Picture, Pixels, Region
from grokdesk.pictures.prepare.saving import save_picture
from grokdesk.system.capture_request import CaptureRequest
from grokdesk.translation import N_, _
from grokdesk.ui.capture.flow import CaptureFlow, Taken
from grokdesk.ui.chat.controller import OnEnd
from grokdesk.ui.clipboard.clipboard import Copied, Copier
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.quantities import pixel_size

log = logging.getLogger(__name__)

NO_PICTURE, COPY_ONE = N_("There is no picture on the clipboard."), N_("Copy a picture, or drop one here.")


@dataclass(frozen=True, slots=True)
class Report:
    """What a request came to, for the command that made it. ``region`` in pixels of the desktop."""

    region: Region | None = None
    width: int = 0
    height: int = 0
    file: str = ""
    copied: bool = False
    action_id: str = ""
    answer: str = ""
    error: GrokDeskError | None = None
    not_saved: GrokDeskError | None = None
    """Why the history does not have the answer; the answer itself is none the worse."""

    @property
    def exit_code(self) -> int:
        return self.error.exit_code if self.error is not None else EXIT_OK

    def as_json(self) -> str:
        """One object; scripts rely on its fields."""
        region, error, lost = self.region, self.error, self.not_saved
        return json.dumps(
            {
                "x": region.x if region else None,
                "y": region.y if region else None,
                "width": self.width,
                "height": self.height,
                "file": self.file or None,
                "copied": self.copied,
                "action": self.action_id or None,
                "answer": self.answer or None,
                "error": None if error is None else {"title": error.title, "hint": error.hint},
                "not_saved": None if lost is None else {"title": lost.title, "hint": lost.hint},
            }
        )


OnReport = Callable[[Report], None]


class AskAtOnce(Protocol):
    """Asks an action about pictures; ``on_end`` is called with how that ended. Quietly: no window needs to show it."""

    def __call__(self, incoming: Incoming, action_id: str, on_end: OnEnd, *, quiet: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class CaptureUseDependencies:
    """Where a picture can go, and the clipboard that it can come from."""

    open: Callable[[Incoming, QRect], None]
    """Show the composer with it, beside a place on the desktop."""
    ask: AskAtOnce
    copier: Copier
    """For captured pictures alone: everybody hears what a copier has copied."""
    new_file: Callable[[], Path]
    """A name for a picture that is saved without asking. Runs on a thread; may raise OSError."""
    clipboard: Callable[[], Incoming]


@dataclass(slots=True, eq=False)
class CaptureJob:
    """One request on its way. ``then`` is what the person chose while selecting, as in ``Taken``."""

    request: CaptureRequest
    on_report: OnReport | None = None
    """Called once with how it ended; None when no command waits."""
    state: Literal["taking", "waiting", "saving", "copying", "asking", "ended"] = "taking"
    taken: Taken | None = None
    report: Report = Report()

    @property
    def then(self) -> str:
        return self.taken.then if self.taken is not None else ""

    @property
    def saves(self) -> bool:
        return bool(self.request.out) or self.then == "save"

    @property
    def copies(self) -> bool:
        return self.request.copy or self.then == "copy"

    @property
    def action_id(self) -> str:
        if self.then in ("copy", "save"):
            return ""
        return self.then or self.request.action_id

    @property
    def asks(self) -> bool:
        """A picture that is copied or saved is not asked about unless an action is named."""
        return bool(self.action_id) or not (self.saves or self.copies)


class CaptureUse(QObject):
    """Starts captures for hotkeys, tray, overlay and commands alike."""

    kept = Signal(str)
    """A sentence: the picture was copied or saved."""
    problem = Signal(object)
    """A GrokDeskError that nobody else is told of."""
    captured = Signal(object)
    """The Region that was taken, in pixels of the desktop."""

    def __init__(self, flow: CaptureFlow, dependencies: CaptureUseDependencies, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flow = flow
        self._dependencies = dependencies
        self._keeping: deque[CaptureJob] = deque()
        """What is to be saved or copied; the first of them is under way."""
        dependencies.copier.copied.connect(self._copied)
        dependencies.copier.failed.connect(self._not_copied)

    def start(self, request: CaptureRequest, on_report: OnReport | None = None) -> None:
        """Carry out a request.

        While another one is taking its picture, a hotkey that is pressed once more does nothing.
        """
        job = CaptureJob(request, on_report)
        if self._flow.is_busy:
            if on_report is not None:
                busy = NotPossibleHere(_("GrokDesk is capturing already."), _("Finish or leave that one first."))
                self._end(job, busy)
            return
        with self._ended_by_errors(job):
            if request.mode == "clipboard":
                self._ask(job, self._dependencies.clipboard(), QRect(QCursor.pos(), QSize(1, 1)))
            else:
                self._flow.begin(request, lambda outcome: self._take(job, outcome))

    def _take(self, job: CaptureJob, outcome: Taken | GrokDeskError) -> None:
        with self._ended_by_errors(job):
            if isinstance(outcome, GrokDeskError):
                raise outcome
            job.taken, pixels = outcome, outcome.pixels
            job.report = Report(outcome.region, pixels.width, pixels.height, action_id=job.action_id)
            self.captured.emit(outcome.region)
            if not (job.saves or job.copies):
                self._use(job)
                return
            job.state = "waiting"
            self._keeping.append(job)
            if len(self._keeping) == 1:
                self._keep()

    # --- saving and copying, one after the other ---

    def _keep(self) -> None:
        """Begin with the first of those that wait."""
        if not self._keeping:
            return
        job = self._keeping[0]
        with self._ended_by_errors(job):
            if job.saves:
                self._save(job)
            else:
                self._copy(job)

    def _save(self, job: CaptureJob) -> None:
        job.state = "saving"
        taken, out, new_file = job.taken, job.request.out, self._dependencies.new_file
        if taken is None:
            return
        saving = Job(single(lambda: _saved(taken.pixels, out, new_file)), "save", self)
        saving.arrived.connect(lambda files: self._saved(job, files[-1]))
        saving.failed.connect(lambda error: self._end(job, error))
        saving.start()

    def _saved(self, job: CaptureJob, file: str) -> None:
        with self._ended_by_errors(job):
            job.report = replace(job.report, file=file)
            if job.copies:
                self._copy(job)
            else:
                self._kept(job)

    def _copy(self, job: CaptureJob) -> None:
        job.state = "copying"
        if job.taken is not None:
            self._dependencies.copier.copy_picture(job.taken.pixels)

    @Slot(object)
    def _copied(self, _copied: Copied) -> None:
        if self._keeping and self._keeping[0].state == "copying":
            job = self._keeping[0]
            job.report = replace(job.report, copied=True)
            self._kept(job)

    @Slot(object)
    def _not_copied(self, error: GrokDeskError) -> None:
        if self._keeping and self._keeping[0].state == "copying":
            self._end(self._keeping[0], error)

    def _kept(self, job: CaptureJob) -> None:
        self._make_way(job)
        with self._ended_by_errors(job):
            if job.asks:
                self._use(job)
            else:
                self._flow.come_back()
                self._end(job)

    def _make_way(self, job: CaptureJob) -> None:
        """The next one may be kept."""
        if job in self._keeping:
            was_first = self._keeping[0] is job
            self._keeping.remove(job)
            if was_first:
                self._keep()

    # --- asking ---

    def _use(self, job: CaptureJob) -> None:
        if job.taken is not None:
            picture = Picture(job.taken.name, job.taken.pixels)
            self._ask(job, Incoming(pictures=(picture,)), job.taken.anchor)

    def _ask(self, job: CaptureJob, incoming: Incoming, anchor: QRect) -> None:
        job.state = "asking"
        if job.request.mode == "clipboard" and not incoming.has_pictures:
            if job.on_report is not None:
                raise NotPossibleHere(_(NO_PICTURE), _(COPY_ONE))
            self._dependencies.open(Incoming(refused=(f"{_(NO_PICTURE)} {_(COPY_ONE)}",)), anchor)
            self._end(job)
        elif not job.action_id:
            self._dependencies.open(incoming, anchor)
            self._end(job)
        else:
            job.report = replace(job.report, action_id=job.action_id)
            quiet = job.on_report is not None
            self._dependencies.ask(incoming, job.action_id, lambda outcome: self._asked(job, outcome), quiet=quiet)

    def _asked(self, job: CaptureJob, outcome: Ended | GrokDeskError) -> None:
        if isinstance(outcome, GrokDeskError):
            self._end(job, outcome)
        else:
            job.report = replace(job.report, answer=outcome.turn.answer.text, not_saved=outcome.not_saved)
            self._end(job, outcome.error)

    # --- the end ---

    @contextmanager
    def _ended_by_errors(self, job: CaptureJob) -> Iterator[None]:
        """An exception that left a slot would leave the capture going on for ever, and every later one refused."""
        try:
            yield
        except GrokDeskError as error:
            self._end(job, error)
        except Exception as error:
            log.exception("a capture failed in state %s", job.state)
            self._end(job, bug_of(error))

    def _end(self, job: CaptureJob, error: GrokDeskError | None = None) -> None:
        if job.state == "ended":
            return
        was, job.state = job.state, "ended"
        report = job.report = replace(job.report, error=error)
        self._make_way(job)
        if error is not None:
            self._flow.come_back()
        if job.on_report is not None:
            job.on_report(report)
        elif error is None:
            if report.file or report.copied:
                self.kept.emit(_what_was_kept(report))
        elif was in ("saving", "copying") and job.taken is not None:
            # The picture is not lost with the folder or the clipboard: the composer has it, and says what was wrong.
            picture = Picture(job.taken.name, job.taken.pixels)
            self._dependencies.open(Incoming(pictures=(picture,), refused=(str(error),)), job.taken.anchor)
        elif not isinstance(error, Cancelled) and not report.action_id:
            self.problem.emit(error)


def _saved(pixels: Pixels, out: str, new_file: Callable[[], Path]) -> str:
    """Save as ``out``, or under a new name, and return the file's. Raises PictureError."""
    try:
        path = Path(out) if out else new_file()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise PictureError(
            _("The picture could not be saved."), f"{where}{error.strerror or type(error).__name__}."
        ) from error
    was_there = path.exists()
    try:
        save_picture(pixels, path)
    except PictureError:
        if not was_there:
            with suppress(OSError):
                path.unlink(missing_ok=True)  # the beginning of a picture, where the disk became full
        raise
    return str(path)


def _what_was_kept(report: Report) -> str:
    done = [_("Saved as {name}").format(name=Path(report.file).name)] if report.file else []
    size = pixel_size(report.width, report.height)
    done += [_("Copied {size}").format(size=size)] if report.copied else []
    return ". ".join(done)
