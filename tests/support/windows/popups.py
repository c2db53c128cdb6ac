"""Where a popup of a test asks its questions."""

from __future__ import annotations

from grokdesk.ui.capture.popup import AskInConversation
from grokdesk.ui.chat.controller import Controller, OnEnd
from grokdesk.ui.compose.draft import Draft


def asking_in(controller: Controller) -> AskInConversation:
    """Where a popup asks: in this conversation, begun anew."""

    def ask(draft: Draft, text: str, action_id: str, on_end: OnEnd | None, *, quiet: bool) -> None:
        controller.start_conversation()
        controller.submit(draft, text, action_id, on_end)

    return ask
