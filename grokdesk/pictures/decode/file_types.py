"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from grokdesk.translation import N_, _

HEAD_BYTES = 1024 * 1024
"""How much of a file ``sniff`` looks at: comments and entities may stand before a drawing."""
_CONTAINER_BYTES = 4096

OPENABLE = N_("PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, HEIC, ICO, SVG and PNM")


@dataclass(frozen=True, slots=True)
class FileType:
    """``description`` has its article, so that it fits behind "is", and is translated where it is shown;
    ``pillow_format`` is "" for what is not opened.

    SVG and HEIF are no formats of Pillow itself; others bring them.
    """

    description: str
    pillow_format: str = ""
    is_picture: bool = False

    @property
    def frame_word(self) -> str:
        return "page" if self.pillow_format == "TIFF" else "frame"


EMPTY = FileType(N_("empty"))
UNKNOWN = FileType(N_("a file of an unknown type"))
TEXT = FileType(N_("a text file"))
HTML = FileType(N_("a web page (HTML)"))
SVG = FileType(N_("an SVG drawing"), "SVG", is_picture=True)
HEIC = FileType(N_("a HEIC picture"), "HEIF", is_picture=True)
AVIF = FileType(N_("an AVIF picture"), "AVIF", is_picture=True)
BMP = FileType(N_("a BMP picture"), "BMP", is_picture=True)
ICO = FileType(N_("an icon"), "ICO", is_picture=True)
PNM = FileType(N_("a PNM picture"), "PPM", is_picture=True)
PAM = FileType(N_("a PAM picture"), is_picture=True)
WEBP = FileType(N_("a WebP picture"), "WEBP", is_picture=True)
CAMERA_RAW = FileType(N_("a raw camera picture"), is_picture=True)
VIDEO = FileType(N_("a video"))
SOUND = FileType(N_("a sound file"))

_BEGINNINGS: tuple[tuple[bytes, FileType], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileType(N_("a PNG picture"), "PNG", is_picture=True)),
    (b"\xff\xd8\xff", FileType(N_("a JPEG picture"), "JPEG", is_picture=True)),
    (b"GIF87a", FileType(N_("a GIF picture"), "GIF", is_picture=True)),
    (b"GIF89a", FileType(N_("a GIF picture"), "GIF", is_picture=True)),
    (b"II*\0\x10\0\0\0CR", CAMERA_RAW),
    (b"II*\0", FileType(N_("a TIFF picture"), "TIFF", is_picture=True)),
    (b"MM\0*", FileType(N_("a TIFF picture"), "TIFF", is_picture=True)),
    (b"II+\0", FileType(N_("a TIFF picture"), "TIFF", is_picture=True)),
    (b"MM\0+", FileType(N_("a TIFF picture"), "TIFF", is_picture=True)),
    (b"8BPS", FileType(N_("a Photoshop picture"), is_picture=True)),
    (b"\0\0\0\x0cjP  ", FileType(N_("a JPEG 2000 picture"), is_picture=True)),
    (b"\xff\x4f\xff\x51", FileType(N_("a JPEG 2000 picture"), is_picture=True)),
    (b"\0\0\0\x0cJXL ", FileType(N_("a JPEG XL picture"), is_picture=True)),
    (b"\xff\x0a", FileType(N_("a JPEG XL picture"), is_picture=True)),
    (b"%PDF-", FileType(N_("a PDF document"))),
    (b"%!PS", FileType(N_("a PostScript document"))),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType(N_("an old Office document"))),
    (b"{\\rtf", FileType(N_("a rich text document"))),
    (b"7z\xbc\xaf\x27\x1c", FileType(N_("a 7-Zip archive"))),
    (b"Rar!\x1a\x07", FileType(N_("a RAR archive"))),
    (b"\x28\xb5\x2f\xfd", FileType(N_("a Zstandard archive"))),
    (b"\xfd7zXZ\0", FileType(N_("an XZ archive"))),
    (b"\x7fELF", FileType(N_("a program"))),
    (b"MZ", FileType(N_("a program"))),
    (b"SQLite format 3\0", FileType(N_("a database"))),
    (b"\x1a\x45\xdf\xa3", VIDEO),
    (b"\0\0\x01\xba", VIDEO),
    (b"\0\0\x01\xb3", VIDEO),
    (b"FLV\x01", VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", VIDEO),
    (b"ID3", SOUND),
    (b"\xff\xfb", SOUND),
    (b"OggS", SOUND),
    (b"fLaC", SOUND),
)

