"""What a message weighs in a request: its bytes, never fewer than really travel, and about how many tokens.

Tokens of pictures: https://docs.x.ai/docs/guides/image-understanding counts tiles of 448 x 448 pixels, at most six, and
one more, 256 tokens each. Recorded answers took fewer, so this is an upper bound. Tokens of text: a token for three
bytes, which is more than English takes, about right for code, and one for each Chinese or Japanese letter.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from grokdesk.addresses import host_of
from grokdesk.errors import EXIT_USAGE, RequestTooLarge
from grokdesk.model import Message, PreparedImage, Profile, Turn
from grokdesk.model.request_limits import NOTHING, USUAL_REQUEST, RequestLimits, Weight
from grokdesk.translation import _

BASE = Weight(1_000, 200)
"""Of every request: its other fields, and what servers add of their own (xAI about 150 tokens)."""

TakesAddress = Callable[[str], bool]

_TILE, _MOST_TILES, _TOKENS_A_TILE = 448, 6, 256
_AROUND_TEXT, _AROUND_PICTURE, _TOKENS_A_MESSAGE = 60, 120, 8


_OPENROUTER_BYTES = 30_000_000
"""https://openrouter.ai/docs/guides/overview/multimodal/images: no more in the pictures of one request."""


def request_limits(profile: Profile) -> RequestLimits:
    """What the profile says, or what is documented of its server where that is less."""
    limits = profile.request
    if limits == USUAL_REQUEST and host_of(profile.base_url) == "openrouter.ai":
        return replace(limits, max_bytes=_OPENROUTER_BYTES)
    return limits


def too_large(question: Weight, profile: Profile, factor: float = 1.0) -> RequestTooLarge | None:
    """The error when a question alone is more than the profile allows; ``factor`` as in ``Fitting``."""
    whole, most = question + BASE, request_limits(profile)
    if whole.bytes > most.max_bytes:
        is_, at_most, option = megabytes(whole.bytes), megabytes(most.max_bytes), "--request-bytes"
    elif whole.tokens * factor > most.max_tokens:
        is_ = _("about {count} tokens").format(count=f"{round(whole.tokens * factor):,}")
        at_most, option = f"{most.max_tokens:,}", "--request-tokens"
    else:
        return None
    title = _("The question alone is {size}, and {profile} accepts at most {limit} in one request.")
    if profile.id:
        hint = _(
            "Send fewer or smaller pictures, shorten the text, or allow more: "
            "grokdesk profiles change {profile} {option} NUMBER"
        ).format(profile=profile.id, option=option)
    else:  # given by --base-url alone
        hint = _(
            "Send fewer or smaller pictures, shorten the text, or save the server as a profile that allows more: "
            "grokdesk profiles add custom --base-url {address} {option} NUMBER"
        ).format(address=profile.base_url, option=option)
    error = RequestTooLarge(title.format(size=is_, profile=profile.name, limit=at_most), hint)
    return error.changed(exit_code=EXIT_USAGE)


def megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count / 1_000:.1f} kB"


def weight_of_text(text: str) -> Weight:
    """Text as JSON: quotation marks and line ends grow."""
    size = len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))
    return Weight(size + _AROUND_TEXT, -(-size // 3))


def weight_of_picture(image: PreparedImage, takes: TakesAddress) -> Weight:
    """``takes`` says whether the server is given the address instead."""
    if image.stand_in:
        return weight_of_text(image.stand_in)
    by_address = bool(image.url) and takes(image.url)
    size = len(image.url.encode()) if by_address else -(-len(image.data) // 3) * 4
    return Weight(size + _AROUND_PICTURE, picture_tokens(image.width, image.height))


def weight_of_message(message: Message, takes: TakesAddress) -> Weight:
    """The question as it leaves, without what goes before it."""
    whole = weight_without_pictures(message) + weight_of_text(message.system)
    if message.schema is not None:
        whole += weight_of_text(json.dumps(message.schema))
    return sum((weight_of_picture(image, takes) for image in message.images), whole)


def weight_without_pictures(message: Message) -> Weight:
    labels = sum((weight_of_text("Picture AA:") for _ in message.images), NOTHING)
    return weight_of_text(message.prompt) + labels + Weight(_AROUND_TEXT, _TOKENS_A_MESSAGE)


def weight_of_past(turn: Turn) -> Weight:
    """What was asked and answered, without its pictures."""
    return weight_without_pictures(turn.message) + weight_of_text(turn.answer.text) + Weight(0, _TOKENS_A_MESSAGE)


def picture_tokens(width: int, height: int) -> int:
    """An upper bound; for a picture of unknown size (0), of any."""
    tiles = -(-width // _TILE) * -(-height // _TILE) or _MOST_TILES
    return (min(tiles, _MOST_TILES) + 1) * _TOKENS_A_TILE
