"""A picture becomes exactly what leaves: upright, in sRGB, without metadata, within the provider's limits."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from grokdesk.cancel import CancelSwitch
from grokdesk.model import ImageLimits, Picture, Pixels, PreparedImage
from grokdesk.pictures.colours import is_one_colour
from grokdesk.pictures.decode.file_types import sniff
from grokdesk.pictures.decode.opened import OpenedPicture, Opener
from grokdesk.pictures.decode.opening import open_picture
from grokdesk.pictures.decode.shrinking import shrunk
from grokdesk.pictures.prepare.bare_file import bare_file
from grokdesk.pictures.prepare.encoding import Encoded, encode
from grokdesk.pictures.prepare.text_height import line_height
from grokdesk.pictures.prepare.thumbnails import HEIGHT, WIDTH, thumbnail
from grokdesk.translation import _

if TYPE_CHECKING:
    from PIL import Image

_WORTH_KEEPING = 1.25
"""How much larger a JPEG may be than one made of it, to be kept."""
LEAST_LETTERS = 9
"""Pixels of capitals, blurred edge included, from which text readers err in less than one letter of a hundred."""
_Wanted = tuple[ImageLimits, bool]


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

    A file that fits and would only be changed for the worse leaves with its own pixels. The same picture and limits
    give the same bytes, so that a server's cache knows them. Takes time; thread-safe.
    Raises NotAPicture, PictureTooLarge and Cancelled.
    """
    opened = opener(picture, enough=None if picture.as_is else limits.long_edge, cancel=cancel)
    stored, letters, image = _as_stored(picture, opened, limits), 0.0, opened.image
    if picture.as_is:
        limits = replace(limits, long_edge=max(opened.width, opened.height))
    if stored is not None and picture.as_is:
        encoded, notes = stored, [*opened.notes, _("Sent as the file is.")]
    else:
        image = shrunk(image, limits.long_edge, (opened.width, opened.height))
        lossless = lossless or picture.as_is
        encoded = encode(image, limits.file_bytes, lossless=lossless, formats=limits.formats)
        if stored is not None and _is_better(stored, encoded, lossless=lossless):
            encoded = stored
        notes = _notes(opened, encoded, limits)
        letters = _letters_left(image, encoded, opened)
        if picture.as_is and isinstance(picture.content, bytes):
            notes.append(_("The file cannot be sent as it is, so it was encoded anew in full size."))
    if opened.removed:
        notes.append(_("Removed: {what}.").format(what=", ".join(opened.removed)))
    if is_one_colour(image):
        notes.insert(0, _("The picture is a single colour: nothing can be seen on it."))
    is_legible = not 0 < letters < LEAST_LETTERS
    if not is_legible:
        words = _("Its letters would be about {count} pixels high, too small to read well.")
        notes.insert(0, words.format(count=f"{letters:.0f}"))
    return PreparedImage(
        name=picture.name,
        data=encoded.data,
        media_type=encoded.media_type,
        width=encoded.width,
        height=encoded.height,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        source_width=opened.width,
        source_height=opened.height,
        source_bytes=0 if isinstance(picture.content, Pixels) else len(picture.content),
        source_format="" if isinstance(picture.content, Pixels) else sniff(picture.content).pillow_format,
        is_legible=is_legible,
        notes=tuple(notes),
        redactions=picture.content.redactions if isinstance(picture.content, Pixels) else 0,
        frames=opened.frames,
        frame_word=opened.frame_word,
        preview=_preview(image, encoded, is_made_here=encoded is not stored),
    )


def _preview(image: Image.Image, encoded: Encoded, *, is_made_here: bool) -> Pixels:
    """Of the bytes that leave. A PNG, and a file that leaves as it came, have the pixels of ``image``; a JPEG that is
    made here has lost some of them."""
    size = min(WIDTH, encoded.width), min(HEIGHT, encoded.height)
    if encoded.media_type != "image/jpeg" or not is_made_here:
        return thumbnail(image, *size)
    from PIL import Image

    with Image.open(BytesIO(encoded.data)) as left:
        left.draft("RGB", (2 * WIDTH, 2 * HEIGHT))  # at an eighth of the size it takes a few milliseconds
        return thumbnail(left.convert("RGB"), *size)


def _letters_left(image: Image.Image, encoded: Encoded, opened: OpenedPicture) -> float:
    """How high the letters of a picture are that was shrunk; 0 when it was not, or has no text."""
    if encoded.width >= opened.width and encoded.height >= opened.height:
        return 0.0
    return line_height(image) * max(encoded.width, encoded.height) / max(image.size)


def _as_stored(picture: Picture, opened: OpenedPicture, limits: ImageLimits) -> Encoded | None:
    """The file's own pixels, where the provider takes them and every program shows them alike.

    A picture that is to leave as it is may keep its turn and its colour profile.
    """
    if isinstance(picture.content, Pixels) or opened.notes:
        return None
    if not picture.as_is and max(opened.width, opened.height) > limits.long_edge:
        return None
    bare = bare_file(picture.content)
    if bare is None or not (bare.is_plain or picture.as_is) or len(bare.data) > limits.file_bytes:
        return None
    if bare.media_type.removeprefix("image/") not in limits.formats:
        return None
    return Encoded(bare.data, bare.media_type, opened.width, opened.height)


def _is_better(stored: Encoded, encoded: Encoded, *, lossless: bool) -> bool:
    """Whether the file's own pixels should leave instead of what was made of them."""
    if (stored.width, stored.height) != (encoded.width, encoded.height) or encoded.gave_up_png:
        return True
    if stored.media_type == "image/jpeg":
        # What a JPEG has lost is gone, but another one loses more, and a PNG carries its noise.
        return lossless or len(stored.data) <= len(encoded.data) * _WORTH_KEEPING
    return len(stored.data) < len(encoded.data)


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
            (replace(limits, max_images=0), lossless),
            lambda: self._prepare(picture, limits, lossless=lossless, cancel=cancel),
            cancel or CancelSwitch(),
        )


class _Shelf:
    """What was prepared for one picture, one after the other, as each needs the memory of the whole. Errors are not
    kept."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_making = False
        self._prepared: dict[_Wanted, PreparedImage] = {}

    def get(self, key: _Wanted, make: Callable[[], PreparedImage], cancel: CancelSwitch) -> PreparedImage:
        """Raises Cancelled, also while another thread prepares it, who may not be in a hurry."""
        with cancel.waking(self._wake), self._changed:
            self._changed.wait_for(lambda: key in self._prepared or not self._is_making or cancel.thrown)
            cancel.check()
            if key in self._prepared:
                return self._prepared[key]
            self._is_making = True
        made = None
        try:
            made = make()
        finally:
            with self._changed:
                self._is_making = False
                if made is not None:
                    self._prepared[key] = made
                self._changed.notify_all()
        return made

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _notes(opened: OpenedPicture, encoded: Encoded, limits: ImageLimits) -> list[str]:
    notes = list(opened.notes)
    if (encoded.width, encoded.height) != (opened.width, opened.height):
        before, after = f"{opened.width} x {opened.height}", f"{encoded.width} x {encoded.height}"
        notes.append(_("Shrunk from {before} to {after}.").format(before=before, after=after))
    if encoded.gave_up_png:
        size = _size(limits.file_bytes)
        notes.append(_("Sent as JPEG: a PNG would be larger than {size}.").format(size=size))
    return notes


def _size(number: int) -> str:
    if number >= 1024**2:
        return f"{number / 1024**2:.3g} MB"
    return f"{number / 1024:.3g} KB"
