"""A switch in the settings that is not stored: it shows what is true of the system, and changes that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.errors import NotPossibleHere
from grokdesk.system.protocols import Autostart
from grokdesk.translation import _
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.clipboard.copy_button import CopyButton
from grokdesk.ui.kit.theme import GAP_S


class LiveSwitch(QWidget):
    """Looks again each time it is shown, as it can be changed elsewhere."""

    def __init__(self, title: str, help_: str, autostart: Autostart, copier: Copier) -> None:
        super().__init__()
        self._autostart = autostart
        self.box = QCheckBox(title)
        self.box.setAccessibleDescription(help_)
        self.box.clicked.connect(self._switch)
        about = QLabel(help_, wordWrap=True)
        about.setProperty("look", "caption")
        self.status, self.command = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.repair, self.copy = QPushButton(_("Repair")), CopyButton("Copy", copier)
        self.repair.clicked.connect(lambda _checked=False: self._switch(True))
        self.copy.failed.connect(lambda error: self._say(str(error), good=False))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_S)
        layout.addWidget(self.box)
        layout.addWidget(about)
        for words, button in ((self.status, self.repair), (self.command, self.copy)):
            row = QHBoxLayout()
            row.addWidget(words, 1)
            row.addWidget(button)
            layout.addLayout(row)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        super().showEvent(event)

    def refresh(self) -> None:
        state = self._autostart.state
        self.box.setChecked(self._autostart.is_on())
        self.box.setEnabled(state.state not in ("impossible", "missing"))
        self.repair.setVisible(state.state == "degraded")
        self.command.setText(state.command)
        self.command.setVisible(bool(state.command))
        self.copy.offer(state.command)
        self._say(state.sentence, good=state.state in ("ok", "desktop-decides"))

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        try:
            self._autostart.switch(on)
        except NotPossibleHere as error:
            self.refresh()
            self._say(str(error), good=False)
        else:
            self.refresh()

    def _say(self, sentence: str, *, good: bool) -> None:
        self.status.setText(sentence)
        self.status.setProperty("look", "caption" if good else "bad")
        self.status.style().polish(self.status)
