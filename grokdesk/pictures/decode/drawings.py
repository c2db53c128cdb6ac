"""An SVG drawing becomes an image: nothing outside the drawing is looked at, and no script of it runs.

The renderer (resvg) knows neither scripts nor the network, but it would read pictures from this computer's disk for a
drawing that names them. So the drawing is written anew first, without anything that is named by an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from grokdesk.errors import NotPossibleHere
from grokdesk.pictures.decode.typefaces import generic_typefaces

if TYPE_CHECKING:
    from PIL import Image

LEAST_EDGE, MOST_EDGE = 1024, 4096
"""The long edge at which a drawing is rendered: it has no pixels of its own, so a small one is drawn large."""
MOST_DEPTH, MOST_ELEMENTS, MOST_CHARACTERS = 200, 200_000, 30_000_000
"""More nesting takes the renderer's stack; the other two bound what entities can blow a small file up to."""
_MOST_PROPORTION = 200
_DROPPED = ("script", "foreignObject", "iframe", "audio", "video")
_EMBEDDED = re.compile(r"\s*data:image/(png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in|em|ex)?\s*\Z", re.IGNORECASE)
_PIXELS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16, "ex": 8}
"""CSS Values and Units 4, section 6.2, at the renderer's usual type size."""
_SPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}


class NotADrawing(ValueError):
    """Broken XML, no size, or more than is reasonable."""


@dataclass(slots=True)
class SafeDrawing:
    """The drawing written anew. ``left_out`` is True when something of it named a place outside."""

    text: str
    width: float
    height: float
    has_text: bool
    left_out: bool


def render(content: bytes, enough: int | None) -> tuple[Image.Image, SafeDrawing]:
    """Raises NotADrawing, NotPossibleHere."""
    from PIL import Image, PngImagePlugin  # noqa: F401 - the format has to be known

    try:
        import resvg_py
    except ImportError as error:
        raise NotPossibleHere("The part that renders SVG drawings is missing.", "Install GrokDesk again.") from error
    drawing = safe_drawing(content)
    meant = max(drawing.width, drawing.height)
    scale = min(enough or MOST_EDGE, MOST_EDGE, max(meant, LEAST_EDGE)) / meant
    # Reading all typefaces takes a good part of a second.
    typefaces: dict[str, Any] = generic_typefaces() if drawing.has_text else {"skip_system_fonts": True}
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=drawing.text,
            width=max(1, round(drawing.width * scale)),
            height=max(1, round(drawing.height * scale)),
            dpi=96,
            **typefaces,
        )
    except ValueError as error:
        raise NotADrawing(str(error)) from error
    image = Image.open(BytesIO(png), formats=("PNG",))
    image.load()
    return image, drawing


def safe_drawing(content: bytes) -> SafeDrawing:
    """Raises NotADrawing."""
    writer = _Writer()
    try:
        writer.parse(content)
    except expat.ExpatError as error:
        raise NotADrawing(str(error)) from error
    width, height = _size(writer.root)
    return SafeDrawing("".join(writer.pieces), width, height, writer.has_text, writer.left_out)


@dataclass(slots=True)
class _Writer:
    """Writes what it is told by the parser, less what is not wanted."""

    pieces: list[str] = field(default_factory=list)
    root: dict[str, str] | None = None
    has_text: bool = False
    left_out: bool = False
    depth: int = 0
    dropped_below: int = 0
    elements: int = 0
    characters: int = 0

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.say
        parser.ExternalEntityRefHandler = self.leave_out
        parser.Parse(content, True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MOST_DEPTH or self.elements > MOST_ELEMENTS:
            _refuse()
        local = name.rpartition(":")[2]
        if self.dropped_below or local in _DROPPED:
            self.dropped_below += 1
            return
        self.has_text = self.has_text or local == "text"
        kept = {key: value for key, value in attributes.items() if self.keeps(local, key, value)}
        if self.root is None:
            if local != "svg":
                raise NotADrawing("the root is no svg")
            self.root = kept
            kept = {**_SPACES, **kept} if name == "svg" else kept
        self.write(f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in kept.items())}>")

    def keeps(self, element: str, key: str, value: str) -> bool:
        local = key.rpartition(":")[2].lower()
        if local.startswith("on"):
            return False
        if local in ("href", "src", "base") and not value.strip().startswith("#") and not _EMBEDDED.match(value):
            # The address of a link is nothing that would have been drawn.
            self.left_out = self.left_out or (local == "href" and element != "a")
            return False
        return True

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.dropped_below:
            self.dropped_below -= 1
            return
        self.write(f"</{name}>")

    def say(self, text: str) -> None:
        if not self.dropped_below:
            self.write(escape(text))

    def leave_out(self, *_reference: Any) -> int:
        self.left_out = True
        return 1

    def write(self, text: str) -> None:
        self.characters += len(text)
        if self.characters > MOST_CHARACTERS:
            _refuse()
        self.pieces.append(text)


def _refuse() -> NoReturn:
    raise NotADrawing("more than is reasonable")


def _size(root: Mapping[str, str] | None) -> tuple[float, float]:
    """As the renderer sees it: what width and height say, else the box of what is shown."""
    if root is None:
        raise NotADrawing("no root")
    box = [float(word) for word in re.findall(r"[-+0-9.e]+", root.get("viewBox", "")) if _is_number(word)]
    width, height = _pixels(root.get("width", "")), _pixels(root.get("height", ""))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if width and not height:
            height = width * box[3] / box[2]
        elif height and not width:
            width = height * box[2] / box[3]
        elif not width:
            width, height = box[2], box[3]
    # The renderer then takes what the shapes cover; a square fits around it.
    width, height = width or 100.0, height or 100.0
    if not 1 / _MOST_PROPORTION <= width / height <= _MOST_PROPORTION:
        raise NotADrawing("a line and no area")
    return width, height


def _pixels(length: str) -> float:
    """0.0 for what is relative, missing, or no length."""
    found = _LENGTH.match(length)
    if not found or not _is_number(found[1]):
        return 0.0
    return min(1e9, float(found[1]) * _PIXELS[(found[2] or "").lower()])


def _is_number(word: str) -> bool:
    try:
        return abs(float(word)) < 1e9
    except ValueError:
        return False
