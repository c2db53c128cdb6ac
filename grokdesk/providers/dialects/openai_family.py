"""What the two OpenAI dialects have in common: the key's header, the model lists, and who said what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grokdesk.errors import KeyRefused
from grokdesk.model import Message, PreparedImage, Profile, Turn
from grokdesk.providers.formats.base_url import endpoint
from grokdesk.providers.formats.json_pieces import Inline
from grokdesk.providers.formats.protocol import HttpRequest, Part, Plan
from grokdesk.providers.http.picture_addresses import takes_address
from grokdesk.translation import _

NO_WORDS = "Go on."
"""For a question without words and pictures: a message with nothing in it is refused."""


@dataclass(frozen=True, slots=True)
class Said:
    role: Literal["system", "user", "assistant"]
    parts: tuple[str | PreparedImage, ...]


def auth(key: str) -> dict[str, str]:
    """Raises KeyRefused when the key cannot be part of a header, before it could show up in somebody's error."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise KeyRefused(_("The key contains invalid characters."), _("Copy it again, without spaces or line breaks."))
    return {"Authorization": f"Bearer {key}"}


def plan(message: Message, past: Sequence[Turn]) -> Plan:
    """These APIs take any number of pictures, and the whole conversation."""
    return Plan((Part(message, past),))


def model_list(profile: Profile) -> HttpRequest:
    return HttpRequest("GET", endpoint(profile.base_url, "models"))


def language_model_list(profile: Profile) -> HttpRequest:
    """xAI's own list, which tells which models see.

    Source: https://docs.x.ai/developers/rest-api-reference/inference/models
    """
    return HttpRequest("GET", endpoint(profile.base_url, "language-models"))


def conversation(profile: Profile, message: Message, past: Sequence[Turn]) -> Iterator[Said]:
    """The system prompt, the past, and the message. What was sent once is sent again in the same words, so that a
    server's cache of prompts knows it.

    What of the past is sent is decided in ``upkeep``. A turn without an answer never is: no server takes one.
    """
    if message.system:
        yield Said("system", (message.system,))
    for turn in past:
        if turn.answer.text.strip():
            yield Said("user", tuple(_parts(profile, turn.message)))
            yield Said("assistant", (turn.answer.text,))
    yield Said("user", tuple(_parts(profile, message)))


def picture_address(profile: Profile, image: PreparedImage) -> str | Inline:
    """What stands for a picture: its public address where the server may fetch it, else the picture itself."""
    if image.url and takes_address(profile, image.url):
        return image.url
    return Inline(image.data, f"data:{image.media_type};base64,")


def _parts(profile: Profile, message: Message) -> Iterator[str | PreparedImage]:
    """Text first, then the pictures in the person's order; several are labelled, so that they can be spoken of."""
    if message.prompt or not message.images:
        yield message.prompt if message.prompt.strip() or message.images else NO_WORDS
    labelled = len(message.images) > 1
    for at, image in enumerate(message.images):
        if labelled:
            yield f"Picture {label(at)}:"
        if image.data or (image.url and takes_address(profile, image.url)):
            yield image
        else:
            yield image.stand_in or f"[picture: {image.name}, not sent]"


def label(at: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    letter = chr(ord("A") + at % 26)
    return letter if at < 26 else label(at // 26 - 1) + letter
