"""Makes the conversation window and joins it: panel, chat, what closing means, and the size that is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from grokdesk.ui.chat.chat import Chat
from grokdesk.ui.chat.close_question import CloseQuestion
from grokdesk.ui.chat.closing import Closing, Surroundings
from grokdesk.ui.chat.controller import Controller
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.earlier_pictures import EarlierPictures
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.compose.draft_composer import DraftComposer
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.kept_size import KeptSize
from grokdesk.ui.settings.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Conversation:
    chat: Chat
    closing: Closing
    size: KeptSize


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
    return Conversation(chat, closing, KeptSize(chat.window, chat.window.resized, preferences))
