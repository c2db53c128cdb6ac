"""The request log: every request that left this computer, searched, summed, exported, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Cancelled, GrokDeskError
from grokdesk.model.requests import RequestRecord
from grokdesk.store.request_log.export import Exported, export_csv
from grokdesk.store.request_log.request_log import RequestLog, Sums, Wanted
from grokdesk.translation import _, ngettext
from grokdesk.ui.kit.captions import locale
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.job import Job, single
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.theme import GAP_M, GAP_S, Theme
from grokdesk.ui.request_log.filter import RequestLogFilter
from grokdesk.ui.request_log.model import RequestLogModel
from grokdesk.ui.request_log.words import COLUMNS, facts, totals

ChooseFile = Callable[[QWidget, str, str], str]
"""Asks where to save: the window, a title, a name. "" when the person does not."""

_HOST = [name for name, _title in COLUMNS].index("host")
_NARROW, _WIDE = 560, 860
_ALWAYS = ("at", "host", "cost", "outcome")
_WHEN_WIDE = ("profile", "kind", "tokens")


class RequestLogWindow(QWidget):
    sent_requested = Signal(object)
    """The RequestRecord whose request is to be shown as it was sent."""
    deleted = Signal()
    closed = Signal(QSize)

    def __init__(
        self,
        request_log: RequestLog,
        budget_state: Callable[[], str],
        delete: Callable[[Wanted], int],
        theme: Theme,
        icon: QIcon,
        choose_file: ChooseFile,
        size: QSize,
    ) -> None:
        """``budget_state`` says on a thread how much of the month's budget is used, "" without one. ``delete`` runs
        there too."""
        super().__init__()
        self.setWindowTitle(_("Request log"))
        self.setWindowIcon(icon)
        self.resize(size)
        self._request_log, self._delete_wanted, self._choose_file = request_log, delete, choose_file
        self._job: Job[int] | Job[Exported] | None = None
        self._count = 0
        self._is_exporting = False
        self._kept = 0
        self.model = RequestLogModel(request_log, budget_state, self)
        self.filter = RequestLogFilter()
        self.table = _table(self.model)
        self.totals = QLabel(wordWrap=True)
        self.totals.setAccessibleName(_("Totals of the requests shown"))
        self.budget = QLabel(wordWrap=True)
        self.budget.setProperty("look", "caption")
        self.budget.hide()
        self.empty = QLabel(_("No requests yet."), alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("look", "caption")
        self.details = QPlainTextEdit(readOnly=True)
        self.details.setAccessibleName(_("Request details"))
        self.notice = Notice(theme)
        self.show_sent = QPushButton(_("Show sent request…"))
        self.export = QPushButton(_("Export as CSV…"))
        self.delete = QPushButton(_("Delete…"))
        self._build()
        self._connect()

    def _build(self) -> None:
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.addWidget(self.table)
        halves.addWidget(self.details)
        halves.setSizes([400, 160])
        halves.setCollapsible(0, False)
        buttons = QWidget()
        row = FlowLayout(buttons, GAP_S)
        for button in (self.show_sent, self.export, self.delete):
            button.setAutoDefault(False)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_M, GAP_M, GAP_M, GAP_M)
        layout.setSpacing(GAP_S)
        layout.addWidget(self.filter)
        layout.addWidget(self.empty, 1)
        layout.addWidget(halves, 1)
        for part in (self.totals, self.budget, self.notice, buttons):
            layout.addWidget(part)
        self._halves = halves
        self.empty.hide()
        self._show_current()

    def _connect(self) -> None:
        self.filter.changed.connect(self.reload)
        self.model.page_came.connect(self._page_came)
        self.model.summed.connect(self._show_sums)
        self.model.budget_came.connect(self._show_budget)
        self.model.choices_came.connect(self.filter.set_choices)
        self.model.failed.connect(self._show_problem)
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.table.doubleClicked.connect(lambda _index: self._show_sent())
        self.show_sent.clicked.connect(self._show_sent)
        self.export.clicked.connect(self._export)
        self.delete.clicked.connect(self._ask_to_delete)
        for keys, slot in (
            ("F5", self.reload),
            ("Ctrl+F", self.filter.text.setFocus),
            ("Ctrl+W", self.close),
            ("Escape", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    @Slot()
    def reload(self) -> None:
        """Read again what is wanted, newest state; the same entry stays the current one."""
        self._kept = self.current.id if self.current else 0
        self.model.show(self.filter.applied(replace(self.model.wanted, up_to=0)))

    @property
    def current(self) -> RequestRecord | None:
        return self.model.entry(self.table.currentIndex().row())

    # --- what is shown ---

    @Slot(bool)
    def _page_came(self, is_first: bool) -> None:
        if not is_first:
            return
        has_rows = self.model.rowCount() > 0
        self.empty.setText(_("No matching requests.") if self.filter.is_on else _("No requests yet."))
        self.empty.setVisible(not has_rows)
        self._halves.setVisible(has_rows)
        self._fit_columns()
        if has_rows:
            self.table.resizeColumnsToContents()
            # Not once and for all: a model that begins anew loses it.
            self.table.horizontalHeader().setSectionResizeMode(_HOST, QHeaderView.ResizeMode.Stretch)
            self.table.selectRow(max(0, self.model.row_of(self._kept)))
        self._show_current()

    @Slot(object)
    def _show_sums(self, sums: Sums) -> None:
        self._count = sums.requests
        self.totals.setText(totals(sums))
        self.export.setEnabled(sums.requests > 0 and not self._is_exporting)
        self.delete.setEnabled(sums.requests > 0)

    @Slot(str)
    def _show_budget(self, words: str) -> None:
        self.budget.setText(words)
        self.budget.setVisible(bool(words))

    @Slot()
    def _show_current(self, *_rows: QModelIndex) -> None:
        entry = self.current
        self.details.setPlainText("\n".join(facts(entry)) if entry else "")
        self.show_sent.setEnabled(entry is not None)

    @Slot()
    def _show_sent(self) -> None:
        if (entry := self.current) is not None:
            self.sent_requested.emit(entry)

    @Slot(object)
    def _show_problem(self, error: GrokDeskError) -> None:
        if isinstance(error, Cancelled):
            self.notice.show_words(_("Cancelled. No file was written."))
        else:
            self.notice.show_notice(error.title, error.hint)

    def _fit_columns(self) -> None:
        """Where it is narrow, what matters most; the details have the rest."""
        width = self.width()
        for place, (name, _title) in enumerate(COLUMNS):
            fits = name in _ALWAYS or width >= _WIDE or (width >= _NARROW and name not in _WHEN_WIDE)
            self.table.setColumnHidden(place, not fits)

    # --- what is done with it ---

    @Slot()
    def _export(self) -> None:
        file = self._choose_file(self, _("Export the requests shown"), "requests.csv")
        if not file:
            return
        wanted, count = self.model.wanted, locale().toString(self._count)

        def work(cancel: CancelSwitch) -> Iterator[Exported]:
            return export_csv(Path(file), self._request_log.all(wanted), cancel)

        def show_steps(steps: list[Exported]) -> None:
            ready = locale().toString(steps[-1].entries)
            if steps[-1].is_written:
                done = ngettext(
                    "{count} request exported to {name}.", "{count} requests exported to {name}.", steps[-1].entries
                )
                self.notice.show_words(done.format(count=ready, name=Path(file).name))
            else:
                self.notice.update_progress(_("Exporting… {ready} of {count}").format(ready=ready, count=count))

        job = Job(work, "export", self)
        job.arrived.connect(show_steps)
        job.ended.connect(partial(self._set_exporting, False))
        self._set_exporting(True)
        self.notice.show_progress(_("Exporting…"), job.cancel.throw)
        self._run(job)

    def _set_exporting(self, is_exporting: bool) -> None:
        self._is_exporting = is_exporting
        self.export.setEnabled(self._count > 0 and not is_exporting)

    @Slot()
    def _ask_to_delete(self) -> None:
        if self.filter.is_on:
            question = ngettext("Delete the {count} request shown?", "Delete the {count} requests shown?", self._count)
        else:
            question = ngettext("Delete the only request?", "Delete all {count} requests?", self._count)
        question = question.format(count=locale().toString(self._count))
        warning = _("This can't be undone, and the month's budget no longer counts them.")
        self.notice.show_offer(f"{question} {warning}", _("Delete"), self._delete)

    def _delete(self) -> None:
        wanted = self.model.wanted
        job = Job(single(lambda: self._delete_wanted(wanted)), "delete", self)
        job.arrived.connect(self._deleted)
        self._run(job)

    @Slot(list)
    def _deleted(self, counts: list[int]) -> None:
        words = ngettext("{count} request deleted.", "{count} requests deleted.", counts[-1])
        self.notice.show_words(words.format(count=locale().toString(counts[-1])))
        self.deleted.emit()
        self.reload()

    def _run(self, job: Job[int] | Job[Exported]) -> None:
        self._job = job
        job.failed.connect(self._show_problem)
        job.start()

    # --- Qt ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit(self.size())
        super().closeEvent(event)


def _table(model: RequestLogModel) -> QTableView:
    table = QTableView(showGrid=False, wordWrap=False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.setModel(model)
    table.setAccessibleName(_("Requests"))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header = table.horizontalHeader()
    header.setResizeContentsPrecision(50)
    header.setHighlightSections(False)
    header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    table.setSortingEnabled(True)
    return table
