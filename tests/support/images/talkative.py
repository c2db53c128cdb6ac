"""Pictures that say more than they show, in every place that a format has for it. What must not leave says SECRET."""

from __future__ import annotations

import struct
from io import BytesIO

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from tests.support.images import png_files
from tests.support.images.images import encoded, photo, quarters

XMP = (
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    b"<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:source>SECRET xmp</dc:source>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def talkative_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Make] = "SECRET maker"
    exif[Base.ImageDescription] = "SECRET description"
    exif.get_ifd(IFD.Exif)[Base.UserComment] = b"ASCII\0\0\0SECRET comment"
    exif.get_ifd(IFD.Exif)[Base.BodySerialNumber] = "SECRET serial number"
    exif.get_ifd(IFD.Exif)[Base.MakerNote] = b"SECRET maker's note"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return exif


def talkative_files() -> dict[str, bytes]:
    files = {}
    for image_name, image in (("drawing", quarters(300, 200)), ("photo", photo())):
        for file_format in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF"):
            options: dict[str, object] = {"exif": talkative_exif()}
            if file_format != "TIFF":
                options["xmp"] = XMP
            if file_format == "JPEG":
                options["comment"] = b"SECRET comment"
            files[f"{image_name}.{file_format.lower()}"] = encoded(image, file_format, **options)
    jpeg = encoded(photo(), "JPEG")
    files["iptc.jpg"] = _with_segment(jpeg, 0xED, b"Photoshop 3.0\0" + _iptc_block(b"SECRET caption"))
    files["thumbnail.jpg"] = _with_segment(jpeg, 0xE1, _exif_with_thumbnail())
    files["unknown-segment.jpg"] = _with_segment(jpeg, 0xEB, b"SECRET of a program")
    files["trailing.jpg"] = jpeg + b"SECRET behind the end"
    texts = PngInfo()
    texts.add_text("Author", "SECRET text")
    texts.add_text("Description", "SECRET compressed text", zip=True)
    texts.add_itxt("Title", "SECRET itxt", "en", "Titel")
    drawing = encoded(quarters(), "PNG", pnginfo=texts)
    files["texts.png"] = drawing
    files["private-chunk.png"] = png_files.with_chunk(drawing, b"prVt", b"SECRET chunk")
    files["time.png"] = png_files.with_chunk(drawing, b"tIME", struct.pack(">HBBBBB", 2026, 1, 2, 3, 4, 5))
    files["trailing.png"] = drawing + b"PK\x03\x04SECRET archive"
    files["comment.gif"] = encoded(quarters(), "GIF", comment=b"SECRET comment")
    files["hidden-colour.png"] = encoded(_secret_below_alpha(), "PNG")
    return files


def _with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + jpeg[2:]


def _iptc_block(caption: bytes) -> bytes:
    record = struct.pack(">BBBH", 0x1C, 2, 120, len(caption)) + caption
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record + b"\0" * (len(record) % 2)


def _exif_with_thumbnail() -> bytes:
    """A second directory with a small JPEG, as cameras write it."""
    small = BytesIO()
    Image.new("RGB", (16, 16), "red").save(small, "JPEG", comment=b"SECRET thumbnail")
    thumbnail = small.getvalue()
    first = struct.pack("<HHHIIII", 1, 0x010F, 2, 4, 0x00414243, 26, 0)[: 2 + 12] + struct.pack("<I", 8 + 2 + 12 + 4)
    second_at = 8 + 2 + 12 + 4
    data_at = second_at + 2 + 24 + 4
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, data_at, 0x0202, 4, 1, len(thumbnail), 0)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + second + thumbnail


def _secret_below_alpha() -> Image.Image:
    """A picture of which half is transparent, with something in the colours that nobody sees."""
    image = photo(64, 64).convert("RGBA")
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (0, 0, 32, 64))
    image.putalpha(alpha)
    return image
