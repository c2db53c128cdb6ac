"""What becomes of a captured picture: a question in the composer, one that is asked at once, a copy, a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QRect, QSize, Signal, Slot
from PySide6.QtGui import QCursor

from grokdesk.errors import EXIT_OK, Cancelled, GrokDeskError, NotPossibleHere
from grokdesk.model import Ended, Picture, Pixels, Region
from grokdesk.pictures.prepare.saving import save_picture
from grokdesk.system.capture_request import CaptureRequest
from grokdesk.ui.capture.flow import CaptureFlow, Taken
from grokdesk.ui.clipboard.clipboard import Copied, Copier
from grokdesk.ui.clipboard.incoming import Incoming
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.quantities import pixel_size

NO_PICTURE, COPY_ONE = "There is no picture on the clipboard.", "Copy a picture, or drop one here."


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

    @property
    def exit_code(self) -> int:
        return self.error.exit_code if self.error is not None else EXIT_OK

    def as_json(self) -> str:
        """One object; scripts rely on its fields."""
        region, error = self.region, self.error
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
            }
        )


Told = Callable[[Report], None]


class AskAtOnce(Protocol):
    """Asks an action about pictures; ``told`` hears how that ended. Quietly: no window needs to show it."""

    def __call__(
        self, incoming: Incoming, action_id: str, told: Callable[[Ended | GrokDeskError], None], *, quiet: bool
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where a picture can go, and the clipboard that it can come from."""

    open: Callable[[Incoming, QRect], None]
    """Show the composer with it, beside a place on the desktop."""
    ask: AskAtOnce
    copier: Copier
    """For captured pictures alone: everybody hears what a copier has copied."""
    new_file: Callable[[], Path]
    """A name for a picture that is saved without asking."""
    clipboard: Callable[[], Incoming]


class CaptureUse(QObject):
    """Starts captures for hotkeys, tray, overlay and commands alike."""

    kept = Signal(str)
    """A sentence: the picture was copied or saved."""
    problem = Signal(object)
    """A GrokDeskError that nobody else is told of."""
    captured = Signal(object)
    """The Region that was taken, in pixels of the desktop."""

    def __init__(self, flow: CaptureFlow, outlets: Outlets, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flow = flow
        self._outlets = outlets
        self._job: Job[None] | None = None
        self._waiting_for_copy: tuple[Report, Told] | None = None
        outlets.copier.copied.connect(self._copied)
        outlets.copier.failed.connect(self._not_copied)

    def start(self, request: CaptureRequest, told: Callable[[Report], None] | None = None) -> None:
        """Carry out a request; ``told`` hears once how it ended.

        While another one goes on, a hotkey that is pressed once more does nothing.
        """
        if self._flow.is_busy:
            if told is not None:
                told(Report(error=NotPossibleHere("GrokDesk is capturing already.", "Finish or leave that one first.")))
        elif request.mode == "clipboard":
            self._ask(request, self._outlets.clipboard(), QRect(QCursor.pos(), QSize(1, 1)), Report(), told)
        else:
            self._flow.begin(request, lambda outcome: self._use(request, outcome, told))

    def _use(self, request: CaptureRequest, outcome: Taken | GrokDeskError, told: Told | None) -> None:
        if isinstance(outcome, GrokDeskError):
            self._flow.come_back()
            self._finish(Report(error=outcome), told)
            return
        self.captured.emit(outcome.region)
        request = _as_chosen(request, outcome.then, self._outlets.new_file)
        pixels = outcome.pixels
        report = Report(outcome.region, pixels.width, pixels.height)

        def go_on(report: Report) -> None:
            if report.error is None and not request.is_only_kept:
                incoming = Incoming(pictures=(Picture(outcome.name, pixels),))
                self._ask(request, incoming, outcome.anchor, report, told)
            else:
                self._flow.come_back()
                self._finish(report, told)

        self._keep(request, pixels, report, go_on)

    def _keep(self, request: CaptureRequest, pixels: Pixels, report: Report, go_on: Told) -> None:
        """Save and copy what is to be saved and copied, then go on."""
        if not request.out:
            self._copy(request, pixels, report, go_on)
            return
        job = self._job = Job(single(lambda: save_picture(pixels, Path(request.out))), "save", self)

        def saved() -> None:
            self._copy(request, pixels, replace(report, file=request.out), go_on)

        job.arrived.connect(lambda _nothing: saved())
        job.failed.connect(lambda error: go_on(replace(report, error=error)))
        job.start()

    def _copy(self, request: CaptureRequest, pixels: Pixels, report: Report, go_on: Told) -> None:
        if not request.copy:
            go_on(report)
            return
        self._waiting_for_copy = (report, go_on)
        self._outlets.copier.copy_picture(pixels)

    @Slot(object)
    def _copied(self, _copied: Copied) -> None:
        if self._waiting_for_copy is not None:
            (report, go_on), self._waiting_for_copy = self._waiting_for_copy, None
            go_on(replace(report, copied=True))

    @Slot(object)
    def _not_copied(self, error: GrokDeskError) -> None:
        if self._waiting_for_copy is not None:
            (report, go_on), self._waiting_for_copy = self._waiting_for_copy, None
            go_on(replace(report, error=error))

    def _ask(
        self, request: CaptureRequest, incoming: Incoming, anchor: QRect, report: Report, told: Told | None
    ) -> None:
        if request.mode == "clipboard" and not incoming.has_pictures:
            if told is None:
                incoming = Incoming(refused=(f"{NO_PICTURE} {COPY_ONE}",))
                self._outlets.open(incoming, anchor)
            else:
                self._finish(replace(report, error=NotPossibleHere(NO_PICTURE, COPY_ONE)), told)
        elif not request.action_id:
            self._outlets.open(incoming, anchor)
            self._finish(report, told)
        else:
            asked = replace(report, action_id=request.action_id)

            def ended(outcome: Ended | GrokDeskError) -> None:
                if isinstance(outcome, GrokDeskError):
                    self._finish(replace(asked, error=outcome), told)
                else:
                    text = outcome.turn.answer.text
                    self._finish(replace(asked, answer=text, error=outcome.error), told)

            self._outlets.ask(incoming, request.action_id, ended, quiet=told is not None)

    def _finish(self, report: Report, told: Told | None) -> None:
        if told is not None:
            told(report)
        elif report.error is None and (report.file or report.copied):
            done = [f"Saved as {Path(report.file).name}"] if report.file else []
            done += [f"Copied {pixel_size(report.width, report.height)}"] if report.copied else []
            self.kept.emit(". ".join(done))
        elif report.error is not None and not isinstance(report.error, Cancelled) and not report.action_id:
            self.problem.emit(report.error)


def _as_chosen(request: CaptureRequest, then: str, new_file: Callable[[], Path]) -> CaptureRequest:
    """The request with what the person chose while selecting."""
    match then:
        case "":
            return request
        case "copy":
            return replace(request, copy=True, action_id="")
        case "save":
            return replace(request, out=request.out or str(new_file()), action_id="")
    return replace(request, action_id=then)
