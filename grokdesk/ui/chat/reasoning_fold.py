"""The model's reasoning, folded away until somebody wants it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from grokdesk.translation import _
from grokdesk.ui.chat.answer_view import AnswerView
from grokdesk.ui.kit.captions import duration, minutes
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import GAP_XS, Theme


class ReasoningFold(QWidget):
    """Hidden until there is reasoning. Its text is only drawn once it was unfolded."""

    link_clicked = Signal(str, QPoint)
    cursor_moved = Signal(QWidget)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._waiting: list[str] = []
        """Not handed to the view yet."""
        self._is_finished = False
        self.view: AnswerView | None = None
        self.header = IconButton(theme, "chevron-right", _("Thinking…"))
        self.header.setCheckable(True)
        self.header.toggled.connect(self._unfold)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_XS)
        self.header.setProperty("look", "fold")
        layout.addWidget(self.header, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def add(self, text: str) -> None:
        self._waiting.append(text)
        self.show()
        self._hand_over()

    def show_thinking(self, seconds: float) -> None:
        self._name(_("Thinking… {time}").format(time=minutes(seconds)))

    def show_done(self, seconds: float) -> None:
        """The answer itself has begun."""
        self._name(_("Thought for {time}").format(time=duration(seconds)) if seconds >= 1 else _("Reasoning"))

    def finish(self) -> None:
        """Nothing more comes."""
        self._is_finished = True
        if self.view is not None:
            self.view.finish()

    def _name(self, words: str) -> None:
        self.header.setText(words)
        self.header.setAccessibleName(
            (_("{title}, expanded") if self.header.isChecked() else _("{title}, collapsed")).format(title=words)
        )

    @Slot(bool)
    def _unfold(self, unfolded: bool) -> None:
        self.header.set_icon("chevron-down" if unfolded else "chevron-right")
        self._name(self.header.text())
        if self.view is None:
            self.view = AnswerView(self._theme)
            self.view.setAccessibleName(_("Reasoning"))
            self.view.link_clicked.connect(self.link_clicked)
            self.view.cursor_moved.connect(self._pass_cursor)
            self._layout.addWidget(self.view)
        self.view.setVisible(unfolded)
        self._hand_over()
        if self._is_finished:
            self.view.finish()

    @Slot()
    def _pass_cursor(self) -> None:
        self.cursor_moved.emit(self.view)

    def _hand_over(self) -> None:
        if self.view is not None and self._waiting:
            self.view.stream("".join(self._waiting))
            self._waiting.clear()
