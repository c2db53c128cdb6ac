"""Above the conversation, a row for each other one: what it is about, what goes on in it, Stop, and the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from grokdesk.translation import N_, _
from grokdesk.ui.chat.chat import Chat, State
from grokdesk.ui.kit.buttons import IconButton
from grokdesk.ui.kit.theme import GAP_L, GAP_S, GAP_XS, HIT_TARGET, Theme

ROWS = 3
"""How many are shown without scrolling."""
WORDS: dict[State, str] = {
    "": N_("Empty"),
    "answering": N_("Answering…"),
    "answered": N_("Answered"),
    "failed": N_("Failed"),
    "draft": N_("Draft"),
}
ICONS: dict[State, str] = {"answering": "more", "answered": "check", "failed": "warning"}


class OtherConversations(QScrollArea):
    """Hidden while there is none."""

    chosen = Signal(object)
    """The Chat to show."""
    stop_requested = Signal(object)
    close_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(widgetResizable=True)
        self._theme = theme
        self._rows: dict[Chat, _Row] = {}
        self.setAccessibleName(_("Other conversations"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(GAP_L, GAP_XS, GAP_S, GAP_XS)
        self._column.setSpacing(0)
        self.setWidget(content)
        self.hide()

    @property
    def rows(self) -> list[_Row]:
        return list(self._rows.values())

    def show_chats(self, chats: Sequence[Chat]) -> None:
        """Rows of conversations that stay are kept, so that the focus stays too."""
        for chat in [chat for chat in self._rows if chat not in chats]:
            row = self._rows.pop(chat)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for at, chat in enumerate(chats):
            if chat not in self._rows:
                row = self._rows[chat] = _Row(self._theme)
                row.open.clicked.connect(partial(self.chosen.emit, chat))
                row.stop.clicked.connect(partial(self.stop_requested.emit, chat))
                row.close_button.clicked.connect(partial(self.close_requested.emit, chat))
                self._column.insertWidget(at, row)
            self._rows[chat].show_state(chat.title or _("New conversation"), chat.state)
        self.setVisible(bool(self._rows))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        rows = min(ROWS, len(self._rows))
        return QSize(super().sizeHint().width(), rows * HIT_TARGET + 2 * GAP_XS)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())


class _Row(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._words, self._state = theme, "", ""
        self.open = QPushButton()
        self.open.setProperty("look", "flush")
        self.open.setAutoDefault(False)
        self.open.setIconSize(QSize(16, 16))
        self.open.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.stop = IconButton(theme, "stop", _("Stop"), name=_("Stop this answer"))
        self.close_button = IconButton(theme, "close", "", name=_("Close; it stays in the history"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_XS)
        layout.addWidget(self.open, 1)
        layout.addWidget(self.stop)
        layout.addWidget(self.close_button)
        self.setFixedHeight(HIT_TARGET)
        theme.changed.connect(self._draw)

    @property
    def words(self) -> str:
        """What it says, whole."""
        return self._words

    def show_state(self, title: str, state: State) -> None:
        self._words, self._state = f"{title} · {_(WORDS[state])}", ICONS.get(state, "history")
        self.open.setAccessibleName(self._words)
        self.open.setToolTip(self._words)
        self.stop.setVisible(state == "answering")
        self._draw()

    @Slot()
    def _draw(self) -> None:
        self.open.setIcon(self._theme.icon(self._state, "muted"))
        self._elide()

    def _elide(self) -> None:
        room = max(40, self.open.width() - 40)
        words = self.open.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        self.open.setText(words.replace("&", "&&"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()
