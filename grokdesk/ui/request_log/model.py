"""The rows of the request log as a table: read on a thread, a page at a time, as far as the person scrolls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError
from grokdesk.model.requests import RequestRecord
from grokdesk.store.request_log.request_log import PAGE, RequestLog, Sums, Wanted
from grokdesk.translation import _
from grokdesk.ui.kit.job import Job
from grokdesk.ui.request_log.words import COLUMNS, cell

Index = QModelIndex | QPersistentModelIndex

_NUMBERS = frozenset({"pictures", "bytes", "tokens", "cost"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from; the newest month first."""

    months: tuple[str, ...]
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """``wanted`` is None for rows that follow those that are there."""

    entries: tuple[RequestRecord, ...]
    wanted: Wanted | None = None


class RequestLogModel(QAbstractTableModel):
    page_came = Signal(bool)
    """Rows were added; True for the first ones of what was asked for."""
    summed = Signal(object)
    """The Sums of everything that is wanted, loaded or not."""
    choices_came = Signal(object)
    """Choices."""
    budget_came = Signal(str)
    """What is said about this month's budget, "" without one."""
    failed = Signal(object)

    def __init__(self, request_log: RequestLog, budget_state: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request_log, self._budget_state = request_log, budget_state
        self._rows: list[RequestRecord] = []
        self._job: Job[Any] | None = None
        self._is_whole = True
        self.wanted = Wanted()

    def show(self, wanted: Wanted) -> None:
        """Begin anew. The rows that are shown stay until others have come."""
        self._drop()
        self.wanted = wanted

        def load(cancel: CancelSwitch) -> Iterator[_Page | Sums | str | Choices]:
            fixed = replace(wanted, up_to=self._request_log.newest())
            yield _Page(self._request_log.page(fixed), fixed)
            cancel.check()
            yield self._request_log.sums(fixed)
            yield self._budget_state()
            cancel.check()
            yield Choices(*self._request_log.choices())

        self._start(Job(load, "request log", self))

    def entry(self, row: int) -> RequestRecord | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, entry_id: int) -> int:
        """-1 when it is not loaded."""
        return next((row for row, entry in enumerate(self._rows) if entry.id == entry_id), -1)

    # --- for the view ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        name = COLUMNS[index.column()][0]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cell(self._rows[index.row()], name)
        if role == Qt.ItemDataRole.TextAlignmentRole and name in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(COLUMNS[section][1])
        return None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802
        return not parent.isValid() and not self._is_whole and self._job is None

    def fetchMore(self, parent: Index) -> None:  # noqa: N802
        if not self.canFetchMore(parent):
            return
        wanted, offset = self.wanted, len(self._rows)

        def load(_cancel: CancelSwitch) -> Iterator[_Page]:
            yield _Page(self._request_log.page(wanted, offset))

        self._start(Job(load, "request log page", self))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        name, descending = COLUMNS[column][0], order == Qt.SortOrder.DescendingOrder
        if (name, descending) != (self.wanted.sort, self.wanted.descending):
            self.show(replace(self.wanted, sort=name, descending=descending))

    # --- what comes from the thread ---

    def _start(self, job: Job[Any]) -> None:
        self._job = job
        job.arrived.connect(self._take)
        job.failed.connect(self._fail)
        job.ended.connect(self._end)
        job.start()

    def _take(self, items: list[_Page | Sums | str | Choices]) -> None:
        for item in items:
            match item:
                case _Page(entries, None):
                    self._add(entries)
                case _Page(entries, Wanted() as wanted):
                    self._begin(entries, wanted)
                case Sums():
                    self.summed.emit(item)
                case str():
                    self.budget_came.emit(item)
                case Choices():
                    self.choices_came.emit(item)

    def _begin(self, entries: tuple[RequestRecord, ...], wanted: Wanted) -> None:
        self.beginResetModel()
        self.wanted, self._rows, self._is_whole = wanted, list(entries), len(entries) < PAGE
        self.endResetModel()
        self.page_came.emit(True)

    def _add(self, entries: tuple[RequestRecord, ...]) -> None:
        self._is_whole = len(entries) < PAGE
        if entries:
            begin = len(self._rows)
            self.beginInsertRows(QModelIndex(), begin, begin + len(entries) - 1)
            self._rows += entries
            self.endInsertRows()
        self.page_came.emit(False)

    def _fail(self, error: GrokDeskError) -> None:
        self._is_whole = True
        self.failed.emit(error)

    def _end(self) -> None:
        self._job = None

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
            self._job = None
