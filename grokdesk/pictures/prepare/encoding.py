"""PNG or JPEG by content, and smaller steps when the result would be too large to leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from grokdesk.errors import PictureTooLarge
from grokdesk.model import IMAGE_FORMATS, ImageFormat
from grokdesk.pictures.decode.png import encode_png
from grokdesk.pictures.decode.shrinking import shrunk
from grokdesk.translation import _

if TYPE_CHECKING:
    from PIL import Image

_DRAWN_COLOURS, _DRAWN_GREYS = 0.2, 0.15
"""Of every eighth pixel of every eighth row, the share of distinct colours is 0.01 to 0.12 on screens and above 0.45
in photos; of distinct grey triples (``looks_drawn``) below 0.08 on screens and above 0.25 in photos."""
_SMALL = 64 * 64
"""Pixels below which a PNG is small whatever it shows, and the share of colours says nothing."""
_QUALITIES = (90, 85, 75)
"""Text stays legible at every one of them; shrinking to a half makes 16 px text illegible."""

_WORTH_TRYING = 2
"""How much smaller, at most, the slow PNG may be expected to be than the quick one."""


@dataclass(frozen=True, slots=True)
class Encoded:
    data: bytes = field(repr=False)
    media_type: Literal["image/png", "image/jpeg"]
    width: int
    height: int
    gave_up_png: bool = False
    """True when a PNG was right for the content but too large."""


def encode(
    image: Image.Image, max_bytes: int, *, lossless: bool, formats: Sequence[ImageFormat] = IMAGE_FORMATS
) -> Encoded:
    """At most ``max_bytes`` of PNG or JPEG: compressed more before it is shrunk. ``image`` is in mode L or RGB.

    Raises PictureTooLarge when not even one pixel fits.
    """
    as_png = "png" in formats and ("jpeg" not in formats or lossless or looks_drawn(image))
    smallest = 0
    for attempt in _attempts(image, max_bytes, formats, as_png=as_png):
        if len(attempt.data) <= max_bytes:
            return attempt
        smallest = len(attempt.data)
    edge = max(image.size)
    while edge > 1:
        edge = max(1, int(edge * min(0.8, (max_bytes / smallest) ** 0.5)))
        attempt = _small_attempt(shrunk(image, edge), formats, as_png=as_png)
        if len(attempt.data) <= max_bytes:
            return attempt
        smallest = len(attempt.data)
    raise PictureTooLarge(
        _("A picture does not fit into {count} bytes.").format(count=max_bytes),
        _("Raise the profile's limit for pictures."),
    )


def looks_drawn(image: Image.Image) -> bool:
    """True for screens, text and drawings; False for photos, grey ones too. Looks at one pixel in 64."""
    if image.width * image.height <= _SMALL:
        return True
    from PIL import Image

    size = (max(1, image.width // 8), max(1, image.height // 8))
    count = size[0] * size[1]
    boxes = ((0, 0, *image.size), (1, 0, *image.size), (0, 1, *image.size))
    samples = [image.resize(size, Image.Resampling.NEAREST, box) for box in boxes]
    if samples[0].getcolors(int(count * _DRAWN_COLOURS)) is None:
        return False
    # There are only 256 greys, so three neighbours together are counted: in a photo they hardly repeat.
    triples = Image.merge("RGB", [sample.convert("L") for sample in samples])
    return triples.getcolors(int(count * _DRAWN_GREYS)) is not None


def _attempts(image: Image.Image, max_bytes: int, formats: Sequence[ImageFormat], *, as_png: bool) -> Iterator[Encoded]:
    """From best to smallest, each made only when it is asked for."""
    if as_png:
        quick = _as_png(image)
        yield quick
        if len(quick.data) <= max_bytes * _WORTH_TRYING:
            yield _as_small_png(image)
    if "jpeg" in formats:
        for quality in _QUALITIES:
            yield _as_jpeg(image, quality, gave_up_png=as_png)


def _small_attempt(image: Image.Image, formats: Sequence[ImageFormat], *, as_png: bool) -> Encoded:
    if "jpeg" not in formats:
        return _as_small_png(image)
    jpeg = _as_jpeg(image, _QUALITIES[-1], gave_up_png=as_png)
    if image.width * image.height > _SMALL or "png" not in formats:
        return jpeg
    # The header of a JPEG alone is some 600 bytes.
    return min(jpeg, _as_small_png(image), key=lambda encoded: len(encoded.data))


def _as_png(image: Image.Image) -> Encoded:
    return Encoded(encode_png(image), "image/png", *image.size)


def _as_small_png(image: Image.Image) -> Encoded:
    """Slowly, with filters: for what would not fit otherwise."""
    return Encoded(_saved(image, "PNG", optimize=True), "image/png", *image.size)


def _as_jpeg(image: Image.Image, quality: int, *, gave_up_png: bool) -> Encoded:
    # Full colour resolution: half of it smears red and blue text.
    data = _saved(image, "JPEG", quality=quality, subsampling="4:4:4")
    return Encoded(data, "image/jpeg", *image.size, gave_up_png)


def _saved(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