_RIFF = {b"WEBP": WEBP, b"AVI ": VIDEO, b"WAVE": SOUND}
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), SOUND),
    b"crx ": CAMERA_RAW,
}
_IN_ZIP = (
    (b"word/", FileType(N_("a Word document"))),
    (b"xl/", FileType(N_("an Excel sheet"))),
    (b"ppt/", FileType(N_("a PowerPoint presentation"))),
    (b"mimetypeapplication/vnd.oasis.opendocument", FileType(N_("an OpenDocument file"))),
    (b"mimetypeapplication/epub", FileType(N_("an e-book"))),
)
_GZIP = b"\x1f\x8b"
_GZIP_FORMAT = 31
"""zlib's word for a stream with the header of gzip."""
_BEFORE_SIGNATURE = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n\t ]{0,64}")
"""What a server's script may have put before a picture by mistake."""
_PLAIN_PNM = re.compile(rb"P[1-3](?:\s|#[^\n\r]*[\n\r])+\d+(?:\s|#[^\n\r]*[\n\r])+\d+\s")
_FLOAT_PNM = re.compile(rb"Pf\s+\d+\s+\d+\s+[-+.0-9eE]+\s")
_SVG_ROOT = re.compile(r"<([a-z_][\w.-]*:)?svg[\s>/]", re.IGNORECASE)
_HTML_ROOT = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
_DOCTYPE_PARTS = re.compile(r"<!--|[\"'\[\]<>]")
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)")
_TEXT_ENCODINGS = re.compile(
    r"(us-?)?ascii|utf-?(8|16|32)|iso-?8859-?\d+|latin-?\d+|windows-?\d+|cp-?\d+|koi8-?\w|mac.?roman|"
    r"gb\w*|big5\w*|shift.?jis|euc.?\w+|iso-?2022-?\w+",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_DAMAGED_TEXT = "replace"
_BMP_HEADER_SIZES = (12, 16, 40, 52, 56, 64, 108, 124)


def sniff(data: bytes) -> FileType:
    """The type of a file from its first ``HEAD_BYTES`` bytes (or all of it)."""
    if not data:
        return EMPTY
    return _from_signature(data) or _from_text(data[:HEAD_BYTES]) or UNKNOWN


def from_signature(data: bytes) -> bytes:
    """The file from its own first byte on: line ends in front of it are not its own."""
    found = _BEFORE_SIGNATURE.match(data)
    start = found.end() if found else 0
    return data[start:] if start and _from_signature(data) else data


def _from_signature(data: bytes) -> FileType | None:
    head = data[:_CONTAINER_BYTES]
    if (known := _from_beginning(head)) is not None:
        return known
    found = _BEFORE_SIGNATURE.match(head)
    return _from_beginning(head[found.end() :]) if found and found.end() else None


def _from_beginning(head: bytes) -> FileType | None:
    for beginning, file_type in _BEGINNINGS:
        if head.startswith(beginning):
            return file_type
    return _from_container(head) or _from_header(head)


def describe_type(data: bytes) -> str:
    """What the file is, with its article, for a sentence: "a PDF document", "a HEIC picture", "empty"."""
    return _(sniff(data).description)


def _from_container(head: bytes) -> FileType | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[:4] == b"PK\x03\x04":
        return next((kind for mark, kind in _IN_ZIP if mark in head), FileType(N_("a ZIP archive")))
    if head[4:8] == b"ftyp":
        # https://aomediacodec.github.io/av1-avif/#brands: an AVIF file may carry "mif1" as its first brand.
        brands = _ftyp_brands(head)
        if b"avif" in brands:
            return AVIF
        return _BRANDS.get(brands[0], VIDEO)
    return None


def _ftyp_brands(head: bytes) -> Sequence[bytes]:
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]


