"""One row of the composer: what was found on the pictures, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.theme import GAP_S, GAP_XS, HIT_TARGET, Theme

Choice = tuple[str, Callable[[], None]]


class ScanRow(QFrame):
    """Hidden until there is something to say; ``advised`` is the number of the choice that stands out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name, self._role = "info", "muted"
        self._said: tuple[str, tuple[str, ...]] = ("", ())
        self._runs: list[Callable[[], None]] = []
        self.setProperty("look", "notice")
        self._icon, self._words = QLabel(self), QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._choices = QWidget(self)
        self._flow = FlowLayout(self._choices, GAP_XS)
        self.buttons: list[QPushButton] = []
        top = QHBoxLayout()
        top.setSpacing(GAP_S)
        top.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP_S, GAP_XS, GAP_XS, GAP_XS)
        column.setSpacing(GAP_XS)
        column.addLayout(top)
        column.addWidget(self._choices)
        self.setMinimumHeight(HIT_TARGET)
        self.hide()
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def words(self) -> str:
        """What it says, empty when it is hidden."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, words: str, choices: Sequence[Choice] = (), *, icon: str = "info", role: str = "muted") -> None:
        self._icon_name, self._role = icon, role
        self._runs = [run for _, run in choices]
        said = words, tuple(text for text, _ in choices)
        self._restyle()
        self.show()
        if said == self._said:
            return  # buttons that stay keep the focus
        self._said = said
        self._words.setText(words)
        self._make_buttons(said[1])
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def close_row(self) -> None:
        self._said = ("", ())
        self._runs = []
        self.hide()

    def _make_buttons(self, texts: Sequence[str]) -> None:
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for number, text in enumerate(texts):
            button = QPushButton(text, self._choices)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard in the text
            button.clicked.connect(lambda _checked=False, number=number: self._run(number))
            QWidget.setTabOrder(self.buttons[-1] if self.buttons else self._choices, button)
            self._flow.addWidget(button)
            button.show()
            self.buttons.append(button)
        self._choices.setVisible(bool(texts))
        self._choices.updateGeometry()

    def _run(self, number: int) -> None:
        if number < len(self._runs):
            self._runs[number]()

    @Slot()
    def _restyle(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, 20, self._role))
