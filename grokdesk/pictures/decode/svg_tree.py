"""An SVG document as a tree of ours, within limits, and written as text again.

Entities of the document itself are put in; what it names elsewhere is never fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from grokdesk.pictures.decode.file_types import text_of, unpacked

MOST_DEPTH, MOST_ELEMENTS, MOST_CHARACTERS = 200, 200_000, 30_000_000
"""More nesting takes the renderer's stack; the other two bound what entities and gzip can blow a small file up to."""


class NotADrawing(ValueError):
    """Broken XML, no size, or more than is reasonable."""


@dataclass(slots=True, eq=False)
class Element:
    name: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    def elements(self) -> Iterator[Element]:
        """Its children that are elements."""
        return (child for child in self.children if isinstance(child, Element))

    def everything(self) -> Iterator[Element]:
        """Itself and all below it, in the order of the document; children may be changed meanwhile."""
        waiting: list[Element] = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(list(element.elements())))

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


@dataclass(slots=True)
class Document:
    root: Element
    names_elsewhere: bool
    """An entity of it is kept in another file."""


def parsed(content: bytes) -> Document:
    """Of a file as it is, packed or not, in any usual encoding. Raises NotADrawing."""
    reader = _Reader()
    content = unpacked(content, MOST_CHARACTERS + 1)
    if len(content) > MOST_CHARACTERS * 2:
        refuse()
    try:
        reader.parse(text_of(content))
    except expat.ExpatError as error:
        raise NotADrawing(str(error)) from error
    if reader.root is None or reader.root.local.lower() != "svg":
        raise NotADrawing("the root is no svg")
    return Document(reader.root, reader.names_elsewhere)


def written(root: Element) -> str:
    """Raises NotADrawing when it has become too large."""
    pieces: list[str] = []
    count = 0
    waiting: list[Element | str] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Element):
            words = "".join(f" {key}={quoteattr(value)}" for key, value in item.attributes.items())
            piece = f"<{item.name}{words}>"
            waiting.append(f"</{item.name}>")
            waiting.extend(escape(child) if isinstance(child, str) else child for child in reversed(item.children))
        else:
            piece = item
        count += len(piece)
        if count > MOST_CHARACTERS:
            refuse()
        pieces.append(piece)
    return "".join(pieces)


def refuse() -> NoReturn:
    raise NotADrawing("more than is reasonable")


@dataclass(slots=True)
class _Reader:
    root: Element | None = None
    names_elsewhere: bool = False
    inside: list[Element] = field(default_factory=list)
    elements: int = 0
    characters: int = 0

    def parse(self, text: str) -> None:
        parser = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.say
        parser.ExternalEntityRefHandler = self.leave_out
        # As text: then what encoding the file names is of no meaning any more.
        parser.Parse(text, True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self._count(len(name) + sum(len(key) + len(value) for key, value in attributes.items()))
        if len(self.inside) >= MOST_DEPTH or self.elements > MOST_ELEMENTS:
            refuse()
        parent = self.inside[-1] if self.inside else None
        element = Element(name, attributes, parent)
        if parent is not None:
            parent.children.append(element)
        elif self.root is None:
            self.root = element
        self.inside.append(element)

    def end(self, _name: str) -> None:
        self.inside.pop()

    def say(self, text: str) -> None:
        self._count(len(text))
        if self.inside:
            self.inside[-1].children.append(text)

    def leave_out(self, *_reference: Any) -> int:
        self.names_elsewhere = True
        return 1

    def _count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > MOST_CHARACTERS:
            refuse()
