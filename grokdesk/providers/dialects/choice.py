"""The dialects by name. A new one is one file, and one line here."""

from __future__ import annotations

from grokdesk.model import DialectName
from grokdesk.providers.dialects import chat_completions, concurred_vision, xai_responses
from grokdesk.providers.formats.protocol import Dialect


def dialect_for(name: DialectName) -> Dialect:
    """Raises ValueError for a name that needs no server."""
    match name:
        case "xai-responses":
            return xai_responses
        case "chat-completions":
            return chat_completions
        case "concurred-vision":
            return concurred_vision
        case "on-this-computer":
            raise ValueError(f"{name} speaks to no server")
