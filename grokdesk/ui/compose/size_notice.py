"""Says that shrinking leaves the text of a picture too small to read, and offers what helps."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.theme import GAP_S, GAP_XS, Theme


class SizeNotice(QFrame):
    """Hidden until it has something to say."""

    tiles_chosen = Signal()
    crop_chosen = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("look", "notice")
        self._icon, self._words = QLabel(self), QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tiles = QPushButton(self)
        self.crop, self.anyway = QPushButton(_("Crop…"), self), QPushButton(_("Send anyway"), self)
        self.tiles.clicked.connect(self.tiles_chosen)
        self.crop.clicked.connect(self.crop_chosen)
        self.anyway.clicked.connect(self.dismissed)
        self._buttons = QWidget(self)
        flow = FlowLayout(self._buttons, GAP_S)
        for button in (self.tiles, self.crop, self.anyway):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard in the text
            flow.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(GAP_S)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP_S, GAP_XS, GAP_S, GAP_S)
        column.setSpacing(GAP_XS)
        column.addLayout(row)
        column.addWidget(self._buttons)
        self.hide()
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def words(self) -> str:
        """What it says, empty when it is hidden."""
        return self._words.text() if not self.isHidden() else ""

    def show_for(self, words: str, parts: int) -> None:
        """``parts``: how many pictures it can be divided into; 0 when that is not possible."""
        is_news = words != self.words
        self._words.setText(words)
        self.tiles.setText(_("Send in {count} parts").format(count=parts))
        self.tiles.setVisible(parts > 1)
        self.tiles.setEnabled(True)
        self.show()
        if is_news:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    @Slot()
    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap("info", 20, "muted"))
