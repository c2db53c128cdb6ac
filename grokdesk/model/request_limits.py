"""How a question went out, as far as later ones have to know: what it weighed, and what was refused of it."""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[int, int]
"""A picture of a conversation: the number of its turn, and its own in the turn, both from 0."""


@dataclass(frozen=True, slots=True)
class Weight:
    """``bytes`` as they travel, ``tokens`` as they are estimated before a server has counted any."""

    bytes: int = 0
    tokens: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(self.bytes + other.bytes, self.tokens + other.tokens)

    def __sub__(self, other: Weight) -> Weight:
        return Weight(self.bytes - other.bytes, self.tokens - other.tokens)


NOTHING = Weight()


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """The most that one request may weigh, the conversation before it included.

    290 MB: ten pictures of 20 MiB, which xAI takes (https://docs.x.ai/docs/guides/image-understanding), as base64. What
    is sent again of the conversation stays far below that, see ``questions/context``.
    120,000 tokens: from 128,000 on, xAI's grok-4 cost more. See docs/decisions/0011-what-is-sent-again.md.
    """

    max_bytes: int = 290_000_000
    max_tokens: int = 120_000


USUAL_REQUEST = RequestLimits()


@dataclass(frozen=True, slots=True)
class Sent:
    """``to`` is the profile and the model, "" for a question that never went out."""

    to: str = ""
    weight: Weight = NOTHING
    refused: frozenset[Place] = frozenset()
    """The pictures that a server refused with it, or may have refused."""
    why: str = ""
    too_large: bool = False
    """The server said that the whole was too large."""


NOT_SENT = Sent()
