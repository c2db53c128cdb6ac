"""The two texts of a picture for people who cannot see it, in its XMP packet; everything else in there stays as it is.

IPTC Photo Metadata Standard 2021.1 and later: "Alt Text (Accessibility)" and "Extended Description (Accessibility)",
both texts in several languages (``rdf:Alt``) of which ``x-default`` is the one that counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAMES = ("AltTextAccessibility", "ExtDescrAccessibility")
_DEFAULT = "x-default"
_TAG = re.compile(rb"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EMPTY = f"""\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


class BrokenPacket(ValueError):
    """Not XMP, or not as it has to be to be changed without harm."""


@dataclass(frozen=True, slots=True)
class AltText:
    """``alt`` is short, for whoever cannot see the picture; ``extended`` is for what needs more words; "" is none."""

    alt: str = ""
    extended: str = ""


def alt_text_in(packet: bytes) -> AltText:
    """Raises BrokenPacket."""
    found = _Finder.of(packet)
    return AltText(*(_chosen(found.texts[name]) for name in _NAMES))


def with_alt_text(packet: bytes | None, text: AltText) -> bytes:
    """The packet, or a new one, with both texts in place of the ones that were there. Other languages are kept, unless
    they said the same as the old text. Raises BrokenPacket."""
    packet = _EMPTY if packet is None else packet.rstrip(b"\0")
    found = _Finder.of(packet)
    if found.rdf_end < 0:
        raise BrokenPacket("no description to put the text into")
    added = "".join(
        _property(name, _items(clean(value), found.texts[name]))
        for name, value in zip(_NAMES, (text.alt, text.extended), strict=True)
    )
    if added:
        names = f'xmlns:rdf="{_RDF}" xmlns:Iptc4xmpCore="{_CORE}"'
        added = f"<rdf:Description rdf:about={quoteattr(found.about)} {names}>{added}</rdf:Description>"
    edits = [(start, end, b"") for start, end in found.places]
    edits.append((found.rdf_end, found.rdf_end, added.encode()))
    for start, end, piece in sorted(edits, reverse=True):
        packet = packet[:start] + piece + packet[end:]
    return packet


def clean(text: str) -> str:
    """The text as it is written: without what XML cannot hold."""
    return _ILLEGAL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _items(value: str, old: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if not value:
        return []
    before = _chosen(old)
    return [(_DEFAULT, value), *((lang, text) for lang, text in old if lang != _DEFAULT and text != before)]


def _chosen(texts: list[tuple[str, str]]) -> str:
    return dict(texts).get(_DEFAULT) or (texts[0][1] if texts else "")


def _property(name: str, items: list[tuple[str, str]]) -> str:
    if not items:
        return ""
    lines = "".join(f"<rdf:li xml:lang={quoteattr(lang)}>{escape(text)}</rdf:li>" for lang, text in items)
    return f"<Iptc4xmpCore:{name}><rdf:Alt>{lines}</rdf:Alt></Iptc4xmpCore:{name}>"


@dataclass(slots=True)
class _Finder:
    """What the packet says, and where in its bytes."""

    packet: bytes
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {name: [] for name in _NAMES})
    places: list[tuple[int, int]] = field(default_factory=list)
    """Bytes to take out: whole properties, and attributes that stand for one."""
    rdf_end: int = -1
    about: str = ""
    inside: str = ""
    began: int = 0
    depth: int = 0
    described: bool = False
    language: str = _DEFAULT
    words: list[str] = field(default_factory=list)
    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate(namespace_separator=" "))

    @classmethod
    def of(cls, packet: bytes) -> _Finder:
        found = cls(packet.rstrip(b"\0"))
        found.parser.StartElementHandler = found.start
        found.parser.EndElementHandler = found.end
        found.parser.CharacterDataHandler = found.words.append
        found.parser.StartDoctypeDeclHandler = found.refuse
        try:
            found.packet.decode("utf-8")  # places are counted in bytes of it
            found.parser.Parse(found.packet, True)
        except (expat.ExpatError, UnicodeDecodeError) as error:
            raise BrokenPacket(str(error)) from error
        return found

    def refuse(self, *_declaration: object) -> None:
        raise BrokenPacket("a packet has no document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.inside:
            if name == f"{_RDF} li":
                self.language = attributes.get("http://www.w3.org/XML/1998/namespace lang", _DEFAULT)
                self.words.clear()
            return
        if name == f"{_RDF} Description" and not self.described:
            self.described, self.about = True, attributes.get(f"{_RDF} about", attributes.get("about", ""))
        for short in _NAMES:
            if name == f"{_CORE} {short}":
                self.inside, self.began, self.depth = short, self.parser.CurrentByteIndex, 0
                self.words.clear()
            if (value := attributes.get(f"{_CORE} {short}")) is not None:
                self.texts[short].append((_DEFAULT, value))
                self.take_out_attribute(short)

    def take_out_attribute(self, short: str) -> None:
        at = self.parser.CurrentByteIndex
        form = rb"""\s+[\w.-]+:%s\s*=\s*("[^"]*"|'[^']*')""" % short.encode()
        if (found := re.search(form, self.tag(at))) is not None:
            self.places.append((at + found.start(), at + found.end()))

    def end(self, name: str) -> None:
        at = self.parser.CurrentByteIndex
        if not self.inside:
            self.rdf_end = at if name == f"{_RDF} RDF" and self.tag(at).startswith(b"</") else self.rdf_end
        elif name == f"{_RDF} li" or (self.depth == 0 and "".join(self.words).strip()):
            self.texts[self.inside].append((self.language, "".join(self.words).strip()))
            self.words.clear()
        if self.inside and self.depth == 0:
            self.places.append((self.began, at + len(self.tag(at))))
            self.inside, self.language = "", _DEFAULT
        self.depth -= 1

    def tag(self, at: int) -> bytes:
        found = _TAG.match(self.packet, at)
        return found[0] if found else b""
