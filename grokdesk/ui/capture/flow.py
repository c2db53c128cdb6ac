"""From "capture" to a picture: wait, hide our windows, grab, and let the person select."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, QSize, QTimer, Slot
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QWidget

from grokdesk.actions.catalogue import Action
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, NotPossibleHere, PermissionNeeded
from grokdesk.model import Capture, Pixels, Region
from grokdesk.pictures.prepare.redacting import redacted
from grokdesk.system.capture_request import INTERACTIVE, CaptureRequest
from grokdesk.ui.capture.countdown import Countdown
from grokdesk.ui.capture.direct_regions import anchor_of, region_of
from grokdesk.ui.capture.permission import CapturePermissionWindow
from grokdesk.ui.kit.job import Job
from grokdesk.ui.overlay.overlay import Overlay, Selection

HIDE_MS = 200
"""How long a hidden window may stay on the screen: compositors fade it out and tell nobody when they are done."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One grab, and the windows on it: front to back, in its pixels."""

    capture: Capture
    windows: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A part of the screen. ``region`` in pixels of the desktop, ``anchor`` in global logical coordinates;
    ``then`` is what the person chose while selecting: "", "copy", "save", or the id of an action."""

    name: str
    pixels: Pixels
    region: Region
    anchor: QRect
    then: str = ""


Shoot = Callable[[bool, CancelSwitch], Shot]


@dataclass(frozen=True, slots=True)
class CaptureParts:
    """What a flow works with. ``shoot`` and ``ask`` run on a thread of their own.

    ``shoot``: True wants the windows too; raises PermissionNeeded when ``ask`` has to let the desktop ask the person
    first, while ``permission`` has the focus.
    """

    shoot: Shoot
    ask: Callable[[CancelSwitch], None]
    overlay: Overlay
    countdown: Countdown
    permission: CapturePermissionWindow
    windows: Callable[[], Sequence[QWidget]]
    """Ours, which must not be in the picture."""
    actions: Sequence[Action] = ()


Told = Callable[[Taken | GrokDeskError], None]


class CaptureFlow(QObject):
    """One capture at a time. The windows that were hidden for it come back with ``come_back``."""

    def __init__(self, parts: CaptureParts, last: Region | None = None, parent: QObject | None = None) -> None:
        """``last`` is the last region, in pixels of the desktop."""
        super().__init__(parent)
        self._parts = parts
        self._last = last
        self._request = CaptureRequest()
        self._told: Told | None = None
        self._job: Job[Shot] | Job[None] | None = None
        self._capture: Capture | None = None
        self._hidden: list[QWidget] = []
        self._has_asked = False
        self._count = 0
        parts.countdown.finished.connect(self._hide)
        parts.countdown.cancelled.connect(self._cancel)
        parts.permission.continued.connect(self._ask_desktop)
        parts.permission.cancelled.connect(self._cancel)
        parts.overlay.selected.connect(self._take_selection)
        parts.overlay.cancelled.connect(self._cancel)

    @property
    def is_busy(self) -> bool:
        return self._told is not None

    def begin(self, request: CaptureRequest, told: Told) -> None:
        """Start. ``told`` hears once: what was taken, or why nothing was."""
        if self.is_busy:
            told(NotPossibleHere("GrokDesk is capturing already.", "Finish or cancel that one first."))
            return
        self._request, self._told, self._has_asked = request, told, False
        if request.delay > 0:
            # A menu that is to be captured closes when it loses the keys.
            self._parts.countdown.start(request.delay, takes_keys=False)
        else:
            self._hide()

    def come_back(self) -> None:
        """Show the windows again that were hidden for the capture."""
        hidden, self._hidden = self._hidden, []
        for window in hidden:
            window.show()

    def forget_hidden(self, window: QWidget | None = None) -> None:
        """Leave hidden what is hidden now, or only this window."""
        self._hidden = [] if window is None else [each for each in self._hidden if each is not window]

    @Slot()
    def _hide(self) -> None:
        visible = [window for window in self._parts.windows() if window.isVisible()]
        for window in visible:
            window.hide()
        self._hidden += visible
        # A countdown has just gone from the screen too.
        self._grab_soon(bool(visible) or self._request.delay > 0)

    def _grab_soon(self, has_hidden: bool) -> None:
        if has_hidden:
            QTimer.singleShot(HIDE_MS, self, self._grab)
        else:
            self._grab()

    @Slot()
    def _grab(self) -> None:
        shoot, wants_windows = self._parts.shoot, self._request.mode in INTERACTIVE

        def work(cancel: CancelSwitch) -> Iterator[Shot]:
            yield shoot(wants_windows, cancel)

        job = Job(work, "capture", self)
        job.arrived.connect(lambda shots: self._show(shots[-1]))
        job.failed.connect(self._fail)
        self._job = job
        job.start()

    @Slot()
    def _ask_desktop(self) -> None:
        """The desktop asks the person, while our window explains it."""
        ask = self._parts.ask

        def work(cancel: CancelSwitch) -> Iterator[None]:
            ask(cancel)
            yield None

        job = Job(work, "capture permission", self)
        job.arrived.connect(lambda _allowed: self._asked())
        job.failed.connect(self._end)
        self._job = job
        job.start()

    def _asked(self) -> None:
        self._parts.permission.done()
        self._grab_soon(True)

    def _show(self, shot: Shot) -> None:
        request, screens = self._request, QGuiApplication.screens()
        if shot.capture.is_chosen:
            whole = Region(0, 0, shot.capture.pixels.width, shot.capture.pixels.height)
            self._take(shot.capture, whole, QRect(QCursor.pos(), QSize(1, 1)))
            return
        if request.mode in INTERACTIVE:
            self._capture = shot.capture
            self._parts.overlay.open(
                shot.capture,
                windows=shot.windows,
                last=self._last_in(shot.capture),
                mode="window" if request.mode == "window" else "region",
                actions=() if request.is_only_kept or request.action_id else self._parts.actions,
            )
            return
        pointed_at = QGuiApplication.screenAt(QCursor.pos())
        try:
            region = region_of(request, shot.capture, screens, pointed_at, self._last)
        except GrokDeskError as error:
            self._end(error)
            return
        self._take(shot.capture, region, anchor_of(region, shot.capture, screens))

    def _last_in(self, capture: Capture) -> Region | None:
        return self._last.moved(-capture.left, -capture.top) if self._last else None

    @Slot(object)
    def _take_selection(self, selection: Selection) -> None:
        if self._capture is not None:
            self._take(self._capture, selection.region, selection.anchor, selection.redactions, selection.then)

    def _take(
        self, capture: Capture, region: Region, anchor: QRect, boxes: Sequence[Region] = (), then: str = ""
    ) -> None:
        self._count += 1
        self._last = place = region.moved(capture.left, capture.top)
        # The rest of the capture can be let go.
        pixels = redacted(capture.pixels, boxes, region)
        self._end(Taken(f"Capture {self._count}.png", pixels, place, anchor, then))

    @Slot(object)
    def _fail(self, error: GrokDeskError) -> None:
        if isinstance(error, PermissionNeeded) and not self._has_asked:
            self._has_asked = True
            self._parts.permission.present(error)
        else:
            self._end(error)

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._end(Cancelled())

    @Slot(object)
    def _end(self, outcome: Taken | GrokDeskError) -> None:
        self._parts.permission.done()
        told, self._told = self._told, None
        self._capture = self._job = None
        if told is not None:
            told(outcome)
