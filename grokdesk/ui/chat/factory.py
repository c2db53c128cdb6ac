"""Makes the conversation window and joins it: panel, chat, what closing means, and the size that is remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Slot
from PySide6.QtGui import QIcon

from grokdesk.ui.chat.chat import Chat
from grokdesk.ui.chat.close_question import CloseQuestion
from grokdesk.ui.chat.closing import Closing, Surroundings
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.earlier_pictures import EarlierPictures
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.preferences import Preferences

if TYPE_CHECKING:
    from grokdesk.ui.compare.window import CompareWindow

SAVE_SIZE_MS = 500


@dataclass(frozen=True, slots=True)
class Conversation:
    chat: Chat
    closing: Closing
    size: KeptSize


class KeptSize(QObject):
    """Remembers the size of a window when it rests, in the settings ``NAME_width`` and ``NAME_height``."""

    def __init__(self, window: MainWindow | CompareWindow, preferences: Preferences, name: str = "panel") -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._name = name
        self._resting = QTimer(self, singleShot=True, interval=SAVE_SIZE_MS)
        self._resting.timeout.connect(self._keep)
        window.resized.connect(lambda _size: self._resting.start())
        preferences.destroyed.connect(self._resting.stop)

    def keep_now(self) -> None:
        """What is not remembered yet."""
        if self._resting.isActive():
            self._resting.stop()
            self._keep()

    @Slot()
    def _keep(self) -> None:
        size = self._window.size()
        self._preferences.remember(**{f"{self._name}_width": size.width(), f"{self._name}_height": size.height()})


def make_conversation(
    controller: Controller,
    question: DraftComposer,
    copier: Copier,
    preferences: Preferences,
    surroundings: Surroundings,
    theme: Theme,
    icon: QIcon,
) -> Conversation:
    """``question`` is what the person writes in below the answers."""
    size = QSize(preferences.settings.panel_width, preferences.settings.panel_height)
    panel = ConversationPanel(theme)
    panel.set_hotkey(surroundings.hotkey())
    chat = Chat(controller, panel, question, copier, icon, size)
    earlier = EarlierPictures(controller, panel, question, theme)
    preferences.profile_found.connect(earlier.refresh)
    preferences.changed.connect(earlier.refresh)
    closing = Closing(chat.window, CloseQuestion(theme), preferences, surroundings, controller)
    return Conversation(chat, closing, KeptSize(chat.window, preferences))
