"""Shows a request exactly as it was sent, while the program remembers it; afterwards what the request log has of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, StoreError
from grokdesk.model.requests import RequestRecord
from grokdesk.pictures.decode.opened import Opener
from grokdesk.private_files import write_private
from grokdesk.translation import N_, _
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.theme import GAP_M, GAP_S, Theme
from grokdesk.ui.request_log.sent_document import SAVE, ShownRequest, fill, read_request
from grokdesk.ui.request_log.window import ChooseFile
from grokdesk.ui.request_log.words import KINDS, OUTCOMES, facts
from grokdesk.usage.recent import SentRequest, exact_body

GONE = N_(
    "The content of this request is no longer available: it is kept in memory only, while GrokDesk runs and has room. "
    "The request log has this about it:"
)
NOTHING = N_(
    "No request is kept in memory for this answer: none was sent, or too many were sent since. "
    "The request log lists all of them."
)


class SentWindow(QWidget):
    copy_requested = Signal(str)

    def __init__(self, theme: Theme, icon: QIcon, choose_file: ChooseFile, opener: Opener) -> None:
        super().__init__()
        self.setWindowTitle(_("Sent request"))
        self.setWindowIcon(icon)
        self.resize(640, 620)
        self._theme, self._choose_file, self._opener = theme, choose_file, opener
        self._requests: Sequence[SentRequest] = ()
        self._request: ShownRequest | None = None
        self._job: Job[ShownRequest] | Job[None] | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName(_("Request"))
        self.choice.activated.connect(self._show_chosen)
        self._words = ""
        self.body = QTextBrowser(openLinks=False)
        self.body.setAccessibleName(_("Request as it was sent"))
        self.body.anchorClicked.connect(self._save_picture)
        self.notice = Notice(theme)
        self.copy_button, self.save_button = QPushButton(_("Copy")), QPushButton(_("Save body…"))
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save_body)
        theme.changed.connect(self._draw)
        buttons = QWidget()
        row = FlowLayout(buttons, GAP_S)
        for button in (self.copy_button, self.save_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_M, GAP_M, GAP_M, GAP_M)
        layout.setSpacing(GAP_S)
        layout.addWidget(self.choice)
        layout.addWidget(self.body, 1)
        layout.addWidget(self.notice)
        layout.addWidget(buttons)
        for keys in ("Ctrl+W", "Escape"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.close)

    def show_requests(self, requests: Sequence[SentRequest]) -> None:
        """The requests of one answer in their order, the last one in sight; none at all is said."""
        self._requests = requests
        self.choice.clear()
        for number, each in enumerate(requests, 1):
            kind, outcome = _(KINDS[each.entry.outgoing.kind]), _(OUTCOMES[each.entry.ending.outcome])
            words = _("{number} of {count}: {kind} · {outcome}")
            self.choice.addItem(words.format(number=number, count=len(requests), kind=kind, outcome=outcome))
        self.choice.setVisible(len(requests) > 1)
        self.choice.setCurrentIndex(len(requests) - 1)
        self.notice.close_notice()
        if requests:
            self._show_chosen()
        else:
            self._show_only(_(NOTHING))

    def forget_gone(self, is_there: Callable[[int], bool]) -> None:
        """What is not remembered any more is not shown any more."""
        there = [each for each in self._requests if is_there(each.number)]
        if len(there) < len(self._requests):
            self.show_requests(there)

    def show_entry(self, entry: RequestRecord) -> None:
        """A request that is only in the request log."""
        self._requests = ()
        self.choice.hide()
        self.notice.close_notice()
        self._show_only("\n".join([_(GONE), "", *facts(entry)]))

    @Slot()
    def _show_chosen(self) -> None:
        chosen = self._requests[self.choice.currentIndex()]
        sent = chosen.sent
        if sent is None:
            self._show_only("\n".join([_(GONE), "", *facts(chosen.entry)]))
            return
        self._show_only("\n".join(facts(chosen.entry)))

        def read(cancel: CancelSwitch) -> Sequence[ShownRequest]:
            return [read_request(sent, self._opener, cancel)]

        job = Job(read, "sent request", self)
        job.arrived.connect(self._take)
        self._run(job)

    def _show_only(self, words: str) -> None:
        if self._job is not None:
            self._job.drop()
        self._request = None
        self._words = words
        self._draw()

    @Slot(list)
    def _take(self, requests: list[ShownRequest]) -> None:
        self._request = requests[-1]
        self._draw()

    @Slot()
    def _draw(self) -> None:
        has_body = self._request is not None
        self.copy_button.setEnabled(has_body)
        self.save_button.setEnabled(has_body)
        fill(self.body.document(), self._words, self._request, self._theme)

    # --- what is done with it ---

    @Slot()
    def _copy(self) -> None:
        if self._request is not None:
            self.copy_requested.emit(self._request.text)

    @Slot()
    def _save_body(self) -> None:
        sent = self._requests[self.choice.currentIndex()].sent
        if sent is not None:
            self._save("request.json", lambda: b"".join(exact_body(sent)))

    @Slot(QUrl)
    def _save_picture(self, link: QUrl) -> None:
        if self._request is not None and link.toString().startswith(SAVE):
            picture = self._request.pictures[int(link.toString().removeprefix(SAVE))]
            self._save(f"sent-{picture.sha256[:8]}.{picture.file_ending}", lambda: picture.data)

    def _save(self, name: str, content: Callable[[], bytes]) -> None:
        file = self._choose_file(self, _("Save sent data"), name)
        if not file:
            return
        job = Job(single(partial(_write, Path(file), content)), "save", self)
        job.arrived.connect(lambda _nothing: self.notice.show_words(_("Saved as {name}.").format(name=Path(file).name)))
        self._run(job)

    def _run(self, job: Job[ShownRequest] | Job[None]) -> None:
        self._job = job
        job.failed.connect(self._show_problem)
        job.start()

    @Slot(object)
    def _show_problem(self, error: GrokDeskError) -> None:
        self.notice.show_notice(error.title, error.hint)


def _write(path: Path, content: Callable[[], bytes]) -> None:
    """Raises StoreError."""
    try:
        write_private(path, content())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(_("The file cannot be written."), f"{path}: {reason}.") from error
