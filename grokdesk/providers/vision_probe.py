"""Does a model see? Asked the way a person asks: with a picture, of which only who sees it knows the number."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import Remedy, RequestRefused
from grokdesk.model import ImageLimits, Message, TextDelta
from grokdesk.model.requests import Purpose
from grokdesk.pictures.decode.probe import number_picture
from grokdesk.pictures.prepare.preparing import prepare
from grokdesk.providers.formats.protocol import Provider

if TYPE_CHECKING:
    from grokdesk.providers.remote import Remote

QUESTION = "Which number is in the picture? Answer with its digits alone."


def supports_images(provider: Provider, cancel: CancelSwitch, number: int | None = None) -> bool:
    """False when the model answers with anything but the number, or its server says that it takes no pictures.

    ``number`` has five digits, at random unless a test gives it. Costs one short question. Raises what asking raises.
    """
    number = number or random_number()
    image = prepare(number_picture(number), ImageLimits())
    try:
        answer = "".join(
            event.text
            for event in provider.answer(Message(QUESTION, (image,), purpose=Purpose("probe")), [], cancel)
            if isinstance(event, TextDelta)
        )
    except RequestRefused as refusal:
        if refusal.remedy is Remedy.CHOOSE_MODEL:
            return False
        raise
    return names_number(answer, number)


def find_out(remote: Remote, model: str, cancel: CancelSwitch) -> bool:
    """Ask a model of the server whether it sees, and remember what came of it. Raises what asking raises."""
    found = supports_images(replace(remote, profile=replace(remote.profile, model=model)), cancel)
    remote.memory.remember_vision(remote.profile, model, supports_images=found)
    return found


def random_number() -> int:
    """Five digits."""
    return 10_000 + secrets.randbelow(90_000)


def names_number(text: str, number: int) -> bool:
    """True when the number stands in the text, however its digits are grouped, and not within a longer one."""
    return str(number) in [re.sub(r"[ ,.'’]", "", found) for found in re.findall(r"\d[\d ,.'’]*", text)]
