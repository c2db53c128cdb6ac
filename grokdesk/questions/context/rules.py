"""The rules by which conversations go on: made once a run, for whoever asks and whoever shows what goes along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grokdesk.model import Conversation, Message, Profile
from grokdesk.questions.context.addresses import AddressMemory
from grokdesk.questions.context.context import AGAIN, Context, context_of


def _usual() -> int:
    return AGAIN


def _unknown(_profile: Profile) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Upkeep:
    """``again`` is how many turns send their pictures again unasked, ``window`` how many tokens the model takes, 0 when
    that is not known; both are asked each time, as they may change."""

    again: Callable[[], int] = _usual
    window: Callable[[Profile], int] = _unknown
    addresses: AddressMemory = field(default_factory=AddressMemory)

    def context(self, past: Conversation, message: Message, profile: Profile) -> Context:
        """What goes along with this question. Raises RequestTooLarge when it alone is too large."""
        return context_of(past, message, profile, self.again(), self.addresses.takes, self.window(profile))
