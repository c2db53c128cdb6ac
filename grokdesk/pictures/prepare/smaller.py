"""How pictures that were too large for a server go out again: with half of what they had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grokdesk.model import ImageLimits, PreparedImage

LEAST_EDGE = 256
"""Pixels; with fewer there is nothing to be seen."""
LEAST_BYTES = 10_000


def smaller_limits(images: Iterable[PreparedImage], limits: ImageLimits) -> ImageLimits | None:
    """Limits at which these pictures are half as large, as they were sent; None when they cannot be smaller.

    A picture that goes by its address is as large as it is.
    """
    sent = [image for image in images if image.data]
    edge = max((max(image.width, image.height) for image in sent), default=0)
    if edge <= LEAST_EDGE:
        return None
    size = max(len(image.data) for image in sent) // 2
    counted = size * 4 // 3 + 4 if limits.counts_base64 else size
    return replace(
        limits,
        long_edge=min(limits.long_edge, max(LEAST_EDGE, edge // 2)),
        max_bytes=min(limits.max_bytes, max(LEAST_BYTES, counted)),
    )
