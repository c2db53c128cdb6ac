"""The values that travel between the rooms: frozen, without behaviour beyond arithmetic on themselves.

Lengths are in image pixels unless a name says otherwise; sizes in bytes; durations in seconds; times are
aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from grokdesk.errors import GrokDeskError
from grokdesk.sent import NOT_SENT, USUAL_REQUEST, Place, RequestLimits, Sent

# --- pictures ---------------------------------------------------------------------------------------------


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

    def __post_init__(self) -> None:
        if len(self.data) != self.width * self.height * 4:
            raise ValueError(f"{len(self.data)} bytes are not {self.width} x {self.height} BGRX pixels")

    def cropped(self, region: Region) -> Pixels:
        """A copy of the part of ``region`` inside these pixels. Raises ValueError when nothing is left."""
        inside = region.intersected(Region(0, 0, self.width, self.height))
        if inside.is_empty:
            raise ValueError(f"{region} lies outside {self.width} x {self.height}")
        stride, view = self.width * 4, memoryview(self.data)
        rows = (
            view[row * stride + inside.x * 4 : row * stride + inside.right * 4]
            for row in range(inside.y, inside.bottom)
        )
        return Pixels(b"".join(rows), inside.width, inside.height)


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
    stand_in: str = ""
    """Words that go in place of an earlier picture, "" when the picture itself goes."""


# --- asking -----------------------------------------------------------------------------------------------

DialectName = Literal["xai-responses", "chat-completions", "concurred-vision", "on-this-computer"]
DIALECTS: tuple[DialectName, ...] = ("xai-responses", "chat-completions", "concurred-vision", "on-this-computer")

GatePolicy = Literal["off", "offer", "ask", "block"]
OFF: GatePolicy = "off"
OFFER: GatePolicy = "offer"
ASK_FIRST: GatePolicy = "ask"
BLOCK: GatePolicy = "block"
GATE_POLICIES: tuple[GatePolicy, ...] = (OFF, OFFER, ASK_FIRST, BLOCK)
"""What happens before pictures leave: nothing is looked for; boxes are offered; the person is asked while something is
found and not covered; it is not sent then."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How a server is reached."""

    proxy: str = "system"
    """"system", "none", or the address of a proxy: http://, https://, socks5:// or socks5h:// (it looks up names)."""
    ca_file: str = ""
    """A PEM file of certificates that are trusted beside this computer's."""
    connect_seconds: int = 0
    """How long connecting may take; 0 is the usual time."""
    idle_seconds: int = 0
    """How long a server may be silent while an answer is awaited; 0 is the usual time."""
    headers: tuple[tuple[str, str], ...] = ()
    """Sent with every request; never a key."""


AS_USUAL = Connection()


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a question goes. ``id`` names its key in the keyring; an empty ``model`` is chosen by rule."""

    id: str
    name: str
    dialect: DialectName
    base_url: str = ""
    model: str = ""
    limits: ImageLimits = ImageLimits()
    needs_key: bool = True
    is_local: bool = False
    """True when the server is on this computer or in this house; a remote address is never local."""
    connection: Connection = AS_USUAL
    effort: str = ""
    """How hard its models are to think when a question does not say; "" leaves it to the server."""
    request: RequestLimits = USUAL_REQUEST
    gate: GatePolicy | None = None
    """What happens before pictures leave; None: as usual."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks: their text, the pictures, and the action that frames them."""

    text: str
    pictures: tuple[Picture, ...] = ()
    action_id: str = "ask"
    effort: str = ""
    """How hard the model is to think, in its own words; "" leaves it to the profile, and that to the server."""
    schema: Mapping[str, object] | None = field(default=None, hash=False)
    """A JSON Schema that the answer has to fit."""


@dataclass(frozen=True, slots=True)
class Message:
    """One question as a provider receives it: the filled prompt and the images that leave with it."""

    prompt: str
    images: tuple[PreparedImage, ...] = ()
    system: str = ""
    needs_understanding: bool = True
    """False when reading the text in the pictures is all that is asked."""
    conversation: str = ""
    """Names the conversation for a server's cache of prompts; "" when there is none."""
    effort: str = ""
    schema: Mapping[str, object] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money, as far as the server told. ``output_tokens`` includes ``reasoning_tokens``."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    image_tokens: int | None = None
    total_tokens: int | None = None
    cost_usd: Decimal | None = None
    cost_is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """What is left of an error in an answer: enough for a person, nothing secret."""

    title: str
    hint: str


FINISHED, LENGTH, FILTERED, TOOL_CALLS = "stop", "length", "content_filter", "tool_calls"
STOPPED, CUT, FAILED = "stopped", "cut", "failed"
"""How an answer ended. The first four are the server's word; STOPPED: by the person; CUT: the connection or the
server broke off after some text; FAILED: an error before any text."""


@dataclass(frozen=True, slots=True)
class Answer:
    text: str = ""
    reasoning: str = ""
    model: str = ""
    """The model that really answered, which may differ from the one that was asked."""
    finish: str = ""
    usage: Usage | None = None
    error: ErrorNote | None = None
    first_token_seconds: float | None = None
    seconds: float | None = None
    notices: tuple[str, ...] = ()
    """What the person was told about the way the question went; not kept in the history."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer, as it is shown, sent again as context, and kept in the history."""

    question: Question
    message: Message
    answer: Answer
    profile_name: str
    asked_at: datetime
    sent: Sent = NOT_SENT


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    turns: tuple[Turn, ...] = ()
    chosen: Mapping[Place, bool] = field(default_factory=dict, hash=False)
    """Earlier pictures that the person decided about: True is sent again, False is not."""


# --- what happens while an answer comes -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """The images are ready and about to leave."""

    images: tuple[PreparedImage, ...]


@dataclass(frozen=True, slots=True)
class Retrying:
    """The server could not be reached or asked us to wait; the question goes out again in ``seconds``."""

    why: str
    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """A sentence for the person: the question goes out, or is answered, otherwise than they may expect."""

    sentence: str
    is_minor: bool = False
    """True for what only who looks wants to know."""


@dataclass(frozen=True, slots=True)
class ModelNamed:
    model: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Replaces every earlier report: some servers repeat a running total."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    reason: str


AnswerEvent = Retrying | Noticed | ModelNamed | TextDelta | ReasoningDelta | UsageReported | Finished
"""What a provider yields."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The last thing that happens to every question, whatever went wrong on the way."""

    turn: Turn
    error: GrokDeskError | None = None
    not_saved: GrokDeskError | None = None
    """Why the history does not have the turn."""


AskEvent = Prepared | AnswerEvent | Ended
"""What ``asking.ask`` yields: Prepared, the provider's events, then exactly one Ended."""

Clock = Callable[[], float]
"""Seconds of a clock that never goes back."""
