"""From "capture" to a question: hide our windows, grab, select, and open the composer beside the selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRect, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from grokdesk.errors import GrokDeskError
from grokdesk.model import Capture, Region
from grokdesk.ui.composer import ComposerWindow
from grokdesk.ui.controller import Controller, picture_of
from grokdesk.ui.draft_composer import DraftComposer
from grokdesk.ui.overlay import Overlay

HIDE_MS = 200
"""How long a hidden window may stay on the screen: compositors fade it out and tell nobody when they are done."""


class CaptureFlow(QObject):
    """One capture at a time. The windows that were visible come back when the person goes no further."""

    asked_at_once = Signal(str)
    """The capture came with an action: its id. The picture is in the draft."""
    problem = Signal(object)
    """A GrokDeskError: nothing could be captured."""

    def __init__(
        self,
        controller: Controller,
        overlay: Overlay,
        question: DraftComposer,
        window: ComposerWindow,
        others: Callable[[], Sequence[QWidget]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._overlay = overlay
        self._question = question
        self._window = window
        self._others = others
        self._hidden: list[QWidget] = []
        self._capture: Capture | None = None
        self._waiting = False
        self._action_id = ""
        self._told: Callable[[GrokDeskError | None], None] | None = None
        self._count = 0
        controller.captured.connect(self._select)
        controller.capture_failed.connect(self._fail)
        overlay.selected.connect(self._take)
        overlay.cancelled.connect(self._cancel)

    @property
    def is_busy(self) -> bool:
        """A screen is being captured, or waits for its region to be selected."""
        return self._waiting or self._controller.is_capturing or self._capture is not None

    def begin(self, action_id: str = "", told: Callable[[GrokDeskError | None], None] | None = None) -> None:
        """Start. ``told`` hears once: None when the person can select, else why not. With an action the question is
        asked as soon as a region is selected."""
        if self.is_busy:
            if told is not None:
                told(None)
            return
        self._action_id, self._told = action_id, told
        visible = [window for window in (*self._others(), self._window) if window.isVisible()]
        for window in visible:
            window.hide()
        self._hidden += visible
        if visible:
            self._waiting = True
            QTimer.singleShot(HIDE_MS, self, self._grab)
        else:
            self._grab()

    @Slot()
    def _grab(self) -> None:
        self._waiting = False
        self._controller.capture()

    def come_back(self) -> None:
        """Show the windows again that were hidden for the capture."""
        hidden, self._hidden = self._hidden, []
        for window in hidden:
            window.show()

    def forget_hidden(self) -> None:
        self._hidden = []

    @Slot(object)
    def _select(self, capture: Capture) -> None:
        self._capture = capture
        self._overlay.open(capture)
        self._tell(None)

    @Slot(object)
    def _fail(self, error: GrokDeskError) -> None:
        self.come_back()
        if self._told is None:
            self.problem.emit(error)
        self._tell(error)

    @Slot()
    def _cancel(self) -> None:
        self._capture = None
        self.come_back()

    @Slot(object, QRect)
    def _take(self, region: Region, anchor: QRect) -> None:
        if self._capture is None:
            return
        self._count += 1
        picture = picture_of(self._capture, region, f"Capture {self._count}.png")
        self._capture = None
        # An open composer was hidden for the capture; it comes back here or not at all.
        self._hidden = [window for window in self._hidden if window is not self._window]
        self._question.draft.add_picture(picture)
        if self._action_id:
            self.asked_at_once.emit(self._action_id)
        else:
            self._window.place_beside(anchor)

    def _tell(self, error: GrokDeskError | None) -> None:
        told, self._told = self._told, None
        if told is not None:
            told(error)
