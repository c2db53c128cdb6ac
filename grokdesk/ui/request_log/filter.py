"""Narrows the request log down: words, a month, a profile."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QDate, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from grokdesk.store.request_log.request_log import Wanted
from grokdesk.translation import _
from grokdesk.ui.kit.captions import locale
from grokdesk.ui.kit.theme import GAP_S
from grokdesk.ui.request_log.model import Choices

TYPING_MS = 200
"""A search begins when nothing was typed for so long."""


class RequestLogFilter(QWidget):
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLineEdit(placeholderText=_("Host, model, SHA-256…"), clearButtonEnabled=True)
        self.text.setAccessibleName(_("Search the request log"))
        self.month, self.profile = QComboBox(), QComboBox()
        for box, name, everything in (
            (self.month, _("Month"), _("All months")),
            (self.profile, _("Profile"), _("All profiles")),
        ):
            box.setAccessibleName(name)
            box.addItem(everything, "")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            box.activated.connect(self.changed)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._typing.start())
        self.text.returnPressed.connect(self._search_now)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_S)
        row.addWidget(self.text, 2)
        row.addWidget(self.month, 1)
        row.addWidget(self.profile, 1)

    def applied(self, wanted: Wanted) -> Wanted:
        return replace(
            wanted,
            text=self.text.text(),
            month=self.month.currentData() or "",
            profile=self.profile.currentData() or "",
        )

    @property
    def is_on(self) -> bool:
        return self.applied(Wanted()) != Wanted()

    @Slot(object)
    def set_choices(self, choices: Choices) -> None:
        """What is chosen stays chosen, also when nothing is left of it."""
        _fill(self.month, [(_month_name(month), month) for month in choices.months])
        _fill(self.profile, [(profile, profile) for profile in choices.profiles])

    @Slot()
    def _search_now(self) -> None:
        self._typing.stop()
        self.changed.emit()


def _fill(box: QComboBox, entries: list[tuple[str, str]]) -> None:
    chosen, words = box.currentData(), box.currentText()
    while box.count() > 1:
        box.removeItem(1)
    for name, data in entries:
        box.addItem(name, data)
    if chosen and box.findData(chosen) < 0:
        box.addItem(words, chosen)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def _month_name(month: str) -> str:
    year, number = month.split("-")
    return locale().toString(QDate(int(year), int(number), 1), "MMMM yyyy")
