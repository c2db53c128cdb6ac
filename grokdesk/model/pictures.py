"""Pictures from the screen or a file to what leaves. Lengths are in image pixels unless a name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in image pixels; ``x`` and ``y`` are its top left corner, sizes are never negative."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column right of the region."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the region."""
        return self.y + self.height

    @property
    def is_empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    def intersected(self, other: Region) -> Region:
        """The part of this region inside ``other``; empty (zero size) when they do not meet."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Region(x, y, max(0, right - x), max(0, bottom - y))

    def moved(self, dx: int, dy: int) -> Region:
        return Region(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a picture where something stands that should perhaps not leave; never what it is.

    ``rule`` is what it was taken for, in a person's words: "card number".
    """

    rule: str
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """Raw picture rows: 32 bit BGRX, top to bottom, ``width * 4`` bytes a row without padding.

    ``data`` is what the screen grabber filled; as long as somebody holds it, or a view of it, it is not written to.
    """

    data: bytes | bytearray | memoryview = field(repr=False)
    width: int
    height: int
    boxes: tuple[Region, ...] = ()
    """What was burnt into them, as far as it lies inside."""

    @property
    def redactions(self) -> int:
        return len(self.boxes)

    def __post_init__(self) -> None:
        if len(self.data) != self.width * self.height * 4:
            raise ValueError(f"{len(self.data)} bytes are not {self.width} x {self.height} BGRX pixels")

    def cropped(self, region: Region) -> Pixels:
        """A copy of the part of ``region`` inside these pixels, with the boxes that touch it.

        Raises ValueError when nothing is left.
        """
        inside = region.intersected(Region(0, 0, self.width, self.height))
        if inside.is_empty:
            raise ValueError(f"{region} lies outside {self.width} x {self.height}")
        stride, view = self.width * 4, memoryview(self.data)
        rows = (
            view[row * stride + inside.x * 4 : row * stride + inside.right * 4]
            for row in range(inside.y, inside.bottom)
        )
        touching = (box.intersected(inside) for box in self.boxes)
        boxes = tuple(box.moved(-inside.x, -inside.y) for box in touching if not box.is_empty)
        return Pixels(b"".join(rows), inside.width, inside.height, boxes)


@dataclass(frozen=True, slots=True)
class Monitor:
    """One screen of a capture; ``region`` is where it lies in the captured image.

    ``place`` is where it lies on the desktop, in the coordinates in which the desktop lays out screens and windows:
    pixels on X11 and Windows, points on Wayland and macOS. None: as in the image, moved to where the capture begins.
    """

    name: str
    region: Region
    is_primary: bool = False
    place: Region | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """The whole desktop as one image. ``left`` and ``top`` are the desktop coordinates of its first pixel.

    Monitors of mixed scale each keep their own pixels; the image then has gaps where no monitor is. No monitors at all:
    the desktop gave an image and did not say where its screens are in it.
    """

    pixels: Pixels
    monitors: tuple[Monitor, ...]
    left: int = 0
    top: int = 0
    is_chosen: bool = False
    """True when the person chose in the desktop's own tool what the image shows: there is nothing left to select."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Picture:
    """A picture as it came in: the bytes of a file, or raw pixels of a capture.

    Compared by identity, so that work done for one picture can be remembered while it lives.
    """

    name: str
    content: bytes | Pixels = field(repr=False)
    """Empty while a picture is known by its public address only."""
    url: str = ""
    """The public address that it came from, "" for a picture that is anything else or was changed since."""
    frame: int = 0
    """Which frame or page of a file with several; the first is 0."""
    as_is: bool = False
    """True: the file's own bytes leave, less what they tell beside the pixels; nothing is shrunk."""


ImageFormat = Literal["png", "jpeg"]
IMAGE_FORMATS: tuple[ImageFormat, ...] = ("png", "jpeg")


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What a provider accepts. xAI: JPEG and PNG, 20 MiB an image, no count limit; above 8192 px it shrinks.

    Source: https://docs.x.ai/docs/guides/image-understanding (stated), the long edge by third parties.
    """

    long_edge: int = 2048
    max_bytes: int = 20 * 1024 * 1024
    max_images: int = 10
    formats: tuple[ImageFormat, ...] = IMAGE_FORMATS
    counts_base64: bool = True
    """Whether ``max_bytes`` is meant for the picture as it stands in a request, a third larger than its file."""

    @property
    def file_bytes(self) -> int:
        """The largest file that fits."""
        return self.max_bytes // 4 * 3 if self.counts_base64 else self.max_bytes


USUAL_LIMITS = ImageLimits()


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture exactly as it leaves: encoded, upright, in sRGB, without metadata, within the limits."""

    name: str
    data: bytes = field(repr=False)
    media_type: Literal["image/png", "image/jpeg"]
    width: int
    height: int
    sha256: str
    source_width: int
    source_height: int
    notes: tuple[str, ...] = ()
    """Sentences a person may want to know: what was shrunk, stripped, or left out."""
    url: str = ""
    """A public address under which the same picture lies; a server that takes addresses gets it instead of ``data``,
    which is empty when the picture was never here."""
    source_bytes: int = 0
    """The size of the file that it was made of; 0 for a capture and for what was never here."""
    source_format: str = ""
    """The kind of that file: "PNG", "JPEG", "WEBP", ..."""
    is_legible: bool = True
    """False when shrinking has left its text too small to read."""
    frames: int = 1
    """How many frames or pages the file has; one of them leaves."""
    frame_word: str = "frame"
    stand_in: str = ""
    """Words that go in place of an earlier picture, "" when the picture itself goes."""
    redactions: int = 0
    """How many boxes were burnt into it to hide something."""
    preview: Pixels | None = field(default=None, repr=False, compare=False)
    """A small copy for the screen; None where nobody looks at it any more, or it was never here."""
