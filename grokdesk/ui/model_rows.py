"""One model a row: its name, and below it whether it sees and what it costs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from grokdesk.ui.panel.captions import locale
from grokdesk.ui.theme import CAPTION_SCALE, GAP_S, GAP_XS, Theme

if TYPE_CHECKING:
    from grokdesk.providers.models import ModelInfo, Prices

MODEL, ABOUT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
SIGHT = {True: "Sees pictures", False: "Does not see", None: "May see: the server does not say"}


def about(model: ModelInfo, *, in_use: bool) -> str:
    """``In use · Sees pictures · $1.25 in, $2.50 out for a million tokens · holds 500,000 tokens``"""
    parts = ["In use"] if in_use else []
    parts.append(SIGHT[model.sees])
    if model.prices is not None:
        parts.append(price(model.prices))
    if model.context:
        parts.append(f"holds {locale().toString(model.context)} tokens")
    return " · ".join(parts)


def price(prices: Prices) -> str:
    if not prices.input and not prices.output:
        return "free"
    return f"{_dollars(prices.input)} in, {_dollars(prices.output)} out for a million tokens"


def _dollars(amount: Decimal) -> str:
    """With as many decimals as the price has, two at the least."""
    exponent = amount.normalize().as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 2)
    return locale().toCurrencyString(float(amount), "$", min(decimals, 6))


def row_of(model: ModelInfo, *, in_use: bool) -> QListWidgetItem:
    return _row(model.id, model.id, about(model, in_use=in_use))


def typed_row(text: str) -> QListWidgetItem:
    """For a model that the server's list does not have under this name."""
    return _row(text, f"Use “{text}”", "As typed: it is not in the list")


def _row(model_id: str, title: str, words: str) -> QListWidgetItem:
    row = QListWidgetItem(title)
    row.setData(MODEL, model_id)
    row.setData(ABOUT, words)
    row.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}. {words}")
    row.setToolTip(f"{title}\n{words}")
    return row


class TwoLines(QStyledItemDelegate):
    """Draws the title of a row and, smaller and muted, what ``ABOUT`` says of it."""

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
