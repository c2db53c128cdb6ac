"""An SVG drawing becomes an image: nothing outside the drawing is looked at, and no script of it runs.

The renderer (resvg) knows neither scripts nor the network, but it would read pictures from this computer's disk for a
drawing that names them. So the drawing is written anew first, without anything that is named by an address, and with
what the renderer does not know put into what it knows: variables of style sheets, and words that are web text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from grokdesk.errors import NotInstalled
from grokdesk.pictures.decode.svg_inner import become_inner
from grokdesk.pictures.decode.svg_styles import Styles, needs_values
from grokdesk.pictures.decode.svg_tree import Element, NotADrawing, parsed, written
from grokdesk.pictures.decode.svg_words import words_of
from grokdesk.pictures.decode.typefaces import generic_typefaces
from grokdesk.translation import _

if TYPE_CHECKING:
    from PIL import Image

LEAST_EDGE, MOST_EDGE = 1024, 4096
"""The long edge at which a drawing is rendered: it has no pixels of its own, so a small one is drawn large."""
_MOST_PROPORTION = 200
_MOST_NESTED = 3
"""Drawings in drawings; the renderer draws one."""
_DROPPED = frozenset(("script", "iframe", "audio", "video", "object", "embed"))
_SHOWN_ELSEWHERE = _DROPPED - {"script"}
_EMBEDDED = re.compile(r"\s*data:image/(png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
_DRAWING = re.compile(r"\s*data:image/svg\+xml((?:;[^,;]*)*),(.*)", re.IGNORECASE | re.DOTALL)
_WITH_VALUE = re.compile(r"(?<![\w-])(?:--[\w-]+\s*:|[\w-]+\s*:[^;{}]*\b(?:var|light-dark)\()[^;{}]*;?", re.IGNORECASE)
"""Declarations that the renderer does not know, or stumbles over."""
_LENGTH = re.compile(r"\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in|em|ex)?\s*\Z", re.IGNORECASE)
_PIXELS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16, "ex": 8}
"""CSS Values and Units 4, section 6.2, at the renderer's usual type size."""
_SPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}


@dataclass(slots=True)
class SafeDrawing:
    """The drawing written anew. ``left_out`` is True when something of it named a place outside."""

    text: str
    width: float
    height: float
    has_text: bool
    left_out: bool
    has_web_text: bool = False

    def scale(self, enough: int | None) -> float:
        meant = max(self.width, self.height)
        return min(enough or MOST_EDGE, MOST_EDGE, max(meant, LEAST_EDGE)) / meant

    def pixels(self, enough: int | None) -> tuple[int, int]:
        scale = self.scale(enough)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def render(content: bytes, enough: int | None) -> tuple[Image.Image, SafeDrawing]:
    """Raises NotADrawing, NotInstalled."""
    from PIL import Image, PngImagePlugin  # noqa: F401 - the format has to be known

    try:
        import resvg_py
    except ImportError as error:
        raise NotInstalled(_("The part that renders SVG drawings is missing."), _("Install GrokDesk again.")) from error
    drawing = safe_drawing(content)
    width, height = drawing.pixels(enough)
    # Reading all typefaces takes a good part of a second.
    typefaces: dict[str, Any] = generic_typefaces() if drawing.has_text else {"skip_system_fonts": True}
    try:
        png = resvg_py.svg_to_bytes(svg_string=drawing.text, width=width, height=height, dpi=96, **typefaces)
    except ValueError as error:
        raise NotADrawing(str(error)) from error
    image = Image.open(BytesIO(png), formats=("PNG",))
    image.load()
    return image, drawing


def size_of_drawing(content: bytes) -> tuple[int, int]:
    """Pixels, as ``render`` draws it. Raises NotADrawing."""
    return safe_drawing(content).pixels(None)


def safe_drawing(content: bytes) -> SafeDrawing:
    """Raises NotADrawing."""
    root, safe = _safe(content, 0)
    if root.name == "svg":
        root.attributes = {**_SPACES, **root.attributes}
    safe.text = written(root)
    return safe


def _safe(content: bytes, nested: int) -> tuple[Element, SafeDrawing]:
    document = parsed(content)
    root = document.root
    safe = SafeDrawing("", *_size(root.attributes), has_text=False, left_out=document.names_elsewhere)
    styles = _styles(root)
    _put_values_in(root, styles)
    for element in root.everything():
        if element.local == "switch":
            _choose(element)
        elif element.local == "foreignObject" and element.parent is not None:
            _put_words_in(element, styles, safe)
    for element in root.everything():
        _keep_safe(element, safe)
    for element in [each for each in root.everything() if each.local in ("image", "feImage")]:
        _put_drawing_in(element, safe, nested)
    return root, safe


