from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.pictures.decode.file_types import describe_type, sniff


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", len(body) + 4) + body + b"\0\0\0\x08free" + b"avif" * 4


def zip_with(name: str, content: str = "x") -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "description"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a PDF document"),
        (zip_with("readme.txt"), "a ZIP archive"),
        (zip_with("word/document.xml"), "a Word document"),
        (zip_with("xl/workbook.xml"), "an Excel sheet"),
        (zip_with("ppt/presentation.xml"), "a PowerPoint presentation"),
        (zip_with("mimetype", "application/vnd.oasis.opendocument.text"), "an OpenDocument file"),
        (b"\n  <!DOCTYPE html><html><body>", "a web page (HTML)"),
        (b"<html lang='en'>", "a web page (HTML)"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', "an SVG drawing"),
        (b"\xef\xbb\xbf<svg>", "an SVG drawing"),
        (ftyp(b"heic", b"mif1", b"heic"), "a HEIC picture"),
        (ftyp(b"mif1", b"heic"), "a HEIC picture"),
        (ftyp(b"avif", b"mif1"), "an AVIF picture"),
        (ftyp(b"mif1", b"avif"), "an AVIF picture"),
        (ftyp(b"isom", b"mp41"), "a video"),
        (ftyp(b"qt  "), "a video"),
        (ftyp(b"M4A "), "a sound file"),
        (b"RIFF\0\0\0\0AVI LIST", "a video"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a sound file"),
        (b"\x1a\x45\xdf\xa3\x01", "a video"),
        (b"ID3\x04\0", "a sound file"),
        (b"MZ\x90\0", "a program"),
        ("Grüße, das ist Text.\n".encode(), "a text file"),
        (b'{"key": 1}', "a text file"),
        (b"BM stands for bitmap, but this is a sentence.", "a text file"),
        ("é".encode() * 3000, "a text file"),
        (b"x" + "é".encode() * 3000, "a text file"),
        (b"\x80\x81\x82\x83", "a file of an unknown type"),
        (b"a\0b", "a file of an unknown type"),
    ],
)
def test_types_are_named(data: bytes, description: str) -> None:
    assert describe_type(data) == description


@given(st.binary(max_size=64))
def test_any_bytes_have_a_description(data: bytes) -> None:
    assert sniff(data).description
