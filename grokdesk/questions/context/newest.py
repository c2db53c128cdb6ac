"""The earlier pictures for what takes those of one question only: the newest, or the ones that the person chose."""

from __future__ import annotations

from grokdesk.model import Conversation, Message, Profile
from grokdesk.model.request_limits import Place
from grokdesk.questions.context.fitting import CHOSEN, NO_ADDRESS, TOO_OLD
from grokdesk.translation import N_

OWN_PICTURES = N_("the question has pictures of its own")


def why_not(past: Conversation, message: Message, profile: Profile, to: str) -> dict[Place, str]:
    """For every earlier picture why it does not go along, "" for those that do."""
    why = _reasons(past, to)
    may_go = [place for place, reason in why.items() if not reason]
    wanted = [place for place in may_go if past.chosen.get(place)] or may_go
    newest = [place for place in wanted if place[0] == wanted[-1][0]]
    going = newest[-1:] if profile.dialect == "concurred-vision" else newest
    rest = OWN_PICTURES if message.images else TOO_OLD
    return {place: reason or ("" if place in going and not message.images else rest) for place, reason in why.items()}


def _reasons(past: Conversation, to: str) -> dict[Place, str]:
    refused: dict[Place, str] = {}
    for turn in past.turns:
        if turn.sent.to == to:
            refused |= dict.fromkeys(turn.sent.refused, turn.sent.why)
    why: dict[Place, str] = {}
    for number, turn in enumerate(past.turns):
        for at, image in enumerate(turn.message.images):
            choice = past.chosen.get((number, at))
            if choice is False:
                why[number, at] = CHOSEN
            elif not image.data and not image.url:
                why[number, at] = NO_ADDRESS
            else:
                why[number, at] = "" if choice else refused.get((number, at), "")
    return why
