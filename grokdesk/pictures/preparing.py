"""A picture becomes exactly what leaves: upright, in sRGB, without metadata, within the provider's limits."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Protocol
from weakref import WeakKeyDictionary

from grokdesk.cancel import CancelSwitch
from grokdesk.model import ImageLimits, Picture, PreparedImage
from grokdesk.pictures.encoding import Encoded, encode
from grokdesk.pictures.opened import OpenedPicture, Opener
from grokdesk.pictures.opening import open_picture
from grokdesk.pictures.shrinking import shrunk


class Prepare(Protocol):
    def __call__(
        self, picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage: ...


def prepare(
    picture: Picture,
    limits: ImageLimits,
    *,
    lossless: bool = False,
    cancel: CancelSwitch | None = None,
    opener: Opener = open_picture,
) -> PreparedImage:
    """Decode, shrink to ``limits``, and encode as PNG (screens, drawings, ``lossless``) or JPEG (photos).

    ``limits.max_bytes`` counts the bytes of the file, not of its base64 form. Takes time; thread-safe.
    Raises NotAPicture, PictureTooLarge and Cancelled.
    """
    opened = opener(picture, enough=limits.long_edge, cancel=cancel)
    image = shrunk(opened.image, limits.long_edge, (opened.width, opened.height))
    encoded = encode(image, limits.max_bytes, lossless=lossless)
    notes = _notes(opened, encoded, limits)
    return PreparedImage(
        name=picture.name,
        data=encoded.data,
        media_type=encoded.media_type,
        width=encoded.width,
        height=encoded.height,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        source_width=opened.width,
        source_height=opened.height,
        notes=tuple(notes),
    )


class RememberingPreparer:
    """Prepares each picture once for the same limits and remembers the result while the picture lives.

    May be called from any threads; whoever comes second for the same picture waits for the first.
    """

    def __init__(self, prepare_picture: Prepare = prepare) -> None:
        self._prepare = prepare_picture
        self._lock = threading.Lock()
        self._shelves: WeakKeyDictionary[Picture, _Shelf] = WeakKeyDictionary()

    def __call__(
        self, picture: Picture, limits: ImageLimits, *, lossless: bool = False, cancel: CancelSwitch | None = None
    ) -> PreparedImage:
        with self._lock:
            shelf = self._shelves.setdefault(picture, _Shelf())
        return shelf.get(
            (limits.long_edge, limits.max_bytes, lossless),
            lambda: self._prepare(picture, limits, lossless=lossless, cancel=cancel),
        )


class _Shelf:
    """What was prepared for one picture. Errors are not kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._prepared: dict[tuple[int, int, bool], PreparedImage] = {}

    def get(self, key: tuple[int, int, bool], make: Callable[[], PreparedImage]) -> PreparedImage:
        with self._lock:
            if key not in self._prepared:
                self._prepared[key] = make()
            return self._prepared[key]


def _notes(opened: OpenedPicture, encoded: Encoded, limits: ImageLimits) -> list[str]:
    notes = list(opened.notes)
    if (encoded.width, encoded.height) != (opened.width, opened.height):
        notes.append(f"Shrunk from {opened.width} x {opened.height} to {encoded.width} x {encoded.height}.")
    if encoded.gave_up_png:
        notes.append(f"Sent as JPEG: a PNG would be larger than {_size(limits.max_bytes)}.")
    if opened.removed:
        notes.append(f"Removed: {', '.join(opened.removed)}.")
    return notes


def _size(number: int) -> str:
    if number >= 1024**2:
        return f"{number / 1024**2:.3g} MB"
    return f"{number / 1024:.3g} KB"
