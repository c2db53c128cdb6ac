"""The conversations of this run: one is shown, the others go on beside it, each to be seen and stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from grokdesk.translation import N_, _
from grokdesk.ui.chat.chat import Chat, State
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import GAP_L, GAP_S, GAP_XS, HIT_TARGET, Theme

MOST = 8
"""How many are kept beside the one that is shown; an answered one too many is found in the history."""
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


class Conversations(QObject):
    """A question from a capture never takes the place of a conversation, of an answer that is coming, or of what is
    being written: it gets a conversation of its own."""

    busy_changed = Signal(bool)
    """An answer is coming somewhere, or nowhere any more."""
    shown = Signal(object)
    """The Chat that the window shows now."""

    def __init__(
        self,
        window: MainWindow,
        others: OtherConversations,
        make_chat: Callable[[MainWindow], Chat],
        drop_chat: Callable[[Chat], None],
        parent: QObject | None = None,
    ) -> None:
        """``drop_chat`` is called with one that is no longer to be found here, before its widgets go."""
        super().__init__(parent)
        self.window, self.others = window, others
        self._make_chat, self._drop_chat = make_chat, drop_chat
        self._chats: list[Chat] = []
        self._shown: Chat | None = None
        self._retired: list[Controller] = []
        """Of closed conversations, until what was stopped in them is kept."""
        self._was_busy = False
        window.add_above(others)
        others.chosen.connect(self.show)
        others.stop_requested.connect(lambda chat: chat.controller.stop())
        others.close_requested.connect(self.close)
        self.show(self._add())

    @property
    def chats(self) -> tuple[Chat, ...]:
        """In the order in which they were begun."""
        return tuple(self._chats)

    @property
    def current(self) -> Chat:
        """The one that the window shows."""
        if self._shown is None:
            self.show(self._add())
        return self._shown or self._chats[-1]

    @property
    def is_busy(self) -> bool:
        return any(chat.controller.is_busy for chat in self._chats)

    def for_new_question(self) -> Chat:
        """One in which nothing was asked and nothing is being written; it is not shown if it has just been made."""
        return self.current if self.current.is_unused else self._add()

    @Slot(object)
    def show(self, chat: Chat) -> None:
        before, self._shown = self._shown, chat
        composer = chat.question.composer
        self.window.show_content(chat.panel, composer.focus_text, composer.bring)
        composer.focus_text()
        if before is not None and before is not chat and before.is_unused:
            self.close(before)
        self._refresh()
        self.shown.emit(chat)

    @Slot()
    def start_new(self) -> None:
        """Ctrl+N. An answer that is coming goes on beside the new conversation; one that only waits to be asked for
        again is given up."""
        old = self.current
        if not old.controller.is_busy or old.controller.waits_to_retry:
            old.begin_anew()
            return
        new = self._add()
        self._move_draft(old, new)
        self.show(new)

    @staticmethod
    def _move_draft(old: Chat, new: Chat) -> None:
        """What was being written is for the new conversation, as it is when nothing is coming."""
        new.question.composer.set_text(old.question.composer.text())
        for entry in old.question.draft.entries:
            if entry.picture is not None:
                new.question.draft.add_picture(entry.picture)
        old.question.discard()

    @Slot(object)
    def close(self, chat: Chat) -> None:
        """Leave it to the history, and stop what is going on in it."""
        if chat not in self._chats:
            return
        self._chats.remove(chat)
        if chat is self._shown:
            self._shown = None
            self.show(self._chats[-1] if self._chats else self._add())
        self._retired.append(chat.controller)
        chat.controller.destroyed.connect(self._forget_retired)
        chat.controller.retire()
        self._drop_chat(chat)
        chat.panel.hide()
        chat.panel.deleteLater()
        self._refresh()

    @Slot()
    def _forget_retired(self) -> None:
        self._retired = [each for each in self._retired if isValid(each)]

    def shut_down(self, seconds: float) -> None:
        """Stop every answer, and wait at most so long until what came of them is kept."""
        deadline = time.monotonic() + seconds
        controllers = [*(chat.controller for chat in self._chats), *self._retired]
        for controller in controllers:
            controller.shut_down(0)  # all are told before one is waited for
        for controller in controllers:
            controller.shut_down(max(0.0, deadline - time.monotonic()))

    def _add(self) -> Chat:
        chat = self._make_chat(self.window)
        chat.started_new.connect(self.start_new)
        chat.state_changed.connect(self._refresh)
        self._chats.append(chat)
        others = [each for each in self._chats if each is not self._shown and each is not chat]
        done = [each for each in others if each.state in ("", "answered", "failed")]
        if len(others) > MOST and done:
            self.close(done[0])
        self._refresh()
        return chat

    @Slot()
    def _refresh(self) -> None:
        if not (isValid(self.window) and isValid(self.others)):
            return  # the window goes, and a chat that is stopped with it says so once more
        self.others.show_chats([chat for chat in self._chats if chat is not self._shown and not chat.is_unused])
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.busy_changed.emit(self._was_busy)


class OtherConversations(QScrollArea):
    """A row for each one that is not shown: what it is about, what goes on in it, Stop, and the way to it. Hidden while
    there is none."""

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
