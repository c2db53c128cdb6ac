"""From "capture" to a picture: wait, hide our windows, grab, and let the person select."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from grokdesk.actions.catalogue import Action
from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError, NotPossibleHere, PermissionNeeded, bug_of
from grokdesk.model import Capture, Pixels, Region
from grokdesk.pictures.prepare.redacting import redacted
from grokdesk.system.capture_request import INTERACTIVE, CaptureRequest
from grokdesk.translation import _
from grokdesk.ui.capture.countdown import Countdown
from grokdesk.ui.capture.direct_regions import anchor_of, region_of
from grokdesk.ui.capture.permission import CapturePermissionWindow
from grokdesk.ui.kit.job import Job
from grokdesk.ui.overlay.overlay import Overlay, Selection

log = logging.getLogger(__name__)
P = ParamSpec("P")

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
class CaptureDependencies:
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


OnTaken = Callable[[Taken | GrokDeskError], None]


Method = Callable[Concatenate["CaptureFlow", P], None]


def _ended_by_errors(
    method: Callable[Concatenate[CaptureFlow, P], None],
) -> Callable[Concatenate[CaptureFlow, P], None]:
    """An exception that left a slot would leave the capture going on for ever: our windows hidden, a command waiting,
    and every later capture refused."""

    @wraps(method)
    def run(self: CaptureFlow, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(self, *args, **kwargs)
        except GrokDeskError as error:
            self._end(error)
        except Exception as error:
            log.exception("a capture failed")
            self._end(bug_of(error))

    return run


class CaptureFlow(QObject):
    """One capture at a time. The windows that were hidden for it come back with ``come_back``."""

    def __init__(
        self, dependencies: CaptureDependencies, last: Region | None = None, parent: QObject | None = None
    ) -> None:
        """``last`` is the last region, in pixels of the desktop."""
        super().__init__(parent)
        self._dependencies = dependencies
        self._last = last
        self._request = CaptureRequest()
        self._on_taken: OnTaken | None = None
        self._job: Job[Shot] | Job[None] | None = None
        self._capture: Capture | None = None
        self._hidden: dict[QWidget, bool] = {}
        """Whether each was the active window."""
        self._has_asked = False
        self._count = 0
        dependencies.countdown.finished.connect(self._hide)
        dependencies.countdown.cancelled.connect(self._cancel)
        dependencies.permission.continued.connect(self._ask_desktop)
        dependencies.permission.cancelled.connect(self._cancel)
        dependencies.overlay.selected.connect(self._take_selection)
        dependencies.overlay.cancelled.connect(self._cancel)

    @property
    def is_busy(self) -> bool:
        return self._on_taken is not None

    def begin(self, request: CaptureRequest, on_taken: OnTaken) -> None:
        """Start. ``on_taken`` is called once with what was taken, or why nothing was."""
        if self.is_busy:
            on_taken(NotPossibleHere(_("GrokDesk is capturing already."), _("Finish or leave that one first.")))
            return
        self._request, self._on_taken, self._has_asked = request, on_taken, False
        self._begin(request)

    @_ended_by_errors
    def _begin(self, request: CaptureRequest) -> None:
        if request.delay > 0:
            # A menu that is to be captured closes when it loses the keys.
            self._dependencies.countdown.start(request.delay, takes_keys=False)
        else:
            self._hide()

    def come_back(self) -> None:
        """Show the windows again that were hidden for the capture; while another one goes on they wait for its end."""
        if self.is_busy:
            return
        hidden, self._hidden = self._hidden, {}
        for window, was_active in hidden.items():
            if isValid(window):  # Qt may have deleted it since, with its parent
                # The program that was used meanwhile keeps the keys, unless the window had them.
                window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not was_active)
                window.show()
                window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, on=False)

    def forget_hidden(self, window: QWidget | None = None) -> None:
        """Leave hidden what is hidden now, or only this window."""
        self._hidden = {} if window is None else {each: was for each, was in self._hidden.items() if each is not window}

    @Slot()
    @_ended_by_errors
    def _hide(self) -> None:
        visible = {window: window.isActiveWindow() for window in self._dependencies.windows() if window.isVisible()}
        for window in visible:
            window.hide()
        self._hidden |= visible
        # A countdown has just gone from the screen too.
        self._grab_soon(bool(visible) or self._request.delay > 0)

    def _grab_soon(self, has_hidden: bool) -> None:
        if has_hidden:
            QTimer.singleShot(HIDE_MS, self, self._grab)
        else:
            self._grab()

    @Slot()
    @_ended_by_errors
    def _grab(self) -> None:
        shoot, wants_windows = self._dependencies.shoot, self._request.mode in INTERACTIVE

        def work(cancel: CancelSwitch) -> Iterator[Shot]:
            yield shoot(wants_windows, cancel)

        job = Job(work, "capture", self)
        job.arrived.connect(lambda shots: self._show(shots[-1]))
        job.failed.connect(self._fail)
        self._job = job
        job.start()

    @Slot()
    @_ended_by_errors
    def _ask_desktop(self) -> None:
        """The desktop asks the person, while our window explains it."""
        ask = self._dependencies.ask

        def work(cancel: CancelSwitch) -> Iterator[None]:
            ask(cancel)
            yield None

        job = Job(work, "capture permission", self)
        job.arrived.connect(lambda _allowed: self._asked())
        job.failed.connect(self._end)
        self._job = job
        job.start()

    @_ended_by_errors
    def _asked(self) -> None:
        self._dependencies.permission.done()
        self._grab_soon(True)

    @_ended_by_errors
    def _show(self, shot: Shot) -> None:
        request, screens = self._request, QGuiApplication.screens()
        if shot.capture.is_chosen:
            whole = Region(0, 0, shot.capture.pixels.width, shot.capture.pixels.height)
            self._take(shot.capture, whole, QRect(QCursor.pos(), QSize(1, 1)))
            return
        if request.mode in INTERACTIVE:
            self._capture = shot.capture
            self._dependencies.overlay.open(
                shot.capture,
                windows=shot.windows,
                last=self._last_in(shot.capture),
                mode="window" if request.mode == "window" else "region",
                actions=() if request.is_only_kept or request.action_id else self._dependencies.actions,
            )
            return
        pointed_at = QGuiApplication.screenAt(QCursor.pos())
        region = region_of(request, shot.capture, screens, pointed_at, self._last)
        self._take(shot.capture, region, anchor_of(region, shot.capture, screens))

    def _last_in(self, capture: Capture) -> Region | None:
        return self._last.moved(-capture.left, -capture.top) if self._last else None

    @Slot(object)
    @_ended_by_errors
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
        self._end(Taken(_("Capture {number}").format(number=self._count) + ".png", pixels, place, anchor, then))

    @Slot(object)
    @_ended_by_errors
    def _fail(self, error: GrokDeskError) -> None:
        if isinstance(error, PermissionNeeded) and not self._has_asked:
            self._has_asked = True
            self._dependencies.permission.present(error)
        else:
            self._end(error)

    @Slot()
    def _cancel(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._end(Cancelled())

    @Slot(object)
    def _end(self, outcome: Taken | GrokDeskError) -> None:
        self._dependencies.permission.done()
        self._dependencies.overlay.close()
        on_taken, self._on_taken = self._on_taken, None
        self._capture = self._job = None
        if on_taken is not None:
            on_taken(outcome)
