"""The columns of a comparison: side by side where there is room, below each other where it is narrow."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QWidget

from grokdesk.ui.compare.column import LEAST_WIDTH, CompareColumn
from grokdesk.ui.kit.theme import GAP_S


class CompareColumns(QScrollArea):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.columns: dict[int, CompareColumn] = {}
        """By place."""
        content = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP_S)
        self.setWidget(content)

    @property
    def is_stacked(self) -> bool:
        return self._row.direction() == QBoxLayout.Direction.TopToBottom

    def add(self, column: CompareColumn) -> None:
        self.columns[column.contestant.position] = column
        self._row.addWidget(column, 1)

    def remove(self, position: int) -> None:
        if (column := self.columns.pop(position, None)) is not None:
            self._row.removeWidget(column)
            column.deleteLater()

    def clear(self) -> None:
        for position in list(self.columns):
            self.remove(position)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < 2 * LEAST_WIDTH + GAP_S
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