def _from_header(head: bytes) -> FileType | None:
    """Types whose first bytes also occur in other files, so that a little more has to fit."""
    if head[:2] == b"BM" and len(head) >= 18:
        reserved, _offset, header_size = struct.unpack_from("<III", head, 6)
        return BMP if header_size in _BMP_HEADER_SIZES and (reserved == 0 or _has_one_plane(head)) else None
    if head[:4] == b"\0\0\x01\0" and 0 < int.from_bytes(head[4:6], "little") < 256:
        return ICO
    if head[:2] in (b"P4", b"P5", b"P6") and head[2:3].isspace():
        return PNM
    if _PLAIN_PNM.match(head) or _FLOAT_PNM.match(head):
        return PNM
    if head[:3] == b"P7\n" and b"WIDTH" in head:
        return PAM
    if head.startswith(_GZIP):
        return SVG if is_drawing(unpacked(head, _CONTAINER_BYTES * 64)) else FileType(N_("a gzip archive"))
    return None


def _has_one_plane(head: bytes) -> bool:
    """Some programs leave numbers in what is reserved; then more has to fit."""
    planes, bits = struct.unpack_from("<HH", head.ljust(30, b"\0"), 22 if head[14] == 12 else 26)
    return planes == 1 and bits in (1, 2, 4, 8, 16, 24, 32)


def is_drawing(data: bytes) -> bool:
    return _from_text(data) is SVG


def unpacked(data: bytes, most: int) -> bytes:
    """Of a gzip file, as much as there is up to ``most`` bytes; other data as they are."""
    if not data.startswith(_GZIP):
        return data
    try:
        return zlib.decompressobj(_GZIP_FORMAT).decompress(data, most)
    except zlib.error:
        return b""


def text_of(data: bytes) -> str:
    """The characters of an XML file in the encoding that it shows or names; what does not fit becomes U+FFFD.

    https://www.w3.org/TR/xml/#sec-guessing
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, _DAMAGED_TEXT)
    declared = _DECLARED.match(data)
    name = declared[1].decode("ascii") if declared else "utf-8"
    # A file that names two bytes a character in letters of one has been converted since.
    if not _TEXT_ENCODINGS.fullmatch(name) or name.lower().startswith(("utf-16", "utf16", "utf-32", "utf32")):
        name = "utf-8"
    try:
        text = data.decode(name, _DAMAGED_TEXT)
    except LookupError:
        text = data.decode("utf-8", _DAMAGED_TEXT)
    # A character may be cut in two at the end of a head.
    return text if "\ufffd" not in text[:-4] else data.decode("cp1252", _DAMAGED_TEXT)


def _from_text(head: bytes) -> FileType | None:
    text = text_of(head)
    if _CONTROL.search(text):
        return None
    if text.lstrip().startswith("<"):
        root = _after_prolog(text)
        if _SVG_ROOT.match(text, root):
            return SVG
        if _HTML_ROOT.match(text, root) or _HTML_DOCTYPE.search(text, 0, root):
            return HTML
    return None if "\ufffd" in text[:-4] or not _is_utf8(head) else TEXT


def _after_prolog(text: str) -> int:
    """Where the root of an XML document begins: https://www.w3.org/TR/xml/#NT-prolog. Expressions that backtrack would
    take for ever on a hostile file."""
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if text.startswith("<!--", at):
            at = _behind(text, "-->", at + 4)
        elif text.startswith("<?", at):
            at = _behind(text, "?>", at + 2)
        elif text[at : at + 9].lower() == "<!doctype":
            at = _behind_doctype(text, at + 9)
        else:
            return at


def _behind(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    return len(text) if found < 0 else found + len(end)


def _behind_doctype(text: str, at: int) -> int:
    """Declarations in brackets may hold quoted ends of themselves."""
    depth = 0
    while (part := _DOCTYPE_PARTS.search(text, at)) is not None:
        at = part.end()
        if part[0] == "<!--":
            at = _behind(text, "-->", at)
        elif part[0] in "\"'":
            at = _behind(text, part[0], at)
        elif part[0] in "[<":
            depth += 1
        elif part[0] == ">" and depth == 0:
            return at
        else:
            depth -= 1
    return len(text)


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8-sig", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return True
