"""Rows of a form that most people never need, behind a header that shows them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import GAP_XS, Theme


class Fold(QWidget):
    def __init__(self, theme: Theme, title: str, content: QWidget) -> None:
        super().__init__()
        self._title, self._content = title, content
        self.header = IconButton(theme, "chevron-right", title)
        self.header.setProperty("look", "fold")
        self.header.setCheckable(True)
        self.header.toggled.connect(self._unfold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_XS)
        layout.addWidget(self.header, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(content)
        self._unfold(False)

    def unfold(self) -> None:
        self.header.setChecked(True)

    @Slot(bool)
    def _unfold(self, unfolded: bool) -> None:
        self.header.set_icon("chevron-down" if unfolded else "chevron-right")
        self.header.setAccessibleName(
            (_("{title}, expanded") if unfolded else _("{title}, collapsed")).format(title=self._title)
        )
        self._content.setVisible(unfolded)
