"""What a paste or a drop brings: pictures, files, links, text, and sentences about what cannot be used.

Nothing is read or downloaded here, so it is quick enough for the GUI thread; only pixels are copied.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColorSpace, QImage, QPainter, QPixmap

from grokdesk.model import Picture, Pixels

PASTED = "Pasted picture"
MAX_DATA_URL = 28 * 1024 * 1024
"""Characters of a ``data:`` link: 20 MiB of picture as base64."""
_FILES = ("image/png", "image/jpeg", "image/webp")
_RICH = ("text/rtf", "application/rtf", "text/richtext")


@dataclass(frozen=True, slots=True)
class Incoming:
    """``refused`` holds a sentence for everything that was offered and cannot be taken."""

    pictures: tuple[Picture, ...] = ()
    files: tuple[Path, ...] = ()
    links: tuple[str, ...] = ()
    text: str = ""
    refused: tuple[str, ...] = ()

    @property
    def has_pictures(self) -> bool:
        """True when there are pictures, here or still to be fetched."""
        return bool(self.pictures or self.files or self.links)

    @property
    def is_empty(self) -> bool:
        return not (self.has_pictures or self.text or self.refused)


def may_be_taken(mime: QMimeData) -> bool:
    """Quick look while something is dragged over a window."""
    return mime.hasImage() or mime.hasUrls() or mime.hasText()


def incoming_from(mime: QMimeData) -> Incoming:
    """Sort out the formats of one paste or drop, which often say the same thing in several ways.

    Local files win: what comes with them is their names and icons. Pixels come next: links beside them only tell
    where they are from. Office programs add a picture of every text they copy, so text that comes with a rich
    version of itself is kept beside the picture, and the receiver may ask.
    """
    urls = mime.urls() if mime.hasUrls() else []
    if any(url.isLocalFile() for url in urls):
        return _from_urls(urls)
    if mime.hasImage():
        content = _file_in(mime) or _pixels_in(mime)
        if content:
            text = mime.text() if mime.hasText() and any(mime.hasFormat(each) for each in _RICH) else ""
            return Incoming(pictures=(Picture(PASTED, content),), text=text)
        if not urls and not mime.hasText():
            return Incoming(refused=("The picture on the clipboard cannot be read.",))
    if urls and not _is_plain_words(urls, mime):
        return _from_urls(urls)
    return Incoming(text=mime.text()) if mime.hasText() else Incoming()


def _file_in(mime: QMimeData) -> bytes:
    """The picture as the other program wrote it: what is foreign is not made into pixels in this process."""
    for kind in _FILES:
        if mime.hasFormat(kind) and (content := bytes(mime.data(kind).data())):
            return content
    return b""


def _pixels_in(mime: QMimeData) -> Pixels | None:
    """Where there is no file that the decoder knows, Qt makes pixels of it."""
    data = mime.imageData()
    image = data.toImage() if isinstance(data, QPixmap) else data
    return pixels_of(image) if isinstance(image, QImage) and not image.isNull() else None


def pixels_of(image: QImage) -> Pixels:
    """A copy of ``image`` as BGRX rows in sRGB; what is transparent becomes white."""
    if image.colorSpace().isValid() and image.colorSpace() != QColorSpace(QColorSpace.NamedColorSpace.SRgb):
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    if image.hasAlphaChannel():
        flat = QImage(image.size(), QImage.Format.Format_RGB32)
        flat.fill(Qt.GlobalColor.white)
        image.setDevicePixelRatio(1)
        painter = QPainter(flat)
        painter.drawImage(QPoint(0, 0), image)
        painter.end()
    else:
        flat = image.convertToFormat(QImage.Format.Format_RGB32)
    return Pixels(bytes(flat.constBits()), flat.width(), flat.height())


def _is_plain_words(urls: Iterable[QUrl], mime: QMimeData) -> bool:
    """Some programs call a word with a colon in it a link; then the text is what is meant."""
    return mime.hasText() and all(not url.isValid() or not url.scheme() for url in urls)


def _from_urls(urls: Iterable[QUrl]) -> Incoming:
    pictures: list[Picture] = []
    files: list[Path] = []
    links: list[str] = []
    refused: list[str] = []
    for url in urls:
        scheme = url.scheme().lower()
        if url.isLocalFile():
            file = Path(url.toLocalFile())
            if file.is_dir():
                refused.append(f"{file.name or file} is a folder. Drop the pictures in it instead.")
            else:
                files.append(file)
        elif scheme in ("http", "https"):
            links.append(bytes(url.toEncoded().data()).decode("ascii"))
        elif scheme == "data":
            _take_data_url(bytes(url.toEncoded().data()).decode("ascii"), pictures, refused)
        else:
            what = f"{scheme}: links" if scheme else "such links"
            refused.append(f"GrokDesk cannot open {what}. Save the picture as a file and drop that.")
    return Incoming(tuple(pictures), tuple(files), tuple(links), refused=tuple(refused))


def _take_data_url(url: str, pictures: list[Picture], refused: list[str]) -> None:
    """``data:[type][;base64],content``: https://www.rfc-editor.org/rfc/rfc2397"""
    if len(url) > MAX_DATA_URL:
        refused.append("The picture in the link is larger than 20 MiB. Save it as a file and drop that.")
        return
    head, comma, content = url.removeprefix("data:").partition(",")
    media_type, *parameters = head.lower().split(";")
    if not comma or not media_type.strip().startswith("image/"):
        refused.append(f"The link holds {media_type.strip() or 'text'}, not a picture.")
        return
    data = unquote_to_bytes(content)
    if "base64" in (parameter.strip() for parameter in parameters):
        try:
            data = base64.b64decode(b"".join(data.split()), validate=True)
        except binascii.Error:
            refused.append("The picture in the link is damaged.")
            return
    pictures.append(Picture(PASTED, data))
