"""What was copied stays when the program ends: a clipboard manager keeps it, else a small program takes it over.

On X11 the one who copied has to serve whoever pastes, and Qt hands over to a manager at its very end. There it waits
five seconds for one that does not answer, as Xfce's does not, although it keeps everything: it brings back what it has
seen as soon as nobody owns the clipboard. So the manager is asked before the end and within a time limit, and when it
is silent the clipboard is let go. Windows and macOS keep what was copied themselves.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QClipboard

from grokdesk.errors import GrokDeskError, NotPossibleHere
from grokdesk.system.clipboard.content import PNG, Clipboard, Content
from grokdesk.system.session import Session
from grokdesk.translation import _
from grokdesk.ui.clipboard.clipboard import content_of
from grokdesk.ui.kit.job import Job, single

log = logging.getLogger(__name__)

SAVE_SECONDS = 0.5
"""How long a clipboard manager may take to answer. Those that do need a few milliseconds for text."""
TAKE_SECONDS = 0.5
"""How long it may take to bring back what nobody owns any more; Xfce's needs less than 100 ms."""

Saved = Literal["saved", "silent", "absent"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``keeper`` is what has it now: "" for nobody, and then ``sentence`` says so."""

    keeper: str
    sentence: str = ""


class ClipboardManager(Protocol):
    """Another program that keeps what was copied. Methods block, and may be called from any thread."""

    def save(self, seconds: float) -> Saved: ...

    def brings_back(self, seconds: float) -> bool:
        """True when somebody owns the clipboard again."""
        ...


class Handover(QObject):
    finished = Signal(object)
    """An Outcome, once. The event loop has to run until then: whoever takes over asks us for the content."""

    def __init__(
        self,
        clipboard: QClipboard,
        tools: Clipboard,
        session: Session,
        parent: QObject | None = None,
        manager: ClipboardManager | None = None,
    ) -> None:
        """``manager`` is the one of the X server unless another is given."""
        super().__init__(parent)
        self._clipboard = clipboard
        self._tools = tools
        self._session = session
        self._manager = manager or (X11Manager(session.display) if session.kind == "x11" else NoManager())
        self._content = Content({})
        self._answer: Saved = "absent"
        self._outcome = Outcome("")

    def begin(self) -> None:
        """``finished`` follows, at once when nothing of ours is on the clipboard."""
        if self._session.kind in ("windows", "macos", "none"):
            self.finished.emit(Outcome("the system"))
            return
        data = self._clipboard.mimeData() if self._clipboard.ownsClipboard() else None
        self._content = content_of(data) if data is not None else Content({})
        if not self._content.forms:
            self.finished.emit(Outcome("whoever had it"))
            return
        job = Job(single(lambda: self._manager.save(SAVE_SECONDS)), "clipboard manager", self)
        job.arrived.connect(self._hear)
        job.ended.connect(self._go_on)
        job.start()

    def _hear(self, answers: list[Saved]) -> None:
        self._answer = answers[-1]

    def _go_on(self) -> None:
        answer = self._answer
        if answer == "saved":
            self.finished.emit(Outcome("clipboard manager"))
            return
        if answer == "silent":
            self._clipboard.clear()
        manager, tools, content = self._manager if answer == "silent" else NoManager(), self._tools, self._content
        job = Job(single(lambda: _keep(manager, tools, content)), "handover", self)
        job.arrived.connect(self._note)
        job.failed.connect(self._fail)
        # Not earlier: whoever hears of it ends the program, and the job's thread with it.
        job.ended.connect(lambda: self.finished.emit(self._outcome))
        job.start()

    def _note(self, outcomes: list[Outcome]) -> None:
        self._outcome = outcomes[-1]

    def _fail(self, error: GrokDeskError) -> None:
        self._outcome = Outcome("", f"{_('What you copied from GrokDesk could not be kept.')} {error}")


class NoManager:
    def save(self, seconds: float) -> Saved:  # noqa: ARG002 - the protocol has it
        return "absent"

    def brings_back(self, seconds: float) -> bool:  # noqa: ARG002 - the protocol has it
        return False


class X11Manager:
    def __init__(self, display: str) -> None:
        self._display = display

    def save(self, seconds: float) -> Saved:
        from grokdesk.system.clipboard.selections_x11 import MANAGER, ask_to_save, owned_selections

        try:
            if not owned_selections(self._display, (MANAGER,)):
                return "absent"
            return "saved" if ask_to_save(self._display, seconds) else "silent"
        except NotPossibleHere as error:
            log.info("no clipboard manager: %s", error)
            return "absent"

    def brings_back(self, seconds: float) -> bool:
        from grokdesk.system.clipboard.selections_x11 import CLIPBOARD, owned_selections

        deadline, pause = time.monotonic() + seconds, threading.Event()
        try:
            while not owned_selections(self._display, (CLIPBOARD,)):
                if time.monotonic() > deadline:
                    return False
                pause.wait(0.02)
        except NotPossibleHere as error:
            log.info("the display is gone: %s", error)
            return False
        return True


def _keep(manager: ClipboardManager, tools: Clipboard, content: Content) -> Outcome:
    if manager.brings_back(TAKE_SECONDS) and _is_there(tools, content):
        return Outcome("clipboard manager")
    tools.copy(content)
    return Outcome(tools.state.backend)


def _is_there(tools: Clipboard, content: Content) -> bool:
    """A manager may have had no time to look at what was copied last, and brings back what was before."""
    try:
        found = tools.read(content.main)
    except NotPossibleHere as error:
        log.info("nobody can look what the manager brought back: %s", error)
        return True
    return bool(found) if content.main == PNG else found == content.forms[content.main]
