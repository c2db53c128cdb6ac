"""A picture that may be looked at: what opening hands to whoever fits, encodes, reads or shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Picture

if TYPE_CHECKING:
    from PIL import Image


SIZE_ALONE = 0
"""As ``enough``: nothing is decoded. Sizes and frames are right, and ``image`` is one pixel of no meaning."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedPicture:
    """One frame: upright, in sRGB, opaque, eight bits in mode L or RGB, with nothing beside its pixels."""

    image: Image.Image = field(repr=False)
    width: int
    height: int
    """The size of the upright picture; ``image`` may be smaller, but its long edge not below what was enough."""
    frames: int = 1
    frame_word: str = "frame"
    removed: Sequence[str] = ()
    """What the file told beside its pixels, in a person's words: "camera data", "location"."""
    notes: Sequence[str] = ()
    """Sentences a person may want to know: what was left out, or became different."""


class Opener(Protocol):
    """Makes pixels of a picture. ``enough`` is a long edge in pixels: a file may come back smaller, not below it;
    SIZE_ALONE is quick even for the largest.

    Raises NotAPicture for what is not a picture, is not supported or is damaged; PictureTooLarge; Cancelled.
    """

    def __call__(
        self, picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None
    ) -> OpenedPicture: ...
