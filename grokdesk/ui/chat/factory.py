"""Makes the conversation window and joins it: conversations, what closing means, and the size that is remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from grokdesk.ui.chat.chat import Chat
from grokdesk.ui.chat.closing import CloseQuestion, Closing, Surroundings
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.conversations import Conversations, OtherConversations
from grokdesk.ui.chat.earlier_pictures import EarlierPictures
from grokdesk.ui.chat.main_window import MainWindow
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.kept_size import KeptSize
from grokdesk.ui.settings.preferences import Preferences


@dataclass(frozen=True, slots=True)
class ChatWindow:
    conversations: Conversations
    closing: Closing
    size: KeptSize


def make_chat_window(
    app: QApplication,
    make_chat: Callable[[MainWindow], Chat],
    drop_chat: Callable[[Chat], None],
    preferences: Preferences,
    surroundings: Surroundings,
    theme: Theme,
    icon: QIcon,
) -> ChatWindow:
    """As in ``Conversations``."""
    size = QSize(preferences.settings.panel_width, preferences.settings.panel_height)
    window = MainWindow(app, icon, size)
    conversations = Conversations(window, OtherConversations(theme), make_chat, drop_chat, preferences)
    closing = Closing(window, CloseQuestion(theme), preferences, surroundings, conversations)
    return ChatWindow(conversations, closing, KeptSize(window, window.resized, preferences))


def make_chat(
    window: MainWindow,
    controller: Controller,
    question: DraftComposer,
    copier: Copier,
    preferences: Preferences,
    hotkey: str,
    theme: Theme,
) -> Chat:
    """``question`` is what the person writes in below the answers."""
    panel = ConversationPanel(theme)
    panel.set_hotkey(hotkey)
    chat = Chat(controller, panel, question, copier, window)
    earlier = EarlierPictures(controller, panel, question, theme)
    preferences.profile_found.connect(earlier.refresh)
    preferences.changed.connect(earlier.refresh)
    return chat
