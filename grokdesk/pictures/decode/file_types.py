"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

HEAD_BYTES = 4096
"""How much of a file ``sniff`` looks at."""

OPENABLE = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, HEIC, ICO, SVG and PNM"


@dataclass(frozen=True, slots=True)
class FileType:
    """``description`` has its article, so that it fits behind "is"; ``pillow_format`` is "" for what is not opened.

    SVG and HEIF are no formats of Pillow itself; others bring them.
    """

    description: str
    pillow_format: str = ""
    is_picture: bool = False

    @property
    def frame_word(self) -> str:
        return "page" if self.pillow_format == "TIFF" else "frame"


EMPTY = FileType("empty")
UNKNOWN = FileType("a file of an unknown type")
TEXT = FileType("a text file")
HTML = FileType("a web page (HTML)")
SVG = FileType("an SVG drawing", "SVG", is_picture=True)
HEIC = FileType("a HEIC picture", "HEIF", is_picture=True)
AVIF = FileType("an AVIF picture", "AVIF", is_picture=True)
BMP = FileType("a BMP picture", "BMP", is_picture=True)
ICO = FileType("an icon", "ICO", is_picture=True)
PNM = FileType("a PNM picture", "PPM", is_picture=True)
WEBP = FileType("a WebP picture", "WEBP", is_picture=True)
CAMERA_RAW = FileType("a raw camera picture", is_picture=True)
VIDEO = FileType("a video")
SOUND = FileType("a sound file")

_BEGINNINGS: tuple[tuple[bytes, FileType], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileType("a PNG picture", "PNG", is_picture=True)),
    (b"\xff\xd8\xff", FileType("a JPEG picture", "JPEG", is_picture=True)),
    (b"GIF87a", FileType("a GIF picture", "GIF", is_picture=True)),
    (b"GIF89a", FileType("a GIF picture", "GIF", is_picture=True)),
    (b"II*\0\x10\0\0\0CR", CAMERA_RAW),
    (b"II*\0", FileType("a TIFF picture", "TIFF", is_picture=True)),
    (b"MM\0*", FileType("a TIFF picture", "TIFF", is_picture=True)),
    (b"II+\0", FileType("a TIFF picture", "TIFF", is_picture=True)),
    (b"MM\0+", FileType("a TIFF picture", "TIFF", is_picture=True)),
    (b"8BPS", FileType("a Photoshop picture", is_picture=True)),
    (b"\0\0\0\x0cjP  ", FileType("a JPEG 2000 picture", is_picture=True)),
    (b"\xff\x4f\xff\x51", FileType("a JPEG 2000 picture", is_picture=True)),
    (b"\0\0\0\x0cJXL ", FileType("a JPEG XL picture", is_picture=True)),
    (b"\xff\x0a", FileType("a JPEG XL picture", is_picture=True)),
    (b"%PDF-", FileType("a PDF document")),
    (b"%!PS", FileType("a PostScript document")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType("an old Office document")),
    (b"{\\rtf", FileType("a rich text document")),
    (b"\x1f\x8b", FileType("a gzip archive")),
    (b"7z\xbc\xaf\x27\x1c", FileType("a 7-Zip archive")),
    (b"Rar!\x1a\x07", FileType("a RAR archive")),
    (b"\x28\xb5\x2f\xfd", FileType("a Zstandard archive")),
    (b"\xfd7zXZ\0", FileType("an XZ archive")),
    (b"\x7fELF", FileType("a program")),
    (b"MZ", FileType("a program")),
    (b"SQLite format 3\0", FileType("a database")),
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
    (b"word/", FileType("a Word document")),
    (b"xl/", FileType("an Excel sheet")),
    (b"ppt/", FileType("a PowerPoint presentation")),
    (b"mimetypeapplication/vnd.oasis.opendocument", FileType("an OpenDocument file")),
    (b"mimetypeapplication/epub", FileType("an e-book")),
)
_SVG_ROOT = re.compile(r"<([a-z][a-z0-9.-]*:)?svg[\s>/]")
_BMP_HEADER_SIZES = (12, 16, 40, 52, 56, 64, 108, 124)


def sniff(data: bytes) -> FileType:
    """The type of a file from its first ``HEAD_BYTES`` bytes (or all of it)."""
    head = data[:HEAD_BYTES]
    if not head:
        return EMPTY
    for beginning, file_type in _BEGINNINGS:
        if head.startswith(beginning):
            return file_type
    return _from_container(head) or _from_header(head) or _from_text(head) or UNKNOWN


def describe_type(data: bytes) -> str:
    """What the file is, with its article, for a sentence: "a PDF document", "a HEIC picture", "empty"."""
    return sniff(data).description


def _from_container(head: bytes) -> FileType | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[:4] == b"PK\x03\x04":
        return next((kind for mark, kind in _IN_ZIP if mark in head), FileType("a ZIP archive"))
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
        return BMP if reserved == 0 and header_size in _BMP_HEADER_SIZES else None
    if head[:4] == b"\0\0\x01\0" and 0 < int.from_bytes(head[4:6], "little") < 256:
        return ICO
    if head[:2] in (b"P4", b"P5", b"P6") and head[2:3].isspace():
        return PNM
    return None


def _from_text(head: bytes) -> FileType | None:
    try:
        # A character may be cut in two at the end of the head.
        text = head.decode("utf-8-sig", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return None
    start = text.lstrip()[:1024].lower()
    if any(character < " " and character not in "\t\n\r\f\x1b" for character in text):
        return None
    if start.startswith("<") and _SVG_ROOT.search(start):
        return SVG
    if start.startswith(("<!doctype html", "<html")):
        return HTML
    return TEXT
