"""What a message weighs in a request: its bytes, never fewer than really travel, and about how many tokens.

Tokens of pictures: https://docs.x.ai/docs/guides/image-understanding counts tiles of 448 x 448 pixels, at most six, and
one more, 256 tokens each. Recorded answers took fewer, so this is an upper bound. Tokens of text: a token for three
bytes, which is more than English takes, about right for code, and one for each Chinese or Japanese letter.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from grokdesk.model import Message, PreparedImage, Turn
from grokdesk.model.request_limits import NOTHING, Weight

BASE = Weight(1_000, 200)
"""Of every request: its other fields, and what servers add of their own (xAI about 150 tokens)."""

TakesAddress = Callable[[str], bool]

_TILE, _MOST_TILES, _TOKENS_A_TILE = 448, 6, 256
_AROUND_TEXT, _AROUND_PICTURE, _TOKENS_A_MESSAGE = 60, 120, 8


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
