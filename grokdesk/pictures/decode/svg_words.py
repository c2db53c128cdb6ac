"""Web text inside a drawing (``foreignObject``, as in the labels of Mermaid and draw.io) becomes text of the drawing,
which the renderer can draw: the words, their lines, size, weight and colour, and where they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from grokdesk.pictures.decode.svg_styles import Styles
from grokdesk.pictures.decode.svg_tree import Element

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav",
    "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip
_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript"))
_CELLS = frozenset(("td", "th"))
_BOLD = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_LENGTH = re.compile(r"\s*(-?[0-9.]+(?:e[+-]?[0-9]+)?)\s*(px|pt|em|rem|ex|%)?\s*\Z", re.IGNORECASE)
_SIZE = 16.0
_LINE = 1.2
_NARROW, _WIDE = frozenset("iljtfrI.,;:'|!()[]{} "), frozenset("mwMW@%—")
_LEAST_SCALE = 0.4
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class _Look:
    size: float
    colour: str
    family: str
    is_bold: bool
    is_italic: bool


@dataclass(slots=True)
class _Line:
    words: list[tuple[str, _Look]] = field(default_factory=list)
    """A word may begin with a blank, and a blank is what a line may be broken at."""

    @property
    def width(self) -> float:
        return sum(_width(word, look) for word, look in self.words)

    @property
    def height(self) -> float:
        return max((look.size for _, look in self.words), default=_SIZE) * _LINE


@dataclass(slots=True)
class _Box:
    """``across`` and ``down``: where the lines are put in it, 0 at its beginning, 1 at its end."""

    x: float
    y: float
    width: float
    height: float
    across: float
    down: float
    wraps: bool


def words_of(web: Element, styles: Styles) -> Element | None:
    """A group with the words of a ``foreignObject``, to stand in its place; None when it has none."""
    lines = _lines(web, styles)
    if not lines:
        return None
    box = _box(web, styles)
    if box.wraps and box.width > 0:
        lines = [part for line in lines for part in _wrapped(line, box.width)]
    scale = _scale(lines, box)
    height = sum(line.height for line in lines) * scale
    prefix = web.name.rpartition(":")[0]
    named = f"{prefix}:" if prefix else ""
    kept = {key: text for key, text in web.attributes.items() if key in ("class", "transform", "opacity")}
    group = Element(f"{named}g", kept, web.parent)
    top = box.y + (box.height - height) * box.down
    for line in lines:
        # The foot of the letters is some four fifths of the line below its top.
        group.children.append(_text(line, box, top + line.height * scale * 0.78, scale, group, named))
        top += line.height * scale
    return group


def _text(line: _Line, box: _Box, foot: float, scale: float, group: Element, named: str) -> Element:
    anchor = {0.0: "start", 0.5: "middle", 1.0: "end"}[box.across]
    attributes = {
        "x": f"{box.x + box.width * box.across:.2f}",
        "y": f"{foot:.2f}",
        "text-anchor": anchor,
        "stroke": "none",
        "xml:space": "preserve",
    }
    text = Element(f"{named}text", attributes, group)
    for word, look in line.words:
        style = f"font-size:{look.size * scale:.2f}px;font-weight:{'bold' if look.is_bold else 'normal'}"
        style += f";font-style:{'italic' if look.is_italic else 'normal'};fill:{look.colour}"
        piece = Element(f"{named}tspan", {"style": style, "font-family": look.family}, text)
        piece.children.append(word)
        text.children.append(piece)
    return text


def _lines(web: Element, styles: Styles) -> list[_Line]:
    lines = [_Line()]
    count = 0
    for event in _events(web, styles):
        if event is None:
            if lines[-1].words:
                lines.append(_Line())
            continue
        word, look = event
        if not lines[-1].words or lines[-1].words[-1][0].endswith(" "):
            word = word.lstrip(" ")
        if word:
            count += 1
            if count > _MOST_WORDS:
                break
            lines[-1].words.append((word, look))
    for line in lines:
        while line.words and not line.words[-1][0].strip():
            line.words.pop()
    return [line for line in lines if line.words]


def _events(element: Element, styles: Styles) -> Iterator[tuple[str, _Look] | None]:
    """Pieces of text with their look, and None where a line ends."""
    name = element.local.lower()
    if name in _SILENT or styles.of(element).get("display") == "none":
        return
    if name == "br":
        yield None
        return
    is_block = name in _BLOCKS
    if is_block:
        yield None
    look = _look(element, styles)
    if name == "li":
        yield "• ", look
    keeps_lines = styles.inherited(element, "white-space") in ("pre", "pre-wrap", "pre-line", "break-spaces")
    for child in element.children:
        if isinstance(child, Element):
            yield from _events(child, styles)
        else:
            yield from _pieces(child, look, keeps_lines=keeps_lines or name == "pre")
    if name in _CELLS:
        yield "   ", look
    if is_block:
        yield None


def _pieces(text: str, look: _Look, *, keeps_lines: bool) -> Iterator[tuple[str, _Look] | None]:
    if not keeps_lines:
        for part in re.findall(r"\s*\S+|\s+", text):
            yield re.sub(r"\s+", " ", part), look
        return
    for number, part in enumerate(text.split("\n")):
        if number:
            yield None
        if part.strip():
            yield part, look


def _look(element: Element, styles: Styles) -> _Look:
    weight = styles.inherited(element, "font-weight")
    is_bold = weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= 600)
    if not weight:
        is_bold = any(place.local.lower() in _BOLD for place in _up(element))
    italic = styles.inherited(element, "font-style") in ("italic", "oblique")
    italic = italic or any(place.local.lower() in ("i", "em") for place in _up(element))
    colour = styles.inherited(element, "color")
    family = styles.inherited(element, "font-family")
    return _Look(_font_size(element, styles), _colour(colour), _with_generic(family), is_bold, italic)


def _with_generic(family: str) -> str:
    """The renderer takes a serif typeface where it knows none of those that are named."""
    if family.lower().rstrip().endswith(("serif", "monospace")):
        return family
    generic = "monospace" if re.search(r"mono|courier|consol", family, re.IGNORECASE) else "sans-serif"
    return f"{family}, {generic}" if family else generic


def _colour(text: str) -> str:
    """As it may stand in a style of ours; black is what web text has by itself."""
    text = text.strip()
    is_odd = text.lower() in ("", "currentcolor", "initial", "inherit", "transparent")
    return "#000" if is_odd or re.search(r"[;{}\"<>]", text) else text


def _up(element: Element) -> Iterator[Element]:
    place: Element | None = element
    while place is not None and place.local != "foreignObject":
        yield place
        place = place.parent


def _font_size(element: Element, styles: Styles) -> float:
    factor = 1.0
    place: Element | None = element
    while place is not None:
        found = _LENGTH.match(styles.of(place).get("font-size") or place.attributes.get("font-size", ""))
        if found:
            number, unit = _number(found[1]), (found[2] or "px").lower()
            if unit in ("em", "%", "ex"):
                factor *= number * {"em": 1.0, "%": 0.01, "ex": 0.5}[unit]
            # draw.io sets nothing to zero size around the words, to be rid of the blanks between.
            elif number > 0:
                return max(1.0, min(500.0, factor * number * {"px": 1.0, "pt": 4 / 3, "rem": _SIZE}[unit]))
        place = place.parent
    return max(1.0, min(500.0, factor * _SIZE))


def _box(web: Element, styles: Styles) -> _Box:
    """Of the element itself, or where it only says "everything", of the first block in it."""
    width, height = _absolute(web, styles, "width"), _absolute(web, styles, "height")
    x, y = _absolute(web, styles, "x"), _absolute(web, styles, "y")
    inmost = _inmost(web)
    align = {"center": 0.5, "right": 1.0, "end": 1.0}.get(styles.inherited(inmost, "text-align"), 0.0)
    wraps = styles.inherited(inmost, "white-space") not in ("nowrap", "pre")
    across, down = align, 0.0
    first = next(web.elements(), None)
    style = styles.of(first) if first is not None else {}
    if "flex" in style.get("display", ""):
        is_column = style.get("flex-direction", "").startswith("column")
        main, cross = _place(style.get("justify-content", "")), _place(style.get("align-items", ""))
        down = main if is_column else cross
        across = (cross if is_column else main) or align
    if first is not None and not (width and height):
        x += _pixels(style.get("margin-left", "")) + _pixels(style.get("padding-left", ""))
        y += _pixels(style.get("margin-top", "")) + _pixels(style.get("padding-top", ""))
        width = width or _pixels(style.get("width", ""))
        height = height or _pixels(style.get("height", ""))
        if width <= 1:
            # An anchor and no column: words stand around it in one line.
            width, wraps = 0.0, False
    return _Box(x, y, width, height, across, down, wraps)


def _inmost(web: Element) -> Element:
    """The first that has words of its own."""
    for element in web.everything():
        if any(isinstance(child, str) and child.strip() for child in element.children):
            return element
    return web


def _place(word: str) -> float:
    if "center" in word:
        return 0.5
    return 1.0 if "end" in word else 0.0


def _absolute(element: Element, styles: Styles, name: str) -> float:
    return _pixels(styles.of(element).get(name) or element.attributes.get(name, ""))


def _pixels(text: str) -> float:
    """0.0 for what is relative or no length."""
    found = _LENGTH.match(text)
    if not found or (found[2] or "px").lower() == "%":
        return 0.0
    factor = {"px": 1.0, "pt": 4 / 3, "em": _SIZE, "rem": _SIZE, "ex": _SIZE / 2}[(found[2] or "px").lower()]
    return max(-1e6, min(1e6, _number(found[1]) * factor))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _wrapped(line: _Line, width: float) -> Iterator[_Line]:
    """Broken at blanks where it is wider; the page was measured with other typefaces, so a little may be over."""
    part = _Line()
    for word, look in line.words:
        if part.words and word.startswith(" ") and part.width + _width(word.rstrip(), look) > width * 1.05:
            yield part
            part = _Line([(word.lstrip(), look)])
        else:
            part.words.append((word, look))
    yield part


def _scale(lines: list[_Line], box: _Box) -> float:
    """So that they stay where they belong."""
    scale = 1.0
    if box.height > 1:
        scale = min(scale, box.height * 1.15 / sum(line.height for line in lines))
    if box.width > 1:
        scale = min(scale, box.width * 1.1 / max(line.width for line in lines))
    return max(_LEAST_SCALE, scale)


def _width(word: str, look: _Look) -> float:
    """About as wide as common typefaces draw it."""
    units = 0.0
    for letter in word:
        if unicodedata.east_asian_width(letter) in "WF":
            units += 1.0
        elif unicodedata.combining(letter):
            continue
        elif letter in _NARROW:
            units += 0.36
        elif letter in _WIDE:
            units += 0.9
        else:
            units += 0.72 if letter.isupper() else 0.6
    return units * look.size * (1.07 if look.is_bold else 1.0)
