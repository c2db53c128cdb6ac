"""Lists whose rows have a title and, below it, smaller and muted, what is known of it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from grokdesk.ui.kit.theme import CAPTION_SCALE, GAP_S, GAP_XS, Theme

WHAT, ABOUT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
"""What a row stands for, and its second line."""


def two_line_list(theme: Theme, name: str) -> QListWidget:
    rows = QListWidget()
    rows.setAccessibleName(name)
    rows.setItemDelegate(TwoLines(theme))
    rows.setUniformItemSizes(True)
    rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return rows


def two_lines(what: object, title: str, about: str) -> QListWidgetItem:
    row = QListWidgetItem(title)
    row.setData(WHAT, what)
    row.setData(ABOUT, about)
    row.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}. {about}")
    row.setToolTip(f"{title}\n{about}")
    return row


def selected(rows: QListWidget) -> object:
    """What the selected row stands for, None when there is none."""
    chosen = rows.selectedItems()
    return chosen[0].data(WHAT) if chosen else None


class TwoLines(QStyledItemDelegate):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        small = QFontMetrics(self._theme.font(CAPTION_SCALE))
        return QSize(0, option.fontMetrics.height() + small.height() + 3 * GAP_XS)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        view = option.widget
        style = view.style() if view is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, view)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        inside: QRect = option.rect.adjusted(GAP_S, GAP_XS, -GAP_S, -GAP_XS)
        painter.save()
        for text, scale, role, place in (
            (index.data(), 1.0, "text", Qt.AlignmentFlag.AlignTop),
            (index.data(ABOUT), CAPTION_SCALE, "muted", Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(self._theme.font(scale))
            painter.setPen(self._theme.color("on_selection" if is_selected else role))
            short = painter.fontMetrics().elidedText(text or "", Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | place, short)
        painter.restore()