def _choose(switch: Element) -> None:
    """What can show web text comes first, and is followed by something less for who cannot."""
    for child in switch.elements():
        if child.local == "foreignObject" or "Extensibility" in child.attributes.get("requiredFeatures", ""):
            switch.children = [child]
            child.attributes.pop("requiredFeatures", None)
        return


def _styles(root: Element) -> Styles:
    sheets = [element for element in root.everything() if element.local == "style"]
    return Styles("\n".join(sheet.text() for sheet in sheets))


def _put_values_in(root: Element, styles: Styles) -> None:
    """Where the renderer would see a variable and give up."""
    everything = list(root.everything())
    sheets = [element for element in everything if element.local == "style"]
    if not any(needs_values(sheet.text()) for sheet in sheets) and not any(
        needs_values(value) for element in everything for value in element.attributes.values()
    ):
        return
    # All are asked before any is changed: what lies inside inherits from what the file says.
    needed = {element: (styles.needed(element), styles.variables(element)) for element in everything}
    for element in everything:
        found, _variables = needed[element]
        for key in [key for key, value in element.attributes.items() if key != "style" and needs_values(value)]:
            value = styles.value(element, element.attributes[key])
            if value is None:
                del element.attributes[key]
            else:
                element.attributes[key] = value
        own = _WITH_VALUE.sub("", element.attributes.get("style", ""))
        if found:
            own = ";".join(filter(None, (own.strip().rstrip(";"), *(f"{key}:{value}" for key, value in found.items()))))
        if own or "style" in element.attributes:
            element.attributes["style"] = own
    for sheet in sheets:
        sheet.children = [_WITH_VALUE.sub("", sheet.text())]


def _put_words_in(web: Element, styles: Styles, safe: SafeDrawing) -> None:
    parent = web.parent
    if parent is None:
        return
    words = words_of(web, styles)
    at = parent.children.index(web)
    parent.children[at : at + 1] = [words] if words is not None else []
    safe.has_web_text = safe.has_web_text or words is not None
    if any(element.local in ("img", "canvas", *_SHOWN_ELSEWHERE) for element in web.everything()):
        safe.left_out = True


def _keep_safe(element: Element, safe: SafeDrawing) -> None:
    safe.has_text = safe.has_text or element.local == "text"
    dropped = [child for child in element.elements() if child.local in _DROPPED]
    safe.left_out = safe.left_out or any(child.local in _SHOWN_ELSEWHERE for child in dropped)
    element.children = [child for child in element.children if child not in dropped]
    kept = {}
    for key, value in element.attributes.items():
        local = key.rpartition(":")[2].lower()
        if local.startswith("on"):
            continue
        is_address = local in ("href", "src", "base") and not value.strip().startswith("#")
        if not is_address or _EMBEDDED.match(value) or (element.local == "image" and _DRAWING.match(value)):
            kept[key] = value
        else:
            # The address of a link is nothing that would have been drawn.
            safe.left_out = safe.left_out or (local == "href" and element.local != "a")
    element.attributes = kept


def _put_drawing_in(image: Element, safe: SafeDrawing, nested: int) -> None:
    """A drawing that is kept in an address is made safe as well."""
    for key, value in list(image.attributes.items()):
        found = _DRAWING.match(value) if key.rpartition(":")[2] == "href" else None
        if not found:
            continue
        del image.attributes[key]
        try:
            root, inner = _safe(_content(found), nested + 1) if nested < _MOST_NESTED else (None, safe)
        except (NotADrawing, binascii.Error):
            root, inner = None, safe
        if root is None:
            safe.left_out = True
            return
        safe.has_text = safe.has_text or inner.has_text
        safe.left_out = safe.left_out or inner.left_out
        safe.has_web_text = safe.has_web_text or inner.has_web_text
        become_inner(image, root, inner.width, inner.height)
        return


def _content(found: re.Match[str]) -> bytes:
    content = unquote_to_bytes(found[2])
    if ";base64" not in found[1].lower():
        return content
    content = b"".join(content.split()).rstrip(b"=")
    return base64.b64decode(content + b"=" * (-len(content) % 4))


def _size(root: Mapping[str, str]) -> tuple[float, float]:
    """As the renderer sees it: what width and height say, else the box of what is shown."""
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
