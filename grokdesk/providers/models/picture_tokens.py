"""How many tokens a picture is said to cost, before it is sent.

xAI: 256 a tile of 448 x 448 pixels and 256 more, at most 1792; small pictures were billed at 256, so the rule is an
upper bound. https://docs.x.ai/docs/guides/image-understanding. Of other servers nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from grokdesk.addresses import host_of
from grokdesk.model import PreparedImage, Profile

_TILE, _TOKENS, _MOST_TILES = 448, 256, 6


class TokenRange(NamedTuple):
    least: int
    most: int


def token_range(profile: Profile, width: int, height: int) -> TokenRange | None:
    """Of one picture of this size; None where there is no rule."""
    host = host_of(profile.base_url)
    if profile.dialect != "xai-responses" and not (host == "x.ai" or host.endswith(".x.ai")):
        return None
    tiles = min(_MOST_TILES, -(-width // _TILE) * -(-height // _TILE))
    return TokenRange(_TOKENS, (tiles + 1) * _TOKENS)


def tokens_of(profile: Profile, images: Iterable[PreparedImage]) -> TokenRange | None:
    """Of pictures together. One that leaves by its address has no size here, so it counts as a large one."""
    largest = _TILE * _MOST_TILES
    ranges = [token_range(profile, image.width or largest, image.height or largest) for image in images]
    known = [found for found in ranges if found is not None]
    if not known or len(known) < len(ranges):
        return None
    return TokenRange(sum(found.least for found in known), sum(found.most for found in known))
